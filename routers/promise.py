"""The promise at the door: the weakest of the table's usual clock. For `ouvidor.promise`.

A changed table is promised by as it is dispatched by, and a broken one leaves the old one in force, here as there.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import Misconfigured
from ouvidor.promise import Promise, PromiseOf
from ouvidor.records import Severity
from ouvidor.settings import Settings
from routers.clocks.counting import counted_until
from routers.clocks.words import length
from routers.in_force import has_stood_still, state_of
from routers.reading import read_table
from routers.table import TableFile

__all__ = ["promise", "weakest"]

_log = structlog.get_logger(__name__)


def promise(settings: Settings) -> PromiseOf:
    """Give who promises by the table of the settings. Raises `Misconfigured` where it is broken."""
    return _Promises(settings.routing.table, BusinessCalendar.from_settings(settings.organisation))


def weakest(table: TableFile, received_at: datetime, calendar: BusinessCalendar) -> Promise:
    """Give the promise that holds whatever a message's severity is. Pure."""
    profile = table.profile_of(table.profile)
    step = profile.steps[profile.answer]
    until, amount = max(
        (counted_until(step, amount, received_at, calendar), amount)
        for amount in (step.amount(severity) for severity in Severity)
    )
    return Promise(
        until=until,
        within=length(amount),
        extendable_by=None if step.extension is None else length(step.extension),
        by_severity=len(step.within.each) > 1,
        others=any(rule.then.profile not in {None, table.profile} for rule in table.rules),
    )


class _Promises:
    """Reads the table again where its file has changed."""

    def __init__(self, path: Path | None, calendar: BusinessCalendar) -> None:
        self._path: Final = path
        self._calendar = calendar
        self._seen = state_of(path)
        self._table = read_table(path).file

    def __call__(self, received_at: datetime) -> Promise:
        state = state_of(self._path)
        if state not in {None, self._seen} and has_stood_still(state):
            self._seen = state
            try:
                self._table = read_table(self._path).file
            except Misconfigured as error:
                _log.warning("routing table refused, promises stay as they were", reason=str(error))
        return weakest(self._table, received_at, self._calendar)
