"""Telegram: a bot's updates by long poll.

Telegram keeps an update for 24 hours and gives it again until a later one is asked for, so the cursor (the next id to
ask for) moves only in the transaction that publishes what it covers. The cursor follows the ids as they come, down too:
after a week without updates Telegram goes on with random ids. A server that is asked for an id which its queue is far
from begins at the queue's head; who then insists on the highest id ever seen asks for ever and hears nothing.

Source: Telegram Bot API, "Getting updates", "Update"; tdlib's telegram-bot-api, `Client::do_get_updates`.
"""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from ingest.adapter import Account, Adapter, Aside, Delivery, Fetched, Original, Utterance
from ingest.social.telegram_api import LOOPBACK, TelegramApi
from ingest.social.telegram_message import read_message
from ouvidor.errors import Rejected, Unavailable
from ouvidor.records import Channel

__all__ = ["ADAPTER", "TelegramAccount", "TelegramPull", "read"]

_MESSAGES: Final = {
    "message": False,
    "edited_message": True,
    "channel_post": False,
    "edited_channel_post": True,
    "business_message": False,
    "edited_business_message": True,
}
"""The kinds of updates that hold a message, and whether it is the new wording of one that was said before."""
# fmt: off
_OTHERS: Final = frozenset((
    "business_connection", "callback_query", "chat_boost", "chat_join_request", "chat_member", "chosen_inline_result",
    "deleted_business_messages", "inline_query", "message_reaction", "message_reaction_count", "my_chat_member",
    "poll", "poll_answer", "pre_checkout_query", "purchased_paid_media", "removed_chat_boost", "shipping_query",
))
# fmt: on
_ASKED_FOR: Final = (*_MESSAGES, "deleted_business_messages", "my_chat_member")
_AT_ONCE: Final = 100
_PATIENCE: Final = 25
"""Seconds for which Telegram holds a call open when there is nothing new."""
_ANSWER_WITHIN: Final = 20


class TelegramAccount(Account):
    """One bot."""

    token: SecretStr
    """As @BotFather gave it: 123456:ABC…"""
    api: str = "https://api.telegram.org"
    """Where the Bot API is; another one for a server of one's own."""
    patience: int = Field(_PATIENCE, ge=0, le=50)
    """Seconds for which a call is held open when there is nothing new."""

    @field_validator("token")
    @classmethod
    def _like_a_token(cls, token: SecretStr) -> SecretStr:
        bot, colon, secret = token.get_secret_value().partition(":")
        if not (bot.isascii() and bot.isdigit() and colon and secret.replace("-", "").replace("_", "").isalnum()):
            raise ValueError("a bot's token looks like 123456:ABC…, as @BotFather gives it")
        return token

    @field_validator("api")
    @classmethod
    def _safe_for_a_token(cls, api: str) -> str:
        parts = urlsplit(api)
        if not parts.hostname or parts.scheme not in {"http", "https"} or parts.query or parts.username:
            raise ValueError("a URL such as https://api.telegram.org is expected")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError("the token would travel unencrypted: https is needed beyond this machine")
        return api.rstrip("/")


class TelegramPull:
    """Asks one bot for its updates."""

    def __init__(self, account: TelegramAccount) -> None:
        self._account = account
        self._api = TelegramApi(account.api, account.token, account.account)
        self._next: int | None = None

    async def open(self, cursor: bytes | None) -> None:
        """Go on from the cursor; without one, from the first update that Telegram still has."""
        self._next = int(cursor) if cursor is not None else None
        await self._api.open()
        await self._api.call("getMe", {})  # who is open is ready: not before the token is known to be good

    async def fetch(self) -> Fetched:
        """Wait for updates. Asking confirms all before the cursor: it is committed by then."""
        question: dict[str, Any] = {
            "timeout": self._account.patience,
            "limit": _AT_ONCE,
            "allowed_updates": list(_ASKED_FOR),
        }
        if self._next is not None:
            question["offset"] = self._next
        updates = await self._api.call("getUpdates", question, self._account.patience + _ANSWER_WITHIN)
        if not isinstance(updates, list):
            raise Unavailable(f"telegram {self._account.account}: getUpdates gave no list; is `api` a Bot API server?")
        if not updates:
            return Fetched((), None)
        ids = [id_ for each in updates if isinstance(id_ := _of(each).get("update_id"), int)]
        if not ids:
            raise Unavailable(f"telegram {self._account.account}: getUpdates gave updates without ids")
        self._next = ids[-1] + 1
        return Fetched([_delivery(each) for each in updates], str(self._next).encode())

    async def close(self) -> None:
        """Let go of the connections."""
        await self._api.close()


def _delivery(update: Any) -> Delivery:  # noqa: ANN401 - whatever the network gives
    """Make one update a delivery. Its id alone is not enough: after a week's silence ids begin anew at random."""
    message = next((found for kind in _MESSAGES if (found := _of(_of(update).get(kind)))), {})
    own = _of(update).get("update_id")
    return Delivery(
        body=json.dumps(update).encode(),
        media_type="application/json",
        own_id=f"{own}.{message.get('message_id', 0)}" if isinstance(own, int) else None,
        order=str(_of(message.get("chat")).get("id", "")) or None,
    )


def read(original: Original) -> Iterator[Utterance | Aside]:
    """Read one update. Joins, our own words and all that is no message are asides."""
    try:
        update = json.loads(original.body)
    except (ValueError, RecursionError) as error:
        raise Rejected(f"an update is JSON: {type(error).__name__}") from error
    if not isinstance(update, dict):
        raise Rejected("an update is a JSON object")
    own = str(update.get("update_id", ""))
    for kind, edited in _MESSAGES.items():
        if kind in update:
            if not isinstance(update[kind], dict):
                raise Rejected(f"{kind} is a JSON object")
            yield read_message(update[kind], own_id=own, edited=edited, business="business" in kind)
            return
    kind = next((each for each in update if each in _OTHERS), "unknown")
    yield Aside(kind.replace("_", "-"), own, update)


def _of(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the network gives
    return value if isinstance(value, dict) else {}


async def _check(account: TelegramAccount) -> None:
    api = TelegramApi(account.api, account.token, account.account)
    await api.open()
    try:
        await api.call("getMe", {})
    finally:
        await api.close()


ADAPTER = Adapter(
    channel=Channel.SOCIAL,
    network="telegram",
    settings=TelegramAccount,
    read=read,
    media_type="application/json",
    pull=TelegramPull,
    check=_check,
)
