"""Kept answers are the answers: a table says the same of a message however many it has seen."""

from hypothesis import given
from hypothesis import strategies as st

from ouvidor.records import Channel, Flag, Kind, Message, Severity, Verdict
from routers.condition import condition
from routers.facts import Facts
from routers.trying import Trying
from tests.routers.samples import message, verdict

SOURCES = [
    "verdict.kind == 'complaint'",
    "verdict.kind == 'complaint' && 'press' in verdict.flags",
    "message.channel == 'phone' || verdict.area == 'vias'",
    "message.text.contains('poste') && verdict.sure",
    "verdict.confidence.kind < 0.95 && message.channel == 'email'",
    "true",
    "verdict.area == ''",
]
NO_AREAS: frozenset[str] = frozenset()
CONDITIONS = [condition(source, frozenset({"vias"})) for source in SOURCES]
FRAGILE = condition(
    "message.turns.size() == 0 || message.turns[0].end < 3.0 || message.turns[1].end < 1.0", frozenset()
)
KEPT = Trying(CONDITIONS)

PAIRS = st.tuples(
    st.builds(
        lambda channel, text: message(channel=channel, text=text),
        st.sampled_from(Channel),
        st.sampled_from(["", "poste"]),
    ),
    st.builds(
        lambda flags, **labels: verdict(*flags, **labels),
        flags=st.lists(st.sampled_from([Flag.PRESS, Flag.FRAUD]), unique=True),
        kind=st.sampled_from(Kind),
        severity=st.sampled_from(Severity),
        sure=st.booleans(),
        area=st.sampled_from([None, "vias", "saude"]),
    ),
)


@given(pair=PAIRS)
def test_what_is_kept_by_labels_is_what_each_condition_says(pair: tuple[Message, Verdict]):
    each_by_itself = [one.holds(Facts(one.fields).of(*pair)) for one in CONDITIONS]
    held, failed = KEPT.outcome(*pair)
    assert [place in held for place in range(len(CONDITIONS))] == each_by_itself
    assert (sorted(held), failed) == (list(held), ())


def test_of_more_labels_than_are_kept_the_answers_stay_right():
    trying = Trying([condition("verdict.area == 'vias' || verdict.area == ''", frozenset({"vias"}))])
    for number in range(10_000):
        assert trying.outcome(message(), verdict(area=f"area-{number}")) == ((), ())
    assert trying.outcome(message(), verdict(area="vias")) == ((0,), ())
    assert trying.outcome(message(), verdict(area=None)) == ((0,), ())


def test_one_that_cannot_be_tried_is_named_and_holds_nobody_else_up():
    (turn,) = message().turns
    said = message(turns=(turn.model_copy(update={"end": 9.0}),))
    assert Trying([CONDITIONS[5], FRAGILE, CONDITIONS[5]]).outcome(said, verdict()) == ((0, 2), (1,))
