"""The labels' words in Portuguese, as `docs/labels.md` gives them: what staff read.

Spanish and English come with gettext later; until then every sentence that the room says is in `routers/telling.py`.
"""

from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from ouvidor.records import Flag, Kind, Severity

__all__ = ["FLAGS", "KINDS", "SEVERITIES", "dated", "day", "listed", "moment", "span", "until"]

KINDS: Final = {
    Kind.COMPLAINT: "reclamação",
    Kind.REQUEST: "solicitação",
    Kind.SUGGESTION: "sugestão",
    Kind.COMPLIMENT: "elogio",
    Kind.OTHER: "outro",
}
SEVERITIES: Final = {
    Severity.CRITICAL: "crítica",
    Severity.HIGH: "alta",
    Severity.MEDIUM: "média",
    Severity.LOW: "baixa",
}
FLAGS: Final = {
    Flag.SAFETY: "perigo",
    Flag.HEALTH: "saúde",
    Flag.VULNERABLE_PERSON: "pessoa vulnerável",
    Flag.SELF_HARM: "suicídio ou autolesão",
    Flag.MISCONDUCT: "má conduta",
    Flag.FRAUD: "fraude",
    Flag.DISCRIMINATION: "discriminação",
    Flag.PRIVACY: "dados pessoais ou sigilo",
    Flag.LEGAL_ACTION: "ação judicial",
    Flag.REGULATOR: "órgão externo",
    Flag.PRESS: "imprensa",
    Flag.REPEAT_CONTACT: "contato repetido",
    Flag.ASKS_FOR_OMBUDSMAN: "pede a ouvidoria",
}
_WEEKDAYS: Final = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")


def moment(at: datetime, zone: tzinfo) -> str:
    """Write a moment as the organisation's clock and calendar show it."""
    local = at.astimezone(zone)
    return f"{local:%d/%m/%Y} às {local:%H:%M}"


def until(at: datetime, zone: tzinfo) -> str:
    """Write a moment as an end: midnight is the end of the day before it."""
    local = at.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        return f"{local - timedelta(days=1):%d/%m/%Y} às 24:00"
    return moment(at, zone)


def day(at: date) -> str:
    """Write a day with its name."""
    return f"{_WEEKDAYS[at.weekday()]}, {at:%d/%m}"


def dated(at: date) -> str:
    """Write a day with its name and year, in a column."""
    return f"{_WEEKDAYS[at.weekday()][:3]} {at:%d/%m/%Y}"


def span(length: timedelta) -> str:
    """Write a length of time: `24 h`, `9 h 30 min`, `45 min`."""
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{rest} min" if rest or not hours else ""]
    return " ".join(part for part in parts if part)


def listed(words: list[str]) -> str:
    """Write a list as it is said: `a, b e c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} e {words[-1]}"
