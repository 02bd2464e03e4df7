"""Where opinions are asked for: `ouvidor classify --opinion`, the last step of a cascade, `ouvidor check --connect`."""

import asyncio
import json
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from pydantic import ValidationError
from typer.testing import CliRunner

from classifiers.cascade import Cascade, Rules
from classifiers.check import check
from classifiers.judge import Judged
from classifiers.opinion.step import OpinionStep
from classifiers.rulebook import RuleBook
from ouvidor.cli.app import app
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.loading import load
from ouvidor.records import Flag
from ouvidor.settings import Opinion, Settings
from tests.classifiers.opinion.model_server import GOOD, ModelServer

KEY = "sk-very-secret"


def _file(folder: Path, url: str) -> Path:
    (folder / "key").write_text(f"{KEY}\n")
    opinion = {"url": url, "model": "small", "key_file": str(folder / "key")}
    given = folder / "ouvidor.yaml"
    given.write_text(yaml.safe_dump({"data": str(folder / "var"), "judgement": {"opinion": opinion}}))
    return given


def _run(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=given)


async def test_classify_asks_about_what_is_not_sure_and_about_nothing_else(tmp_path: Path):
    lines = [
        {"id": 1, "text": "Solicito a segunda via da conta de água, por favor."},
        {"id": 2, "text": "zzz"},
        {"id": 3},
    ]
    async with ModelServer() as server:
        server.says({**GOOD, "flags": ["press"]})
        result = await asyncio.to_thread(
            _run, "--config", str(_file(tmp_path, server.url)), "classify", "--opinion",
            given="\n".join(map(json.dumps, lines)),
        )  # fmt: skip
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == [1, 2, 3]
    assert [row.get("flags") for row in rows] == [[], ["press"], None]
    assert len(server.asked) == 1
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
    assert KEY not in result.output


_TABLE = """
default: balcao
area_confidence: 1
departments:
  - {name: balcao, title: Balcão}
  - {name: agua, title: Águas, handles: "Água, esgoto.", areas: [agua-esgoto]}
  - {name: cidade, title: Cidade, handles: "Ruas, praças e árvores.", areas: [iluminacao-publica, vias, meio-ambiente]}
profile: seed
"""


async def test_classify_asks_for_a_department_of_the_table_that_it_is_given(tmp_path: Path):
    (tmp_path / "table.yaml").write_text(_TABLE)
    lines = [
        {"id": 1, "text": "Solicito a segunda via da conta de água, por favor."},
        {"id": 2, "text": "hm, aquilo da árvore que caiu lá de novo"},
        {"id": 3, "text": "Vazamento de água no cano da rua: falta água aqui e o asfalto está todo esburacado"},
    ]
    async with ModelServer() as server:
        given = _file(tmp_path, server.url)
        settings = yaml.safe_load(given.read_text())
        settings["judgement"]["opinion"]["department"] = "undecided"
        given.write_text(yaml.safe_dump(settings))
        server.says({**GOOD, "department": "d2"})
        result = await asyncio.to_thread(
            _run, "--config", str(given), "classify", "--lane", "fast", "--opinion", "--table",
            str(tmp_path / "table.yaml"), given="\n".join(map(json.dumps, lines)),
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert rows[0]["area"] in {"iluminacao-publica", "vias", "meio-ambiente"}
    assert [row["area"] for row in rows[1:]] == ["meio-ambiente", "vias"], "the likeliest of its areas, not the first"
    assert all(row["confidence"]["area"] < 1 for row in rows)
    assert [row["sure"] for row in rows[:2]] == [True, False]
    assert "Ruas, praças" in server.asked[0]["messages"][0]["content"]


def test_without_a_server_classify_says_what_it_wants(tmp_path: Path):
    given = tmp_path / "ouvidor.yaml"
    given.write_text("{}")
    result = _run("--config", str(given), "classify", "--opinion")
    assert isinstance(result.exception, Misconfigured)
    assert "judgement.opinion: --opinion wants a server" in str(result.exception)


async def test_a_cascade_ends_with_it(book: RuleBook):
    async with ModelServer() as server:
        server.says({**GOOD, "flags": ["health"]})
        step = OpinionStep(Opinion(url=server.url, model="small"))
        cascade = Cascade(Rules(book), (step,))
        found = await asyncio.to_thread(cascade.judge, Judged("zzz"))
        await asyncio.to_thread(cascade.judge, Judged("Solicito a segunda via da conta de água, por favor."))
        await asyncio.to_thread(step.close)
    assert found.flags == (Flag.HEALTH,)
    assert found.classifier == cascade.version
    assert cascade.version.name == "rules+opinion"
    assert len(server.asked) == 1


async def test_check_connects_only_when_told_to(tmp_path: Path):
    async with ModelServer() as server:
        settings = load(_file(tmp_path, server.url))
        assert await asyncio.to_thread(check, settings, connect=False) == []
        assert server.headers == []
        assert await asyncio.to_thread(check, settings, connect=True) == []
        assert server.headers[0]["Authorization"] == f"Bearer {KEY}"
        port = server.port
    (away,) = await asyncio.to_thread(check, settings, connect=True)
    assert isinstance(away, Unavailable)
    assert "judgement.opinion: no answer (ClientConnectorError)" in str(away)
    assert str(port) not in str(away)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"url": "ftp://x/v1"}, "is no address"),
        ({"url": "https://ana:segredo@x/v1"}, "without user"),
        ({"url": "https://x/v1?key=segredo"}, "without user"),
        ({"url": "http://10.0.0.5/v1", "key": "segredo"}, "in the clear"),
        ({"url": "https://x/v1", "timeout": "PT0S"}, "greater than or equal"),
        ({"url": "https://x/v1", "modell": "m"}, "Extra inputs"),
    ],
)
def test_a_wrong_setting_is_told_without_its_secret(given: dict[str, str], words: str):
    with pytest.raises(ValidationError, match=words) as raised:
        Opinion.model_validate({"model": "small", **given})
    told = "".join(fault["msg"] for fault in raised.value.errors())
    assert "segredo" not in told


def test_nobody_is_asked_by_default():
    assert Settings().judgement.opinion is None
