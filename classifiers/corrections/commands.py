"""`ouvidor corrections`: say what is right of a message that was judged wrongly, and take what was said to train on."""

import json
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classifiers.looking import looking
from ouvidor.cli.context import complete, say, settings_at_broker
from ouvidor.errors import Rejected
from ouvidor.records import Difficulty, Flag, Kind, Severity

if TYPE_CHECKING:
    from ouvidor.settings import Settings

__all__ = ["app"]

app = typer.Typer(
    help="Correct verdicts, and take the corrections to train on.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
_NO = 1
_SOURCE = "/corrections"


@app.command()
def add(  # noqa: PLR0917 - a command's options are called by name
    context: typer.Context,
    protocol: Annotated[str, typer.Argument(metavar="PROTOCOL", help="The message's number, as it is told or typed.")],
    why: Annotated[str, typer.Option(help="The reason, for whoever trains or doubts it. No names.")],
    kind: Annotated[Kind | None, typer.Option(help="What the customer wants.")] = None,
    severity: Annotated[Severity | None, typer.Option(help="How bad it is if nobody acts.")] = None,
    difficulty: Annotated[Difficulty | None, typer.Option(help="Who can solve it.")] = None,
    flag: Annotated[list[Flag] | None, typer.Option(help="One for each that is right: all of them.")] = None,
    no_flags: Annotated[bool, typer.Option("--no-flags", help="No flag is right.")] = False,
    area: Annotated[str | None, typer.Option(help="The subject area's name or identifier; '' for none.")] = None,
    by: Annotated[str, typer.Option(help="Your role, never your name: ombudsman, department.saude.")] = "ombudsman",
    as_json: Annotated[bool, typer.Option("--json", help="The correction, as it was written.")] = False,
) -> None:
    r"""Say what is right of a message. What you leave out is not corrected.

    \b
    Examples:
      ouvidor corrections add 20261123-7K3M-9QX2-4W6 --kind request --why "asks for a form, blames nobody"
      ouvidor corrections add 20261123-7K3M-9QX2-4W6 --severity critical --flag safety --why "the wire is live"

    The message is looked for in `classified`, from the day in its number on. The exit code is 1 where it is not there.
    It changes nothing of the case: what was decided stays, the next training learns.
    """
    from pydantic import ValidationError  # noqa: PLC0415 - `--help` needs none of these

    from classifiers.corrections.river import find, send  # noqa: PLC0415
    from ouvidor.corrections import correction_event  # noqa: PLC0415
    from ouvidor.protocol import normalise  # noqa: PLC0415
    from ouvidor.records import Correction  # noqa: PLC0415
    from ouvidor.topics import Topics  # noqa: PLC0415

    if flag and no_flags:
        raise typer.BadParameter("either --flag or --no-flags: both cannot be right")
    number = normalise(protocol)
    settings = settings_at_broker(context)
    try:
        correction = Correction(
            protocol=number,
            kind=kind,
            severity=severity,
            difficulty=difficulty,
            flags=tuple(one for one in Flag if one in flag) if flag else () if no_flags else None,
            area=None if area is None else _area(area, settings),
            by=by,
            why=why,
            at=datetime.now(UTC),
        )
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise Rejected(f"{'.'.join(map(str, first['loc'])) or 'the correction'}: {first['msg']}") from None
    with looking("messages looked at") as looked:
        found = complete(find(settings, number, looked))
    if found is None:
        say(f"ouvidor corrections: {number}: no such message in classified; it keeps 30 days. Nothing was written")
        raise typer.Exit(_NO)
    correction = correction.model_copy(update={"message": found.message.id})
    complete(send(settings, correction_event(correction, Topics(settings.kafka.prefix), _SOURCE)))
    if as_json:
        typer.echo(correction.model_dump_json(exclude_none=True))
        return
    for name in ("kind", "severity", "difficulty", "flags", "area"):
        if (right := getattr(correction, name)) is not None:
            typer.echo(f"{name}: {_shown(getattr(found.verdict, name))} -> {_shown(right)}")


@app.command()
def export(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Not given: standard output.")] = None,
) -> None:
    r"""Give all corrected messages, text and right labels, a line each: what `ouvidor model train` learns from.

    \b
    Examples:
      ouvidor corrections export --out corrections.ndjson
      ouvidor model train --corrections corrections.ndjson --out var/model

    Of a message that was corrected more than once the newest word on each label counts. The lines are what customers
    wrote: keep them like their messages. Topics forget (30 days, departments' feeds a year): export once a month.
    """
    settings = settings_at_broker(context)
    lines = complete(_lines(settings))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    if out is None:
        typer.echo(text, nl=False)
    else:
        fresh = out.with_name(f".{out.name}.part")
        try:
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(out)
        except OSError as error:
            raise Rejected(f"{out}: cannot be written: {error.strerror}") from error
    say(f"ouvidor corrections: {len(lines)} messages" + (f" in {out}" if out is not None else ""))


async def _lines(settings: "Settings") -> list[dict[str, Any]]:
    from classifiers.corrections.river import exported  # noqa: PLC0415 - `--help` needs none of it

    with looking("records looked at") as looked:
        return [line async for line in exported(settings, looked, lambda words: say(f"ouvidor corrections: {words}"))]


def _area(given: str, settings: "Settings") -> str:
    """Give an area's identifier: Ouvidor's or the routing table's. Raises `Rejected` that names the nearest known."""
    from classifiers.rulebook import load  # noqa: PLC0415 - only where an area is corrected
    from ouvidor.departments import department_words  # noqa: PLC0415 - the same

    areas = {area: area for one in department_words(settings) for area in one.areas} | dict(load().areas)
    known = {name.casefold(): identifier for identifier, name in areas.items()} | {one: one for one in areas}
    found = "" if not given else known.get(given.casefold())
    if found is None:
        near = get_close_matches(given.casefold(), known, n=1, cutoff=0.5)
        raise Rejected(
            f"--area {given}: there is no such area; "
            + (f"did you mean {known[near[0]]}?" if near else f"known are {', '.join(areas)}")
        )
    return found


def _shown(label: object) -> str:
    return (", ".join(label) if isinstance(label, tuple) else str(label or "")) or "(none)"
