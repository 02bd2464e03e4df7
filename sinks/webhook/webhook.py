"""The sink `webhook`: each event posted to a department's own system, signed as Standard Webhooks has it.

`webhook-id` is the delivery's id, the same at each try; signature and timestamp are made anew. What is answered is read
as far as it is short, and not at all where it says that the event has arrived. A connection goes to addresses alone
that were looked at (`sinks/webhook/guard.py`).

Source: Standard Webhooks 1.0.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from http import HTTPStatus
from typing import Final

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    TCPConnector,
)
from yarl import URL

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.settings import Settings
from ouvidor.version import VERSION
from sinks.deliveries.answer import tell
from sinks.deliveries.contract import Again, Attempt, Delivery, Outcome, Sink
from sinks.deliveries.event import MEDIA_TYPE, structured
from sinks.webhook.answers import outcome
from sinks.webhook.guard import Forbidden, GuardedResolver, addresses, guarded_socket
from sinks.webhook.settings import Webhook
from sinks.webhook.signature import signatures

__all__ = ["SINK"]

_CONNECT_SECONDS: Final = 10
_READ: Final = 4096


@asynccontextmanager
async def _open(its: Webhook, settings: Settings) -> AsyncIterator[Attempt]:
    allowed = settings.deliveries.allow
    connector = TCPConnector(
        resolver=GuardedResolver(allowed),
        use_dns_cache=False,
        socket_factory=partial(guarded_socket, allowed=allowed),
        ssl=its.tls,
        limit=its.at_once,
    )
    seconds = its.timeout.total_seconds()
    timeout = ClientTimeout(total=seconds, sock_connect=min(_CONNECT_SECONDS, seconds))
    async with ClientSession(
        connector=connector, timeout=timeout, cookie_jar=DummyCookieJar(), auto_decompress=False
    ) as http:
        yield partial(_attempt, its, http)


async def _attempt(its: Webhook, http: ClientSession, delivery: Delivery) -> Outcome:
    body = structured(delivery.attributes, delivery.body)
    try:
        async with http.post(
            URL(its.url), data=body, headers=_headers(its, delivery, body), allow_redirects=False
        ) as answer:
            told = tell(await _beginning(answer), delivery.body)
            return outcome(answer.status, told, answer.headers.get("retry-after"), delivery.at)
    except TimeoutError:
        return Again(f"no answer within {its.timeout.total_seconds():g} s")
    except (ClientError, OSError) as error:
        return Again(_reason(error))


def _headers(its: Webhook, delivery: Delivery, body: bytes) -> Mapping[str, str]:
    timestamp = int(delivery.at.timestamp())
    headers = {
        "content-type": f"{MEDIA_TYPE}; charset=utf-8",
        "accept-encoding": "identity",
        "user-agent": f"Ouvidor/{VERSION}",
        "webhook-id": str(delivery.id),
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(its.keys, str(delivery.id), timestamp, body),
    }
    if (trace := delivery.attributes.get("traceparent")) is not None:
        headers["traceparent"] = trace
    return headers


async def _beginning(answer: ClientResponse) -> bytes:
    """Read what may be told of an answer. That it arrived is known from the status, whatever follows."""
    found = b""
    if answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return found
    with suppress(ClientError, TimeoutError, OSError):
        while len(found) < _READ and (part := await answer.content.read(_READ - len(found))):
            found += part
    return found


def _reason(error: BaseException) -> str:
    """Say why nobody was reached, without the address: some hide a secret in it."""
    inner = error.os_error if isinstance(error, ClientConnectorError) else error
    if isinstance(inner, Forbidden):
        return str(inner)
    if isinstance(inner, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {inner.verify_message}"
    words = inner.strerror if isinstance(inner, OSError) and inner.strerror else ""
    return f"not reached: {type(error).__name__}{f': {words}' if words else ''}"


async def _check(its: Webhook, settings: Settings) -> None:
    """Resolve its name and shake hands, and send nothing."""
    url, allowed = URL(its.url), settings.deliveries.allow
    host, port = url.host or "", url.port or 0
    try:
        found = await addresses(host, port, allowed)
        tls = its.tls if url.scheme == "https" else None
        _, writer = await asyncio.open_connection(
            found[0], port, ssl=tls, server_hostname=None if tls is None else host
        )
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    except (Forbidden, ssl.SSLCertVerificationError) as error:
        raise Misconfigured(_reason(error)) from error
    except OSError as error:
        raise Unavailable(_reason(error)) from error


SINK = Sink("webhook", Webhook, _open, _check)
