"""Messages and verdicts for the routers' tests: whole records, in which a test changes what it speaks of."""

from datetime import UTC, datetime

from ouvidor.records import Automatic, Confidence, Flag, Kind, Message, Severity, Verdict
from routers.sample import EMPTY, FULL

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def message(**changes: object) -> Message:
    """A person's message, with every field, received on Monday 2026-11-23 at 9 in São Paulo."""
    return FULL[0].model_copy(update={"automatic": None, "received_at": MONDAY, **changes})


def bounce(**changes: object) -> Message:
    """What a mail server wrote."""
    return message(automatic=Automatic(kind="bounce", recipients=("maria@exemplo.test",), status="5.1.1"), **changes)


def verdict(*flags: Flag, **changes: object) -> Verdict:
    """A sure verdict: a first request of medium severity, of an area that nobody has."""
    certain = Confidence(kind=0.9, severity=0.9, difficulty=0.9, flags=0.9, area=0.9)
    usual = {
        "confidence": certain,
        "kind": Kind.REQUEST,
        "severity": Severity.MEDIUM,
        "area": "unheard-of",
        "sure": True,
        "flags": flags,
    }
    return EMPTY[1].model_copy(update={**usual, **changes})
