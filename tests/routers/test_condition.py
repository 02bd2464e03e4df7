"""A condition is found bad when the table is read, not when the first message comes that it would have failed on."""

import cel
import pytest

from ouvidor.errors import Misconfigured
from ouvidor.records import Flag, Message, Severity, Verdict
from routers.condition import Failed, condition
from routers.facts import Facts
from routers.lexis import FUNCTIONS
from routers.sample import EMPTY, FULL
from tests.routers.samples import message, verdict

AREAS = frozenset({"saude", "vias"})


def holds(source: str, said: Message, judged: Verdict) -> bool:
    compiled = condition(source, AREAS)
    return compiled.holds(Facts(compiled.fields).of(said, judged))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("verdict.sevrity == 'high'", "verdict.sevrity: no such field; did you mean severity?"),
        # Evaluation alone would never come to the second half on a message that is not sure.
        ("verdict.sure && verdict.sevrity == 'high'", "verdict.sevrity: no such field; did you mean severity?"),
        ("true || verdict.sevrity == 'high'", "verdict.sevrity: no such field; did you mean severity?"),
        ("verdict.severity == 'hihg'", "verdict.severity is never 'hihg'; did you mean high?"),
        ("'hihg' != verdict.severity", "verdict.severity is never 'hihg'; did you mean high?"),
        ("verdict.severity in ['critical', 'hihg']", "verdict.severity is never 'hihg'; did you mean high?"),
        ("'privcy' in verdict.flags", "verdict.flags is never 'privcy'; did you mean privacy?"),
        ("verdict.flags == 'privacy'", "verdict.flags is a list: write 'privacy' in verdict.flags"),
        ("verdict.flags.exists(f, f == 'privcy')", "f is never 'privcy'; did you mean privacy?"),
        ("verdict.area == 'viass'", "verdict.area is never 'viass'; did you mean vias?"),
        ("verdict.area == 'lai'", "'lai'; known are saude, vias, the areas of the table's departments"),
        ("message.channel == 'e-mail'", "message.channel is never 'e-mail'; did you mean email?"),
        ("message.automatic != null && message.automatic.kind == 'lst'", "message.automatic.kind is never 'lst'"),
        ("message.attachments.exists(a, a.sise > 10)", "a.sise: no such field; did you mean size?"),
        ("message.attachments.size > 10", "message.attachments is a list: write message.attachments.exists"),
        ("message.subject.lenght > 1", "message.subject.lenght: message.subject has no fields"),
        ("verdct.sure", "verdct: no such name; did you mean verdict?"),
        ("verdict", "verdict: say which of its fields, as in verdict.kind"),
        ("verdict['severity'] == 'high'", "verdict: say which of its fields"),
        ("message.text.startswith('a')", "message.text.startswith(): no such function; did you mean startsWith?"),
        ("sise(message.text) > 3", "sise(): no such function; did you mean size?"),
        ("verdict.sure &&", "no CEL: at 1:16: Syntax error"),
        ("verdict.severity", "the condition: verdict.severity is a text, not true or false"),
        ("verdict.severity < 1", "verdict.severity has no order: write verdict.severity in ['critical', 'high']"),
        ("verdict.severity > 'low'", "verdict.severity has no order: write verdict.severity in ['critical', 'high']"),
        ("verdict.sure == 'true'", "verdict.sure is true or false, and 'true' is a text: they are never equal"),
        ("verdict.severity == 1", "verdict.severity is a text, and 1 is a number: they are never equal"),
        ("message.channel in ['email', 3]", "message.channel is a text, and 3 is a number: they are never equal"),
        # CEL would never come to what stands behind these.
        ("verdict.sure && verdict.kind && true", "&&: verdict.kind is a text, not true or false"),
        ("!verdict.area", "!: verdict.area is a text, not true or false"),
        ("verdict.sure ? true : message.public == 'yes'", "message.public is true or false, and 'yes' is a text"),
        ("(verdict.severity) == 'hihg'", "verdict.severity is never 'hihg'; did you mean high?"),
        ("verdict.kind == verdict.severity", "verdict.kind and verdict.severity are never equal: they have no label"),
        ("verdict.confidence.kind > 1.5", "is never so: verdict.confidence.kind is from 0 to 1"),
        ("verdict.confidence.kind <= 1", "is always so: verdict.confidence.kind is from 0 to 1"),
        ("verdict.confidence.area == 70", "are never equal: verdict.confidence.area is from 0 to 1"),
        ("verdict.confidence.kind > '0.5'", "is a number, and '0.5' is a text: they have no order"),
        ("message.attachments.size() < 0", "message.attachments.size() < 0 is never so"),
        ("message.attachments.exists(a, a.size == '9')", "a.size is a number, and '9' is a text"),
        ("message.attachments.exists(a, a.size)", "exists(): a.size is a number, not true or false"),
        ("verdict.kind.exists(k, true)", "verdict.kind is a text, not a list: exists() has nothing to walk"),
        ("message.subject == null", "message.subject is never null; a text that is missing is '': write message.sub"),
        ("verdict.severity == null", "verdict.severity is never null"),
        ("'lixo' in message.text", "message.text is a text: write message.text.contains('lixo')"),
        ("'a' in verdict.confidence.kind", "verdict.confidence.kind is a number, not a list: nothing is in it"),
        ("verdict.flags.contains('privacy')", "verdict.flags is a list: write 'privacy' in verdict.flags"),
        ("message.text.contains(3)", "contains(): 3 is a number, not a text"),
        ("verdict.sure && message.text.matches('(')", "matches(): '(' is not a regular expression"),
        ("message.received_at > timestamp('yesterday')", "timestamp(): 'yesterday' is not a moment such as"),
        ("message.received_at > '2026-11-24'", "message.received_at is a moment, and '2026-11-24' is a text"),
        ("size(verdict.sure) > 1", "size(): verdict.sure is true or false: it has no size"),
        ("message.text - 'a' == 'b'", "message.text is a text: nothing is reckoned with it"),
        ("size({'a': 1}) > 0", "no condition: { is not understood here"),
        ("message.automatic.kind == 'list'", "it fails on a message with nothing that may be missing"),
        ("message.sent_at < message.received_at", "it fails on a message with nothing that may be missing"),
    ],
)
def test_a_condition_that_could_never_work_is_refused_with_the_mend(source: str, words: str):
    with pytest.raises(Misconfigured) as refused:
        condition(source, AREAS)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("verdict.severity == 'high'", True),
        ("verdict.severity in ['low', 'medium']", False),
        ("'privacy' in verdict.flags && !('fraud' in verdict.flags)", True),
        ("verdict.flags.exists(f, f in ['press', 'privacy'])", True),
        ("verdict.area == ''", True),  # a text that is missing is the empty text
        ("verdict.confidence.kind < 0.95", True),
        ("message.channel == 'email' && message.text.contains('poste')", True),
        ("message.text.matches('(?i)POSTE')", True),
        ("message.subject.contains('poste')", False),
        ("(verdict.sure || verdict.severity == 'low') && !(verdict.kind in ['other', 'compliment'])", True),
        ("verdict.sure ? verdict.confidence.area >= 0.5 : message.public", True),
        ("message.sent_at != null && message.sent_at <= message.received_at", False),
        ("message.received_at - duration('24h') < message.received_at", True),
        ("message.turns.map(t, t.text).exists(words, words.contains('Boa'))", True),
        ("size(message.text) / 2 > 3 && -1 < 2 * size(message.text)", True),
        ("message.attachments.exists(a, a.media_type == 'image/jpeg')", True),
        ("message.attachments.all(a, a.size > 1)", False),
        ("message.automatic == null", True),
        ("message.thread.protocol != ''", True),
        ("message.received_at > timestamp('2026-11-23T00:00:00Z')", True),
        ("message.received_at.getDayOfWeek() == 1", True),
        ("message.turns.filter(t, t.speaker == 'cliente').size() == 1", True),
        ("message.text.contains('verdict.sevrity') // a word in a text or a comment is no field: x.y", False),
    ],
)
def test_a_condition_reads_the_message_and_its_verdict(source: str, expected: bool):
    said = message(subject=None)
    judged = verdict(Flag.PRIVACY, severity=Severity.HIGH, area=None)
    assert holds(source, said, judged) is expected


