"""A verdict for people: the customer's words with the evidence marked, and under them what each mark says.

The words are data: what would steer a terminal is shown as a replacement character.
"""

from typing import Final

from rich.console import Group
from rich.text import Text

from ouvidor.records import Severity, Verdict

__all__ = ["explain"]

_STEERING: Final = {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"
}
_STYLES: Final = {
    "kind": "bold cyan",
    "severity": "bold red",
    "flags": "bold magenta",
    "difficulty": "blue",
    "area": "green",
    "sure": "bold yellow",
}
_BY_SEVERITY: Final = {Severity.CRITICAL: "bold white on red", Severity.HIGH: "bold red", Severity.MEDIUM: "yellow"}


def explain(name: str, text: str, verdict: Verdict) -> Group:
    """Give what is shown of one message. `name` is its id, or its line."""
    head = Text.assemble(
        (name, "dim"),
        "  ",
        (str(verdict.kind), _STYLES["kind"]),
        f" {verdict.confidence.kind:.2f}  ",
        (str(verdict.severity), _BY_SEVERITY.get(verdict.severity, "green")),
        f" {verdict.confidence.severity:.2f}  {verdict.difficulty}  {verdict.area or '(no area)'}  ",
        (" ".join(verdict.flags), _STYLES["flags"]),
        "" if not verdict.flags else "  ",
        ("sure", "green") if verdict.sure else ("not sure: a person decides", "bold yellow"),
    )
    body = Text(text.translate(_STEERING))
    for one in sorted(verdict.evidence, key=lambda one: one.start - one.end):
        body.stylize(_STYLES.get(one.label.partition(":")[0], "bold"), one.start, one.end)
    reasons = [
        Text.assemble(
            "  ",
            (f"{one.label:<28}", _STYLES.get(one.label.partition(":")[0], "bold")),
            f" {_quoted(text[one.start : one.end])}",
            (one.source, "dim"),
        )
        for one in verdict.evidence
    ]
    return Group(head, body, *reasons, Text())


def _quoted(words: str) -> str:
    """Quote a span; what the subject says has none, and its source tells so."""
    words = " ".join(words.translate(_STEERING).split())
    return f"\N{LEFT DOUBLE QUOTATION MARK}{words}\N{RIGHT DOUBLE QUOTATION MARK} " if words else ""
