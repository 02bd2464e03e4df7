"""Which of a contact's words are shown: those that its department may read. Pure.

Where the department gets the extract, its copy is shown, masked. Where the owner's own copy cannot be seen (not sent
yet, gone, or not ours to read) nobody knows what it may read, so the words are masked all the same. What people of the
house wrote about it is masked with it: they may have read who wrote it, and answer by name.
"""

from collections.abc import Callable, Iterator, Sequence

from ouvidor.errors import Rejected
from ouvidor.events import CLASSIFIED, DISPATCHED, DOUBTED, INBOUND, Incoming, decode, header
from ouvidor.masking import Kind, Known, mask_together
from ouvidor.records import Classified, Dispatched, Evidence, Message, Verdict

__all__ = ["masker", "message_of", "shown"]


def shown(records: Sequence[Incoming]) -> tuple[Message, Verdict | None] | None:
    """Give a contact's message and the verdict on it as they may be shown; None where no event has them."""
    copies = [(record, copy) for record in records if (copy := _copy(record)) is not None]
    for _, copy in copies:
        if copy.dispatch.extract:
            return copy.message, copy.verdict
    for record, copy in copies:
        if _is_owners(record, copy):
            return copy.message, copy.verdict
    found = [both for record in records if (both := _carried(record)) is not None]
    if not found:
        return None
    message, verdict = next((both for both in found if both[1] is not None), found[0])
    return _masked(message, verdict)


def message_of(record: Incoming) -> Message | None:
    """Give the message that an event carries; None where it carries none, or is broken."""
    carried = _carried(record)
    return None if carried is None else carried[0]


def _carried(record: Incoming) -> tuple[Message, Verdict | None] | None:
    kind = header(record, "ce_type")
    try:
        if kind == INBOUND:
            return decode(record, Message, type=INBOUND), None
        if kind in {CLASSIFIED, DOUBTED}:
            both = decode(record, Classified, type=str(kind))
            return both.message, both.verdict
    except Rejected:
        return None
    copy = _copy(record)
    return None if copy is None else (copy.message, copy.verdict)


def _copy(record: Incoming) -> Dispatched | None:
    if header(record, "ce_type") != DISPATCHED:
        return None
    try:
        return decode(record, Dispatched, type=DISPATCHED)
    except Rejected:
        return None


def masker(records: Sequence[Incoming]) -> Callable[[str], str]:
    """Give what masks words that others wrote of a contact: as its own are, with the same numbers, or not at all."""
    copies = [(record, copy) for record in records if (copy := _copy(record)) is not None]
    extracts = any(copy.dispatch.extract for _, copy in copies)
    if not extracts and any(_is_owners(record, copy) for record, copy in copies):
        return str
    whole = [found[0] for record in records if (found := _carried(record)) is not None and not _is_extract(record)]
    said = _said(whole[0]) if whole else ()
    known = _people(whole[0]) if whole else Known()
    return lambda words: mask_together((*said, words), known, spare=(Kind.STAFF,))[-1].text


def _is_owners(record: Incoming, copy: Dispatched) -> bool:
    return bool(record.topic.endswith(f"department.{copy.dispatch.owner}"))


def _is_extract(record: Incoming) -> bool:
    copy = _copy(record)
    return copy is not None and copy.dispatch.extract


def _said(message: Message) -> tuple[str, str, str]:
    """Give what values are numbered by, as the routers number them."""
    return (message.subject or "", message.text, "\n".join(turn.text for turn in message.turns))


def _people(message: Message) -> Known:
    people = [
        (message.author.name, message.author.address),
        *((each.name, each.address) for each in message.recipients),
    ]
    return Known(
        names=tuple(name for name, _ in people if name), addresses=tuple(address for _, address in people if address)
    )


def _masked(message: Message, verdict: Verdict | None) -> tuple[Message, Verdict | None]:
    evidence = () if verdict is None else verdict.evidence
    said = (*_said(message), *message.defects, *(each.source for each in evidence))
    subject, text, _, *rest = mask_together(said, _people(message), spare=(Kind.STAFF,))
    defects, sources = rest[: len(message.defects)], rest[len(message.defects) :]

    def moved() -> Iterator[Evidence]:
        for each, source in zip(evidence, sources, strict=True):
            if (place := text.moved(each.start, each.end)) is not None:
                yield Evidence(start=place[0], end=place[1], label=each.label, source=source.text)

    changed = {
        "subject": None if message.subject is None else subject.text,
        "text": text.text,
        "defects": tuple(each.text for each in defects),
    }
    told = None if verdict is None else verdict.model_copy(update={"evidence": tuple(moved())})
    return message.model_copy(update=changed), told
