"""`ouvidor model`: train the fast and the slow model, with a house's own corrections, and measure them."""

import time
from pathlib import Path
from typing import Annotated

import typer

from classifiers.examples import own_examples, read_corrections, read_labelled
from classifiers.model import promotion, shadowing
from classifiers.rulebook import load
from classifiers.seats import Lane, slow_is_here
from ouvidor.cli.context import settings_of
from ouvidor.errors import Misconfigured

__all__ = ["app"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Train the model that judges behind the rules, and measure it.",
)


app.command()(promotion.compare)
app.command()(promotion.promote)
app.command()(promotion.rollback)
app.command("list")(promotion.list_models)
app.command()(shadowing.shadow)


@app.command()
def train(
    out: Annotated[Path, typer.Option(help="The directory to write the model into.")],
    corrections: Annotated[
        Path | None, typer.Option(help="NDJSON of your own messages: text, and the labels that are right.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed and messages give the same model.")] = 1,
) -> None:
    r"""Train a model on the package's messages and, if given, on your own corrections.

    \b
    Examples:
      ouvidor model train --corrections corrections.ndjson --out var/model
      ouvidor classify --model var/model messages.ndjson

    A correction is a line as {"text": "…", "kind": "request", "severity": "low", "difficulty": "simple", "flags": []};
    a label that is left out is not learnt. Some fifty are felt. It takes one or two minutes. The slow model learns
    from them too, where it is installed (ouvidor[slow]).
    """
    try:
        from classifiers.model.material import gather  # noqa: PLC0415 - needs the extra
        from classifiers.model.training import learn  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise Misconfigured(
            f"training needs scikit-learn ({error.name} is missing): pip install 'ouvidor[train]'"
        ) from error
    from classifiers.model.weights import load_model, save_model  # noqa: PLC0415 - needed here only

    began = time.monotonic()
    own = read_corrections(corrections) if corrections is not None else []
    book = load()
    material = gather(book, own)
    model, left = learn(book, material, seed=seed, tell=_told)
    save_model(model, out)
    if own and slow_is_here():
        from classifiers.slow.house import adapted  # noqa: PLC0415 - needs the extra
        from classifiers.slow.weights import own_slow_model, save_slow_model  # noqa: PLC0415 - needs the extra

        _told("the slow model, with your corrections")
        save_slow_model(adapted(book, material, load_model(out), left, own_slow_model()), out)
    typer.echo(f"{out}: {model.manifest.examples} messages, {len(own)} corrections, {time.monotonic() - began:.0f} s")
    typer.echo("on hands that were left out of training:")
    for name, share in model.manifest.counted.items():
        typer.echo(f"  {name:<30} {share:.3f}")


def _told(words: str) -> None:
    typer.echo(f"ouvidor model: {words}", err=True)


