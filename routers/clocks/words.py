"""The clocks in Portuguese: lengths, how days are counted, and why one does not count. What staff read."""

from datetime import date, datetime, tzinfo
from typing import Final

from ouvidor.closures import Closed, Closure
from ouvidor.portuguese import SEVERITIES
from ouvidor.records import Severity
from routers.clocks.amount import Amount, Unit
from routers.clocks.profile import Step
from routers.clocks.trace import Reason, TracedDay
from routers.portuguese import span

__all__ = ["BINDS", "amount_of", "closed", "counting_of", "length", "start_of", "why"]

BINDS: Final = {"house": "a casa", "department": "o setor", "customer": "o cliente"}
_STARTS: Final = {
    "receipt": "do recebimento",
    "answer": "da resposta",
    "decision": "da ciência da decisão",
    "appeal": "do recurso",
}
_SATURDAY: Final = 5
_UNITS: Final = {
    Unit.BUSINESS_DAYS: ("dia útil", "dias úteis"),
    Unit.CALENDAR_DAYS: ("dia corrido", "dias corridos"),
    Unit.WEEKS: ("semana", "semanas"),
    Unit.MONTHS: ("mês", "meses"),
}


def length(amount: Amount) -> str:
    """Write an amount: `10 dias úteis`, `24 h úteis`."""
    if not amount.unit.in_days:
        return f"{span(amount.time)} {'úteis' if amount.unit is Unit.BUSINESS_TIME else 'corridas'}"
    return f"{amount.number} {_UNITS[amount.unit][amount.number != 1]}"


def amount_of(step: Step) -> str:
    """Write a step's length, by severity where that differs, with its extension."""
    if len(step.within.each) == 1:
        words = length(next(iter(step.within.each)))
    else:
        words = "; ".join(f"{SEVERITIES[severity]} {length(step.within.of(severity))}" for severity in Severity)
    return words if step.extension is None else f"{words}, prorrogáveis por mais {length(step.extension)}"


def start_of(step: Step) -> str:
    """Write what starts a step's clock: `do recebimento`."""
    return _STARTS.get(step.starts) or f"de {step.starts}"


def counting_of(step: Step) -> str:
    """Write how a step's days are counted."""
    days = any(amount.unit.in_days for amount in step.within.each)
    first = {
        "next_day": f"a partir do dia seguinte ao {start_of(step)}",
        "next_business_day": f"a partir do dia útil seguinte ao {start_of(step)}",
        "same_day": f"com o dia {start_of(step)}",
    }
    parts = [first[step.first_day] if days else f"a partir {start_of(step)}, minuto a minuto"]
    if step.received_until is not None:
        parts.append(f"recebido depois das {step.received_until:%H:%M} vale como no dia útil seguinte")
    if step.end == "next_business_day":
        parts.append("o fim em dia sem expediente passa ao dia útil seguinte")
    if step.ends_at == "closing":
        parts.append("até o fim do expediente")
    if step.vacations == "count":
        parts.append("as férias da casa não o param")
    return "; ".join(parts)


def why(step: Step, day: TracedDay, received: datetime, zone: tzinfo) -> str:
    """Write why a day does not count, or what there is to say of one that does."""
    local = received.astimezone(zone)
    if day.counted and local.date() == day.date:
        return f"desde o recebimento, às {local:%H:%M}"
    shut = "" if day.closure is None else closed(day.closure, day.date)
    parts = {
        Reason.LATE: [shut or f"recebida às {local:%H:%M}, tarde", "vale como recebida no dia útil seguinte"],
        Reason.RECEIPT: [f"dia {start_of(step)}"],
        Reason.WAITING: [shut, "a contagem começa no dia útil seguinte"],
        Reason.CLOSED: [shut],
        Reason.MOVED: [shut, "o fim passa ao dia útil seguinte"] if shut else ["o dia útil ao qual o fim passou"],
        None: [shut, "conta"] if shut else [],
    }[day.reason]
    return "; ".join(part for part in [*parts, "prorrogação" if day.extension else ""] if part)


def closed(closure: Closure, on: date) -> str:
    """Write why a day is none of business."""
    words = {
        Closed.WEEKEND: "fim de semana" if on.weekday() >= _SATURDAY else "sem expediente neste dia da semana",
        Closed.HOLIDAY: "feriado",
        Closed.HOUSE: "a casa está fechada",
        Closed.VACATION: "férias da casa",
    }
    return f"{words[closure.kind]}: {closure.name}" if closure.name else words[closure.kind]
