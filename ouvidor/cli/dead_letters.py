"""`ouvidor dead-letters`: what no stage could handle, and sending it again once the fault is mended."""

import json
from base64 import b64encode
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ouvidor.cli.context import complete, say, settings_at_broker

if TYPE_CHECKING:
    from ouvidor.dead_letters import Letter

__all__ = ["app"]

app = typer.Typer(
    help="List, show and retry what no stage could handle.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

OfStage = Annotated[str | None, typer.Option("--stage", metavar="NAME", help="Only those of one stage.")]


@app.command("list")
def list_letters(
    context: typer.Context,
    stage: OfStage = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the open dead letters, oldest first.

    \b
    Examples:
      ouvidor dead-letters list
      ouvidor dead-letters list --json | jq -r .reason | sort | uniq -c

    Open is what nobody has sent again. The list shows none of a customer's words.
    """
    from ouvidor.dead_letters import open_letters

    letters = complete(open_letters(settings_at_broker(context), stage))
    for each in letters:
        row = _summary(each)
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            start = f"{each.place!s:<10} {row['died_at']} {row['stage']:<10} {row['from']:<40}"
            typer.echo(f"{start} {row['error']}: {row['reason']}")
    if not letters:
        say("no dead letter is open")


@app.command()
def show(
    context: typer.Context,
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="PARTITION-OFFSET, as `list` shows it.")],
    raw: Annotated[bool, typer.Option("--raw", help="The record's value alone, byte for byte.")] = False,
) -> None:
    """Show a dead letter whole, as JSON. It holds what the customer wrote.

    \b
    Examples:
      ouvidor dead-letters show 0-17 | jq .reason
      ouvidor dead-letters show 0-17 --raw > original
    """
    from ouvidor.dead_letters import Place, find

    found = complete(find(settings_at_broker(context), Place.read(letter)))
    if raw:
        typer.echo(found.letter.value or b"", nl=False)
        return
    whole = _summary(found) | {
        "key": _text(found.letter.key),
        "headers": [[name, _text(value)] for name, value in found.letter.headers],
        "value": _text(found.letter.value),
    }
    typer.echo(json.dumps(whole, ensure_ascii=False, indent=2))


@app.command()
def retry(
    context: typer.Context,
    letters: Annotated[
        list[str] | None, typer.Argument(metavar="LETTER", help="PARTITION-OFFSET, as `list` shows it.")
    ] = None,
    all_open: Annotated[bool, typer.Option("--all", help="All that are open.")] = False,
    stage: OfStage = None,
) -> None:
    """Send dead letters again, each once.

    \b
    Examples:
      ouvidor dead-letters retry 0-17 2-3
      ouvidor dead-letters retry --all --stage classify     after a new rulebook

    They go to the topic and partition that they came from, byte for byte. One that fails again is a new dead letter.
    """
    from ouvidor.dead_letters import Place
    from ouvidor.dead_letters import retry as send_again

    if bool(letters) == all_open:
        raise typer.BadParameter("give letters, or --all", param_hint="LETTER")
    places = None if all_open else [Place.read(each) for each in letters or ()]
    for each in complete(send_again(settings_at_broker(context), places, stage)):
        typer.echo(str(each.place))


def _summary(each: "Letter") -> dict[str, Any]:
    letter = each.letter
    return {
        "letter": str(each.place),
        "died_at": each.died_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "protocol": each.protocol,
        "stage": letter.stage,
        "from": f"{letter.topic}/{letter.partition}/{letter.offset}",
        "error": letter.error,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "version": letter.version,
        "bytes": len(letter.value or b""),
    }


def _text(value: bytes | None) -> str | dict[str, str] | None:
    """Give text where it is text, else its base64, told apart."""
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": b64encode(value).decode("ascii")}
