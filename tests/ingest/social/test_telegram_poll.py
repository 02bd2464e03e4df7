"""Telegram's long poll against its stand-in: what moves the cursor, and what each refusal asks for."""

import asyncio
import io
import json
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from ingest.adapter import Delivery
from ingest.social.telegram import ADAPTER, TelegramAccount, TelegramPull
from ouvidor.config import read_section
from ouvidor.demo.standin_telegram import TelegramStandIn
from ouvidor.errors import Misconfigured, Unavailable
from tests.ingest.river import until

Pulls = Callable[..., TelegramPull]
TOKEN = "700000001:AAE-a_made_up_secret_of_35_characters"


def update(number: int) -> dict[str, object]:
    person = {"id": 900000001, "is_bot": False, "first_name": "Joana"}
    chat = {"id": 900000001, "type": "private"}
    said = {"message_id": number % 1000, "from": person, "chat": chat, "date": 1763647200, "text": f"palavra {number}"}
    return {"update_id": number, "message": said}


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramStandIn]:
    standin = TelegramStandIn(TOKEN)
    await standin.start()
    yield standin
    await standin.stop()


@pytest.fixture
async def pull(telegram: TelegramStandIn) -> AsyncIterator[Callable[..., TelegramPull]]:
    made: list[TelegramPull] = []

    def make(token: str = TOKEN, patience: int = 1) -> TelegramPull:
        settings = {"network": "telegram", "account": "bot", "token": token, "api": telegram.url, "patience": patience}
        made.append(TelegramPull(read_section(TelegramAccount, settings, where="ouvidor.yaml")))
        return made[-1]

    yield make
    for each in made:
        await each.close()


def ids(deliveries: tuple[Delivery, ...] | list[Delivery]) -> list[int]:
    return [json.loads(each.body)["update_id"] for each in deliveries]


async def test_updates_come_in_order_each_as_a_delivery_of_its_own(telegram: TelegramStandIn, pull: Pulls):
    telegram.add(*(update(number) for number in (11, 12, 13)))
    poll = pull()
    await poll.open(None)
    fetched = await poll.fetch()
    assert ids(fetched.deliveries) == [11, 12, 13]
    assert fetched.cursor == b"14"
    assert {each.order for each in fetched.deliveries} == {"900000001"}
    assert "offset" not in telegram.calls[0]


async def test_nothing_is_confirmed_before_the_next_question(telegram: TelegramStandIn, pull: Pulls):
    telegram.add(update(11), update(12))
    poll = pull()
    await poll.open(None)
    await poll.fetch()
    assert telegram.unconfirmed == [11, 12]
    again = pull()
    await again.open(None)  # the first one's transaction was never committed
    fetched = await again.fetch()
    assert ids(fetched.deliveries) == [11, 12]
    await again.fetch()
    assert telegram.unconfirmed == []


async def test_a_committed_cursor_asks_for_what_comes_after_it(telegram: TelegramStandIn, pull: Pulls):
    telegram.add(*(update(number) for number in range(1, 131)))
    poll = pull()
    await poll.open(None)
    first = await poll.fetch()
    assert ids(first.deliveries) == list(range(1, 101))
    again = pull()
    await again.open(first.cursor)
    assert ids((await again.fetch()).deliveries) == list(range(101, 131))


async def test_a_poll_waits_for_news_and_gives_up_after_its_patience(telegram: TelegramStandIn, pull: Pulls):
    poll = pull(patience=30)
    await poll.open(None)
    asking = asyncio.create_task(poll.fetch())
    await until(lambda: bool(telegram.calls))
    async with asyncio.timeout(25):
        telegram.add(update(5))
        assert ids((await asking).deliveries) == [5]
    assert telegram.calls[0]["timeout"] == 30
    assert "message" in telegram.calls[0]["allowed_updates"]
    brief = pull(patience=1)
    await brief.open(b"6")
    fetched = await brief.fetch()
    assert (list(fetched.deliveries), fetched.cursor) == ([], None)


async def test_ids_that_begin_anew_lower_after_a_silent_week_are_followed(telegram: TelegramStandIn, pull: Pulls):
    telegram.add(update(760_546_622))
    poll = pull()
    await poll.open(None)
    assert (await poll.fetch()).cursor == b"760546623"
    assert (await poll.fetch()).cursor is None
    telegram.add(update(592_426_180), update(592_426_181))
    fetched = await poll.fetch()
    assert ids(fetched.deliveries) == [592_426_180, 592_426_181]
    assert fetched.cursor == b"592426182"
    await poll.fetch()
    assert telegram.unconfirmed == []


