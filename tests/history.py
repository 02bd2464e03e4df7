"""Events of one contact, as they come off the topics: what `ouvidor explain` is told from."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from aiokafka.structs import ConsumerRecord
from pydantic import BaseModel

from ouvidor.events import Incoming, Output, encode
from ouvidor.protocol import protocol_number
from ouvidor.records import Answer, CaseAnswered, CaseDispatched, Dispatch, HandBack, Place

NUMBER = protocol_number(UUID(int=7), datetime(2026, 11, 24, tzinfo=UTC).date())
BEGAN = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DEADLINE = BEGAN + timedelta(hours=72)


def event(data: BaseModel, topic: str, type: str, *, key: str = NUMBER, subject: str | None = NUMBER) -> Output:  # noqa: A002
    """Write an event as its stage does."""
    return encode(data, topic=topic, key=key, id=uuid4(), type=type, source="/test", time=BEGAN, subject=subject)


def records(*events: Output, minutes: Iterable[float] | None = None) -> list[Incoming]:
    """Give events as records, a minute after the other, or at those minutes."""
    times = list(minutes) if minutes is not None else list(range(len(events)))
    return [
        ConsumerRecord(
            each.topic, 0, offset, int((BEGAN + timedelta(minutes=minute)).timestamp() * 1000), 0, each.key,
            each.value, None, 0, 0, each.headers,
        )
        for offset, (each, minute) in enumerate(zip(events, times, strict=True))
    ]  # fmt: skip


def dispatch(**changes: object) -> Dispatch:
    """To `saude`, within three days, by a line of a table that is not in force."""
    return Dispatch(
        owner="saude", ombudsman=False, deadline=DEADLINE, profile="seed", rule="area:saude@0", extract=False
    ).model_copy(update=changes)


def announced(**changes: object) -> CaseDispatched:
    """The word of that dispatch."""
    return CaseDispatched(
        protocol=NUMBER, message=UUID(int=7), owner="saude", ombudsman=False, deadline=DEADLINE, profile="seed",
        rule="area:saude@0", at=BEGAN, judged=Place(topic="classified", partition=0, offset=0),
    ).model_copy(update=changes)  # fmt: skip


def answer(**changes: object) -> Answer:
    """What `saude` answers."""
    usual = {"id": UUID(int=9), "protocol": NUMBER, "department": "saude", "by": "plantao", "at": BEGAN}
    return Answer.model_validate(usual | {"text": "Consulta remarcada."} | changes)


def hand_back() -> HandBack:
    """What `saude` says of what is not its own."""
    return HandBack(
        id=UUID(int=8), protocol=NUMBER, department="saude", by="plantao", at=BEGAN, reason="é da educação, não nosso"
    )


def answered(said: Answer | None = None) -> CaseAnswered:
    """What comes of an answer."""
    return CaseAnswered(protocol=NUMBER, at=BEGAN, owner="saude", deadline=DEADLINE, reply=said or answer())
