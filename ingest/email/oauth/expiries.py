"""When grants end: told by a metric, and by a warning a day while there is still time.

The metric is the earliest end of a network's accounts, so that one alert serves them all; a grant that is over, or was
never given, ends in the past. `ouvidor mail status` tells which account it is.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from ingest.email.oauth.grant import ends_soon
from ouvidor.metrics import MAIL_GRANT_EXPIRES

__all__ = ["NEVER", "Expiries"]

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The end of a grant that was never given."""
_WARN_EVERY: Final = timedelta(days=1)

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Expiries:
    """The ends that this process knows of."""

    _ends: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _warned: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def note(self, network: str, account: str, ends_at: datetime | None, *, begun_at: datetime, now: datetime) -> None:
        """Note when an account's grant ends. None: nobody knows."""
        key = (network, account)
        if ends_at is None:
            self._ends.pop(key, None)
        else:
            self._ends[key] = ends_at
        if its := [end for (name, _), end in self._ends.items() if name == network]:
            MAIL_GRANT_EXPIRES.labels(network).set(min(its).timestamp())
        if not ends_soon(ends_at, begun_at, now) or ends_at is None or ends_at <= now:
            self._warned.pop(key, None)
        elif now - self._warned.get(key, NEVER) >= _WARN_EVERY:
            self._warned[key] = now
            _log.warning(
                "a grant ends soon", network=network, account=account, ends_at=ends_at.isoformat(timespec="minutes")
            )
