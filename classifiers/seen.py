"""Who is the ombudsman's by the labels (`docs/labels.md`), but for what the classifier is not sure of."""

from collections.abc import Iterable
from typing import Final

from ouvidor.records import Flag, Kind, Severity

__all__ = ["sees_ombudsman"]

_ALWAYS_SEEN: Final = frozenset(
    {Flag.SELF_HARM, Flag.MISCONDUCT, Flag.DISCRIMINATION, Flag.PRIVACY, Flag.REGULATOR, Flag.ASKS_FOR_OMBUDSMAN}
)


def sees_ombudsman(kind: Kind, severity: Severity, flags: Iterable[Flag]) -> bool:
    """Apply the ombudsman's rule."""
    raised = set(flags)
    return (
        severity is Severity.CRITICAL
        or (severity is Severity.HIGH and bool(raised))
        or bool(_ALWAYS_SEEN & raised)
        or (Flag.REPEAT_CONTACT in raised and kind is Kind.COMPLAINT)
    )
