"""A delivery as it is shown: the list without a customer's words, one alone with them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

__all__ = ["line", "summary", "whole"]


def summary(row: Any, now: datetime, off: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401 - SQLAlchemy's row
    """Give what stands in the list. `off` are the destinations that are disabled."""
    in_hand = row.lease is not None and row.next_try > now
    waits = row.state == "waiting"
    return {
        "delivery": row.id,
        "state": row.state,
        "destination": row.destination,
        "disabled": row.destination in off,
        "department": row.department,
        "protocol": row.protocol,
        "event": row.event,
        "from": f"{row.topic}/{row.partition}/{row.offset}",
        "tries": row.tries,
        "in_hand": in_hand,
        "added_at": _text(row.added_at),
        "tried_at": _text(row.tried_at),
        "next_try": _text(row.next_try) if waits and not in_hand else None,
        "settled_at": _text(row.settled_at),
        "status": row.status,
        "answer": row.answer,
    }


def whole(row: Any, now: datetime, off: Mapping[str, str]) -> dict[str, Any]:  # noqa: ANN401 - the same
    """Give all of it. What it said is None where it is no longer kept."""
    data = None if row.body is None else json.loads(row.body)
    return summary(row, now, off) | {"attributes": row.attributes, "data": data}


def line(its: Mapping[str, Any]) -> str:
    """Write what stands in the list for a person."""
    state = "in hand" if its["in_hand"] else its["state"]
    where = f"{its['destination']:<16} {its['protocol'] or '-':<22}"
    what = f"{its['delivery']} {state:<9} {where} {its['tries']:>2} tries"
    then = f"again {its['next_try']}" if its["next_try"] and its["tries"] else ""
    held = "(disabled)" if its["disabled"] else ""
    return " ".join(part for part in (what, then, held, its["answer"]) if part)


def _text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
