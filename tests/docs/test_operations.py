"""What the manual tells ops is so: its settings load, its commands exist, its metrics are counted."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ingest.registry import accounts
from ouvidor.cli import EXIT_CODES
from ouvidor.cli.app import app
from ouvidor.loading import load
from ouvidor.metrics import REGISTRY
from ouvidor.reference import pages

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "operations.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("block", blocks("yaml"))
def test_settings_that_are_shown_are_settings(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in set(re.findall(r"\w+_file: ([^\s},/]+)", block)):
        (tmp_path / name).write_text("s3cret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    path = tmp_path / "ouvidor.yaml"
    path.write_text(block, encoding="utf-8")
    settings = load(path)
    assert len(accounts(settings)) == len(settings.ingest.accounts)
    assert bool(settings.ingest.accounts) is ("ingest:" in block)


def test_the_usual_settings_name_accounts():
    assert "accounts:" in blocks("yaml")[0]


SHOWN = re.compile(
    r"(?:^|[ `/])(ouvidor (?:-c \S+ )?"
    r"(?:up|demo|check|run|topics|tail|dead-letters|schema|asyncapi|version)\b[^`\n#|>]*)",
    re.MULTILINE,
)
COMMANDS = sorted({line.strip() for line in SHOWN.findall(TEXT)})


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_that_are_shown_exist(line: str):
    command: Any = get_command(app)
    context = command.make_context("ouvidor", [], resilient_parsing=True)
    options = {option for parameter in command.params for option in parameter.opts}
    words = shlex.split(line)[1:]
    for word in words:
        if word.startswith("-"):
            assert word in options, f"{line}: {word}"
        elif hasattr(command, "get_command") and (inner := command.get_command(context, word)) is not None:
            command, context = inner, inner.make_context(word, [], parent=context, resilient_parsing=True)
            options |= {option for parameter in command.params for option in parameter.opts}
    assert not hasattr(command, "get_command"), f"{line}: which command?"


def test_there_are_commands_to_be_tried():
    assert len(COMMANDS) >= 10


def test_metrics_that_are_named_are_counted():
    named = set(re.findall(r"\bouvidor_[a-z_]+", TEXT))
    known = {family.name + ("_total" if family.type == "counter" else "") for family in REGISTRY.collect()}
    assert len(named) >= 8
    assert named <= known


def test_exit_codes_are_all_told():
    told = [int(code) for code in re.findall(r"^\| (\d+) \|", TEXT, re.MULTILINE)]
    assert told == list(EXIT_CODES)


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("https://") or (DOCS / target).exists() or target in pages(), target


@pytest.mark.parametrize("path", re.findall(r"deploy/[\w./@-]*\w", TEXT))
def test_files_that_are_named_are_there(path: str):
    assert (DOCS.parent / path).exists()
