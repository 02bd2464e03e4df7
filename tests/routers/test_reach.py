"""What is said to be out of reach is so for every verdict: held against CEL itself, and against trying them all."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouvidor.records import Channel, Difficulty, Flag, Kind, Severity
from routers.condition import condition
from routers.facts import Facts
from routers.grammar import Call, parse
from routers.reach import ELSEWHERE, Search, TooMany, Unknown, truth
from tests.routers.samples import message, verdict

AREAS = ("saude", "vias")
FEW = (Flag.PRESS, Flag.FRAUD, Flag.SAFETY)

ATOMS = st.one_of(
    st.sampled_from(Kind).map("verdict.kind == '{}'".format),
    st.sampled_from(Severity).map("'{}' != verdict.severity".format),
    st.lists(st.sampled_from(Severity), min_size=1, max_size=3).map(
        lambda some: f"verdict.severity in {[str(each) for each in some]}"
    ),
    st.sampled_from(["", *AREAS]).map("verdict.area == '{}'".format),
    st.sampled_from(Channel).map("message.channel == '{}'".format),
    st.sampled_from(FEW).map("'{}' in verdict.flags".format),
    st.sampled_from(FEW).map("verdict.flags.exists(f, f == '{}')".format),
    st.sampled_from(FEW).map("verdict.flags.all(f, f != '{}')".format),
    st.sampled_from(FEW).map("verdict.flags.exists(f, f in ['{}', 'privacy'] && verdict.sure)".format),
    st.sampled_from(["verdict.sure", "verdict.sure == false", "message.automatic == null", "true"]),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map("!({})".format),
        st.tuples(inner, inner, inner).map(lambda parts: "({} ? {} : {})".format(*parts)),
    ),
    max_leaves=6,
)
LABELS = st.fixed_dictionaries(
    {
        "verdict.kind": st.sampled_from(Kind),
        "verdict.severity": st.sampled_from(Severity),
        "verdict.difficulty": st.sampled_from(Difficulty),
        "verdict.area": st.sampled_from(["", *AREAS, ELSEWHERE]),
        "verdict.sure": st.booleans(),
        "message.channel": st.sampled_from(Channel),
        **{f"flag:{flag}": st.booleans() if flag in FEW else st.just(False) for flag in Flag},
    }
)


def by_cel(source: str, labels: dict[str, Any]) -> bool:
    compiled = condition(source, frozenset(AREAS))
    judged = verdict(
        *(flag for flag in Flag if labels[f"flag:{flag}"]),
        **{name: labels[f"verdict.{name}"] for name in ("kind", "severity", "difficulty", "sure")},
        area=labels["verdict.area"] or None,
    )
    return compiled.holds(Facts(compiled.fields).of(message(channel=labels["message.channel"]), judged))


@given(source=CONDITIONS, labels=LABELS)
def test_with_all_labels_settled_it_says_what_cel_says(source: str, labels: dict[str, Any]):
    assert truth(parse(source), labels) is by_cel(source, labels)


@given(
    source=CONDITIONS, labels=LABELS, hidden=st.sets(st.sampled_from(["verdict.kind", "verdict.sure", "flag:press"]))
)
def test_what_it_says_with_some_labels_settled_holds_whatever_the_others_are(
    source: str, labels: dict[str, Any], hidden: set[str]
):
    known = truth(parse(source), {name: value for name, value in labels.items() if name not in hidden})
    assert isinstance(known, Unknown) or known is by_cel(source, labels)


SMALL = [
    {"verdict.kind": kind, "verdict.sure": sure, "flag:press": press, "flag:fraud": fraud}
    for kind, sure, press, fraud in product(Kind, (False, True), (False, True), (False, True))
]
SMALL_CONDITIONS = st.recursive(
    st.one_of(
        st.sampled_from(Kind).map("verdict.kind == '{}'".format),
        st.sampled_from(["verdict.sure", "'press' in verdict.flags", "'fraud' in verdict.flags"]),
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map("!({})".format),
    ),
    max_leaves=8,
)


@given(holds=st.lists(SMALL_CONDITIONS, max_size=2), fails=st.lists(SMALL_CONDITIONS, max_size=3))
def test_it_finds_labels_if_and_only_if_there_are_some(holds: list[str], fails: list[str]):
    wanted = [(parse(each), True) for each in holds] + [(parse(each), False) for each in fails]
    there = any(all(truth(node, labels) is value for node, value in wanted) for labels in SMALL)
    found = Search(AREAS).find([node for node, value in wanted if value], [node for node, value in wanted if not value])
    assert (found is not None) is there
    if found is not None:
        assert all(truth(node, found) is value for node, value in wanted)


@pytest.mark.parametrize(
    ("source", "reachable"),
    [
        ("message.text.contains('poste') && !message.text.contains('poste')", False),  # the same question
        ("message.text.contains('poste') && !message.text.contains('luz')", True),
        ("message.automatic != null && message.automatic.kind == 'list'", False),  # rules never see it
        ("verdict.kind == 'other' && verdict.kind == 'request'", False),
        ("verdict.area == 'saude' && verdict.area in ['vias', '']", False),
        ("verdict.area != '' && !(verdict.area in ['vias', 'saude'])", True),  # an area that no department has
        ("verdict.flags.exists(f, f == 'press') && !('press' in verdict.flags)", False),
        ("size(message.text) > 3 && !(size(message.text) > (3))", False),
        ("(size(message.text) - 1) * 2 > 3 && !(size(message.text) - 1 * 2 > 3)", True),  # brackets make another
    ],
)
def test_what_excludes_itself_is_found(source: str, reachable: bool):
    assert (Search(AREAS).find([parse(source)], []) is not None) is reachable


def test_it_gives_up_rather_than_try_for_ever():
    asked = [f"(message.text.contains('{at}') || message.subject.contains('{at}'))" for at in range(30)]
    never = Call("&&", (parse(" && ".join(asked)), parse("verdict.kind == 'other' && verdict.kind == 'request'")))
    assert Search(AREAS, most=5000).find([never], []) is None
    hard = parse(" && ".join(f"({each} == {each})" for each in asked) + " && " + asked[0] + " == !" + asked[0])
    with pytest.raises(TooMany):
        Search(AREAS, most=50).find([hard], [])
