"""The intake: what an original says, as messages and network events. One for all adapters.

The adapter's reader is pure and may fail; a customer is heard all the same: whatever it raises, the original becomes a
message whose defects say so, with as much of its bytes as reads like text, so that a person gets it. Ids, protocol
number, pseudonym and place in the conversation are given here, so that no adapter can forget one.

Defects are read by the departments' people, so they are in Portuguese.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import sha256
from itertools import count
from typing import Final
from uuid import UUID

from ingest.adapter import Adapter, Aside, Original, Utterance
from ingest.fitting import Blob, Kept, fitted
from ingest.legible import cleaned, cut, decoded, plain
from ingest.quoted_protocol import find_protocol
from ouvidor import records
from ouvidor.errors import OuvidorError
from ouvidor.events import event_id
from ouvidor.identity import Pseudonyms, message_id
from ouvidor.protocol import day_in, protocol_number
from ouvidor.records import Author, Channel, Message, NetworkEvent

__all__ = ["Heard", "Intake"]

_LARGEST_DECODED: Final = 2**20
_SEARCHED: Final = 20_000
_LARGEST_DATA: Final = 32 * 1024
_AHEAD: Final = timedelta(hours=1)
_OLDEST: Final = datetime(1995, 1, 1, tzinfo=UTC)
_LAST_MEDIA_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that an original said."""

    said: Message | NetworkEvent
    blobs: tuple[Blob, ...]
    """To be kept before it is told of: the original, attachments, what was cut."""
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Intake:
    """What is the same for all originals. Pure: time comes with the original, places of blobs by `uri_of`."""

    pseudonyms: Pseudonyms
    zone: tzinfo
    uri_of: Callable[[str], str]

    def read(self, original: Original, its_id: UUID, adapter: Adapter | None) -> Iterator[Heard]:
        """Give all that an original says, in order. Raises nothing, whatever the bytes are and the reader does.

        `its_id` is the original's; `adapter` is None where no adapter knows the network.
        """
        kept = self._original(original)
        unnamed = count()
        heard = 0
        readable = True
        found = _Utterances(original, adapter)
        for each in found:
            heard += 1
            try:
                if isinstance(each, Aside):
                    yield self._event(each, original, kept)
                    continue
                number = next(unnamed) if each.own_id is None else 0
                yield self._message(each, original, _id_of(each, original, its_id, number), kept)
            except Exception as error:  # noqa: BLE001 - what the reader gave is as strange as what it was given
                found.failure = found.failure or error
        if found.failure is not None:
            utterance, readable = _unread(original, _why(found.failure, original.network, adapter)), False
        elif heard == 0 and original.channel is not Channel.SOCIAL:
            utterance = _unread(original, "não foi encontrada nenhuma mensagem dentro do original")
        elif heard == 0:
            yield self._event(Aside("empty", its_id.hex, {}), original, kept)
            return
        else:
            return
        number = next(unnamed)
        yield self._message(utterance, original, _id_of(utterance, original, its_id, number), kept, readable=readable)

    def _original(self, original: Original) -> records.Original:
        digest = sha256(original.body).hexdigest()
        media_type = cut(cleaned(original.media_type), 200) or _LAST_MEDIA_TYPE
        return records.Original(sha256=digest, uri=self.uri_of(digest), media_type=media_type)

    def _message(
        self,
        utterance: Utterance,
        original: Original,
        its_id: UUID,
        kept_original: records.Original,
        *,
        readable: bool = True,
    ) -> Heard:
        kept = Kept(self.uri_of, [Blob(original.body, kept_original.sha256)])
        subject, text = _clean(utterance.subject), cleaned(utterance.text)
        address = _clean(utterance.author_address)
        conversation = _clean(utterance.conversation)
        sent_at, clock = _moment(utterance.sent_at, original.received_at)
        message = Message(
            id=its_id,
            protocol=protocol_number(its_id, day_in(self.zone, original.received_at)),
            channel=original.channel,
            network=original.network,
            account=original.account,
            received_at=original.received_at,
            sent_at=sent_at,
            author=Author(
                name=_clean(utterance.author_name),
                address=address,
                reference=self.pseudonyms.reference(address) if address else None,
            ),
            recipients=utterance.recipients,
            subject=subject,
            text=text,
            body=cleaned(utterance.body),
            language=_clean(utterance.language),
            turns=utterance.turns,
            attachments=tuple(
                kept.keep(
                    file.content,
                    _clean(file.name),
                    _clean(file.media_type) or _LAST_MEDIA_TYPE,
                    real_type=file.real_type,
                    role=file.role,
                )
                for file in utterance.files
            ),
            thread=records.Thread(
                conversation=(
                    self.pseudonyms.conversation(original.network, original.account, conversation)
                    if conversation
                    else str(its_id)
                ),
                message_id=_clean(utterance.message_id),
                in_reply_to=_clean(utterance.in_reply_to),
                references=tuple(cleaned(each) for each in utterance.references),
                protocol=_clean(utterance.protocol) or find_protocol((subject or "", text[:_SEARCHED])),
                index=_clean(utterance.thread_index),
                new_matter=utterance.new_matter,
            ),
            automatic=utterance.automatic,
            public=utterance.public,
            consent=utterance.consent,
            authenticity=utterance.authenticity,
            original=kept_original,
            defects=(*(cleaned(each) for each in utterance.defects), *clock),
        )
        message = fitted(message, kept)
        return Heard(message, tuple(kept.blobs), readable)

    def _event(self, aside: Aside, original: Original, kept_original: records.Original) -> Heard:
        own = f"{aside.kind}\x1f{cleaned(aside.own_id)}"
        event = NetworkEvent(
            id=message_id(original.channel, original.network, original.account, own),
            channel=original.channel,
            network=original.network,
            account=original.account,
            kind=cut(cleaned(aside.kind), 40),
            received_at=original.received_at,
            data=plain(aside.data),
            original=kept_original,
            conversation=(
                self.pseudonyms.conversation(original.network, original.account, cleaned(aside.conversation))
                if aside.conversation
                else None
            ),
        )
        if len(event.__pydantic_serializer__.to_json(event, exclude_none=True)) > _LARGEST_DATA:
            event = event.model_copy(update={"data": {}})
        return Heard(event, (Blob(original.body, kept_original.sha256),))


