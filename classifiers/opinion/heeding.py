"""Heeding: what becomes of a verdict when another model has given its opinion. Pure.

It may raise: the worse severity counts, and flags are added, never taken. It may name another kind, where the verdict
was not sure of it, and a department, where none was decided (`naming.py`). It does not make a verdict sure: what may
stand unread is promised by a share of errors that was counted, and nobody counted this server's; what steers it (a
message that talks to machines) would else hide itself. A house that counted may say `settles: true`: then full
agreement does, on a text that our own models had ground for.

Where nothing quoted stands in the customer's text, the evidence is an empty span: it says who, not where.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from classifiers.judge import Judged, heard_text
from classifiers.language import is_portuguese, spoken
from classifiers.model.features import heard_words
from classifiers.opinion.answer import Opinion
from classifiers.opinion.choices import NOBODY, Choices
from classifiers.opinion.naming import Likeliest, first_of, named
from classifiers.severities import worst
from ouvidor.records import OPINION, ClassifierVersion, Evidence, Flag, Verdict

__all__ = ["NAME", "SOURCE", "heed", "is_heeded"]

NAME: Final = "opinion"
SOURCE: Final = f"{OPINION} another model reads it so"
_DOUBT: Final = "sure:false"
_SHORTEST_QUOTE: Final = 3
_LEAST_KIND: Final = 0.5
_LEAST_WORDS: Final = 6
_DEPARTMENT: Final = "department"
_AND: Final = "+"


def heed(  # noqa: PLR0917 - what was said by whom, and what may be made of it
    said: Judged,
    before: Verdict,
    opinion: Opinion,
    version: ClassifierVersion,
    choices: Choices = NOBODY,
    likeliest: Likeliest = first_of,
    *,
    settles: bool,
) -> Verdict:
    """Give the verdict with an opinion. Nothing of it is lowered, no flag is dropped; of a sure one the kind stands.

    `choices`: the departments that were asked about. `likeliest`: chooses among the areas of one.
    """
    severity = worst(before.severity, opinion.severity)
    flags = tuple(flag for flag in Flag if flag in {*before.flags, *opinion.flags})
    agrees = opinion.kind is before.kind and severity is before.severity and len(flags) == len(before.flags)
    doubted = any(one.label == _DOUBT for one in before.evidence)
    settled = settles and not doubted and _has_ground(said)
    kind, certain = (before.kind if before.sure else opinion.kind), before.confidence.kind
    if kind is not before.kind:
        certain = min(1 - certain, _LEAST_KIND)  # what the verdict before left to all other kinds, no more than a half
    about = named(said, before, opinion.department, choices, likeliest, settles=settled)
    area, of_area = about or (before.area, before.confidence.area)
    labels = [f"kind:{kind}"] if kind is opinion.kind else []
    labels += [f"flags:{flag}" for flag in Flag if flag in opinion.flags]
    if severity is not before.severity:
        labels.append(f"severity:{severity}")
    if about is not None:
        labels.append(f"area:{area}")
    return before.model_copy(
        update={
            "kind": kind,
            "severity": severity,
            "flags": flags,
            "area": area,
            "confidence": before.confidence.model_copy(update={"kind": certain, "area": of_area}),
            "sure": before.sure or (settled and agrees and certain >= _LEAST_KIND),
            "evidence": tuple(dict.fromkeys((*before.evidence, *_shown(said.text, labels, opinion)))),
            "classifier": _joined(before.classifier, version),
        }
    )


def is_heeded(verdict: Verdict) -> bool:
    """Tell whether an opinion was heard on it, whatever came of that."""
    return verdict.classifier.name.split(_AND)[-1] == NAME


def _has_ground(said: Judged) -> bool:
    heard = heard_text(said.text)
    words = heard_words(heard.own)
    return heard.folded.whole and len(words) >= _LEAST_WORDS and is_portuguese(spoken(words), said.language)


def _shown(text: str, labels: Iterable[str], opinion: Opinion) -> Iterator[Evidence]:
    """Show what the opinion says, and where."""
    quotes = {one.label: one.quote.strip() for one in opinion.because}
    for label in labels:
        quote = quotes.get(_DEPARTMENT if label.startswith("area:") else label, "")
        start = text.find(quote) if len(quote) >= _SHORTEST_QUOTE else -1
        start, end = (start, start + len(quote)) if start >= 0 else (0, 0)
        yield Evidence(start=start, end=end, label=label, source=SOURCE)


def _joined(before: ClassifierVersion, version: ClassifierVersion) -> ClassifierVersion:
    if before.name.endswith(version.name):
        return before
    return ClassifierVersion(
        name=f"{before.name}{_AND}{version.name}",
        version=f"{before.version}+{version.version}",
        hash=sha256(f"{before.hash}{version.hash}".encode()).hexdigest(),
    )
