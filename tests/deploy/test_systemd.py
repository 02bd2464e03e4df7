"""The units are understood by systemd, tight, and say what the program does."""

import ctypes
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ouvidor import cli
from ouvidor.entry_points import offered
from ouvidor.local.kafka import LocalKafka

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
PROGRAM = Path(sys.executable).parent / "ouvidor"


def settings_of(unit: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in (UNITS / unit).read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def analyze(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as installed: the program is where it is here."""
    for path in UNITS.iterdir():
        text = path.read_text(encoding="utf-8").replace("/opt/ouvidor/bin/ouvidor", str(PROGRAM))
        (tmp_path / path.name).write_text(text, encoding="utf-8")
        if path.name == "ouvidor@.service":
            (tmp_path / "ouvidor@route.service").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.system
@pytest.mark.parametrize("unit", ["ouvidor@route.service", "ouvidor.target", "ouvidor-up.service"])
def test_systemd_understands_every_line(units: Path, unit: str):
    done = analyze("verify", "--man=no", unit, cwd=units)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.system
@pytest.mark.parametrize(("unit", "exposure"), [("ouvidor@route.service", 15), ("ouvidor-up.service", 20)])
def test_a_unit_is_tight(units: Path, unit: str, exposure: int):
    """Of 100, where 0 is tightest; 92 is what a unit without any of it has."""
    done = analyze("security", "--offline=true", "--no-pager", f"--threshold={exposure}", unit, cwd=units)
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@pytest.mark.system
@pytest.mark.parametrize("unit", ["ouvidor@.service", "ouvidor-up.service"])
def test_the_sandbox_allows_what_is_named(unit: str):
    """A group of system calls that systemd does not know would be an empty one."""
    known = analyze("syscall-filter", "--no-pager", cwd=UNITS).stdout
    for value in settings_of(unit)["SystemCallFilter"]:
        for group in value.removeprefix("~").split():
            assert re.search(rf"^{group}$", known, re.MULTILINE), group


@pytest.mark.parametrize("unit", ["ouvidor@.service", "ouvidor-up.service"])
def test_only_a_wrong_setting_is_not_worth_a_restart(unit: str):
    found = settings_of(unit)
    assert found["Restart"] == ["always"]
    assert found["RestartPreventExitStatus"] == [str(cli.MISCONFIGURED)]


def test_the_target_wants_every_room():
    wanted = " ".join(settings_of("ouvidor.target")["Wants"]).split()
    assert sorted(wanted) == [f"ouvidor@{room}.service" for room in offered("ouvidor.stages")]


@pytest.mark.parametrize("unit", ["ouvidor@.service", "ouvidor-up.service"])
def test_the_command_line_is_one_that_there_is(unit: str):
    (command,) = settings_of(unit)["ExecStart"]
    program, *arguments = command.replace("%i", "route").replace("%H", "host").split()
    assert program == "/opt/ouvidor/bin/ouvidor"
    done = subprocess.run([PROGRAM, *arguments, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Usage: ouvidor" in done.stdout


REFUSE_EXEC_GAIN = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])"
)


@pytest.mark.system
def test_a_room_runs_where_no_memory_may_become_code(
    kafka: LocalKafka, fresh_name: Callable[[str], str], tmp_path: Path
):
    """MemoryDenyWriteExecute, as the kernel itself has it (PR_SET_MDWE, Linux 6.3)."""
    if ctypes.CDLL(None).prctl(66, 0, 0, 0, 0) < 0:
        pytest.skip("the kernel is older than 6.3")
    environment = {
        **os.environ,
        "OUVIDOR__KAFKA__BOOTSTRAP": kafka.bootstrap,
        "OUVIDOR__KAFKA__PREFIX": fresh_name("p") + ".",
        "NOTIFY_SOCKET": f"@ouvidor-mdwe-{os.getpid()}",
    }
    subprocess.run([PROGRAM, "topics", "create"], cwd=tmp_path, env=environment, check=True, capture_output=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(environment["NOTIFY_SOCKET"].replace("@", "\0"))
        systemd.settimeout(60)
        command = [
            sys.executable,
            "-c",
            REFUSE_EXEC_GAIN,
            sys.executable,
            PROGRAM,
            "run",
            "ingest",
            "classify",
            "route",
        ]
        room = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            assert systemd.recv(4096).decode().startswith("READY=1")
            room.terminate()
            room.communicate(timeout=15)
        finally:
            room.kill()
            room.wait()
    assert room.returncode == 0
