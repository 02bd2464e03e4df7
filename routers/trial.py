"""Does the table give what its own examples expect? Where not, the line of the table that says otherwise is named."""

from collections.abc import Iterator

from ouvidor.records import Message, Verdict
from routers.compiled import Table
from routers.decision import Decision, decide
from routers.department import Path, nearest
from routers.example import Example, Expected

__all__ = ["failures"]


def failures(example: Example, message: Message, verdict: Verdict, table: Table) -> Iterator[tuple[Path, str]]:
    """Say where an example expects something else than the table does, and which line of it does so."""
    decision = decide(message, verdict, table, None)
    expected = example.expect
    known = list(table.departments)
    if not expected.model_fields_set:
        yield ("expect",), "nothing is expected: name owner, informed, ombudsman, profile, triage or rule"
    for name in (expected.owner, *expected.informed):
        if name is not None and name not in known:
            yield ("expect",), f"{name}: no such department{nearest(name, known)}"
            return
    for key in sorted(expected.model_fields_set):
        wanted, found = _compared(key, expected, decision)
        if wanted != found:
            yield (
                ("expect", key),
                f"{_shown(wanted)} is expected, but the table gives {_shown(found)} ({_line(decision)})",
            )


def _compared(key: str, expected: Expected, decision: Decision) -> tuple[object, object]:
    match key:
        case "informed":
            return sorted(expected.informed), sorted(decision.informed)
        case "ombudsman":
            return expected.ombudsman, bool(decision.clauses)
        case "triage":
            return expected.triage, decision.triage is not None
        case "rule":
            return expected.rule, decision.by
        case _:
            return getattr(expected, key), getattr(decision, key)


def _shown(value: object) -> str:
    return (", ".join(value) or "nobody") if isinstance(value, list) else str(value).lower()


def _line(decision: Decision) -> str:
    held = [rule.name for rule in decision.held]
    return f"by {decision.by}; rules that hold: {', '.join(held) or 'none'}"
