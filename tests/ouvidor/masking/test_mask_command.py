"""`ouvidor mask`: what a privacy officer types to see what an extract leaves of a text."""

import json
from pathlib import Path

import pytest

from ouvidor import cli
from ouvidor.cli.mask import _WHY
from ouvidor.masking import Why

LETTER = "Sou a Rosa, CPF 529.982.247-25, e a atendente Ana gritou. Poste na Rua do Sol, 7. Assina: Beto\n"


@pytest.fixture
def letter(tmp_path: Path) -> str:
    path = tmp_path / "letter.txt"
    path.write_text(LETTER, "utf-8")
    return str(path)


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(["mask", *arguments])
    return int(left.value.code or 0)


def test_a_letter_comes_out_as_a_department_reads_it(letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(letter) == 0
    assert capsys.readouterr().out == (
        "Sou a [NOME 1], CPF [CPF 1], e a atendente Ana gritou. Poste na Rua do Sol, 7. Assina: [NOME 2]\n"
    )


def test_whose_letter_it_is_can_be_told(letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(letter, "--author", "Rosa Roberta Lima", "--author", "Roberto Lima", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(each["mask"], each["why"]) for each in told["masks"]][-1] == ("[NOME 2]", "known")


def test_why_is_told_of_each_mask_and_of_what_stays(letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(letter, "--why") == 0
    shown = capsys.readouterr().out
    assert "os dígitos verificadores conferem" in shown
    assert "fica " in shown
    assert "citado pelo que faz" in shown


def test_what_leaves_the_house_names_nobody_and_no_place(letter: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(letter, "--leaving", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert "Ana" not in told["text"]
    assert "Rua do Sol" not in told["text"]
    assert told["kept"] == []


def test_messages_are_masked_line_by_line_and_a_broken_one_stops_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "messages.ndjson"
    rows = [{"id": 1, "text": "oi é a cidinha lima", "author": {"name": "Aparecida Lima"}}, {"id": 2}]
    lines = [*map(json.dumps, rows), "Maria 529", json.dumps({"id": 3, "text": "nada"})]
    path.write_text("\n".join(lines), "utf-8")
    assert _run("--ndjson", str(path)) == 65
    done = capsys.readouterr()
    assert [(each["id"], each["text"]) for each in map(json.loads, done.out.splitlines())] == [
        (1, "oi é a [NOME 1]"),
        (3, "nada"),
    ]
    assert "line 2: no text" in done.err
    assert "line 3: not JSON" in done.err
    assert "Maria" not in done.err


def test_what_is_no_text_is_refused_with_what_would_mend_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("São João".encode("latin-1"))
    assert _run(str(path)) == 65
    assert "iconv" in capsys.readouterr().err
    assert _run(str(tmp_path / "nowhere")) == 65


def test_each_reason_has_words() -> None:
    assert set(_WHY) == set(Why)
