"""What the rules' verdict tells a model: which rules spoke, and what they made of it, as names.

The model learns from examples how far each rule is to be believed beside all other words. A rule that it never met
says nothing to it; the cascade sees to it that what such a rule says of harm stands all the same.
"""

from collections.abc import Iterator

from ouvidor.records import Verdict

__all__ = ["signals_of"]


def signals_of(verdict: Verdict) -> frozenset[str]:
    """Give the rules' signals."""
    return frozenset(_signals(verdict))


def _signals(verdict: Verdict) -> Iterator[str]:
    heard = False
    for one in verdict.evidence:
        if one.label.startswith("area:"):
            continue
        heard = heard or one.label.startswith("kind:")
        yield f"rule:{one.source.partition(':')[0]}"
    yield f"kind:{verdict.kind}" if heard else "kind:unheard"
    yield f"severity:{verdict.severity}"
    yield f"difficulty:{verdict.difficulty}"
    yield from (f"flags:{flag}" for flag in verdict.flags)
    if verdict.area is not None:
        yield f"area:{verdict.area}"
        if verdict.confidence.area >= 0.5:  # noqa: PLR2004 - the word list's second step
            yield f"area-plainly:{verdict.area}"