def test_only_the_fields_that_conditions_read_are_handed_over():
    facts = Facts({("verdict", "severity"), ("message", "subject")}).of(*FULL)
    assert facts.variables == {"message": {"subject": "Poste apagado"}, "verdict": {"severity": "high"}}


def test_every_field_that_may_be_missing_is_there_in_one_sample_and_missing_in_the_other():
    def missing(record: object) -> set[str]:
        fields = type(record).model_fields  # type: ignore[attr-defined]
        return {name for name in fields if getattr(record, name) in (None, (), "", False)}

    for whole, empty in zip(FULL, EMPTY, strict=True):
        assert not missing(whole)
        optional = {name for name, field in type(empty).model_fields.items() if not field.is_required()}
        assert optional - missing(empty) <= {"author", "thread"}


def test_what_it_may_call_is_what_the_library_has():
    for name in FUNCTIONS - {"contains", "startsWith", "endsWith", "matches"}:
        subject = "timestamp('2026-11-23T12:00:00Z')" if name.startswith("get") else "'1'"
        call = f"{subject}.{name}()" if name.startswith("get") else f"{name}({subject})"
        if name in {"timestamp", "duration"}:
            call = f"{name}('{'2026-11-23T12:00:00Z' if name == 'timestamp' else '1h'}')"
        cel.compile(call).execute({})


def test_one_that_fails_on_a_message_all_the_same_says_so_without_the_message():
    compiled = condition("message.turns.size() == 0 || message.turns[0].end < 3.0 || message.turns[1].end < 1.0", AREAS)
    (turn,) = message().turns
    said = message(turns=(turn.model_copy(update={"end": 9.0, "text": "segredo"}),))
    with pytest.raises(Failed) as failed:
        compiled.holds(Facts(compiled.fields).of(said, verdict()))
    assert "segredo" not in str(failed.value)
