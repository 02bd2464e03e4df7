"""What differs between two verdicts, which of them may be compared, and what all differences come to."""

import json

import pytest

from classifiers.cascade import Rules
from classifiers.differences import difference, why_left_out
from classifiers.judge import Judged
from classifiers.model.shadowed import sum_up, told
from classifiers.opinion.answer import Opinion
from classifiers.opinion.asking import Asking
from classifiers.opinion.heeding import heed
from classifiers.rulebook import RuleBook
from ouvidor.records import Automatic, Classified, Flag, Kind, Message, Severity, ShadowDifference
from ouvidor.settings import Opinion as Server
from routers.sample import FULL

MESSAGE = FULL[0].model_copy(update={"text": "Solicito a poda da árvore da rua Bahia", "automatic": None})


@pytest.mark.parametrize(
    "labels",
    [
        {"kind": Kind.OTHER},
        {"severity": Severity.HIGH},
        {"difficulty": "complex"},
        {"flags": (Flag.PRESS,)},
        {"area": "taxi"},
        {"sure": None},
    ],
    ids=lambda labels: next(iter(labels)),
)
def test_every_label_is_compared(book: RuleBook, labels: dict[str, object]):
    said = Rules(book).judge(Judged(MESSAGE.text))
    found = difference(MESSAGE, said, said.model_copy(update={"sure": not said.sure} if "sure" in labels else labels))
    assert found is not None
    assert found.said.model_dump(exclude={*labels}) == found.shadow.model_dump(exclude={*labels})
    assert difference(MESSAGE, said, said) is None


def test_how_certain_both_are_and_what_speaks_for_it_is_no_difference(book: RuleBook):
    said = Rules(book).judge(Judged(MESSAGE.text))
    confidence = said.confidence.model_copy(update={"kind": 0.123})
    assert difference(MESSAGE, said, said.model_copy(update={"confidence": confidence, "evidence": ()})) is None


@pytest.mark.parametrize("kind", [Kind.REQUEST, Kind.COMPLAINT], ids=["that agrees", "that differs"])
async def test_a_verdict_with_a_third_opinion_is_not_our_models_alone(book: RuleBook, kind: Kind):
    said = Judged(MESSAGE.text)
    before = Rules(book).judge(said)
    assert why_left_out(Classified(message=MESSAGE, verdict=before)) is None
    opinion = Opinion(kind=kind, severity=Severity.LOW, flags=())
    async with Asking(Server(url="http://127.0.0.1:1/v1", model="small")) as asking:
        after = heed(said, before, opinion, asking.version, settles=False)
    assert why_left_out(Classified(message=MESSAGE, verdict=after)) == "opinion"


def test_what_a_machine_wrote_is_left_out(book: RuleBook):
    bounce = MESSAGE.model_copy(update={"automatic": Automatic(kind="bounce", status="5.1.1")})
    verdict = Rules(book).judge(Judged.of(bounce))
    assert why_left_out(Classified(message=bounce, verdict=verdict)) == "automatic"


def test_they_are_summed_up_by_label_and_the_farthest_are_named_first(book: RuleBook):
    said = Rules(book).judge(Judged("a"))

    def one(number: int, by: str = "new", **labels: object) -> ShadowDifference:
        message: Message = MESSAGE.model_copy(update={"id": f"{number:032x}", "protocol": f"P-{number}"})
        classifier = said.classifier.model_copy(update={"hash": by})
        found = difference(message, said, said.model_copy(update={**labels, "classifier": classifier}))
        assert found is not None
        return found

    differences = [
        one(1, by="old", kind=Kind.COMPLAINT),
        one(2, kind=Kind.COMPLAINT),
        one(3, severity=Severity.CRITICAL),
        one(3, severity=Severity.CRITICAL),
        *(one(number, flags=(Flag.PRESS,)) for number in range(4, 20)),
    ]
    summary = sum_up(differences, 100, {"opinion": 7, "automatic": 2})
    assert summary is not None
    assert (summary.differ, summary.judged, summary.classifier) == (18, 100, "new")
    assert summary.changes["severity"] == {"low -> critical": 1}
    assert summary.changes["flags"] == {"+press": 16}
    assert (summary.look_at[:2], len(summary.look_at)) == (("P-3", "P-2"), 10)
    lines = list(told(summary))
    assert "18 of 100 messages would be judged otherwise: 18.0%" in lines[0]
    assert lines[1] == "left out: 7 (a third opinion was heard), 2 (a machine wrote them)"
    assert json.loads(summary.model_dump_json())["differ"] == 18
    assert sum_up([], 5, {}) is None
