"""Three messages told whole, chosen from what really happened: one that cannot wait, one of every day, one unsure.

The words are sample customers'; of a real customer nothing of this would be printed.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from textwrap import shorten
from typing import Any

from ouvidor.demo.ledger import Arrival
from ouvidor.demo.sample import NETWORKS
from ouvidor.portuguese import end_of

__all__ = ["choose", "tell"]

_SHORTEST, _LONGEST = 80, 320
_SPANS = 4

Event = Mapping[str, Any]


def choose(arrivals: Sequence[Arrival]) -> list[tuple[str, Arrival]]:
    """Choose the stories, each with its headline: as many as there are, the same for the same arrivals."""
    wanted: list[tuple[str, Callable[[Event], bool]]] = [
        ("One that cannot wait", _cannot_wait),
        ("One of every day", _every_day),
        ("One of which the classifier is not sure: a person decides", _unsure),
    ]
    found: list[tuple[str, Arrival]] = []
    for headline, fits in wanted:
        told = {arrival.ref for _, arrival in found}
        those = [arrival for arrival in arrivals if fits(arrival.event) and arrival.ref not in told]
        those.sort(key=lambda arrival: (-_worth(arrival.event), arrival.ref))
        found.extend((headline, arrival) for arrival in those[:1])
    return found


def tell(arrival: Arrival, zone: tzinfo) -> list[tuple[str, str]]:
    """Tell a message whole: what came in, how it was judged and why, where it went and why."""
    message, verdict, dispatch = (arrival.event[part] for part in ("message", "verdict", "dispatch"))
    said = " ".join(str(message["text"]).split())
    sure = "sure" if verdict["sure"] else "not sure"
    confidence = verdict["confidence"]
    flags = ", ".join(verdict.get("flags", ())) or "no flags"
    lines = [
        ("came in", f"{_network(message)}, {_time(message['received_at'], zone)}, protocol {message['protocol']}"),
        ("said", f"“{shorten(said, _LONGEST, placeholder=' …')}”"),
        ("verdict", f"{verdict['kind']}, {verdict['severity']}, {verdict['difficulty']}; {flags}"),
        ("", f"subject area: {verdict.get('area', 'none recognised')}"),
        ("", f"{sure} (kind {confidence['kind']:.2f}, severity {confidence['severity']:.2f})"),
        *(("because" if not number else "", words) for number, words in enumerate(_evidence(message, verdict))),
        ("goes to", _addressees(dispatch)),
        ("rule", str(dispatch["rule"]).partition("@")[0]),
        ("answer by", f"{_end(dispatch['deadline'], zone)} ({dispatch['profile']})"),
    ]
    if dispatch["extract"]:
        lines.append(("", "the department does not learn who wrote it"))
    return lines


def _cannot_wait(event: Event) -> bool:
    verdict = event["verdict"]
    return bool(
        verdict["severity"] == "critical"
        and event["dispatch"]["ombudsman"]
        and "self_harm" not in verdict.get("flags", ())
    )


def _every_day(event: Event) -> bool:
    verdict = event["verdict"]
    mild = verdict["severity"] in {"low", "medium"}
    return bool(verdict["kind"] == "request" and mild and verdict["sure"] and not event["dispatch"]["ombudsman"])


def _unsure(event: Event) -> bool:
    return not event["verdict"]["sure"] and event["verdict"]["severity"] != "critical"


def _worth(event: Event) -> int:
    """Rate a story: told best is one that is neither a word nor a page, and whose reasons can be quoted."""
    quoted = len(list(_spoken(event["message"], event["verdict"])))
    length = len(event["message"]["text"])
    return min(quoted, _SPANS) + 4 * (_SHORTEST < length < _LONGEST) + 2 * bool(event["verdict"].get("area"))


def _evidence(message: Event, verdict: Event) -> Iterable[str]:
    """Quote what speaks for the verdict: a span for each of its labels."""
    quotes = list(_spoken(message, verdict))
    for label, words, source in quotes[:_SPANS]:
        yield f"“{shorten(words, 60, placeholder=' …')}” speaks for {label} ({source})"
    if len(quotes) > _SPANS:
        yield f"and {len(quotes) - _SPANS} more"
    if not quotes:
        yield "no rule knows any of these words"


def _spoken(message: Event, verdict: Event) -> Iterable[tuple[str, str, str]]:
    """Give for each label of the verdict the first span that speaks for it: label, words, source."""
    held = {f"kind:{verdict['kind']}", f"severity:{verdict['severity']}", f"area:{verdict.get('area')}"}
    held |= {f"flags:{flag}" for flag in verdict.get("flags", ())}
    for each in verdict.get("evidence", ()):
        words = " ".join(message["text"][each["start"] : each["end"]].split())
        if words and each["label"] in held:
            held.discard(each["label"])
            yield each["label"], words, each["source"]


def _addressees(dispatch: Event) -> str:
    informed = ", ".join(dispatch.get("informed", ()))
    words = f"{dispatch['owner']}{f', and informs {informed}' if informed else ''}"
    if dispatch["ombudsman"]:
        words += f"; to the ombudsman too: {', '.join(dispatch.get('why', ()))}"
    return words


def _network(message: Event) -> str:
    return NETWORKS.get(str(message["network"]), json.dumps(message["network"]))


def _time(moment: str, zone: tzinfo) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(zone):%a %d %b %Y %H:%M}"


def _end(moment: str, zone: tzinfo) -> str:
    day, time = end_of(datetime.fromisoformat(moment), zone)
    return f"{day:%a %d %b %Y} {time}"
