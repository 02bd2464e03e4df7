"""What an adapter is: it turns a network's own form into what the customer said, and nothing else.

A network is one file, `ingest/<channel folder>/<network>.py`, which defines `ADAPTER`. It is found by its name
(`ingest/registry.py`), so that adding a network means adding that file and its tests. The edges are written once: the
pull edge (`ingest/pull.py`) keeps the cursor in the transaction; the push edge (`ingest/push.py`) and that of other
ports (`ingest/listen.py`) make what comes durable before they answer; the intake (`ingest/intake.py`) gives id,
protocol and place in the conversation.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal, Protocol, Self

from pydantic import Field, PrivateAttr

from ouvidor.config import Section
from ouvidor.promise import Promise
from ouvidor.records import AuthenticityCheck, Automatic, Channel, Consent, Recipient, Turn

__all__ = [
    "Account",
    "Adapter",
    "Answer",
    "Aside",
    "Call",
    "Delivery",
    "Fetched",
    "File",
    "Keep",
    "Original",
    "Pull",
    "Receipt",
    "Utterance",
]


class Account(Section):
    """The settings that every account has; each adapter's own model adds its keys."""

    network: str
    account: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    """Our name of it, which stands in records and paths: never an address."""
    _data: Path = PrivateAttr(Path("var"))

    @property
    def data(self) -> Path:
        """The data directory, for what an adapter must keep by itself: grants, never a cursor."""
        return self._data

    def at(self, data: Path) -> Self:
        """Give the same account, which keeps its things there."""
        moved = self.model_copy()
        moved._data = data  # noqa: SLF001 - this is how it is made
        return moved


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a network handed over, before anything was read in it: it becomes an original."""

    body: bytes
    media_type: str
    own_id: str | None = None
    """The network's own id, where it is known before reading and the delivery is one message. None: of the bytes."""
    order: str | None = None
    """Deliveries with the same words here stay in order. None: all of the account."""
    hints: Mapping[str, str] = field(default_factory=dict)
    """What the network told beside the bytes (a folder, a file's name); names of lower-case letters and digits."""


@dataclass(frozen=True, slots=True)
class Original:
    """An original as the intake reads it."""

    channel: Channel
    network: str
    account: str
    body: bytes
    media_type: str
    received_at: datetime
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """An attachment with its bytes; or one whose bytes are still at the network, by its reference there."""

    name: str | None
    media_type: str
    content: bytes
    real_type: str | None = None
    """By its first bytes; None where they tell nothing."""
    role: Literal["attachment", "inline", "logo"] = "attachment"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one customer said once, in our words. The intake makes a `Message` of it."""

    text: str
    body: str
    own_id: str | None = None
    """The network's own id of this message. None: the delivery is this one message, and its id is the delivery's."""
    subject: str | None = None
    sent_at: datetime | None = None
    author_name: str | None = None
    author_address: str | None = None
    recipients: tuple[Recipient, ...] = ()
    language: str | None = None
    turns: tuple[Turn, ...] = ()
    files: tuple[File, ...] = ()
    conversation: str | None = None
    """The network's own words for what belongs together (a chat's id, a mail thread's root); the intake hashes it."""
    message_id: str | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    protocol: str | None = None
    thread_index: str | None = None
    """Outlook's conversation, in hexadecimal digits: it joins mails whose ids were lost."""
    new_matter: bool = False
    """An answer by its headers, but its subject and text are both new: a case of its own."""
    automatic: Automatic | None = None
    public: bool = False
    consent: Consent | None = None
    authenticity: tuple[AuthenticityCheck, ...] = ()
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """What a network says that is no customer's word (a delivery status, an event of an unknown type): kept apart."""

    kind: str
    """A short word of the adapter's own choosing: it is a label of a metric."""
    own_id: str
    data: Mapping[str, Any]
    conversation: str | None = None
    """The network's own words for the conversation that it belongs to, if any; the intake hashes it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a pull gave: deliveries, and the cursor that covers them (opaque, no secret, under 64 KiB)."""

    deliveries: Sequence[Delivery]
    cursor: bytes | None
    """None: as before."""


class Pull(Protocol):
    """A network that is asked. The edge calls these from one task, one after the other, and closes it after a failure.

    They raise `Unavailable` (tried again with growing pauses) or `Misconfigured` (tried again slowly, and told).
    """

    async def open(self, cursor: bytes | None) -> None:
        """Connect, and go on from the cursor of the last committed transaction; None: from the beginning."""

    async def fetch(self) -> Fetched:
        """Wait for what is new, a minute at most, and give it in order: some hundred deliveries, some MiB at most.

        What it gives may be lost by us: the next `open` with an older cursor must find it again.
        """

    async def close(self) -> None:
        """Let go of the connection, in any state, without raising."""


_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP call of a network or a form."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """To be asked for by names in lower case."""
    body: bytes
    complete: bool = True
    """False: the body was longer than the limit, and this is its beginning."""
    house: str = ""
    """What the organisation is called, for a page."""
    once: str = ""
    """Random words of this call alone, for a page's one-time field: an adapter is pure, so the edge draws them."""
    received_at: datetime = _NEVER
    """When it came: an adapter is pure, so the edge looks at the clock."""
    known: bytes | None = None
    """What `look_up` gave."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What we say to a call that hands nothing over (a challenge, a page, a wrong signature), or after it did."""

    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    visit: str | None = None
    """An address of the network that must be called before we answer so: some networks ask to be called back."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a customer may be told once the delivery is durable."""

    id: str
    protocol: str
    promise: Promise
    """The last moment of the answer, whatever the severity will be, in the house's zone; the dispatch may bring it
    forward."""


Keep = Callable[[Delivery], Awaitable[str]]
"""Makes a delivery durable and gives its protocol number. Raises `OuvidorError` where it cannot be kept."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A network. It has `pull`, or `accept` and perhaps `respond`, or `listen`."""

    channel: Channel
    network: str
    settings: type[Account]
    read: Callable[[Original], Iterable[Utterance | Aside]]
    """Pure. Raises `Rejected` where the bytes are none of the network's: they go to a person all the same."""
    media_type: str = "application/octet-stream"
    """Of an original given as a file to `ouvidor ingest parse`."""
    pull: Callable[[Any], Pull] | None = None
    """Makes the pull of an account (of the type `settings`)."""
    accept: Callable[[Call, Any], Delivery | Answer] | None = None
    """Pure: verifies a call to `/<network>/<account>` and says what it hands over, or what it is answered at once."""
    look_up: Callable[[Call, Any], Awaitable[bytes | None]] | None = None
    """Fetches what `accept` needs to verify a call (a certificate), and gives it as `Call.known`. None: it cannot be.

    Nothing is verified yet: it fetches from the network's own addresses only. Raises `Unavailable`."""
    visit: Callable[[str], Awaitable[None]] | None = None
    """Calls the address of `Answer.visit`. Raises `Unavailable`."""
    respond: Callable[[Call, Any, Receipt], Answer] | None = None
    """Pure: what a durable delivery is answered. None: 200 and nothing."""
    listen: Callable[[Any, Keep], AbstractAsyncContextManager[int]] | None = None
    """Listens at a port of the account's own, which it gives: says yes to a delivery only after it was kept."""
    check: Callable[[Any], Awaitable[None]] | None = None
    """Connects once, for `ouvidor check --connect`."""
