"""`ouvidor model compare|promote|rollback|list`: what is in force, and what may be."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classifiers.seats import Lane
from ouvidor.cli.context import say, settings_of

if TYPE_CHECKING:
    from classifiers.model.gate import Comparison
    from classifiers.model.registry import Registry

__all__ = ["compare", "list_models", "promote", "rollback"]

_NO = 1

Labelled = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="NDJSON of labelled messages; not given: the package's.")
]
OfLane = Annotated[
    Lane | None,
    typer.Option(help="fast: compare the fast models alone; not given: as judgement.lane says, both where they are."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object.")]
Confidence = Annotated[
    float, typer.Option(min=0.5, max=0.999, help="How wide each change's interval is: what is called noise.")
]


def compare(  # noqa: PLR0917 - a command's options are called by name
    context: typer.Context,
    old: Annotated[str, typer.Argument(help="A directory, a name of `ouvidor model list`, current or package.")],
    new: Annotated[str, typer.Argument(help="The same.")],
    file: Labelled = None,
    lane: OfLane = None,
    confidence: Confidence = 0.95,
    as_json: AsJson = False,
) -> None:
    r"""Compare two models on the same messages: does any figure fall by more than its noise?

    \b
    Examples:
      ouvidor model compare current var/model
      ouvidor model compare current var/model --lane fast
      ouvidor model compare package var/model ours.ndjson --json | jq '.changes[] | select(.falls)'

    The interval of each change is that of a paired bootstrap over the messages. The exit code is 1 where a figure falls
    with its whole interval, or where more critical messages are called low.

    Compared is what the river would say in the end: where the slow lane is installed (pip install 'ouvidor[slow]') it
    judges what waits for it there, and the fast lane's figures stand beside. It takes a quarter of a minute for 680
    messages.
    """
    from classifiers.model.comparing import compared  # noqa: PLC0415 - `ouvidor model --help` needs no models

    registry = _registry(context)
    found = compared(settings_of(context), registry.find(old), registry.find(new), file, lane, confidence)
    _show(found, as_json=as_json)
    if found.refused:
        raise typer.Exit(_NO)


def promote(  # noqa: PLR0917 - a command's options are called by name
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="A model's directory, or a name of `ouvidor model list`.")],
    file: Labelled = None,
    force: Annotated[
        str | None, typer.Option(metavar="REASON", help="Promote what the gate refuses; the reason is kept.")
    ] = None,
    lane: OfLane = None,
    confidence: Confidence = 0.95,
    as_json: AsJson = False,
) -> None:
    r"""Put a model in force, if no figure falls by more than its noise beside the one that is.

    \b
    Examples:
      ouvidor model promote var/model ours.ndjson
      ouvidor model promote var/model --force "the old one never learnt our new services"

    It is taken into the registry (`models` in the data directory), and the pointer there is changed at once, so that a
    running `classify` judges with it from its next batch on, without a restart. The exit code is 1 where it is refused.
    """
    from classifiers.model.comparing import compared  # noqa: PLC0415 - `ouvidor model --help` needs no models

    registry = _registry(context)
    place = registry.find(model)
    if place is None:
        from ouvidor.errors import Rejected  # noqa: PLC0415

        raise Rejected("package: the model that comes with Ouvidor is in force again after `ouvidor model rollback`")
    with registry.changing():
        was = registry.pointer().model
        found = compared(settings_of(context), registry.place(was), place, file, lane, confidence)
        if refused := bool(found.refused and not force):
            name = was
        else:
            name = registry.promote(place, datetime.now(UTC), found, force if found.refused else None)
    _show(found, as_json=as_json, model=name, before=was, promoted=not refused)
    if refused:
        say(f"ouvidor model: refused; {was} stays in force. --force REASON promotes it all the same")
        raise typer.Exit(_NO)
    say(f"ouvidor model: {name} is in force; it was {was}")


def rollback(context: typer.Context) -> None:
    r"""Put the model in force again that was before; the package's own at last.

    \b
    Example:
      ouvidor model rollback

    A running `classify` judges with it from its next batch on.
    """
    registry = _registry(context)
    with registry.changing():
        was = registry.pointer().model
        name = registry.roll_back(datetime.now(UTC))
    typer.echo(name)
    say(f"ouvidor model: {name} is in force; it was {was}")


def list_models(
    context: typer.Context, as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False
) -> None:
    r"""List the models that were promoted here: which is in force, since when, and why.

    \b
    Examples:
      ouvidor model list
      ouvidor model list --json | jq 'select(.in_force)'
    """
    from classifiers.model.registry import PACKAGE  # noqa: PLC0415
    from classifiers.model.weights import load_model, own_model  # noqa: PLC0415
    from ouvidor.errors import Misconfigured  # noqa: PLC0415

    registry = _registry(context)
    now = registry.pointer().model
    last = {entry.model: entry for entry in registry.history()}
    for name in (PACKAGE, *registry.names()):
        place, entry = registry.place(name), last.get(name)
        row: dict[str, object] = {
            "model": name,
            "in_force": name == now,
            "since": entry.at.isoformat() if entry is not None else None,
            "event": entry.event if entry is not None else None,
            "forced": entry.forced if entry is not None else None,
        }
        try:
            manifest = (own_model() if place is None else load_model(place)).manifest
            row |= {
                "examples": manifest.examples,
                "corrections": manifest.corrections,
                "counted": dict(manifest.counted),
            }
        except Misconfigured as error:
            row["error"] = str(error)
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
            continue
        trained = (
            f"{row['examples']} messages, {row['corrections']} corrections" if "error" not in row else row["error"]
        )
        since = f"{row['event']} {entry.at:%Y-%m-%d %H:%M}Z" if entry is not None else ""
        why = f"  forced: {entry.forced}" if entry is not None and entry.forced else ""
        typer.echo(f"{'*' if name == now else ' '} {name:<18}{since:<30}{trained}{why}")


def _registry(context: typer.Context) -> "Registry":
    from classifiers.in_force import registry_of  # noqa: PLC0415

    return registry_of(settings_of(context))


def _show(found: "Comparison", *, as_json: bool, **more: object) -> None:
    from classifiers.model.gate import told  # noqa: PLC0415

    if as_json:
        whole = {**found.model_dump(mode="json"), "refused": list(found.refused), **more}
        typer.echo(json.dumps(whole, ensure_ascii=False))
        return
    for line in told(found):
        typer.echo(line)
