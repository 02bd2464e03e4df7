"""How a routing table is read: all that is wrong with it is told at once, with file, line and key, or it is in force.

The line comes from YAML's own marks, found again by the key's path.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path as FilePath
from typing import Final

import yaml
from pydantic import ValidationError

from ouvidor.config import read_source, read_yaml
from ouvidor.errors import Misconfigured
from ouvidor.faults import explain
from ouvidor.records import Message, Verdict
from routers.compiled import Table
from routers.condition import condition
from routers.department import Path
from routers.table import TableFile
from routers.trial import failures

__all__ = ["DEFAULT", "Table", "place", "places", "read_table"]

DEFAULT: Final = FilePath(__file__).with_name("default_table.yaml")
"""The table that comes with Ouvidor."""


def read_table(path: FilePath | None = None) -> Table:
    """Read a table. Raises `Misconfigured` with a line for each fault: file, line, key, what, and the nearest name."""
    path = path or DEFAULT
    source = read_source(path)  # once: the file may be exchanged meanwhile, and the hash is of what is in force
    given = read_yaml(path, source)
    root = yaml.compose(source.decode(), Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise Misconfigured(f"{path}: a mapping is expected: default, departments, rules, profile, profiles")
    try:
        file = TableFile.model_validate(given)
    except ValidationError as error:
        raise Misconfigured(_faults(path, root, error)) from error
    found = [_told(path, root, at, words) for at, words in file.faults()]
    areas = frozenset(area for department in file.departments for area in department.areas)
    rules = []
    for at, rule in enumerate(file.rules):
        try:
            rules.append((rule, condition(rule.when, areas)))
        except Misconfigured as error:
            found.extend(_told(path, root, ("rules", at, "when"), words) for words in str(error).splitlines())
    if found:
        raise Misconfigured("\n".join(found))
    table = Table(file, sha256(source).hexdigest()[:8], tuple(rules))
    if found := list(_examples(path, root, table)):
        raise Misconfigured("\n".join(found))
    return table


def _examples(path: FilePath, root: yaml.Node, table: Table) -> Iterator[str]:
    """Run the table's own examples; give what is wrong with them, or with the table by them."""
    for at, example in enumerate(table.file.examples):
        within: Path = ("examples", at)
        try:
            message, verdict = example.read()
        except ValidationError as error:
            model, key = (Message, "message") if error.title == Message.__name__ else (Verdict, "verdict")
            yield explain(error, model, where=lambda steps: f"{path}:{line(root, tuple(steps))}", within=(*within, key))
            continue
        for steps, words in failures(example, message, verdict, table):
            yield _told(path, root, (*within, *steps), words)


def _faults(path: FilePath, root: yaml.Node, error: ValidationError) -> str:
    """Add the lines to what `explain` says, which gives one line a fault, in the faults' order."""
    told = explain(error, TableFile, where=str(path)).splitlines()
    places = [tuple(fault["loc"]) for fault in error.errors(include_url=False, include_input=False)]
    if len(told) != len(places):
        return "\n".join(told)
    return "\n".join(
        f"{path}:{line(root, place)}:{words.removeprefix(f'{path}:')}"
        for place, words in zip(places, told, strict=True)
    )


def _told(path: FilePath, root: yaml.Node, at: Path, words: str) -> str:
    return f"{path}:{line(root, at)}: {place(at)}: {words}"


def place(at: Path) -> str:
    """Write a place in the file as errors do: `rules[0].then.owner`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in at).removeprefix(".")


def places(path: FilePath) -> Callable[[Path], int]:
    """Give what tells the line of a place in a table that was read."""
    root = yaml.compose(read_source(path).decode(), Loader=yaml.SafeLoader)
    return lambda at: 1 if root is None else line(root, at)


def line(root: yaml.Node, at: Path) -> int:
    """The line of a key; where it is missing, of what it is missing from."""
    node, found = root, root.start_mark.line
    for step in at:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == step), None)
            if pair is None:
                break
            found, node = pair[0].start_mark.line, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            found = node.start_mark.line
        else:
            break
    return found + 1
