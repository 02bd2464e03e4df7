"""Heeding: what becomes of a verdict when another model has given its opinion. Pure.

It may raise: the worse severity counts, and flags are added, never taken. It may name another kind, where the verdict
was not sure of it. It does not make a verdict sure: what may stand unread is promised by a share of errors that was
counted, and nobody counted this server's; what steers it (a message that talks to machines) would else hide itself.
A house that counted may say `settles: true`: then full agreement does, on a text that our own models had ground for.

Where nothing quoted stands in the customer's text, the evidence is an empty span: it says who, not where.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

from classifiers.judge import Judged, heard_text
from classifiers.language import is_portuguese, spoken
from classifiers.model.features import heard_words
from classifiers.opinion.answer import Opinion
from classifiers.severities import worst
from ouvidor.records import ClassifierVersion, Evidence, Flag, Verdict

__all__ = ["SOURCE", "heed"]

SOURCE: Final = "opinion: another model reads it so"
_DOUBT: Final = "sure:false"
_SHORTEST_QUOTE: Final = 3
_LEAST_KIND: Final = 0.5
_LEAST_WORDS: Final = 6


def heed(said: Judged, before: Verdict, opinion: Opinion, version: ClassifierVersion, *, settles: bool) -> Verdict:
    """Give the verdict with an opinion. Nothing of it is lowered, no flag is dropped; a sure one stands as it is."""
    if before.sure:
        return before
    severity = worst(before.severity, opinion.severity)
    flags = tuple(flag for flag in Flag if flag in {*before.flags, *opinion.flags})
    agrees = opinion.kind is before.kind and severity is before.severity and len(flags) == len(before.flags)
    doubted = any(one.label == _DOUBT for one in before.evidence)
    kind = before.confidence.kind
    if opinion.kind is not before.kind:
        kind = min(1 - kind, _LEAST_KIND)  # what the verdict before left to all other kinds, and no more than a half
    return before.model_copy(
        update={
            "kind": opinion.kind,
            "severity": severity,
            "flags": flags,
            "confidence": before.confidence.model_copy(update={"kind": kind}),
            "sure": settles and agrees and not doubted and kind >= _LEAST_KIND and _has_ground(said),
            "evidence": tuple(dict.fromkeys((*before.evidence, *_shown(said.text, before, opinion)))),
            "classifier": _joined(before.classifier, version),
        }
    )


def _has_ground(said: Judged) -> bool:
    heard = heard_text(said.text)
    words = heard_words(heard.own)
    return heard.folded.whole and len(words) >= _LEAST_WORDS and is_portuguese(spoken(words), said.language)


def _shown(text: str, before: Verdict, opinion: Opinion) -> Iterator[Evidence]:
    """Show what the opinion says, and where: a severity only where it raised."""
    labels = [f"kind:{opinion.kind}", *(f"flags:{flag}" for flag in Flag if flag in opinion.flags)]
    if worst(before.severity, opinion.severity) is not before.severity:
        labels.append(f"severity:{opinion.severity}")
    quotes = {one.label: one.quote.strip() for one in opinion.because}
    for label in labels:
        quote = quotes.get(label, "")
        start = text.find(quote) if len(quote) >= _SHORTEST_QUOTE else -1
        start, end = (start, start + len(quote)) if start >= 0 else (0, 0)
        yield Evidence(start=start, end=end, label=label, source=SOURCE)


def _joined(before: ClassifierVersion, version: ClassifierVersion) -> ClassifierVersion:
    if before.name.endswith(version.name):
        return before
    return ClassifierVersion(
        name=f"{before.name}+{version.name}",
        version=f"{before.version}+{version.version}",
        hash=sha256(f"{before.hash}{version.hash}".encode()).hexdigest(),
    )
