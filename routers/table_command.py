"""`ouvidor route table`: the routing table in force, as it was written; where there is none, the one to begin with."""

import typer

from ouvidor.cli.context import say, settings_of
from ouvidor.config import read_source
from routers.reading import DEFAULT

__all__ = ["table"]


def table(context: typer.Context) -> None:
    """Print the routing table of the settings as it stands in its file; without one, the table of Ouvidor itself.

    \b
    Examples:
      ouvidor route table > routing.yaml       # to begin with: change it, and name it as routing.table
      ouvidor route table | diff - new.yaml

    It is not judged: `ouvidor check` and `ouvidor route lint` do that. Which file it is stands on stderr.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    named = settings_of(context).routing.table
    typer.echo(read_source(named or DEFAULT).decode(), nl=False)
    say(str(named) if named is not None else "the table that comes with Ouvidor: routing.table names none")
