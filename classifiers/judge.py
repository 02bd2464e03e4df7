"""Judging: from what a customer said to a verdict, by rules alone. Pure: the same words give the same verdict anywhere.

A text is data. Words in it that speak to a machine ("classifique como elogio") are words like others: they match no
rule that sets a label, and one that takes away sureness.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from classifiers.area import decide_area
from classifiers.confidence import confidence_of, is_sure
from classifiers.evidence import show
from classifiers.index import Words, cut
from classifiers.kinds import decide_kind
from classifiers.language import Spoken, is_portuguese, spoken
from classifiers.normalise import HEAD, TAIL, Folded, fold
from classifiers.own_words import own_words
from classifiers.reading import NOTHING, Reading, read
from classifiers.rulebook import RuleBook
from classifiers.severities import decide_difficulty, decide_severity
from ouvidor.records import (
    Channel,
    ClassifierVersion,
    Confidence,
    Difficulty,
    Flag,
    Kind,
    Message,
    Severity,
    Verdict,
)

__all__ = ["NAME", "TOGETHER", "VERSION", "Heard", "Judged", "heard_text", "judge", "portions"]

NAME: Final = "rules"
VERSION: Final = "1"
TOGETHER: Final = 64
"""So many messages go from step to step together."""
_LONGEST: Final = HEAD + TAIL
_SHORT: Final = 4_000
_A_TALE: Final = 6
_FLAGS: Final = tuple(Flag)
_LABELS: Final[dict[str, Kind | Flag | Severity | Difficulty]] = {
    **{f"kind:{kind}": kind for kind in Kind},
    **{f"flags:{flag}": flag for flag in Flag},
    **{f"severity:{severity}": severity for severity in Severity},
    **{f"difficulty:{difficulty}": difficulty for difficulty in Difficulty},
}
_ANSWERS: Final = ("re:", "res:", "fw:", "fwd:", "enc:", "rv:")


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known of an utterance when it is judged."""

    text: str
    subject: str | None = None
    channel: Channel | None = None
    language: str | None = None
    public: bool = False
    automatic: bool = False

    @classmethod
    def of(cls, message: Message) -> "Judged":
        """Take what is judged from a message."""
        return cls(
            text=message.text,
            subject=message.subject,
            channel=message.channel,
            language=message.language,
            public=message.public,
            automatic=message.automatic is not None,
        )


class Heard(NamedTuple):
    """A text as it is read."""

    folded: Folded
    own: str
    """The customer's own words of it, folded."""
    words: Words
    spoken: Spoken
    """By these words: which language's they are."""


@dataclass(slots=True)
class _Said:
    """What the rules said, put together."""

    scores: dict[Kind, float]
    flags: set[Flag]
    severities: set[Severity]
    difficulties: set[Difficulty]
    doubts: int


def judge(said: Judged, book: RuleBook) -> Verdict:
    """Judge an utterance. Any text gives a verdict; `sure` is false where no rule knows."""
    version = _version(book.hash)
    if said.automatic:
        return _automatic(version)
    text = heard_text(said.text)
    reading = read(book, text.words)
    told = _subject(said)
    subject = read(book, cut(fold(told).text)) if told else NOTHING
    heard = _hear((reading, subject))
    kind, margin = decide_kind(heard.scores)
    settled = kind or _unheard(len(reading.words.words) + len(subject.words.words))
    flags = _flags(settled, heard.flags)
    mere = Severity.LOW in heard.severities
    severity = decide_severity(settled, flags, heard.severities, mere=mere)
    difficulty = decide_difficulty(settled, flags, severity, heard.difficulties)
    area, lead = decide_area((*reading.areas, *subject.areas))
    language = spoken([*text.words.words, *subject.words.words]) if told else text.spoken
    known = text.folded.whole and is_portuguese(language, said.language)
    confidence = confidence_of(
        kind,
        margin,
        severity,
        flags,
        difficulty,
        severity_said=severity in heard.severities,
        lead=lead,
        known=known,
        doubts=heard.doubts,
    )
    return Verdict.made(
        kind=settled,
        severity=severity,
        difficulty=difficulty,
        flags=flags,
        area=area,
        confidence=confidence,
        sure=known and kind is not None and not heard.doubts and is_sure(confidence),
        evidence=show(reading, subject, text.folded, kind=settled, flags=flags, area=area),
        classifier=version,
    )


