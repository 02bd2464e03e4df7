"""Who sits in the cascade: the rules, and the fast model behind them."""

from pathlib import Path

from classifiers.cascade import Cascade, Rules
from classifiers.model.step import FastModel
from classifiers.model.weights import load_model, own_model
from classifiers.rulebook import RuleBook, load

__all__ = ["cascade"]


def cascade(model: Path | None = None, book: RuleBook | None = None) -> Cascade:
    """Give the cascade with a model, or with the package's own. Raises `Misconfigured` where one cannot be read."""
    trained = own_model() if model is None else load_model(model)
    return Cascade(Rules(book or load()), (FastModel(trained),))
