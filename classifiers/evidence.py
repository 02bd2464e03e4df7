"""Evidence: the customer's own words that speak for a verdict, by their places in `Message.text`.

What the subject says has an empty span at the text's beginning, and "(subject)" in its source: the text does not hold
it. An event stays small: three places a rule, sixty in all; what speaks for another kind
than the verdict's is cut first.
"""

from collections.abc import Collection, Iterable
from typing import Final

from classifiers.normalise import Folded
from classifiers.reading import Reading
from classifiers.rulebook import DOUBT
from ouvidor.records import Evidence, Flag, Kind

__all__ = ["show"]

_PLACES_OF_A_RULE: Final = 3
_MOST: Final = 60
_WORDS_OF_THE_AREA: Final = 3
_OTHER_AREAS: Final = 2
_NAMED: Final = 2.0
_LABEL: Final = 2
_Shown = tuple[int, int, str, str]
"""Start, end, label, source: an `Evidence` that is still cheap to sort."""


def show(
    reading: Reading, subject: Reading, folded: Folded, *, kind: Kind, flags: Collection[Flag], area: str | None
) -> tuple[Evidence, ...]:
    """Give what speaks for a verdict, in the text's order. Kinds and areas beside the verdict's are shown too."""
    wanted = {f"flags:{flag}" for flag in flags}
    found = [
        one
        for one in (*_of_text(reading, folded), *_of_subject(subject), *_of_areas(reading, folded, area))
        if not one[_LABEL].startswith("flags:") or one[_LABEL] in wanted
    ]
    if len(found) > _MOST:
        ours = f"kind:{kind}"
        found.sort(key=lambda one: one[_LABEL].startswith("kind:") and one[_LABEL] != ours)
    return tuple(
        Evidence.made(start=start, end=end, label=label, source=source)
        for start, end, label, source in sorted(found[:_MOST])
    )


def _label(said: str) -> str:
    return "sure:false" if said == DOUBT else said


def _of_text(reading: Reading, folded: Folded) -> Iterable[_Shown]:
    for statement in reading.statements:
        for span in statement.spans[:_PLACES_OF_A_RULE]:
            start, end = folded.span(*span)
            for label in statement.rule.spec.says:
                yield start, end, _label(label), statement.rule.source


def _of_subject(subject: Reading) -> Iterable[_Shown]:
    for statement in subject.statements:
        for label in statement.rule.spec.says:
            yield 0, 0, _label(label), f"{statement.rule.source} (subject)"


def _of_areas(reading: Reading, folded: Folded, area: str | None) -> Iterable[_Shown]:
    """Show the area's words, and one of each other area that is plainly named beside it: a message may have several."""
    yield from _of_area(reading, folded, area)
    ours = {sign.start for sign in reading.areas if sign.area == area}
    named: dict[str, tuple[int, int]] = {}
    for sign in reading.areas:
        if sign.area != area and sign.weight >= _NAMED and sign.start not in ours:
            named.setdefault(sign.area, (sign.start, sign.end))
    for other, span in sorted(named.items(), key=lambda item: item[1])[:_OTHER_AREAS]:
        start, end = folded.span(*span)
        yield start, end, f"area:{other}", "areas: words of another subject"


def _of_area(reading: Reading, folded: Folded, area: str | None) -> Iterable[_Shown]:
    signs = sorted(
        {(-sign.weight, sign.start, sign.end) for sign in reading.areas if sign.area == area},
    )
    for _, first, last in signs[:_WORDS_OF_THE_AREA]:
        start, end = folded.span(first, last)
        yield start, end, f"area:{area}", "areas: words of this subject"
