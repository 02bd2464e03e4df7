"""Opening the store: SQLite on one machine, PostgreSQL beyond it, brought up to date by whoever comes first.

The steps of a migration are taken in one transaction that excludes others: SQLite's own write lock, PostgreSQL's
advisory lock; so services that start together wait for each other, and one that is killed half-way has done nothing.

SQLite's file and folder are their owner's alone, and what is removed is overwritten: these are customers' words. Its
write lock is taken when a transaction begins, since one that first reads and then writes could not wait for its turn.

Source: SQLite, "Write-Ahead Logging", "PRAGMA secure_delete"; SQLAlchemy, "Dialects: SQLite, transactions";
PostgreSQL, "Advisory locks".
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    ProgrammingError,
    SQLAlchemyError,
)

from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.files import sync_folder
from ouvidor.settings import Settings

__all__ = ["address", "connect", "migrate", "ours", "reading", "revision"]

_READS: Final = "only_reads"
_LOCK: Final = 0x6F757669646F72
_BUSY_SECONDS: Final = 10
_WAL_TRIES: Final = 100


def address(settings: Settings) -> URL:
    """Give where the store is. Raises `Misconfigured` where it is neither a file of ours nor PostgreSQL."""
    given = settings.deliveries.store
    if given is None:
        return URL.create("sqlite", database=str(settings.data.absolute() / "deliveries" / "deliveries.sqlite"))
    place = f"{settings.file}: deliveries.store"
    try:
        url = make_url(given.get_secret_value())
    except ArgumentError:
        raise Misconfigured(f"{place}: postgresql://user:password@host/database is expected") from None
    if url.get_backend_name() != "postgresql" or not url.database:
        raise Misconfigured(f"{place}: postgresql://user:password@host/database is expected")
    return url.set(drivername="postgresql+psycopg")


def connect(url: URL) -> Engine:
    """Make an engine; nothing is connected yet, but SQLite's file is made."""
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    try:
        return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ImportError as error:
        raise Misconfigured(f"deliveries.store: {error}: `pip install 'ouvidor[postgresql]'`") from error


def _sqlite(url: URL) -> Engine:
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        sync_folder(path.parent)
    except OSError as error:
        raise Unavailable(f"{path}: the store of deliveries cannot be made: {error.strerror}") from error
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in ("synchronous = FULL", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")
        _write_ahead(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get(_READS)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Set the journal, which is set once for all: of several that try together, SQLite lets the others fail at once."""
    for rest in range(_WAL_TRIES, -1, -1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if rest == 0:
                raise
            sleep(0.02)
        else:
            return


def migrate(engine: Engine) -> None:
    """Bring the store up to date. Raises `Misconfigured` where a newer Ouvidor has written it, else `Unavailable`."""
    config = _config()
    with ours(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        if _revision(connection) == _head(config):
            return
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise Misconfigured(
                f"the store of deliveries ({_named(engine)}) was written by a newer Ouvidor: install that one"
            ) from error


def revision(engine: Engine) -> str | None:
    """Tell up to which step the store is; None where it is empty."""
    with reading(engine) as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("deliveries_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM deliveries_version")).scalar()
    return found


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "sinks.deliveries:migrations")
    return config


def _head(config: Config) -> str | None:
    return ScriptDirectory.from_config(config).get_current_head()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that only reads."""
    with ours(engine), engine.connect() as connection:
        yield connection.execution_options(**{_READS: True})


@contextmanager
def ours(engine: Engine) -> Iterator[None]:
    """Name the store's errors by what to do about them. What it was told is in none of them."""
    try:
        yield
    except DBAPIError as error:
        cause: Any = error.orig
        words = " ".join(str(cause).split("\n", 1)[0].split())[:300]
        name = _named(engine)
        if isinstance(error, DataError | IntegrityError):
            raise Rejected(f"the store of deliveries ({name}) does not take it: {type(cause).__name__}") from None
        if isinstance(cause, sqlite3.DatabaseError) and not isinstance(cause, sqlite3.OperationalError):
            raise Misconfigured(
                f"the store of deliveries ({name}): {words}; move the file away (`sqlite3 FILE .recover` reads what is "
                "in it) and start again"
            ) from None
        if isinstance(error, ProgrammingError):  # no permission, no table
            raise Misconfigured(f"the store of deliveries ({name}): {words}") from None
        raise Unavailable(f"the store of deliveries ({name}): {type(cause).__name__}: {words}") from None
    except SQLAlchemyError as error:  # a pool that is used up, a connection that was lost
        raise Unavailable(f"the store of deliveries ({_named(engine)}): {type(error).__name__}") from None


def _named(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)
