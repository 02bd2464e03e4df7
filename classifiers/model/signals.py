"""What the rules' verdict tells a model: which rules spoke, and what they made of it, as names.

The model learns from examples how far each rule is to be believed beside all other words. A rule that it never met
says nothing to it; the cascade sees to it that what such a rule says of harm stands all the same.
"""

from collections.abc import Collection

from ouvidor.records import Verdict

__all__ = ["signals_of"]


def signals_of(verdict: Verdict) -> Collection[str]:
    """Give the rules' signals, each once."""
    found: dict[str, None] = {}
    heard = "kind:unheard"
    for one in verdict.evidence:
        label = one.label
        if not label.startswith("area:"):
            found[f"rule:{one.source.partition(':')[0]}"] = None
            if label.startswith("kind:"):
                heard = f"kind:{verdict.kind}"
    found[heard] = found[f"severity:{verdict.severity}"] = found[f"difficulty:{verdict.difficulty}"] = None
    for flag in verdict.flags:
        found[f"flags:{flag}"] = None
    if verdict.area is not None:
        found[f"area:{verdict.area}"] = None
        if verdict.confidence.area >= 0.5:  # noqa: PLR2004 - the word list's second step
            found[f"area-plainly:{verdict.area}"] = None
    return found.keys()
