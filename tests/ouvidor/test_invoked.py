"""What people are told to type works from where they are."""

import sys
from pathlib import Path

import pytest

from ouvidor.invoked import invoked


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "here" / ".venv" / "bin" / "ouvidor"
    path.parent.mkdir(parents=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


def test_a_program_on_the_path_is_called_by_its_name(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(program.parent))
    assert invoked(str(program)) == "ouvidor"


def test_a_program_in_a_directory_below_is_called_from_here(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(program.parents[2])
    assert invoked(str(program)) == ".venv/bin/ouvidor"
    assert invoked(".venv/bin/ouvidor") == ".venv/bin/ouvidor"


def test_another_one_on_the_path_is_not_ours(program: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "other" / "ouvidor"
    other.parent.mkdir()
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(other.parent))
    monkeypatch.chdir(tmp_path / "other")
    assert invoked(str(program)) == str(program)


def test_a_module_is_called_as_one() -> None:
    assert invoked("/somewhere/ouvidor/__main__.py") == f"{sys.executable} -m ouvidor"
