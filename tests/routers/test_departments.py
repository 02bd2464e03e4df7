"""What other rooms learn of the departments, by entry points and without importing this room."""

from pathlib import Path

import pytest

from ouvidor.departments import department_names, department_words
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings
from routers.reading import read_table
from tests.routers.conftest import Tables


def test_their_words_are_those_of_the_table_that_the_settings_name(table_of: Tables, tmp_path: Path):
    table_of()
    settings = Settings(routing={"table": tmp_path / "table.yaml"})  # type: ignore[arg-type]
    words = department_words(settings)
    assert [each.name for each in words] == ["counter", "lamps", "roads", "board"]
    assert (words[1].title, words[1].areas) == ("Luz", ("iluminacao-publica",))
    assert department_names(settings) == sorted(each.name for each in words)


def test_each_department_of_the_table_that_ships_tells_what_it_handles_by_examples():
    for words, department in zip(department_words(Settings()), read_table().file.departments, strict=True):
        assert words.handles == department.handles
        assert words.examples
        assert all(isinstance(example, str) for example in words.examples)


def test_a_broken_table_is_told_and_not_taken_for_none(tmp_path: Path):
    with pytest.raises(Misconfigured, match=r"none\.yaml: no such file"):
        department_words(Settings(routing={"table": tmp_path / "none.yaml"}))  # type: ignore[arg-type]
