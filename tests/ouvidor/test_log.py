"""Logs are lines of JSON that say what happened and nothing about anybody."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession, web
from pydantic import ValidationError

from ouvidor.errors import Rejected, Unavailable
from ouvidor.log import configure
from ouvidor.records import Evidence
from ouvidor.settings import Telemetry


class Lines(io.StringIO):
    def read_all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def lines() -> Lines:
    found = Lines()
    configure(Telemetry(log="json"), "route", found)
    return found


def test_a_line_has_time_level_service_and_event_first(lines: Lines):
    structlog.get_logger().info("batch", records=3)

    (line,) = lines.read_all()
    assert list(line) == ["timestamp", "level", "service", "event", "records"]
    assert (line["level"], line["service"], line["event"], line["records"]) == ("info", "route", "batch", 3)
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)


def test_an_error_of_ours_is_told_with_its_words_and_its_cause_without(lines: Lines):
    try:
        try:
            int("Maria das Dores")
        except ValueError as error:
            raise Unavailable("mailbox support: nobody answers") from error
    except Unavailable:
        structlog.get_logger().exception("held")

    (line,) = lines.read_all()
    assert (line["error"], line["reason"]) == ("Unavailable", "mailbox support: nobody answers")
    assert line["cause"] == "ValueError"
    assert "Maria" not in lines.getvalue()
    assert line["trace"][-1].endswith("test_an_error_of_ours_is_told_with_its_words_and_its_cause_without")


@pytest.mark.parametrize("words", ["Maria das Dores, CPF 111.444.777-35", "maria@example.com"])
def test_the_words_of_an_unforeseen_error_are_withheld(lines: Lines, words: str):
    try:
        Evidence.model_validate({"start": words, "end": 0, "label": "kind:complaint", "source": "rules"})
    except ValidationError:
        structlog.get_logger().exception("failed")

    (line,) = lines.read_all()
    assert line["error"] == "ValidationError"
    assert words not in lines.getvalue()


def test_what_is_named_like_personal_data_is_withheld(lines: Lines):
    structlog.get_logger().warning("oops", author="Maria", text="estou furiosa", subject="Conta", value=b"x", topic="t")

    (line,) = lines.read_all()
    assert {line[name] for name in ("author", "text", "subject", "value")} == {"(withheld)"}
    assert line["topic"] == "t"


def test_the_kafka_client_is_told_from_warnings_on(lines: Lines):
    logging.getLogger("aiokafka.consumer.fetcher").info("Authenticated as maria")
    logging.getLogger("aiokafka.cluster").warning("Topic %s is not available", "ouvidor.classified")

    (line,) = lines.read_all()
    assert line["event"] == "Topic ouvidor.classified is not available"
    assert (line["logger"], line["level"]) == ("aiokafka.cluster", "warning")


def test_a_line_that_a_library_repeats_is_told_a_few_times_and_then_counted(lines: Lines):
    library = logging.getLogger("aiokafka")

    def tell(moment: float, words: str = "Unable to update metadata from %s") -> None:
        record = library.makeRecord(
            library.name, logging.ERROR, __file__, 1, words, ([1],) if "%" in words else (), None
        )
        record.created = moment
        library.handle(record)

    for _ in range(1000):
        tell(100.0)
    tell(100.0, "something else")
    assert len(lines.read_all()) == 6

    tell(131.0)
    assert lines.read_all()[-1]["left_out"] == 995


async def test_a_failed_web_request_tells_no_caller_and_no_words(lines: Lines):
    async def fail(request: web.Request) -> web.Response:
        raise ValueError(await request.text())

    app = web.Application()
    app.router.add_post("/", fail)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        async with ClientSession() as session:
            answer = await session.post(f"http://127.0.0.1:{runner.addresses[0][1]}/", data="sou a Maria")
            assert answer.status == 500
    finally:
        await runner.cleanup()

    (line,) = lines.read_all()
    assert (line["logger"], line["error"]) == ("aiohttp.server", "ValueError")
    assert "Maria" not in lines.getvalue()
    assert "127.0.0.1" not in lines.getvalue()


async def test_a_failed_callback_tells_no_arguments(lines: Lines):
    done = asyncio.Event()

    def fail(words: str) -> None:
        done.set()
        raise Rejected(f"{len(words)} characters")

    asyncio.get_running_loop().call_soon(fail, "sou a Maria")
    await done.wait()
    await asyncio.sleep(0)

    (line,) = lines.read_all()
    assert line["logger"] == "asyncio"
    assert line["event"].startswith("Exception in callback test_a_failed_callback_tells_no_arguments")
    assert "Maria" not in lines.getvalue()


def test_a_terminal_gets_readable_lines():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    configure(Telemetry(), "route", out)
    structlog.get_logger().info("batch", records=3)

    assert "batch" in out.getvalue()
    assert not out.getvalue().startswith("{")


def test_what_is_below_the_level_is_not_told():
    out = Lines()
    configure(Telemetry(log="json", level="warning"), "route", out)
    structlog.get_logger().info("batch")
    structlog.get_logger().warning("late")

    assert [line["event"] for line in out.read_all()] == ["late"]
