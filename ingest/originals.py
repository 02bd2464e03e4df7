"""Originals: what a channel handed over, as a record of the topic `originals`, and back.

The value is the bytes as they came, `content-type` says what they claim to be; who received them, for which account and
when stands in the headers, so that the intake can read any of them alone. What is longer than `LARGEST_VALUE` lies in
the blob store, and the record refers to it by `ce_dataref` (a claim check): the blob is written before the record.

The key is a keyed hash of what is to stay in order: all of an account, or less where the network's adapter says so.
The same delivery always has the same key, and so the same partition: there the intake recognises a redelivery.

Source: CloudEvents 1.0.2, extension "dataref"; `docs/decisions/0002-originals-first.md`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import lru_cache
from hashlib import sha256
from typing import Final
from urllib.parse import quote, unquote

from ingest.adapter import Delivery, Original
from ouvidor.errors import Rejected
from ouvidor.events import ORIGINAL, Incoming, Output, header, time_text
from ouvidor.identity import Pseudonyms, message_id
from ouvidor.protocol import day_in, protocol_number
from ouvidor.records import Channel
from ouvidor.topics import Topics
from ouvidor.tracing import new_traceparent

__all__ = ["LARGEST_VALUE", "Originals", "Registered", "claim_of", "read_original"]

LARGEST_VALUE: Final = 48 * 1024
"""Bytes of the longest value: with its headers an event stays under 64 KiB."""

_HINT: Final = "ce_ouvidorhint"
_LONGEST_MEDIA_TYPE: Final = 255


@dataclass(frozen=True, slots=True)
class Registered:
    """A delivery that has its number: the record to send, and the bytes to put into the blob store before, if any."""

    id: str
    protocol: str
    output: Output
    blob: bytes | None


class Originals:
    """Makes the originals of one account. Pure but for a cache and `trace`: time, key and place of blobs are given."""

    def __init__(
        self,
        *,
        channel: Channel,
        network: str,
        account: str,
        topics: Topics,
        pseudonyms: Pseudonyms,
        zone: tzinfo,
        uri_of: Callable[[str], str],
        trace: Callable[[], str] = new_traceparent,
    ) -> None:
        """`uri_of` is the blob store's; `zone` is the organisation's, where days begin; `trace` begins a new trace."""
        self._channel, self._network, self._account = channel, network, account
        self._topic = topics.originals
        self._zone = zone
        self._uri_of = uri_of
        self._trace = trace
        self._key = lru_cache(1024)(lambda order: pseudonyms.conversation(network, account, order).encode())
        self._headers = (
            ("ce_specversion", b"1.0"),
            ("ce_type", ORIGINAL.encode()),
            ("ce_source", f"/ingest/{network}/{account}".encode()),
            ("ce_ouvidorchannel", channel.encode()),
            ("ce_ouvidornetwork", network.encode()),
            ("ce_ouvidoraccount", account.encode()),
        )

    def register(self, delivery: Delivery, received_at: datetime) -> Registered:
        """Give a delivery its id, its protocol number and its record. `received_at` is aware, in UTC."""
        digest = sha256(delivery.body).hexdigest() if delivery.own_id is None else None
        its_id = message_id(self._channel, self._network, self._account, delivery.own_id or digest or "")
        id_text = str(its_id)
        protocol = protocol_number(its_id, day_in(self._zone, received_at))
        headers: tuple[tuple[str, bytes], ...] = (
            *self._headers,
            ("ce_id", id_text.encode()),
            ("ce_time", time_text(received_at).encode()),
            ("ce_subject", protocol.encode()),
            ("content-type", delivery.media_type[:_LONGEST_MEDIA_TYPE].encode("ascii", "replace")),
            ("traceparent", self._trace().encode()),
        )
        if delivery.hints:
            headers += tuple(
                (f"{_HINT}{name}", quote(value, safe="", errors="replace").encode())
                for name, value in delivery.hints.items()
            )
        value, blob = delivery.body, None
        if len(value) > LARGEST_VALUE:
            digest = digest or sha256(value).hexdigest()
            headers += (("ce_dataref", self._uri_of(digest).encode()), ("ce_ouvidorsha256", digest.encode()))
            value, blob = b"", value
        key = self._key(delivery.order or "")
        return Registered(id_text, protocol, Output(self._topic, value, key, headers), blob)


def claim_of(record: Incoming) -> str | None:
    """Tell where a record's bytes are, if they are in the blob store."""
    return header(record, "ce_dataref")


def read_original(record: Incoming) -> Original:
    """Read an original whose value was fetched already. Raises `Rejected` that names what is missing."""
    found = header(record, "ce_type")
    if found != ORIGINAL:
        raise Rejected(f"ce_type: {ORIGINAL} is expected, {'none' if found is None else repr(found[:100])} was found")
    try:
        channel = Channel(_needed(record, "ce_ouvidorchannel"))
        received_at = datetime.fromisoformat(_needed(record, "ce_time"))
    except ValueError as error:
        raise Rejected(f"headers of an original: {error}") from error
    if received_at.tzinfo is None:
        raise Rejected("ce_time: a time with its zone is expected")
    return Original(
        channel=channel,
        network=_needed(record, "ce_ouvidornetwork"),
        account=_needed(record, "ce_ouvidoraccount"),
        body=record.value or b"",
        media_type=header(record, "content-type") or "application/octet-stream",
        received_at=received_at,
        hints={
            name.removeprefix(_HINT): unquote(bytes(value).decode("ascii", "replace"))
            for name, value in record.headers
            if name.startswith(_HINT) and value is not None
        },
    )


def _needed(record: Incoming, name: str) -> str:
    found = header(record, name)
    if not found:
        raise Rejected(f"{name}: missing in the headers of an original")
    return found
