"""`ouvidor classify`: a line out for each line in, in order, and the wrong ones told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from classifiers.cascade import Cascade, Rules
from classifiers.commands import classify
from classifiers.lines import answers
from classifiers.rulebook import RuleBook
from ouvidor.errors import Rejected

app = typer.Typer()
app.command()(classify)


def _run(*arguments: str, given: bytes = b"") -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def _lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_each_line_gives_its_id_and_the_verdicts_fields_in_order():
    given = _lines({"id": "a", "text": "Vou ao Procon"}, {"id": 7, "text": "Parabéns à equipe"}, {"text": "Oi"})
    result = _run(given=given)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [row["id"] for row in rows] == ["a", 7, None]
    assert rows[0]["flags"] == ["regulator"]
    assert set(rows[1]) == {
        *("id", "kind", "severity", "difficulty", "flags", "area", "confidence", "sure", "evidence", "classifier"),
    }


def test_a_file_is_read_too(tmp_path: Path):
    file = tmp_path / "messages.ndjson"
    file.write_bytes(b"\xef\xbb\xbf" + _lines({"id": 1, "text": "Solicito a poda"}) + b"\n\r\n")
    result = _run(str(file))
    assert json.loads(result.stdout)["kind"] == "request"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"nope", "line 2: not JSON at character 1"),
        (b'{"id": 2, "text": "\xff"}', "line 2: not UTF-8 at byte"),
        (b'{"id": 2}', "line 2: text: missing"),
        (b'{"id": 2, "text": null}', "line 2: text: null was found"),
        (b'{"id": 2, "text": "x", "subject": 5}', "line 2: subject: a number was found"),
        (b'{"id": [2], "text": "x"}', "line 2: id: an array was found"),
        (b'{"id": "\\ud800", "text": "x"}', "line 2: id: half a surrogate pair"),
        (b'["text"]', "line 2: an array was found"),
        (b"[" * 100_000, "line 2: JSON that cannot be read"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_in_its_place_and_the_others_are_judged(line: bytes, words: str):
    given = _lines({"id": 1, "text": "Vou ao Procon"}) + line + b"\n" + _lines({"id": 3, "text": "Oi"})
    result = _run(given=given)
    rows = [json.loads(row) for row in result.stdout.splitlines()]
    assert result.exit_code == 65
    assert [row["id"] for row in (rows[0], rows[2])] == [1, 3]
    assert rows[1]["line"] == 2
    assert rows[1]["error"].startswith(words)
    assert words in result.stderr


def test_a_line_is_answered_before_the_next_one_is_read(book: RuleBook):
    read = []

    def lines() -> Iterator[bytes]:
        for number in range(3):
            read.append(number)
            yield json.dumps({"id": number, "text": "Oi"}).encode()

    found = answers(lines(), Cascade(Rules(book)))
    next(found)
    assert read == [0]


def test_a_whole_message_can_be_given_and_a_bounce_is_heeded(book: RuleBook):
    row = {"id": 1, "text": "golpe!", "account": "x", "automatic": {"kind": "bounce"}, "public": True}
    (found,) = answers([json.dumps(row).encode()], Cascade(Rules(book)))
    assert found.verdict is not None
    assert found.verdict.flags == ()


def test_half_a_surrogate_pair_in_the_text_is_judged_all_the_same(book: RuleBook):
    (found,) = answers([b'{"text": "Vou ao Procon \\ud800"}'], Cascade(Rules(book)))
    assert json.loads(found.to_json())["flags"] == ["regulator"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    result = _run(str(tmp_path / "none.ndjson"))
    assert isinstance(result.exception, Rejected)
    assert "none.ndjson: cannot be read" in str(result.exception)


def test_explain_quotes_nothing_where_the_subject_spoke():
    result = _run("--explain", given=_lines({"id": 9, "subject": "Buraco na rua", "text": "Bom dia. Vou ao Procon"}))
    assert "(no assunto)" in result.stdout
    assert "“”" not in result.stdout


def test_explain_shows_the_words_and_the_rule_and_steers_no_terminal():
    result = _run("--explain", given=_lines({"id": 9, "text": "Vou ao Procon \x1b[31m"}))
    assert "\x1b" not in result.stdout
    assert "abriu ou vai abrir reclamação em órgão de fora  [regulator]" in result.stdout
    assert result.stdout.startswith("9  ")
