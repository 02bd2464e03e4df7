"""Our schemas in a real Apicurio Registry (158 MB from Maven's repository, so not among the daily tests).

python -m pytest -m faults tests/faults/test_schema_registry.py
"""

import asyncio
import tarfile
from collections.abc import AsyncIterator
from hashlib import sha256

import aiohttp
import pytest

from ouvidor.local.java import java
from ouvidor.local.ports import free_ports
from ouvidor.local.repositories import repositories
from ouvidor.schema_registry.keeping import registered
from ouvidor.schema_registry.settings import SchemaRegistry
from ouvidor.schemas import RECORDS

pytestmark = pytest.mark.faults

PATH = "io/apicurio/apicurio-registry-app/3.3.3/apicurio-registry-app-3.3.3-all.tar.gz"
SHA256 = "8bc6751c76d963734224b01d5e7f84ccb3cb61c87d3bd77c36c35f10a5cbed63"


@pytest.fixture(scope="module")
async def apicurio(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A registry that keeps all in memory."""
    folder = tmp_path_factory.mktemp("apicurio")
    packed = folder / "app.tar.gz"
    (repository, *_) = repositories()
    login = None if repository.login is None else aiohttp.BasicAuth(*repository.login)
    async with aiohttp.ClientSession(auth=login) as session, session.get(f"{repository.url}/{PATH}") as answer:
        answer.raise_for_status()
        packed.write_bytes(await answer.read())
    assert sha256(packed.read_bytes()).hexdigest() == SHA256
    with tarfile.open(packed) as tar:
        tar.extractall(folder, filter="data")
    http, management = free_ports(2)
    command = [
        str(java()),
        "-Xmx400m",
        *(f"-Dquarkus.{name}={value}" for name, value in (("http.host", "127.0.0.1"), ("http.port", http))),
        *(f"-Dquarkus.management.{name}={value}" for name, value in (("host", "127.0.0.1"), ("port", management))),
        "-jar",
        str(folder / "quarkus-run.jar"),
    ]
    with (folder / "log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdout=log, stderr=log)
        try:
            yield await answering(f"http://127.0.0.1:{http}", process)
        finally:
            process.terminate()
            await process.wait()


async def answering(url: str, process: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(120), aiohttp.ClientSession() as session:
        while process.returncode is None:
            try:
                async with session.get(f"{url}/apis/ccompat/v7/subjects") as answer:
                    if answer.status == 200:
                        return url
            except aiohttp.ClientError:
                await asyncio.sleep(0.5)
    raise AssertionError("Apicurio ended before it answered")


@pytest.mark.parametrize("version", ["v7", "v8"])
async def test_a_real_registry_takes_every_schema_and_gives_it_back(apicurio: str, version: str):
    settings = SchemaRegistry(url=f"{apicurio}/apis/ccompat/{version}")
    found = {record: its async for record, its in registered(settings, f"{version}.", register=True)}
    assert found.keys() == RECORDS.keys()
    again = {record: its async for record, its in registered(settings, f"{version}.", register=False)}
    assert again == found
    assert {its.guid for its in found.values()} == {None}  # where it gives one, the header's other form is used
    async with aiohttp.ClientSession() as session:
        for its in found.values():
            assert its.mark[0] == 0
            async with session.get(f"{settings.url}/schemas/ids/{int.from_bytes(its.mark[1:])}") as answer:
                assert answer.status == 200
        async with session.get(f"{settings.url}/config/{version}.dispatched") as answer:
            assert (await answer.json(content_type=None))["compatibilityLevel"] == "NONE"
