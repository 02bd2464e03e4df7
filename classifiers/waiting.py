"""Who may wait: which verdicts the slow lane is asked about before anybody sees them.

Whatever is not sure reaches the ombudsman anyway; what the slow lane could bring is that it need not. A message that
tells of danger reaches them whatever the slow lane says, so for it there is nothing to gain and time to lose. `safety`
with `high` counts as danger: it is the next thing to a `critical` that the fast model did not dare.

Source: docs/labels.md, "Who sees it".
"""

from collections.abc import Callable

from ouvidor.records import Flag, Severity, Verdict

__all__ = ["is_pressing", "may_wait"]


def may_wait(verdict: Verdict, asks: Callable[[Verdict], bool] | None = None) -> bool:
    """Tell whether the slow lane is to be asked first, or an opinion on a sure one where `asks` says so."""
    return (not verdict.sure or (asks is not None and asks(verdict))) and not is_pressing(verdict)


def is_pressing(verdict: Verdict) -> bool:
    """Tell whether a person must see it at once."""
    return (
        verdict.severity is Severity.CRITICAL
        or Flag.SELF_HARM in verdict.flags
        or (verdict.severity is Severity.HIGH and Flag.SAFETY in verdict.flags)
    )
