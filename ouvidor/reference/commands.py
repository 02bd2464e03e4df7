"""The page of the command line, from the commands themselves: the floor's and the rooms'."""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

from typer.main import get_command

from ouvidor.cli import EXIT_CODES
from ouvidor.cli.app import app
from ouvidor.reference.markdown import code, head, table

__all__ = ["commands_page"]

_ABOUT = """Data goes to stdout, words go to stderr, so that commands can be piped. `ouvidor COMMAND --help` shows what
stands here."""


def commands_page() -> str:
    """Write the page."""
    command = get_command(app)
    context = command.make_context("ouvidor", [], resilient_parsing=True)
    codes = table(("code", "what it means"), [(str(number), words) for number, words in EXIT_CODES.items()])
    whole = head("Command line", _ABOUT) + "".join(_command(command, context, level=2))
    return f"{whole}\n## Exit codes\n\n{codes}"


def _command(command: Any, context: Any, level: int) -> Iterator[str]:  # noqa: ANN401 - typer's own types are private
    yield f"\n{'#' * level} {context.command_path}\n"
    yield f"\n{_help(command.help or '')}\n"
    yield f"\n```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```\n"
    rows = [row for parameter in command.get_params(context) if (row := _parameter(parameter, context)) is not None]
    if rows:
        yield "\n" + table(("argument or option", "default", "what it says"), rows)
    if hasattr(command, "list_commands"):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            yield from _command(
                inner, inner.make_context(name, [], parent=context, resilient_parsing=True), min(level + 1, 4)
            )


def _help(words: str) -> str:
    """Write a help text: what stands behind a backspace, typer's mark of such a block, is set as it is."""
    parts = []
    for part in cleandoc(words).split("\n\n"):
        if part.startswith("\b"):
            lines = part.removeprefix("\b").strip("\n").splitlines()
            title = f"{lines.pop(0).strip()}\n\n" if lines and not lines[0].startswith(" ") else ""
            parts.append(f"{title}```sh\n{cleandoc(chr(10).join(lines))}\n```")
        else:
            parts.append(part)
    return "\n\n".join(parts)


def _parameter(parameter: Any, context: Any) -> tuple[str, str, str] | None:  # noqa: ANN401 - the same
    if "--help" in parameter.opts or "completion" in parameter.name or getattr(parameter, "hidden", False):
        return None
    record = parameter.get_help_record(context)
    if record is None:
        return None
    default = parameter.get_default(context)
    shown = "" if default is None or default is False or callable(default) or default == () else code(str(default))
    words = (parameter.help or "").strip()
    return code(record[0]), "**required**" if parameter.required else shown, words
