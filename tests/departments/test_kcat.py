"""`kcat` reads the feed and answers, by the very commands of docs/departments.md.

On the open broker: Debian 12's kcat has librdkafka 2.0.2, which Kafka 4.2 refuses by SCRAM, whatever the password.
"""

import asyncio
import json
import re
import shlex
from pathlib import Path

import pytest

from ouvidor.events import DISPATCHED
from tests.departments.feed import CASES, House

pytestmark = pytest.mark.system

TEXT = (Path(__file__).parents[2] / "docs" / "departments.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


def shown(having: str, house: House, **changed: str) -> str:
    """Give the one line of the page that has this, for the house's broker, topics and cases."""
    (block,) = (each for each in BLOCKS if "kcat" in each and having in each)
    for old, new in {
        "127.0.0.1:9092": house.settings.kafka.servers,
        "ouvidor.": house.topics.prefix,
        **changed,
    }.items():
        block = block.replace(old, new)
    return block.replace(f"ce_type={house.topics.prefix}", "ce_type=ouvidor.")


async def run(line: str) -> str:
    process = await asyncio.create_subprocess_shell(line, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return output.decode()


async def test_kcat_shows_key_headers_and_value_of_what_was_committed(open_house: House):
    line = shown("-e -q", open_house, atendimento="obras")
    assert "isolation.level=read_committed" in shlex.split(line)
    blocks = (await run(line)).split("\n\n")
    records = [each.split("\n") for each in blocks if each.count("\n") == 2]  # what is no event has no line of headers
    assert len(records) == CASES + 1  # the doubled one too, for kcat keeps no ids
    assert [key for key, _, _ in records][:4] == open_house.protocols["obras"][:4]
    key, headers, value = records[0]
    found = dict(each.split("=", 1) for each in headers.split(","))
    assert (found["ce_specversion"], found["ce_type"], found["ce_subject"]) == ("1.0", DISPATCHED, key)
    assert (found["content-type"], found["ce_id"]) == (
        "application/json",
        records[4][1].split("ce_id=")[1].split(",")[0],
    )
    assert json.loads(value)["dispatch"]["owner"] == "obras"
    assert "Never written" not in str(blocks)


async def test_the_answer_that_kcat_writes_is_taken(open_house: House):
    protocol = open_house.protocols["limpeza"][0]
    await run(shown("-P", open_house, saude="limpeza", **{"20261123-7K3M-9QX2-4W6": protocol}))
    answer = await open_house.answered("limpeza")
    assert (answer.reply.by, answer.reply.text) == ("plantao", "Sua consulta foi remarcada para 2 de dezembro.")
