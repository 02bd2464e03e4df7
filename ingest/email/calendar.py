"""A meeting's invitation in words: what, when, where, by whom. Not the whole of iCalendar: what a reader wants to know.

Source: RFC 5545, RFC 5546 (methods).
"""

import re
from typing import Final

__all__ = ["meeting_words"]

_LONGEST: Final = 256 * 1024
_FOLD: Final = re.compile(r"\n[ \t]")
_PARAMETERS: Final = re.compile(r';([A-Za-z-]{1,40})=("[^"]{0,300}"|[^;:"]{0,300})')
_MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d{0,2}(Z?))?")
_KINDS: Final = {
    "REQUEST": "Convite",
    "PUBLISH": "Evento",
    "CANCEL": "Cancelamento",
    "REPLY": "Resposta ao convite",
    "COUNTER": "Outro horário proposto",
}
_ANSWERS: Final = {"ACCEPTED": "aceito", "DECLINED": "recusado", "TENTATIVE": "talvez", "DELEGATED": "delegado"}
_ESCAPES: Final = {"\\n": "\n", "\\N": "\n", "\\,": ",", "\\;": ";", "\\\\": "\\"}
_ESCAPE: Final = re.compile(r"\\[nN,;\\]")


def meeting_words(calendar: str) -> str:
    """Give the first event of a calendar as lines to read; empty where there is none."""
    values: dict[str, tuple[str, dict[str, str]]] = {}
    within: list[str] = []
    for line in _FOLD.sub("", calendar[:_LONGEST].replace("\r\n", "\n").replace("\r", "\n")).split("\n"):
        name, parameters, value = _property(line)
        if name == "BEGIN":
            within.append(value.strip().upper())
        elif name == "END":
            if within and within.pop() in {"VEVENT", "VTODO"}:
                break
        elif name and within[-1:] in (["VEVENT"], ["VTODO"], ["VCALENDAR"]):
            values.setdefault(name, (value, parameters))
    return _lines(values)


def _property(line: str) -> tuple[str, dict[str, str], str]:
    parameters: dict[str, str] = {}
    name = re.match(r"[A-Za-z-]{1,60}", line)
    if name is None:
        return "", parameters, ""
    at = name.end()
    while found := _PARAMETERS.match(line, at):
        parameters[found[1].upper()] = found[2].strip('"')
        at = found.end()
    if line[at : at + 1] != ":":
        return "", parameters, ""
    return name[0].upper(), parameters, line[at + 1 :]


def _lines(values: dict[str, tuple[str, dict[str, str]]]) -> str:
    said = {name: _ESCAPE.sub(lambda sign: _ESCAPES[sign[0]], value).strip() for name, (value, _) in values.items()}
    if not said.keys() & {"SUMMARY", "DTSTART", "DESCRIPTION"}:
        return ""
    kind = _KINDS.get(said.get("METHOD", "").upper(), "Convite")
    lines = [f"{kind}: {said.get('SUMMARY') or '(sem título)'}"]
    if begin := _moment(values.get("DTSTART")):
        end = _moment(values.get("DTEND"))
        day, _, hour = end.partition(" ")
        same_day = begin.startswith(day)
        _, mark, zone = begin.partition(" (")
        if mark and end.endswith(f" ({zone}"):
            begin = begin.removesuffix(f" ({zone}")
        lines.append(f"Quando: {begin}" + (f" a {hour if same_day and hour else end}" if end and end != begin else ""))
    if place := said.get("LOCATION"):
        lines.append(f"Onde: {place}")
    if "ORGANIZER" in values:
        address = re.sub(r"(?i)^mailto:", "", said["ORGANIZER"])
        name = values["ORGANIZER"][1].get("CN", "")
        lines.append(f"Organizador: {name} <{address}>" if name and name != address else f"Organizador: {address}")
    if kind == _KINDS["REPLY"] and (answer := _ANSWERS.get(values.get("ATTENDEE", ("", {}))[1].get("PARTSTAT", ""))):
        lines.append(f"Resposta: {answer}")
    if description := said.get("DESCRIPTION"):
        lines += ["", description]
    return "\n".join(lines)


def _moment(value: tuple[str, dict[str, str]] | None) -> str:
    found = _MOMENT.match(value[0].strip()) if value else None
    if value is None or found is None:
        return ""
    year, month, day, hour, minute, is_utc = found.groups()
    zone = " (UTC)" if is_utc else f" ({value[1]['TZID']})" if "TZID" in value[1] else ""
    return f"{day}/{month}/{year}" + (f" {hour}:{minute}{zone}" if hour else "")
