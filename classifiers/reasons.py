"""Reasons: a verdict's evidence, told as a person would tell it. Pure; `explain.py` shows them.

One reason a rule, however many labels it says and places it stands in. What speaks for another kind or area than the
verdict's is another matter of the same message, and told as that: unless the same words speak for the verdict's kind.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from classifiers.portuguese import name_of, sentences
from ouvidor.records import Evidence, Verdict

__all__ = ["Reason", "also", "reasons"]

_SUBJECT: Final = " (subject)"
_WEIGHED = re.compile(r"model: this word weighed most(?: \((?P<share>\d{1,3})%\))?")
_ALIKE = re.compile(r"slow model: alike \((?P<likeness>[01]\.\d+)\): (?P<text>.+)", re.DOTALL)
_AREAS: Final = "areas:"
_OPINION: Final = "opinion:"
_ORDER: Final = ("sure", "flags", "severity", "kind", "difficulty", "area")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a label."""

    labels: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    """In the text; none where the subject, an example or the whole message speaks."""
    sentence: str
    rule: str = ""
    share: float | None = None
    """How much of all that speaks for the label, or how alike; 0 to 1."""
    in_subject: bool = False

    @property
    def name(self) -> str:
        """Its labels in Portuguese."""
        return ", ".join(dict.fromkeys(map(name_of, self.labels)))


def reasons(verdict: Verdict) -> list[Reason]:
    """Give what speaks for the verdict: doubts and flags first, then severity, kind, difficulty and area."""
    return sorted(_told(_wanted(verdict)), key=_rank)


def also(verdict: Verdict) -> list[Reason]:
    """Give the other matters of the message: kinds and areas that were heard beside the verdict's."""
    ours = [(one.start, one.end) for one in verdict.evidence if one.label == f"kind:{verdict.kind}"]
    others = [
        one
        for one in verdict.evidence
        if not _is_verdicts(one, verdict)
        and one.label.startswith(("kind:", "area:"))
        and not any(one.start < end and start < one.end for start, end in ours)
    ]
    found: dict[str, Reason] = {}
    for told in _told(others):
        found.setdefault(told.labels[0], told)
    return sorted(found.values(), key=_rank)


def _wanted(verdict: Verdict) -> list[Evidence]:
    return [one for one in verdict.evidence if _is_verdicts(one, verdict)]


def _is_verdicts(one: Evidence, verdict: Verdict) -> bool:
    field, _, value = one.label.partition(":")
    match field:
        case "kind":
            return value == verdict.kind
        case "area":
            return value == verdict.area
        case "difficulty":
            return value == verdict.difficulty
        case "severity":
            return value == verdict.severity
        case _:
            return True


def _rank(reason: Reason) -> tuple[int, float]:
    field = reason.labels[0].partition(":")[0]
    place = _ORDER.index(field) if field in _ORDER else len(_ORDER)
    return place, -(reason.share or 0.0)


def _told(evidence: Iterable[Evidence]) -> Iterator[Reason]:
    """Put together what one rule says; words and examples stand each for itself."""
    by_source: dict[tuple[str, int | None], list[Evidence]] = {}
    for one in evidence:
        alone = one.start if one.source.startswith("model:") else None
        by_source.setdefault((one.source, alone), []).append(one)
    for (source, _), found in by_source.items():
        labels = sorted(dict.fromkeys(one.label for one in found), key=_field_rank)
        spans = sorted({(one.start, one.end) for one in found if one.end > one.start})
        yield _reason(source, tuple(labels), tuple(spans))


def _field_rank(label: str) -> int:
    field = label.partition(":")[0]
    return _ORDER.index(field) if field in _ORDER else len(_ORDER)


def _reason(source: str, labels: tuple[str, ...], spans: Sequence[tuple[int, int]]) -> Reason:
    given = tuple(spans)
    if weighed := _WEIGHED.fullmatch(source):
        share = int(weighed["share"]) / 100 if weighed["share"] else None
        return Reason(labels, given, "uma das palavras que mais pesaram", share=share)
    if alike := _ALIKE.fullmatch(source):
        return Reason(labels, given, f"parecida com o exemplo: {alike['text']}", share=float(alike["likeness"]))
    if source.startswith(_AREAS):
        return Reason(labels, given, "palavras desse assunto")
    if source.startswith(_OPINION):
        return Reason(labels, given, "assim lê outro modelo, que foi consultado")
    in_subject = source.endswith(_SUBJECT)
    rule, _, because = source.removesuffix(_SUBJECT).partition(": ")
    return Reason(labels, given, sentences().get(rule, because or source), rule=rule, in_subject=in_subject)
