"""The extract of a message: what a department gets from which the author is withheld.

It carries no name, address or handle of anybody but the keyed pseudonym, by which one person's messages are still known
to be theirs: not the author's, not the recipients' (people copy themselves and their lawyers), not those in a mail's
ids, in a call's speakers or in a bounce. `body` becomes `text`, because signatures and quoted headers stand in it;
attachments lose their names. **What the customer wrote is not masked yet**: `subject`, `text` and the attached files
are theirs, word for word, and so are the original's bytes for whoever may read the blob store.

Source: Decreto 10.153/2019 (pseudonyms before a denunciation is passed on); Lei 13.460/2017, art. 10, § 7.
"""

from ouvidor.records import Author, Flag, Message, Thread, Verdict
from routers.department import Department

__all__ = ["extract", "is_withheld"]

_WITHHOLDING = (Flag.MISCONDUCT, Flag.PRIVACY)


def is_withheld(department: Department, verdict: Verdict) -> bool:
    """Tell whether the author is withheld from a department, for this message."""
    return department.identity == "extract" or any(flag in verdict.flags for flag in _WITHHOLDING)


def extract(message: Message) -> Message:
    """Take out of a message who wrote it."""
    speakers = list(dict.fromkeys(turn.speaker for turn in message.turns))
    automatic = message.automatic
    return message.model_copy(
        update={
            "author": Author(reference=message.author.reference),
            "recipients": (),
            "body": message.text,
            "turns": tuple(
                turn.model_copy(update={"speaker": f"speaker {speakers.index(turn.speaker) + 1}"})
                for turn in message.turns
            ),
            "attachments": tuple(file.model_copy(update={"name": None}) for file in message.attachments),
            "thread": Thread(
                conversation=message.thread.conversation,
                protocol=message.thread.protocol,
                new_matter=message.thread.new_matter,
            ),
            "automatic": None if automatic is None else automatic.model_copy(update={"recipients": ()}),
            "consent": None,
        }
    )
