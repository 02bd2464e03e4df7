"""A verdict for people: the customer's words with the evidence marked, and under them what each mark says.

In Portuguese, because staff read it. On a terminal by colours, in a pipe by the same words without them. The words are
data: what would steer a terminal is shown as a replacement character.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from rich.console import Group
from rich.text import Text

from classifiers.reasons import Reason, also, reasons
from ouvidor.portuguese import DIFFICULTIES, FLAGS, KINDS, SEVERITIES
from ouvidor.records import Severity, Verdict

__all__ = ["explain", "lines"]

_STEERING: Final = {
    code: "\N{REPLACEMENT CHARACTER}"
    for code in (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if chr(code) not in "\n\t"
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
_BAR: Final = 10
_NAMES: Final = 30
_QUOTES: Final = 3
_LONGEST_QUOTE: Final = 90
_INDENT: Final = "   "


def explain(
    name: str, text: str, verdict: Verdict, *, subject: str | None = None, areas: Mapping[str, str] | None = None
) -> Group:
    """Give what is shown of one message. `name` is its id, or its line; `areas` are the areas' names."""
    head, *rest = lines(text, verdict, subject=subject, areas=areas)
    head = Text.assemble((_plain(name), "dim"), "  ", head)
    return Group(head, *(Text.assemble(_INDENT, line) for line in rest), Text())


def lines(
    text: str,
    verdict: Verdict,
    *,
    subject: str | None = None,
    areas: Mapping[str, str] | None = None,
    most: int | None = None,
) -> list[Text]:
    """Give the verdict, the marked words (`most` letters of them), and what each mark says, line by line."""
    names = areas or {}
    found = [_head(verdict, names)]
    found += [Text(f"Assunto: {_plain(subject)}", style="dim")] if subject else []
    found += _marked(text, verdict)[:most].split("\n")
    if most is not None and len(text) > most:
        found.append(Text(f"[… mais {len(text) - most} letras]", style="dim"))
    found.append(Text())
    found += [_line(one, text, names) for one in reasons(verdict)]
    if others := also(verdict):
        found.append(Text.assemble(("Também: ", "bold"), Text("; ").join(_other(one, text, names) for one in others)))
    return found


def _head(verdict: Verdict, areas: Mapping[str, str]) -> Text:
    sure = verdict.confidence
    dot = (" · ", "dim")
    flags = ", ".join(FLAGS[flag] for flag in verdict.flags)
    area = "área em aberto" if verdict.area is None else f"área {areas.get(verdict.area, verdict.area)}"
    return Text.assemble(
        (KINDS[verdict.kind].upper(), _STYLES["kind"]),
        f" {_share(sure.kind)}",
        dot,
        (f"gravidade {SEVERITIES[verdict.severity]}", _BY_SEVERITY.get(verdict.severity, "green")),
        f" {_share(sure.severity)}",
        dot,
        f"dificuldade {DIFFICULTIES[verdict.difficulty]}",
        dot,
        area,
        *((dot, (flags, _STYLES["flags"])) if flags else ()),
        dot,
        ("seguro do tipo", "green") if verdict.sure else ("em dúvida: uma pessoa decide", "bold yellow"),
    )


def _marked(text: str, verdict: Verdict) -> Text:
    """Mark the words, the longest span first, so that a shorter one within it is seen."""
    body = Text(text.translate(_STEERING))
    shown = {span: one.labels[0] for one in (*also(verdict), *reasons(verdict)) for span in one.spans}
    for (start, end), label in sorted(shown.items(), key=lambda item: item[0][0] - item[0][1]):
        body.stylize(_STYLES.get(label.partition(":")[0], "bold"), start, end)
    return body


def _line(reason: Reason, text: str, areas: Mapping[str, str]) -> Text:
    return Text.assemble((f"{_name(reason, areas):<{_NAMES}}", _style(reason)), "  ", *_because(reason, text))


def _because(reason: Reason, text: str) -> Iterator[str | tuple[str, str]]:
    if reason.share is not None:
        filled = round(_BAR * reason.share)
        yield ("█" * filled, "cyan")
        yield ("░" * (_BAR - filled) + f" {reason.share:4.0%}  ", "dim")
    quoted = dict.fromkeys(_quoted(text[start:end]) for start, end in reason.spans)
    if quotes := " … ".join([*quoted][:_QUOTES]):
        yield f"{quotes}  "
    yield (_plain(reason.sentence), "dim")
    if reason.in_subject:
        yield (" (no assunto)", "dim")
    if reason.rule:
        yield (f"  [{reason.rule}]", "dim italic")


def _other(reason: Reason, text: str, areas: Mapping[str, str]) -> Text:
    where = " (no assunto)" if reason.in_subject else ""
    if reason.spans:
        where = f" {_quoted(text[slice(*reason.spans[0])])}"
    return Text.assemble((_name(reason, areas), _style(reason)), where)


def _name(reason: Reason, areas: Mapping[str, str]) -> str:
    field, _, value = reason.labels[0].partition(":")
    return f"área {areas.get(value, value)}" if field == "area" else reason.name


def _style(reason: Reason) -> str:
    return _STYLES.get(reason.labels[0].partition(":")[0], "bold")


def _share(confidence: float) -> str:
    """Say no more than 99 %: nothing that was counted gives certainty."""
    return f"{min(confidence, 0.99):.0%}"


def _plain(words: str) -> str:
    """Give words on one line that steer nothing."""
    return " ".join(words.translate(_STEERING).split())


def _quoted(words: str) -> str:
    words = _plain(words)
    if len(words) > _LONGEST_QUOTE:
        words = f"{words[: _LONGEST_QUOTE - 1].rstrip()}…"
    return f"\N{LEFT DOUBLE QUOTATION MARK}{words}\N{RIGHT DOUBLE QUOTATION MARK}"
