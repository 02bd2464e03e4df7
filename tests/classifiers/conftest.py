"""The rule book of the package, read once, and a way to judge words by it."""

from collections.abc import Callable

import pytest

from classifiers.judge import Judged, judge
from classifiers.rulebook import RuleBook, load
from ouvidor.records import Verdict

Judge = Callable[..., Verdict]


@pytest.fixture(scope="session")
def book() -> RuleBook:
    """The rules that come with the package."""
    return load()


@pytest.fixture(scope="session")
def verdict_on(book: RuleBook) -> Judge:
    """`verdict_on("Falta luz")` is what the rules say of it."""

    def of(text: str, **more: object) -> Verdict:
        return judge(Judged(text, **more), book)  # type: ignore[arg-type] - tests give what the fields are called

    return of
