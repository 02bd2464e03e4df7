"""The extract of a message: what a department gets from which the author is withheld.

It carries no name, address or handle of anybody but the keyed pseudonym, by which one person's messages are still known
to be theirs: not the author's, not the recipients' (people copy themselves and their lawyers), not those in a mail's
ids, in a call's speakers, in a bounce or in the domain that a mail's signature speaks for. Subject, text and turns are
masked (`ouvidor.masking`), together, so that one value has one mask in all of them; staff who are named for what they
do stay, for a matter about them can't be looked into without. `body` becomes the masked text, because signatures and
quoted headers stand in it; attachments lose their names. The evidence moves with the words; what lies in a mask goes.

What stays as it was: the attached files and the original, which are by reference, for whoever may read the blob store.

Source: Decreto 10.153/2019 (pseudonyms before a denunciation is passed on); Lei 13.460/2017, art. 10, § 7.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

from ouvidor.masking import Kind, Known, Masked, mask_together
from ouvidor.records import Author, Evidence, Flag, Message, Thread, Turn, Verdict
from routers.department import Department
from routers.unknown import wishes_to_stay_unknown

__all__ = ["extract", "is_withheld", "masked_words"]

_WITHHOLDING: Final = (Flag.MISCONDUCT, Flag.PRIVACY)
_SPARED: Final = (Kind.STAFF,)
_BETWEEN_TURNS: Final = "\n"


def is_withheld(department: Department, message: Message, verdict: Verdict) -> bool:
    """Tell whether the author is withheld from a department, for this message."""
    return (
        department.identity == "extract"
        or any(flag in verdict.flags for flag in _WITHHOLDING)
        or wishes_to_stay_unknown(message)
    )


def extract(message: Message, verdict: Verdict) -> tuple[Message, Verdict]:
    """Take out of a message, and out of the verdict on it, who wrote it."""
    quoted = tuple(dict.fromkeys(each.source for each in verdict.evidence))
    masked = mask_together((*_said(message), *message.defects, *quoted), _known(message), spare=_SPARED)
    subject, text, said = masked[:3]
    defects, sources = masked[3 : 3 + len(message.defects)], masked[3 + len(message.defects) :]
    automatic = message.automatic
    told = message.model_copy(
        update={
            "author": Author(reference=message.author.reference),
            "recipients": (),
            "subject": None if message.subject is None else subject.text,
            "text": text.text,
            "body": text.text,
            "turns": tuple(_turns(message.turns, said)),
            "attachments": tuple(file.model_copy(update={"name": None}) for file in message.attachments),
            "thread": Thread(
                conversation=message.thread.conversation,
                protocol=message.thread.protocol,
                new_matter=message.thread.new_matter,
            ),
            "automatic": None if automatic is None else automatic.model_copy(update={"recipients": ()}),
            "authenticity": tuple(check.model_copy(update={"domain": None}) for check in message.authenticity),
            "consent": None,
            "defects": tuple(each.text for each in defects),
        }
    )
    words = dict(zip(quoted, (each.text for each in sources), strict=True))
    evidence = tuple(_moved(verdict.evidence, text, words))
    return told, verdict.model_copy(update={"evidence": evidence})


def masked_words(message: Message, words: Sequence[str]) -> tuple[str, ...]:
    """Mask what somebody of the house wrote about a message: they may have read who wrote it.

    Together with the message, so that a value has the number there that it has in the extract.
    """
    if not words:
        return ()
    said = _said(message)
    return tuple(each.text for each in mask_together((*said, *words), _known(message), spare=_SPARED)[len(said) :])


def _said(message: Message) -> tuple[str, str, str]:
    """Give what the customer said, in the order in which values are numbered."""
    return (message.subject or "", message.text, _BETWEEN_TURNS.join(turn.text for turn in message.turns))


def _known(message: Message) -> Known:
    """Give the people of a message: not whom it was addressed to, who is the house, but whoever else is copied in."""
    people = [
        (message.author.name, message.author.address),
        *((each.name, each.address) for each in message.recipients if each.role != "to"),
    ]
    bounced = () if message.automatic is None else message.automatic.recipients
    return Known(
        names=tuple(name for name, _ in people if name),
        addresses=(*(address for _, address in people if address), *bounced),
    )


def _turns(turns: Sequence[Turn], said: Masked) -> Iterator[Turn]:
    speakers = list(dict.fromkeys(turn.speaker for turn in turns))
    ends = accumulate((len(turn.text) + len(_BETWEEN_TURNS) for turn in turns), initial=0)
    for turn, start in zip(turns, ends, strict=False):
        yield turn.model_copy(
            update={
                "speaker": f"speaker {speakers.index(turn.speaker) + 1}",
                "text": said.part(start, start + len(turn.text)),
            }
        )


def _moved(evidence: Sequence[Evidence], text: Masked, words: dict[str, str]) -> Iterator[Evidence]:
    for each in evidence:
        place = text.moved(each.start, each.end)
        if place is not None:
            yield Evidence(start=place[0], end=place[1], label=each.label, source=words[each.source])