@app.command()
def tune(  # noqa: PLR0917 - options, all of them named
    out: Annotated[Path, typer.Option(help="The directory to write the slow model into.")],
    model: Annotated[
        Path | None, typer.Option(help="The fast model's directory that it stands behind; not given: the package's.")
    ] = None,
    keep: Annotated[Path, typer.Option(help="Where what tuning gave is kept.")] = Path("var/slow"),
    keep_layers: Annotated[
        bool, typer.Option("--keep-layers", help="Tune nothing: count weights and thresholds anew, a minute or two.")
    ] = False,
    epochs: Annotated[int, typer.Option(min=0, help="How often tuning goes through the messages; 0: heads alone.")] = 3,
    seed: Annotated[int, typer.Option(help="The same seed and messages give the same model.")] = 1,
) -> None:
    r"""Train the slow model: tune the encoder's upper layers on the package's messages, and put it beside the fast one.

    \b
    Examples:
      ouvidor model tune --out classifiers/slow/trained
      ouvidor model tune --out classifiers/slow/trained --keep-layers

    It takes an hour on two cores, and needs ouvidor[tune]. After a change of rules, or of the fast model alone,
    --keep-layers is enough; after a change of messages or labels it is not.
    """
    try:
        from classifiers.model.material import gather  # noqa: PLC0415 - needs the extra
        from classifiers.slow.training import train_slow  # noqa: PLC0415 - needs the extra
        from classifiers.slow.tuning import Course  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise Misconfigured(f"tuning needs {error.name}: pip install 'ouvidor[tune]'") from error
    from classifiers.model.weights import load_model, own_model  # noqa: PLC0415 - needed here only
    from classifiers.slow.base import load_base  # noqa: PLC0415 - needed here only
    from classifiers.slow.weights import save_slow_model  # noqa: PLC0415 - needed here only

    began = time.monotonic()

    def tell(words: str) -> None:
        typer.echo(f"ouvidor model: {time.monotonic() - began:5.0f} s  {words}", err=True)

    book, fast = load(), own_model() if model is None else load_model(model)
    course = Course(epochs=epochs, seed=seed)
    slow = train_slow(book, gather(book), fast, load_base(), course, keep, again=keep_layers, tell=tell)
    save_slow_model(slow, out)
    typer.echo(f"{out}: {slow.card.examples} messages, {time.monotonic() - began:.0f} s")
    typer.echo("behind the fast model, on hands that were left out of training:")
    for name, share in slow.card.counted.items():
        typer.echo(f"  {name:<30} {share:.3f}")


@app.command()
def evaluate(  # noqa: PLR0917 - a command has as many options as it needs
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="NDJSON of labelled messages; not given: those kept apart in the package.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="A model's directory; not given: the package's.")] = None,
    rules_only: Annotated[bool, typer.Option("--rules-only", help="Measure the rules without a model.")] = False,
    lane: Annotated[Lane | None, typer.Option(help="fast: without the slow model.")] = None,
    routing: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE", help="The routing table whose areas there are; else the settings'."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: every figure and its interval.")] = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a page to look at, with drawings. It quotes messages.")
    ] = None,
) -> None:
    r"""Measure how well labelled messages are judged, and how fast: in all, and by group.

    \b
    Examples:
      ouvidor model evaluate
      ouvidor model evaluate labelled.ndjson --model var/model --html report.html
      ouvidor model evaluate labelled.ndjson --json | jq .figures.kind_accuracy

    A line of the file has text, kind, severity, difficulty and flags; area, channel, language, sector and id may be
    there.
    Each figure comes with where it lies at 95 %: two figures whose intervals overlap far are the same to the eye.
    """
    from classifiers.areas.measuring import by_table, lines  # noqa: PLC0415 - `ouvidor model --help` needs no rules
    from classifiers.areas.table import departments_of  # noqa: PLC0415
    from classifiers.beside import beside, side_by_side  # noqa: PLC0415
    from classifiers.cascade import Cascade, Rules  # noqa: PLC0415
    from classifiers.judge import Judged  # noqa: PLC0415
    from classifiers.lanes import Lanes  # noqa: PLC0415
    from classifiers.measurement import complete, measure, table  # noqa: PLC0415
    from classifiers.report.presenting import present  # noqa: PLC0415
    from classifiers.seats import lanes  # noqa: PLC0415

    book = load()
    rows = complete(own_examples("apart") if file is None else read_labelled(file), book)
    departments = departments_of(settings_of(context), routing)
    judging = Lanes(Cascade(Rules(book))) if rules_only else lanes(model, lane, book, departments)
    measured = measure(rows, lambda text: judging.cascade.judge(Judged(text)))
    if not as_json:
        typer.echo(table(measured))
        if judging.slow is not None:
            typer.echo("\nwith the slow lane behind it:")
            typer.echo(side_by_side(beside(rows, judging)))
    verdicts = judging.judge([Judged(row.text) for row in rows])
    if not as_json and (figures := by_table(rows, verdicts, departments)):
        typer.echo("\nareas, by the departments of the routing table:")
        typer.echo("\n".join(lines(figures)))
    present(rows, verdicts, measured, as_json=as_json, html=html, promised=not rules_only)