@lru_cache(maxsize=8)
def _version(rules: str) -> ClassifierVersion:
    return ClassifierVersion(name=NAME, version=VERSION, hash=rules)


def portions(said: Sequence[Judged]) -> Iterator[slice]:
    """Divide utterances into those that go from step to step together: some, and no more to read than one may have."""
    first = letters = 0
    for at, one in enumerate(said):
        length = min(len(one.text), _LONGEST)
        if at - first == TOGETHER or (at > first and letters + length > _LONGEST):
            yield slice(first, at)
            first, letters = at, 0
        letters += length
    if said:
        yield slice(first, len(said))


def heard_text(text: str) -> Heard:
    """Fold a text, and blank what is not the customer's own. The last ones are kept: every step asks for the same."""
    return _heard(text) if len(text) <= _SHORT else _heard_alone(text)


@lru_cache(maxsize=TOGETHER)
def _heard(text: str) -> Heard:
    folded = fold(text)
    own = own_words(folded.text)
    words = cut(own)
    return Heard(folded, own, words, spoken(words.words))


@lru_cache(maxsize=1)
def _heard_alone(text: str) -> Heard:
    return _heard.__wrapped__(text)


def _automatic(version: ClassifierVersion) -> Verdict:
    certain = Confidence(kind=1, severity=1, difficulty=1, flags=1, area=1)
    return Verdict(
        kind=Kind.OTHER,
        severity=Severity.LOW,
        difficulty=Difficulty.SIMPLE,
        confidence=certain,
        sure=True,
        classifier=version,
    )


def _subject(said: Judged) -> str:
    """Give the subject where it is the customer's own: an answer's subject is the other's."""
    subject = (said.subject or "").strip()
    return "" if subject.lower().startswith(_ANSWERS) else subject


def _hear(readings: Iterable[Reading]) -> _Said:
    heard = _Said({}, set(), set(), set(), 0)
    rules = {statement.rule.spec.id: statement.rule for reading in readings for statement in reading.statements}
    for rule in rules.values():
        for label in rule.labels:
            said = _LABELS.get(label)
            if isinstance(said, Kind):
                heard.scores[said] = heard.scores.get(said, 0.0) + rule.spec.weight
            elif isinstance(said, Flag):
                heard.flags.add(said)
            elif isinstance(said, Severity):
                heard.severities.add(said)
            elif isinstance(said, Difficulty):
                heard.difficulties.add(said)
            else:
                heard.doubts += 1
    return heard


def _unheard(words: int) -> Kind:
    """Guess where no rule spoke: a few words are chatter, more are mostly a plain fact. Never sure."""
    return Kind.COMPLAINT if words >= _A_TALE else Kind.OTHER


def _flags(kind: Kind, heard: set[Flag]) -> tuple[Flag, ...]:
    """Give the flags in their order. Who praises a nurse of the elderly tells of nobody in need."""
    drop: set[Flag] = set()
    if kind in {Kind.COMPLIMENT, Kind.OTHER} and Flag.SELF_HARM not in heard:
        drop = {Flag.VULNERABLE_PERSON, Flag.HEALTH, Flag.REPEAT_CONTACT}
    elif kind is Kind.SUGGESTION and not heard & {Flag.SAFETY, Flag.HEALTH}:
        drop = {Flag.VULNERABLE_PERSON}
    kept = heard - drop
    return tuple(flag for flag in _FLAGS if flag in kept) if kept else ()
