"""`ouvidor route table`: a table to begin with, and the one in force."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from routers.commands import app
from routers.reading import DEFAULT, read_table


def test_without_a_table_of_its_own_a_house_gets_one_to_begin_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(app, ["table"], catch_exceptions=False)
    assert run.stdout.encode() == DEFAULT.read_bytes()
    (tmp_path / "routing.yaml").write_text(run.stdout, encoding="utf-8")
    assert read_table(tmp_path / "routing.yaml").hash == read_table().hash


def test_the_table_of_the_settings_is_printed_as_it_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    written = "# de nós\n" + DEFAULT.read_text(encoding="utf-8")
    (tmp_path / "nossa.yaml").write_text(written, encoding="utf-8")
    (tmp_path / "ouvidor.yaml").write_text("routing: {table: nossa.yaml}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(app, ["table"], catch_exceptions=False)
    assert run.stdout == written
    assert "nossa.yaml" in run.stderr
