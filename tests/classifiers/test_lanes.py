"""Both lanes: what the first is sure of stays, the rest is judged by the second, each in its place."""

from collections.abc import Sequence

from classifiers.as_river import as_river
from classifiers.cascade import Cascade, Rules
from classifiers.judge import Judged
from classifiers.lanes import Lanes
from classifiers.rulebook import RuleBook
from ouvidor.records import ClassifierVersion, Kind, Verdict


class _Praises:
    """A slow model that takes all for praise, and tells what it was asked."""

    version = ClassifierVersion(name="praises", version="1", hash="0" * 64)

    def __init__(self, book: RuleBook) -> None:
        self.rules, self.asked = Rules(book), list[str]()

    def judge(self, said: Sequence[Judged], version: ClassifierVersion | None = None) -> list[Verdict]:
        self.asked += [one.text for one in said]
        return [
            self.rules.judge(one).model_copy(update={"kind": Kind.COMPLIMENT, "classifier": version or self.version})
            for one in said
        ]


def test_only_what_is_not_sure_goes_to_the_slow_lane_and_the_order_stays(book: RuleBook):
    cascade, slow = Cascade(Rules(book)), _Praises(book)
    texts = ["Solicito a poda da árvore da rua Bahia, 12", "Oi", "Sugiro que a biblioteca abra aos sábados", "hm, sei"]
    before = [cascade.judge(Judged(text)) for text in texts]
    found = Lanes(cascade, slow).judge([Judged(text) for text in texts])
    assert slow.asked == [text for text, verdict in zip(texts, before, strict=True) if not verdict.sure]
    assert 0 < len(slow.asked) < len(texts)
    for was, now in zip(before, found, strict=True):
        assert now == was if was.sure else now.kind is Kind.COMPLIMENT


class _Wavers:
    """A step that is sure of the kind, and of no flag."""

    version = ClassifierVersion(name="wavers", version="1", hash="1" * 64)
    only_unsure = False

    def judge_all(self, said: Sequence[Judged], before: Sequence[Verdict]) -> Sequence[Verdict]:
        return [
            one.model_copy(
                update={
                    "sure": True,
                    "confidence": one.confidence.model_copy(update={"flags": each.text.count("!") / 2}),
                }
            )
            for one, each in zip(before, said, strict=True)
        ]


def test_what_is_sure_but_for_its_flags_goes_to_the_slow_lane(book: RuleBook):
    slow = _Praises(book)
    lanes = Lanes(Cascade(Rules(book), (_Wavers(),)), slow)
    texts = ["Solicito a poda da árvore!!", "Solicito a poda da árvore!"]
    assert [one.kind is Kind.COMPLIMENT for one in lanes.judge([Judged(text) for text in texts])] == [False, True]
    assert [one.kind is Kind.COMPLIMENT for one in as_river(lanes, [Judged(text) for text in texts]).last] == [
        False,
        True,
    ]
    assert slow.asked == [texts[1], texts[1]]


def test_who_judged_is_told_by_name(book: RuleBook):
    cascade = Cascade(Rules(book))
    lanes = Lanes(cascade, _Praises(book))
    (sure, unsure) = lanes.judge([Judged("Solicito a poda da árvore da rua Bahia, 12"), Judged("hm, sei")])
    assert sure.classifier == cascade.version
    assert unsure.classifier == lanes.version
    assert unsure.classifier.name == "rules+praises"
    assert Lanes(cascade).version == cascade.version


def test_as_on_the_river_who_tells_of_danger_does_not_wait(book: RuleBook):
    slow = _Praises(book)
    lanes, steps = Lanes(Cascade(Rules(book)), slow), list[tuple[int, int]]()
    danger = "O fio caiu e está soltando faísca, alguém vai morrer eletrocutado aqui, hm"
    texts = [danger, "Solicito a poda da árvore da rua Bahia, 12", "hm, sei"] * 80
    found = as_river(lanes, [Judged(text) for text in texts], lambda *step: steps.append(step))
    assert found.fast == [lanes.cascade.judge(Judged(text)) for text in texts]
    assert not found.fast[0].sure
    assert slow.asked == ["hm, sei"] * 80
    assert [one.kind is Kind.COMPLIMENT for one in found.last] == [text == "hm, sei" for text in texts]
    assert [steps[0], steps[-1]] == [(0, 80), (80, 80)]


def test_without_a_slow_lane_the_fast_verdict_is_the_last(book: RuleBook):
    found = as_river(Lanes(Cascade(Rules(book))), [Judged("hm, sei")])
    assert found.last == found.fast
