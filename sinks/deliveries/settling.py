"""What becomes of a row after a try: pure, with the moment and the chance as arguments."""

from datetime import datetime

from sinks.deliveries.contract import Again, Delivered, Gone, Outcome, Refused
from sinks.deliveries.leasing import Leased, Settlement
from sinks.deliveries.tables import State
from sinks.deliveries.tries import next_try

__all__ = ["outcome_of", "settlement"]


def settlement(leased: Leased, came: Outcome | None, now: datetime, chance: float) -> Settlement:
    """Decide. `came` is None where the try was cut short by our own end: that is no try, and neither is a `Gone`."""
    delivery = leased.delivery
    if came is None:
        return Settlement(delivery.id, leased.lease, State.WAITING, now, now, untried=True)
    state, due = State.WAITING, now
    match came:
        case Delivered():
            state = State.DELIVERED
        case Refused():
            state = State.REFUSED
        case Again():
            again = next_try(delivery.number, now, chance=chance, asked=came.after)
            state, due = (State.FAILED, now) if again is None else (State.WAITING, again)
        case Gone():
            pass  # it is due at once when its destination is enabled
    untried = isinstance(came, Gone)
    return Settlement(delivery.id, leased.lease, state, now, due, came.words, came.status, untried=untried)


def outcome_of(came: Outcome, state: State) -> str:
    """Name it for metrics and the log."""
    return "failed" if state is State.FAILED else type(came).__name__.lower()