class _Utterances:
    """What a reader gives, up to where it fails; and that failure."""

    def __init__(self, original: Original, adapter: Adapter | None) -> None:
        self._original = original
        self._adapter = adapter
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[Utterance | Aside]:
        if self._adapter is None:
            self.failure = LookupError()
            return
        try:
            yield from self._adapter.read(self._original)
        except Exception as error:  # noqa: BLE001 - whatever it was: the customer is heard
            self.failure = error


def _id_of(utterance: Utterance, original: Original, its_id: UUID, number: int) -> UUID:
    if utterance.own_id is not None:
        return message_id(original.channel, original.network, original.account, cleaned(utterance.own_id))
    return its_id if number == 0 else event_id(its_id, str(number))


def _why(failure: Exception, network: str, adapter: Adapter | None) -> str:
    if adapter is None:
        return f"nenhum adaptador conhece a rede {network}: instale o pacote que a lê"
    words = str(failure) if isinstance(failure, OuvidorError) else f"{type(failure).__name__}: {failure}"
    return f"o leitor de {network} não entendeu o original: {cut(cleaned(words), 200)}"


def _unread(original: Original, why: str) -> Utterance:
    text = decoded(original.body, _LARGEST_DECODED)
    return Utterance(text=text, body=text, defects=(why,))


def _moment(claimed: datetime | None, received_at: datetime) -> tuple[datetime | None, tuple[str, ...]]:
    """Give the time of sending in UTC, and what is odd about it. The deadline counts from the receipt in any case."""
    if claimed is None:
        return None, ()
    if claimed.tzinfo is None:
        claimed = claimed.replace(tzinfo=UTC)
        zone: tuple[str, ...] = ("a data de envio não diz o fuso horário: lida como UTC",)
    else:
        zone = ()
    try:
        moment = claimed.astimezone(UTC)
    except (OverflowError, ValueError):
        return None, ("a data de envio é impossível",)
    if moment > received_at + _AHEAD:
        return moment, (*zone, "a data de envio é posterior ao recebimento: o relógio de quem enviou está errado")
    if moment < _OLDEST:
        return moment, (*zone, "a data de envio é antiga demais: o relógio de quem enviou está errado")
    return moment, zone


def _clean(text: str | None) -> str | None:
    return None if text is None else cleaned(text)
