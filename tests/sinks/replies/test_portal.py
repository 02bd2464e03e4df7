"""The pages of the feed, as a browser and a program fetch them from the door."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import RawTestServer

from ouvidor.settings import Settings
from sinks.replies.portal import Portal

TABLE = """
departments:
  - {name: saude, title: Saúde, handles: consultas, areas: [saude]}
  - {name: vias, title: Vias & Obras, handles: buracos, identity: extract}
default: saude
profile: seed
"""


class Reader:
    """Who reads the pages, and a clock that stands."""

    def __init__(self, table: Path, session: aiohttp.ClientSession) -> None:
        self.table = table
        self.session = session
        self.now = 0.0
        self.url = ""

    async def get(self, path: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, str]:
        call = self.session.request(method, self.url + path, headers=headers, allow_redirects=False)
        async with call as answer:
            self.headers = answer.headers
            return answer.status, await answer.text()


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    table = tmp_path / "table.yaml"
    table.write_text(TABLE, encoding="utf-8")
    settings = Settings(routing={"table": table}, replies={"port": 8090}, organisation={"name": "Casa"})
    async with aiohttp.ClientSession() as session:
        reader = Reader(table, session)
        portal = Portal(settings, clock=lambda: reader.now)
        async with RawTestServer(portal.answer) as server:
            reader.url = str(server.make_url("")).rstrip("/")
            yield reader


async def test_everybody_reads_the_page_of_the_house_and_each_departments(reader: Reader):
    status, page = await reader.get("/asyncapi")
    assert status == 200
    assert reader.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reader.headers["Content-Security-Policy"]
    assert reader.headers["Server"] == "ouvidor"
    assert '<a href="asyncapi/vias">Vias &amp; Obras</a>' in page
    status, page = await reader.get("/asyncapi/saude")
    assert status == 200
    assert "ouvidor.department.saude" in page
    assert "ouvidor.department.vias" not in page


async def test_programs_read_the_document(reader: Reader):
    status, text = await reader.get("/asyncapi.json")
    assert status == 200
    assert reader.headers["Content-Type"] == "application/json"
    found = json.loads(text)
    assert found["asyncapi"] == "3.0.0"
    assert {"department.saude", "department.vias", "replies-http"} <= found["channels"].keys()
    _, text = await reader.get("/asyncapi/vias.json")
    assert "department.saude" not in json.loads(text)["channels"]


async def test_what_has_not_changed_is_not_sent_again(reader: Reader):
    await reader.get("/asyncapi/saude")
    tag = reader.headers["ETag"]
    assert await reader.get("/asyncapi/saude", {"If-None-Match": tag}) == (304, "")
    assert (await reader.get("/asyncapi", {"If-None-Match": tag}))[0] == 200
    assert await reader.get("/asyncapi", method="HEAD") == (200, "")


async def test_what_is_no_page_is_told_in_words(reader: Reader):
    for path in ("/asyncapi/nobody", "/asyncapi/nobody.json", "/asyncapi/.json", "/asyncapi/saude/more"):
        status, words = await reader.get(path)
        assert status == 404
        assert words == "Esta página não existe. Todos os departamentos estão em /asyncapi\n"
    assert (await reader.get("/asyncapi", method="POST"))[0] == 405
    assert reader.headers["Allow"] == "GET, HEAD"
    assert (await reader.get("/asyncapi/"))[0] == 308
    assert reader.headers["Location"] == "../asyncapi"


async def test_a_changed_table_is_shown_after_a_minute_and_a_broken_one_never(reader: Reader):
    assert (await reader.get("/asyncapi/obras"))[0] == 404
    reader.table.write_text(TABLE.replace("vias", "obras"), encoding="utf-8")
    reader.now = 30.0
    assert (await reader.get("/asyncapi/obras"))[0] == 404
    reader.now = 61.0
    assert (await reader.get("/asyncapi/obras"))[0] == 200
    assert (await reader.get("/asyncapi/vias"))[0] == 404
    reader.table.write_text("departments: [", encoding="utf-8")
    reader.now = 200.0
    assert (await reader.get("/asyncapi/obras"))[0] == 200
