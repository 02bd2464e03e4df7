"""The container file says what the project has; hadolint (make lint) says whether it is a good one."""

import asyncio
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from ouvidor.health import Heart, Pulse
from ouvidor.health_server import serve
from ouvidor.loading import load
from ouvidor.settings import Telemetry

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy" / "container" / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
IGNORED = (ROOT / "deploy" / "container" / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
FINAL = TEXT[TEXT.rindex("\nFROM ") :]


def instructions(name: str, within: str = TEXT) -> list[str]:
    return re.findall(rf"^{name} (.*)$", within, re.MULTILINE)


def test_what_is_copied_is_there_and_not_ignored():
    copied = [part for line in instructions("COPY") if "--from" not in line for part in line.split()[:-1]]
    assert len(copied) > 5
    for path in copied:
        assert (ROOT / path).exists(), path
        assert f"!{path}" in IGNORED, path


def test_every_room_is_in_the_wheel_and_in_the_image():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    copied = {line.split()[0] for line in instructions("COPY")}
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied
    (extras,) = re.findall(r'"ouvidor\[(.*)\]"', TEXT)
    not_in_it = {"all", "local", "train", "tune"}
    assert set(extras.split(",")) == set(project["project"]["optional-dependencies"]) - not_in_it


def test_the_environment_is_made_of_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    pairs = dict(pair.split("=", 1) for line in instructions("ENV", FINAL) for pair in line.split())
    for name, value in pairs.items():
        if name.startswith("OUVIDOR__"):
            monkeypatch.setenv(name, value)
    settings = load()
    assert settings.telemetry == Telemetry(host="0.0.0.0", port=9100, log="json")
    assert settings.data == Path("/var/lib/ouvidor")
    exposed = {int(port) for line in instructions("EXPOSE", FINAL) for port in line.split()}
    assert exposed == {settings.ingest.http.port, settings.telemetry.port}
    assert instructions("VOLUME", FINAL) == [str(settings.data)]


def test_nobody_is_root_and_nothing_is_secret():
    assert instructions("USER", FINAL) == ["10001:10001"]
    assert not re.search(r"(?i)password|secret|token", TEXT.replace("and no secret", ""))


@pytest.mark.parametrize("alive", [True, False])
async def test_the_health_check_tells_life_from_death(alive: bool):
    (check,) = re.findall(r'HEALTHCHECK .*? CMD \["python", "-c", "(.*)"\]', FINAL)
    now = [0.0]
    heart = Heart("route", clock=lambda: now[0])
    heart.wait()
    now[0] = 0.0 if alive else heart.patience.total_seconds()
    async with serve(Pulse([heart]), Telemetry(port=0)) as port:
        program = check.replace("9100", str(port))
        assert program != check
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", program], env=os.environ, capture_output=True, check=False
        )
    assert (done.returncode == 0) is alive


def test_the_command_is_one_that_there_is():
    (command,) = instructions("CMD", FINAL)
    arguments = re.findall(r'"(.*?)"', command)
    done = subprocess.run(
        [sys.executable, "-m", "ouvidor", *arguments, "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
