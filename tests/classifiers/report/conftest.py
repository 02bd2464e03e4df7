"""Labelled messages and verdicts on them, by the rules: quick, and wrong often enough to tell figures apart."""

from collections.abc import Sequence

import pytest

from classifiers.cascade import Rules
from classifiers.examples import own_examples
from classifiers.judge import Judged
from classifiers.measurement import Row, complete
from classifiers.rulebook import RuleBook
from ouvidor.records import Verdict


@pytest.fixture(scope="session")
def rows(book: RuleBook) -> Sequence[Row]:
    return complete(own_examples("apart")[::2], book)


@pytest.fixture(scope="session")
def verdicts(rows: Sequence[Row], book: RuleBook) -> Sequence[Verdict]:
    rules = Rules(book)
    return [rules.judge(Judged(row.text)) for row in rows]
