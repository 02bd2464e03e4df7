"""Who may see the identity asks for it, with a reason, and that is an event before it is an answer.

The whole record is looked for in `ombudsman`, then in `classified`, from the protocol number's own day on; the access
is written to `identity-accesses`, acknowledged by all replicas, and only then is the record given. That topic is its
own and not `case-events`: whoever reads a case's history need not learn who looked, and it is kept for ever, as the
identity's restriction lasts longer than the case. Whether somebody may ask at all is Kafka's to say: without the right
to read `ombudsman` or `classified` and to write `identity-accesses`, this gives nothing.

Source: Decreto 10.153/2019 (the system keeps the names of those who read a denunciation, and the dates); LGPD,
Lei 13.709/2018, arts. 6, X and 37 (accountability; a register of what is done with personal data).
"""

from collections.abc import Callable
from contextlib import aclosing
from datetime import datetime
from typing import Final, NamedTuple
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from ouvidor.closing import close_client
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.events import CLASSIFIED, DISPATCHED, IDENTITY_ACCESSED, Incoming, decode, encode, header
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.protocol import written_after
from ouvidor.records import Classified, Dispatched, IdentityAccessed, Message
from ouvidor.settings import Settings
from ouvidor.tail import Span, tail
from ouvidor.topic_admin import existing
from ouvidor.topics import Topics

__all__ = ["Asker", "identity", "read_asker", "read_reason"]

Progress = Callable[[int, int], None]

_SOURCE: Final = "/identity-accesses"
_SHORTEST_REASON: Final = 10


class Asker(NamedTuple):
    """Who asks, and as what."""

    role: str
    name: str
    user: str


def read_asker(written: str, user: str) -> Asker:
    """Read `ROLE/name`. Raises `Rejected`."""
    role, _, name = (part.strip() for part in written.partition("/"))
    if not role or not name:
        raise Rejected("--as: ROLE/name is expected, as ouvidoria/ana.souza; nothing was shown")
    return Asker(role, name, user)


def read_reason(written: str) -> str:
    """Read a reason. Raises `Rejected` where it says nothing: it will be read when somebody asks why."""
    reason = " ".join(written.split())
    if len(reason) < _SHORTEST_REASON or len(set(reason.casefold())) < _SHORTEST_REASON // 2:
        raise Rejected("--why: a reason in words is needed, and is kept; nothing was shown")
    return reason


async def identity(  # noqa: PLR0917 - who asks for what, and why
    settings: Settings, protocol: str, asker: Asker, why: str, now: Callable[[], datetime], progress: Progress
) -> Message | None:
    """Give a message whole, once it is on record that it was given; None where there is none (any more).

    Raises `Unavailable` where the access cannot be written, `Misconfigured` where it has no topic: nothing is given.
    """
    register = Topics(settings.kafka.prefix).identity_accesses
    if register not in {topic.name for topic in await existing(settings)}:
        raise Misconfigured(f"topic {register} is missing: `ouvidor topics create` makes it; nothing was shown")
    found = await _find(settings, protocol, progress)
    if found is None:
        return None
    message, topic = found
    access = IdentityAccessed(
        protocol=protocol, role=asker.role, name=asker.name, user=asker.user, why=why, at=now(), found_in=topic
    )
    await _write(settings, access)
    return message


async def _find(settings: Settings, protocol: str, progress: Progress) -> tuple[Message, str] | None:
    topics = Topics(settings.kafka.prefix)
    span = Span(since=written_after(protocol), follow=False)
    for topic in (topics.ombudsman, topics.classified):
        async with aclosing(tail(settings, topic, span, progress)) as records:
            async for record in records:
                if header(record, "ce_subject") == protocol and (message := _message(record)) is not None:
                    return message, topic
    return None


def _message(record: Incoming) -> Message | None:
    """Read a record's message; what is not one, as a dead letter's case, has no author to show."""
    kind = header(record, "ce_type")
    if kind == DISPATCHED:
        return decode(record, Dispatched, type=DISPATCHED).message
    return decode(record, Classified, type=CLASSIFIED).message if kind == CLASSIFIED else None


async def _write(settings: Settings, access: IdentityAccessed) -> None:
    topics = Topics(settings.kafka.prefix)
    await reach(settings.kafka)
    producer = AIOKafkaProducer(**client_options(settings.kafka), enable_idempotence=True)
    try:
        await producer.start()
        event = encode(
            access,
            topic=topics.identity_accesses,
            key=access.protocol,
            id=uuid4(),
            type=IDENTITY_ACCESSED,
            source=_SOURCE,
            time=access.at,
            subject=access.protocol,
        )
        await producer.send_and_wait(event.topic, event.value, key=event.key, headers=list(event.headers))
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, "the access could not be written, so nothing is shown", settings.kafka) from error
    finally:
        await close_client(producer)