async def test_a_revoked_token_is_a_setting_to_mend_and_is_told_without_the_token(
    telegram: TelegramStandIn, pull: Pulls
):
    poll = pull(token="700000001:AAE-an_old_secret_that_was_revoked_")
    with pytest.raises(Misconfigured, match=r"telegram bot: getMe: 401 Unauthorized.*@BotFather") as caught:
        await poll.open(None)
    assert_no_token(caught.value, "AAE-an_old_secret")


async def test_a_token_that_is_revoked_while_we_poll_is_told_too(telegram: TelegramStandIn, pull: Pulls):
    poll = pull()
    await poll.open(None)
    telegram.token = "700000001:a_new_one"
    with pytest.raises(Misconfigured, match="telegram bot: getUpdates: 401") as caught:
        await poll.fetch()
    assert_no_token(caught.value, TOKEN.partition(":")[2])


async def test_a_webhook_must_be_deleted_before_a_bot_is_polled(telegram: TelegramStandIn, pull: Pulls):
    telegram.webhook = "https://example.org/hook"
    poll = pull()
    await poll.open(None)
    with pytest.raises(Misconfigured, match="deleteWebhook"):
        await poll.fetch()


async def test_the_older_of_two_pollers_is_told_to_look_for_the_other(telegram: TelegramStandIn, pull: Pulls):
    older, newer = pull(patience=30), pull(patience=1)
    await older.open(None)
    await newer.open(None)
    asking = asyncio.create_task(older.fetch())
    await until(lambda: bool(telegram.calls))
    async with asyncio.timeout(25):
        await newer.fetch()
        with pytest.raises(Unavailable, match="stop the other program"):
            await asking


async def test_too_many_calls_wait_as_long_as_they_are_asked_to(telegram: TelegramStandIn, pull: Pulls):
    poll = pull()
    await poll.open(None)
    telegram.refuse(429, retry_after=33)
    with pytest.raises(Unavailable, match="429") as caught:
        await poll.fetch()
    assert caught.value.retry_after == timedelta(seconds=33)


@pytest.mark.parametrize("code", [500, 502])
async def test_a_server_in_trouble_is_asked_again_later(telegram: TelegramStandIn, pull: Pulls, code: int):
    telegram.add(update(3))
    poll = pull()
    await poll.open(None)
    telegram.refuse(code)
    with pytest.raises(Unavailable):
        await poll.fetch()
    assert ids((await poll.fetch()).deliveries) == [3]


async def test_a_server_that_is_gone_is_told_without_the_token(telegram: TelegramStandIn, pull: Pulls):
    poll = pull()
    await telegram.stop()
    with pytest.raises(Unavailable, match="telegram bot: getMe: ") as caught:
        await poll.open(None)
    assert_no_token(caught.value, TOKEN.partition(":")[2])


async def test_the_check_asks_who_the_bot_is(telegram: TelegramStandIn):
    settings = {"network": "telegram", "account": "bot", "token": TOKEN, "api": telegram.url}
    assert ADAPTER.check is not None
    await ADAPTER.check(TelegramAccount(**settings))
    with pytest.raises(Misconfigured, match="401"):
        await ADAPTER.check(TelegramAccount(**{**settings, "token": "1:x"}))


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("token", "bot700000001:secret", "looks like 123456:ABC"),
        ("token", "700000001", "looks like 123456:ABC"),
        ("token", "700000001:sec/ret", "looks like 123456:ABC"),
        ("api", "api.telegram.org", "a URL such as"),
        ("api", "http://api.example.org", "https is needed"),
        ("patience", 51, "less than or equal to 50"),
        ("tokem", "700000001:x", "did you mean token?"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_repeated(key: str, value: object, words: str):
    settings = {"network": "telegram", "account": "bot", "token": TOKEN, key: value}
    with pytest.raises(Misconfigured) as caught:
        read_section(TelegramAccount, settings, where="ouvidor.yaml", within=("ingest", "accounts", 2))
    assert f"ouvidor.yaml: ingest.accounts[2].{key}: " in str(caught.value)
    assert words in str(caught.value)
    assert "secret" not in str(caught.value)


def assert_no_token(error: BaseException, secret: str) -> None:
    """See that neither the error nor the traceback that a log would show has the secret."""
    told = io.StringIO()
    traceback.print_exception(error, file=told)
    assert secret not in told.getvalue()
    assert secret not in repr(error)
