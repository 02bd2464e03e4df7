"""What the manual shows to departments is taken: its records and calls, by the very code that reads them."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ouvidor.cli.app import app
from ouvidor.records import REPLIES, Reply
from sinks.replies.reading import Fault, check_reply, command_of, read_reply

TEXT = (Path(__file__).parents[2] / "docs" / "departments.md").read_text(encoding="utf-8")
OMBUDSMAN = (Path(__file__).parents[2] / "docs" / "ombudsman.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
ALL_BLOCKS = [*BLOCKS, *re.findall(r"```sh\n(.*?)```", OMBUDSMAN, re.DOTALL)]


def words_of(program: str, *, having: str = "") -> list[str]:
    (block,) = (each for each in BLOCKS if program in each and having in each)
    return shlex.split(block.replace("\\\n", " "))


def after(words: list[str], option: str) -> list[str]:
    return [words[at + 1] for at, word in enumerate(words) if word == option]


def test_the_reply_that_kcat_writes_is_read():
    words = words_of("kcat", having="-P")
    headers = dict(header.split("=", 1) for header in after(words, "-H"))
    assert after(words, "-t") == ["ouvidor.replies"]
    value = words[words.index("echo") + 1]
    found = read_reply(command_of(headers["ce_type"]), value.replace("\n", "").encode())
    assert not isinstance(found, Fault), found
    assert headers["ce_id"] == str(found.id)


def test_the_reply_that_curl_posts_is_right():
    words = words_of("curl")
    data = json.loads(after(words, "-d")[0])
    defaults = {"id": "6f1d1c52-9f0e-4a39-a1a5-0c5d3a5e7b10", "department": "saude", "at": "2026-11-23T14:05:00-03:00"}
    found = check_reply(data.pop("command"), defaults | data)
    assert not isinstance(found, Fault), found


@pytest.mark.parametrize(
    "line", [line for block in ALL_BLOCKS for line in block.splitlines() if "ouvidor reply" in line]
)
def test_the_commands_that_are_shown_exist_with_their_options(line: str):
    root: Any = get_command(app)
    _, group, name, *words = shlex.split(line)
    context = root.make_context("ouvidor", [], resilient_parsing=True)
    command = root.get_command(context, group).get_command(context, name)
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options


def test_each_command_is_in_the_table_with_what_it_needs():
    for name, model in REPLIES.items():
        (row,) = (line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
        assert all(f"`{field}`" in row for field in model.model_fields if field not in Reply.model_fields), name
