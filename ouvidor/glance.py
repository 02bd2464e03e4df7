"""An event at a glance: one line that a person reads while it passes.

A customer's words are data: what would move the cursor, recolour the terminal or turn the line around is left out, and
nothing in them is markup.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from rich.text import Text

from ouvidor.portuguese import end_of

__all__ = ["Glance", "glance"]

_WORDS = 60
_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "green"}


@dataclass(frozen=True, slots=True)
class Glance:
    """What is told of an event, in the order of its columns; what it does not have is empty."""

    time: str
    subject: str
    judged: str
    """kind/severity, with ? where the classifier is not sure."""
    flags: str
    dispatched: str
    """The owner, who is informed, until when."""
    words: str
    severity: str = ""

    def plain(self) -> str:
        """Give the line for a pipe."""
        return "  ".join(part for part in (self.time, self.subject, self.judged, self.flags, self._rest()) if part)

    def rich(self) -> Text:
        """Give the line for a terminal."""
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(self.time, "dim")
        line.append(f"  {self.subject}", "cyan")
        for part, style in (
            (self.judged, _COLOURS.get(self.severity, "")),
            (self.flags, "magenta"),
            (self.dispatched, "bold"),
            (self.words, ""),
        ):
            if part:
                line.append(f"  {part}", style)
        return line

    def _rest(self) -> str:
        return "  ".join(part for part in (self.dispatched, self.words) if part)


def glance(told: Mapping[str, Any], zone: tzinfo) -> Glance:
    """Sum up an event as `ouvidor.ndjson.event` gives it; of a sort that is not known, its type and what names it."""
    message = _mapping(told.get("message")) or (told if "text" in told and "channel" in told else {})
    verdict, dispatch = _mapping(told.get("verdict")), _mapping(told.get("dispatch"))
    about = _mapping(told.get("ce"))
    flags = verdict.get("flags")
    reply = _mapping(told.get("reply"))
    return Glance(
        time=_moment(about.get("time"), zone, "%d/%m %H:%M:%S"),
        subject=clean(about.get("subject") or about.get("id") or "-"),
        judged=_judged(verdict) if verdict else clean("/".join(_texts(message, "channel", "network"))),
        flags=clean(",".join(map(str, flags))) if isinstance(flags, list) else "",
        dispatched=_dispatched(dispatch, zone) if dispatch else _replied(told, reply, about, zone) if reply else "",
        words=_words(message) if message else _said(reply) if reply else _other(told, about),
        severity=str(verdict.get("severity", "")),
    )


def clean(words: object) -> str:
    """Make one line of text that a terminal takes for nothing else."""
    visible = (" " if character.isspace() else character for character in str(words))
    return " ".join("".join(character for character in visible if unicodedata.category(character)[0] != "C").split())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(fields: Mapping[str, Any], *names: str) -> list[str]:
    return [str(fields[name]) for name in names if fields.get(name)]


def _moment(value: object, zone: tzinfo, pattern: str) -> str:
    try:
        return datetime.fromisoformat(str(value)).astimezone(zone).strftime(pattern)
    except ValueError:
        return "-"


def _until(told: Mapping[str, Any], zone: tzinfo) -> str:
    try:
        day, hour = end_of(datetime.fromisoformat(str(told.get("deadline"))), zone)
    except ValueError:
        return "-"
    return f"{day:%d/%m} {hour}"


def _judged(verdict: Mapping[str, Any]) -> str:
    return clean("/".join(_texts(verdict, "kind", "severity"))) + ("" if verdict.get("sure") else "?")


def _dispatched(dispatch: Mapping[str, Any], zone: tzinfo) -> str:
    informed = dispatch.get("informed")
    others = f" (+{','.join(map(str, informed))})" if isinstance(informed, list) and informed else ""
    return clean(f"→ {dispatch.get('owner', '-')}{others} ≤ {_until(dispatch, zone)}")


def _replied(told: Mapping[str, Any], reply: Mapping[str, Any], about: Mapping[str, Any], zone: tzinfo) -> str:
    """Tell what came of a department's reply, and until when the customer is to have an answer."""
    what = str(about.get("type", "")).removeprefix("ouvidor.case.").removesuffix(".v1")
    return clean(f"{what} by {reply.get('department', '-')} ≤ {_until(told, zone)}")


def _said(reply: Mapping[str, Any]) -> str:
    return _words({"text": " ".join(_texts(reply, "text", "question", "reason", "measures"))})


def _words(message: Mapping[str, Any]) -> str:
    words = clean(message.get("text") or message.get("subject") or "")
    return f"“{words}”" if len(words) <= _WORDS else f"“{words[:_WORDS].rstrip()}…”"


def _other(told: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    stage = f"{told['stage']}: " if told.get("stage") else ""
    reason = ": ".join(_texts(told, "error", "reason"))
    return clean(f"{stage}{reason}" if reason else about.get("type") or "no event")
