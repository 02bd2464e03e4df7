"""What an HTTP answer means for a delivery: pure, from status, `Retry-After` and what little was read of the body.

Only 2xx says that it has arrived. 410 says that nobody will ever be there, 413 that this event is too large for good.
All else may be mended within three days (a wrong secret is 401, a broken deployment 404), so it is tried again; a
redirect, too: it is not followed, since whoever moves has to tell us, not any name that an answer gives.

Source: Standard Webhooks 1.0, "Deliverability and reliability"; RFC 9110, 10.2.3 and 15; RFC 6585, 4.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from ouvidor.retry_after import retry_after
from sinks.deliveries.contract import Again, Delivered, Gone, Outcome, Refused
from sinks.deliveries.tries import LONGEST_ASKED

__all__ = ["outcome"]

_BUSY: Final = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_TOO_MANY: Final = timedelta(seconds=30)
"""How long one is left alone that says "too many" and not until when."""


def outcome(status: int, told: str, asked: str | None, now: datetime) -> Outcome:
    """Tell what came of it. `told` is what may be kept of the body, `asked` the `Retry-After`."""
    words = f"{status} {_phrase(status)}: {told}".rstrip(" :")
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Delivered(words, status)
    if status == HTTPStatus.GONE:
        return Gone(words, status)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused(words, status)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Again(f"{status} {_phrase(status)}: redirects are not followed; set the new address", status)
    if status not in _BUSY:
        return Again(words, status)
    after = retry_after(asked, now, LONGEST_ASKED)
    if after is None and status == HTTPStatus.TOO_MANY_REQUESTS:
        after = _TOO_MANY
    return Again(words, status, after)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
