"""The rooms' commands, found by the entry points `ouvidor.commands`: typer apps, or functions.

They are imported when they are called. For the list of `ouvidor --help` their first line is read from the source
without running it: importing all rooms would take longer than reading the help.
"""

import ast
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from ouvidor.entry_points import load, offered

__all__ = ["RoomGroup", "first_line"]

_GROUP = "ouvidor.commands"


class RoomGroup(TyperGroup):
    """The floor's commands, and those of the rooms."""

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - typer's own type is private
        """Give the floor's commands in their order, then the rooms'."""
        own = super().list_commands(ctx)
        return [*own, *(name for name in offered(_GROUP) if name not in own)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - the same
        """Give a command. Raises `Misconfigured` where a room's cannot be loaded."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        entry = offered(_GROUP).get(cmd_name)
        if entry is None:
            return None
        return _named(_stub(entry) if self._listing else load(entry), cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the same
        """Write the help without importing any room."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


def _named(what: Any, name: str) -> Any:  # noqa: ANN401 - a typer app or a function
    if not isinstance(what, typer.Typer):
        app = typer.Typer(add_completion=False, rich_markup_mode=None)
        app.command(name)(what)
        what = app
    command = get_command(what)
    command.name = name
    _mark(command)
    return command


def _mark(command: Any) -> None:  # noqa: ANN401 - typer's own type is private
    """Take a `\\b` that was written in a raw docstring for the character that keeps typer from wrapping examples."""
    command.help = (command.help or "").replace("\\b\n", "\b\n")
    for inner in getattr(command, "commands", {}).values():
        _mark(inner)


def _stub(entry: EntryPoint) -> Any:  # noqa: ANN401 - a function
    def stub() -> None: ...

    stub.__doc__ = first_line(entry)
    return stub


def first_line(entry: EntryPoint) -> str:
    """Give the first line of a command's help from its source: a function's docstring, or `help=` of a typer app."""
    try:
        spec = find_spec(entry.module)
        if spec is None or spec.origin is None:
            return f"(cannot be loaded: there is no {entry.module})"
        tree = ast.parse(Path(spec.origin).read_bytes())
    except (ImportError, OSError, SyntaxError, ValueError) as error:
        return f"(cannot be loaded: {error})"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == entry.attr:
            return (ast.get_docstring(node) or "").partition("\n")[0]
        if (
            isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == entry.attr for target in node.targets)
            and isinstance(node.value, ast.Call)
        ):
            words = {keyword.arg: keyword.value for keyword in node.value.keywords}.get("help")
            if isinstance(words, ast.Constant) and isinstance(words.value, str):
                return words.value.strip().partition("\n")[0]
    return ""
