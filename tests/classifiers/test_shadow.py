"""The shadow: what it says otherwise is told without a word of the customer's, and its faults hurt nobody."""

import json

import pytest

from classifiers.cascade import Rules
from classifiers.judge import Judged
from classifiers.model.shadowed import sum_up, told
from classifiers.rulebook import RuleBook
from classifiers.shadow import difference, shadowed
from classifiers.stage import classifier
from ouvidor import metrics
from ouvidor.events import DIFFERED, INBOUND, Incoming, decode, encode
from ouvidor.records import Flag, Kind, Message, Severity, ShadowDifference, Verdict
from ouvidor.topics import Topics
from routers.sample import FULL
from tests.classifiers.records import received

TOPICS = Topics()
MESSAGE = FULL[0].model_copy(update={"text": "Solicito a poda da árvore da rua Bahia", "automatic": None})


class Otherwise:
    """Judges as the rules do, but for some labels."""

    def __init__(self, book: RuleBook, **labels: object) -> None:
        self._rules, self._labels = Rules(book), labels

    def judge(self, said: Judged) -> Verdict:
        return self._rules.judge(said).model_copy(update=self._labels)


class Faulty:
    def judge(self, _: Judged) -> Verdict:
        raise ZeroDivisionError("the text is Solicito a poda")


@pytest.fixture
def record() -> Incoming:
    return received(
        encode(
            MESSAGE, topic="ouvidor.inbound.email", key="k", id=MESSAGE.id, type=INBOUND, source="/t",
            time=MESSAGE.received_at, subject=MESSAGE.protocol,
        )
    )  # fmt: skip


def _count(outcome: str) -> float:
    return float(metrics.SHADOW_VERDICTS.labels(outcome)._value.get())


def test_what_differs_goes_to_its_topic_beside_the_verdict_without_words(book: RuleBook, record: Incoming):
    other = shadowed(Otherwise(book, kind=Kind.COMPLAINT, severity=Severity.HIGH), TOPICS)
    before = _count("differs")
    verdict, differs = classifier(Rules(book), TOPICS, shadow=other)(record)
    assert (verdict.topic, differs.topic) == ("ouvidor.classified", "ouvidor.shadow")
    found = decode(received(differs), ShadowDifference, type=DIFFERED)
    assert (found.said.kind, found.shadow.kind, found.protocol) == (Kind.REQUEST, Kind.COMPLAINT, MESSAGE.protocol)
    assert b"poda" not in (differs.value or b"")
    assert _count("differs") == before + 1
    assert list(classifier(Rules(book), TOPICS, shadow=other)(record)) == [verdict, differs], "the same again"


def test_what_is_judged_the_same_is_counted_and_not_told(book: RuleBook, record: Incoming):
    before = _count("same")
    assert len(list(classifier(Rules(book), TOPICS, shadow=shadowed(Rules(book), TOPICS))(record))) == 1
    assert _count("same") == before + 1


def test_a_shadow_that_fails_changes_nothing(book: RuleBook, record: Incoming):
    before = _count("failed")
    failing = classifier(Rules(book), TOPICS, shadow=shadowed(Faulty(), TOPICS))
    assert list(failing(record)) == list(classifier(Rules(book), TOPICS)(record))
    assert _count("failed") == before + 1


@pytest.mark.parametrize(
    "labels", [{"sure": None}, {"flags": (Flag.PRESS,)}, {"area": "taxi"}, {"difficulty": "complex"}]
)
def test_every_label_is_compared(book: RuleBook, labels: dict[str, object]):
    said = Rules(book).judge(Judged(MESSAGE.text))
    if "sure" in labels:
        labels = {"sure": not said.sure}
    assert difference(MESSAGE, said, Otherwise(book, **labels).judge(Judged(MESSAGE.text))) is not None
    assert difference(MESSAGE, said, said) is None


def test_they_are_summed_up_by_label_and_the_farthest_are_named_first(book: RuleBook):
    def one(number: int, by: str = "new", **labels: object) -> ShadowDifference:
        message: Message = MESSAGE.model_copy(update={"id": f"{number:032x}", "protocol": f"P-{number}"})
        found = difference(message, Rules(book).judge(Judged("a")), Otherwise(book, **labels).judge(Judged("a")))
        assert found is not None
        classifier_ = found.shadow.classifier.model_copy(update={"hash": by})
        return ShadowDifference.model_validate(
            {**found.model_dump(), "shadow": {**found.shadow.model_dump(), "classifier": classifier_.model_dump()}}
        )

    differences = [
        one(1, by="old", kind=Kind.COMPLAINT),
        one(2, kind=Kind.COMPLAINT),
        one(3, severity=Severity.CRITICAL),
        one(3, severity=Severity.CRITICAL),
        *(one(number, flags=(Flag.PRESS,)) for number in range(4, 20)),
    ]
    summary = sum_up(differences, judged=100)
    assert summary is not None
    assert (summary.differ, summary.judged, summary.classifier) == (18, 100, "new")
    assert summary.changes["severity"] == {"low -> critical": 1}
    assert summary.changes["flags"] == {"+press": 16}
    assert (summary.look_at[:2], len(summary.look_at)) == (("P-3", "P-2"), 10)
    assert "18 of 100 messages would be judged otherwise: 18.0%" in next(iter(told(summary)))
    assert json.loads(summary.model_dump_json())["differ"] == 18
    assert sum_up([], 5) is None


def test_without_a_shadow_nothing_more_is_done(book: RuleBook, record: Incoming, monkeypatch: pytest.MonkeyPatch):
    def never(*_: object) -> None:
        raise AssertionError("nobody stands in the shadow")

    monkeypatch.setattr("classifiers.shadow.difference", never)
    seen: list[Verdict] = []
    (output,) = classifier(Rules(book), TOPICS, watch=seen.append)(record)
    assert output.topic == TOPICS.classified
    assert len(seen) == 1
