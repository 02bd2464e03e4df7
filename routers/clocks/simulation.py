"""One count, told: for people as a table that a terminal and a pipe both hold, for programs as one object."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap
from typing import Any

from ouvidor.business_time import BusinessCalendar
from ouvidor.portuguese import SEVERITIES
from ouvidor.records import Severity, Term
from routers.clocks.profile import RECEIPT, Profile
from routers.clocks.terms import term
from routers.clocks.trace import TracedDay, trace
from routers.clocks.words import BINDS, counting_of, length, start_of, why
from routers.portuguese import dated, moment, span, until

__all__ = ["Simulation", "as_json", "as_text"]

_NONE = "-"
_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Simulation:
    """What is counted."""

    name: str
    profile: Profile
    step: str
    severity: Severity
    start: datetime
    extended: bool

    def days(self, calendar: BusinessCalendar) -> Iterator[TracedDay]:
        """Give its days."""
        step = self.profile.steps[self.step]
        amount = step.amount(self.severity, extended=self.extended)
        return trace(step, step.amount(self.severity), amount, self.start, calendar)

    def dates(self, calendar: BusinessCalendar) -> Term:
        """Give its dates."""
        return term(self.step, self.profile.steps[self.step], self.severity, self.start, calendar)

    def others(self, calendar: BusinessCalendar) -> Iterator[Term]:
        """Give the dates of what else starts at receipt."""
        if self.profile.steps[self.step].starts == RECEIPT:
            for name, step in self.profile.steps.items():
                if name != self.step and step.starts == RECEIPT:
                    yield term(name, step, self.severity, self.start, calendar)


def as_text(simulation: Simulation, calendar: BusinessCalendar) -> Iterator[str]:
    """Tell it, each a line."""
    profile, zone = simulation.profile, calendar.zone
    step, base = profile.steps[simulation.step], profile.steps[simulation.step].amount(simulation.severity)
    yield f"{profile.title or simulation.name} (perfil {simulation.name})"
    more = f", e a prorrogação de {length(step.extension)}" if simulation.extended and step.extension else ""
    yield from _wrapped(f"{step.title}: {length(base)}{more}; {counting_of(step)}.")
    by_severity = f", gravidade {SEVERITIES[simulation.severity]}" if len(step.within.each) > 1 else ""
    yield f"Começo: o momento {start_of(step)}, {moment(simulation.start, zone)}{by_severity}."
    yield ""
    width = len("conta") if base.unit.in_days else len("24 h 00 min")
    yield f"  {'dia':<14}  {'conta':>{width}}  por quê"
    for day in simulation.days(calendar):
        counted = span(day.counted) if day.counted else str(day.number or _NONE)
        yield f"  {dated(day.date)}  {counted:>{width}}  {why(step, day, simulation.start, zone)}".rstrip()
    yield ""
    yield from _ends(simulation, calendar)
    confirmed = dict.fromkeys(source.norm for source in profile.source if source.confirmed)
    if confirmed:
        yield from _wrapped(f"Fonte: {'; '.join(confirmed)}.")
    for source in profile.source:
        if not source.confirmed:
            yield from _wrapped(f"Não confirmado: {source.norm}: {source.says}")


def _ends(simulation: Simulation, calendar: BusinessCalendar) -> Iterator[str]:
    dates, zone = simulation.dates(calendar), calendar.zone
    end = dates.extended_until if simulation.extended and dates.extended_until is not None else dates.until
    yield f"Prazo: {until(end, zone)}, que obriga {BINDS[dates.binds]}."
    if dates.warn_at is not None:
        yield f"Se não der: avisar o cliente até {until(dates.warn_at, zone)}."
    if dates.extended_until is not None and not simulation.extended:
        yield f"Com prorrogação justificada, uma vez: até {until(dates.extended_until, zone)}."
    for other in simulation.others(calendar):
        extension = f", prorrogável até {until(other.extended_until, zone)}" if other.extended_until else ""
        title = simulation.profile.steps[other.step].title
        yield f"{title}: até {until(other.until, zone)}{extension}; obriga {BINDS[other.binds]}."


def _wrapped(words: str) -> list[str]:
    return wrap(words, _WIDTH, subsequent_indent="  ")


def as_json(simulation: Simulation, calendar: BusinessCalendar) -> dict[str, Any]:
    """Tell it to a program."""
    dates = simulation.dates(calendar)
    return {
        "profile": simulation.name,
        "received": simulation.start.astimezone(calendar.zone).isoformat(),
        "severity": simulation.severity.value,
        "extended": simulation.extended,
        **dates.model_dump(mode="json"),
        "others": [other.model_dump(mode="json") for other in simulation.others(calendar)],
        "days": [
            {
                "date": day.date.isoformat(),
                "number": day.number,
                "counted_seconds": int(day.counted.total_seconds()),
                "reason": day.reason and day.reason.value,
                "closure": day.closure and day.closure.kind.value,
                "name": day.closure and day.closure.name,
                "extension": day.extension,
                "told": why(simulation.profile.steps[simulation.step], day, simulation.start, calendar.zone),
            }
            for day in simulation.days(calendar)
        ],
        "source": [source.model_dump(mode="json") for source in simulation.profile.source],
    }
