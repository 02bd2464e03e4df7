"""`ouvidor model`: train the fast model, with a house's own corrections, and measure a model on labelled messages."""

import time
from pathlib import Path
from typing import Annotated

import typer

from classifiers.examples import own_examples, read_corrections, read_labelled
from classifiers.model import promotion, shadowing
from classifiers.rulebook import load
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
    a label that is left out is not learnt. Some fifty are felt. It takes two to five minutes.
    """
    try:
        from classifiers.model.material import gather  # noqa: PLC0415 - needs the extra
        from classifiers.model.training import train as trained  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise Misconfigured(
            f"training needs scikit-learn ({error.name} is missing): pip install 'ouvidor[train]'"
        ) from error
    from classifiers.model.weights import save_model  # noqa: PLC0415 - needed here only

    began = time.monotonic()
    own = read_corrections(corrections) if corrections is not None else []
    book = load()
    model = trained(
        book, gather(book, own), seed=seed, tell=lambda words: typer.echo(f"ouvidor model: {words}", err=True)
    )
    save_model(model, out)
    typer.echo(f"{out}: {model.manifest.examples} messages, {len(own)} corrections, {time.monotonic() - began:.0f} s")
    typer.echo("on hands that were left out of training:")
    for name, share in model.manifest.counted.items():
        typer.echo(f"  {name:<30} {share:.3f}")


@app.command()
def evaluate(
    file: Annotated[
        Path | None, typer.Argument(help="NDJSON of labelled messages; not given: those kept apart in the package.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="A model's directory; not given: the package's.")] = None,
    rules_only: Annotated[bool, typer.Option("--rules-only", help="Measure the rules without a model.")] = False,
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
    from classifiers.cascade import Cascade, Rules  # noqa: PLC0415 - `ouvidor model --help` needs no rules
    from classifiers.judge import Judged  # noqa: PLC0415
    from classifiers.measurement import complete, measure, table  # noqa: PLC0415
    from classifiers.report.presenting import present  # noqa: PLC0415
    from classifiers.seats import cascade  # noqa: PLC0415

    book = load()
    rows = complete(own_examples("apart") if file is None else read_labelled(file), book)
    judging = Cascade(Rules(book)) if rules_only else cascade(model, book)
    measured = measure(rows, lambda text: judging.judge(Judged(text)))
    if not as_json:
        typer.echo(table(measured))
    verdicts = [judging.judge(Judged(row.text)) for row in rows]
    present(rows, verdicts, measured, as_json=as_json, html=html, promised=not rules_only)
