"""Both lanes: what the first is sure of stays, the rest is judged by the second, each in its place."""

from collections.abc import Sequence

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


def test_who_judged_is_told_by_name(book: RuleBook):
    cascade = Cascade(Rules(book))
    lanes = Lanes(cascade, _Praises(book))
    (sure, unsure) = lanes.judge([Judged("Solicito a poda da árvore da rua Bahia, 12"), Judged("hm, sei")])
    assert sure.classifier == cascade.version
    assert unsure.classifier == lanes.version
    assert unsure.classifier.name == "rules+praises"
    assert Lanes(cascade).version == cascade.version
