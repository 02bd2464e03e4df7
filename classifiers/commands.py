"""`ouvidor classify`: judge messages from a file or a pipe, without a broker."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from classifiers.areas.likeliest import likeliest
from classifiers.areas.table import departments_of
from classifiers.explain import explain as shown
from classifiers.gusts import gusts
from classifiers.lines import answers_together
from classifiers.seats import Lane, lanes
from ouvidor.cli.context import settings_of
from ouvidor.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from ouvidor.settings import Opinion

__all__ = ["classify"]

_REJECTED = 65
_STDIN = "-"


def classify(  # noqa: PLR0917 - a command has as many options as it needs
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="NDJSON; - is standard input.")] = _STDIN,
    explain: Annotated[
        bool, typer.Option("--explain", help="For people: the words, with the evidence marked.")
    ] = False,
    model: Annotated[
        Path | None, typer.Option(help="A model's directory (`ouvidor model train`); not given: the package's.")
    ] = None,
    lane: Annotated[
        Lane | None,
        typer.Option(help="fast: thousands a second; both: what the fast model is not sure of, the slow one judges."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option("--table", metavar="FILE", help="The routing table whose areas there are; else the settings'."),
    ] = None,
    opinion: Annotated[
        bool, typer.Option("--opinion", help="Ask the server of judgement.opinion about what is not sure.")
    ] = False,
) -> None:
    r"""Judge messages: kind, severity, difficulty, flags, area, and the words that say so.

    \b
    Examples:
      ouvidor classify messages.ndjson > verdicts.ndjson
      echo '{"id": 1, "text": "Caiu um fio na calçada da escola"}' | ouvidor classify --explain
      ouvidor ingest parse --channel email *.eml | ouvidor classify | jq -r .severity | sort | uniq -c

    A line in is an object with text; id, subject, channel and language may be there. A line out is the id and the
    verdict's fields, in the same order, as soon as it is judged. A line that cannot be read gives a line with error
    (and which line it was), the others are judged all the same, and the exit code is 65.

    Where the slow model is installed (pip install 'ouvidor[slow]'), it judges what the fast one is not sure of, flags
    and department included, some seventy a second; --lane fast goes without it.

    An area is one of the routing table's departments', by what they handle and their examples; its confidence is how
    likely that department is.

    --opinion sends the words of messages that are not sure out of the house, with personal data masked as far as their
    form shows them. It may raise a severity, add flags, name another kind, and a department where none is certain.
    """
    from classifiers.opinion.step import opinions  # noqa: PLC0415 - needs the web, which nobody else here does

    departments = departments_of(settings_of(context), table)
    judging = lanes(model, lane, departments=departments)
    people = Console(soft_wrap=True)
    wrong = 0
    asking = opinions(_opinion(context) if opinion else None, departments, partial(likeliest, judging.cascade))
    with _opened(file) as lines, _progress(wanted=not explain) as advance, asking as heard:
        for answer in heard(answers_together(gusts(lines), judging.judge)):
            advance()
            if answer.error is not None:
                wrong += 1
                typer.echo(f"ouvidor classify: {answer.error}", err=True)
            if not explain:
                typer.echo(answer.to_json(), nl=False)
            elif answer.said is not None and answer.verdict is not None:
                name = str(answer.id) if answer.id is not None else f"line {answer.line}"
                said = answer.said
                areas = judging.cascade.rules.book.areas
                people.print(shown(name, said.text, answer.verdict, subject=said.subject, areas=areas))
    if wrong:
        raise typer.Exit(_REJECTED)


def _opinion(context: typer.Context) -> "Opinion":
    settings = settings_of(context)
    if settings.judgement.opinion is None:
        raise Misconfigured(f"{settings.file}: judgement.opinion: --opinion wants a server: give its url and model")
    return settings.judgement.opinion


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == _STDIN:
        yield typer.get_binary_stream("stdin")
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 - only its opening may fail here; it is closed below
    except OSError as error:
        raise Rejected(f"{file}: cannot be read: {error.strerror}; give a file of NDJSON, or - for a pipe") from error
    with opened:
        yield opened


@contextmanager
def _progress(*, wanted: bool) -> Iterator[Callable[[], None]]:
    """Count on a terminal, where the verdicts go elsewhere."""
    if not wanted or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.completed} messages judged"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("judging", total=None)
        yield lambda: progress.advance(task)
