"""Evidence: the customer's own words that speak for a verdict, by their places in `Message.text`.

What the subject says has an empty span at the text's beginning, and "(subject)" in its source: the text does not hold
it. An event stays small: three places a rule, sixty in all; what speaks for another kind
than the verdict's is cut first.
"""

from collections.abc import Collection
from typing import Final

from classifiers.normalise import Folded
from classifiers.reading import Reading
from ouvidor.records import Evidence, Flag, Kind

__all__ = ["show"]

_PLACES_OF_A_RULE: Final = 3
_MOST: Final = 60
_WORDS_OF_THE_AREA: Final = 3
_OTHER_AREAS: Final = 2
_NAMED: Final = 2.0
_LABEL: Final = 2
_FLAGS: Final = {flag: f"flags:{flag}" for flag in Flag}
_Shown = tuple[int, int, str, str]
"""Start, end, label, source: an `Evidence` that is still cheap to sort."""


def show(
    reading: Reading, subject: Reading, folded: Folded, *, kind: Kind, flags: Collection[Flag], area: str | None
) -> tuple[Evidence, ...]:
    """Give what speaks for a verdict, in the text's order. Kinds and areas beside the verdict's are shown too."""
    found = _of_text(reading, folded)
    for statement in subject.statements:
        found += [(0, 0, label, f"{statement.rule.source} (subject)") for label in statement.rule.labels]
    if reading.areas:
        found += _of_areas(reading, folded, area)
    dropped = {one[_LABEL] for one in found if one[_LABEL].startswith("flags:")}.difference(map(_FLAGS.get, flags))
    if dropped:
        found = [one for one in found if one[_LABEL] not in dropped]
    if len(found) > _MOST:
        ours = f"kind:{kind}"
        found.sort(key=lambda one: one[_LABEL].startswith("kind:") and one[_LABEL] != ours)
        del found[_MOST:]
    found.sort()
    return tuple(
        [Evidence.made(start=start, end=end, label=label, source=source) for start, end, label, source in found]
    )


def _of_text(reading: Reading, folded: Folded) -> list[_Shown]:
    return [
        (*folded.span(*span), label, statement.rule.source)
        for statement in reading.statements
        for span in statement.spans[:_PLACES_OF_A_RULE]
        for label in statement.rule.labels
    ]


def _of_areas(reading: Reading, folded: Folded, area: str | None) -> list[_Shown]:
    """Show the area's words, and one of each other area that is plainly named beside it: a message may have several."""
    ours = sorted({(-sign.weight, sign.start, sign.end) for sign in reading.areas if sign.area == area})
    found = [
        (*folded.span(start, end), f"area:{area}", "areas: words of this subject")
        for _, start, end in ours[:_WORDS_OF_THE_AREA]
    ]
    if len(reading.areas) == len(ours):
        return found
    starts = {start for _, start, _ in ours}
    named: dict[str, tuple[int, int]] = {}
    for sign in reading.areas:
        if sign.area != area and sign.weight >= _NAMED and sign.start not in starts:
            named.setdefault(sign.area, (sign.start, sign.end))
    for other, span in sorted(named.items(), key=lambda item: item[1])[:_OTHER_AREAS]:
        found.append((*folded.span(*span), f"area:{other}", "areas: words of another subject"))
    return found
