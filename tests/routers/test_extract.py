"""The extract says nothing of who wrote it, but what the customer wrote."""

from ouvidor.records import Consent, Turn
from routers.extract import extract
from routers.sample import FULL
from tests.routers.samples import MONDAY, bounce, message

WHOLE = message(
    author=FULL[0].author.model_copy(update={"name": "Zulmira Quixadá", "address": "zulmira@quixada.test"}),
    recipients=(FULL[0].recipients[0].model_copy(update={"role": "reply_to", "address": "zulmira@quixada.test"}),),
    text="Denuncio o fiscal.",
    body="Denuncio o fiscal.\n-- \nZulmira Quixadá",
    turns=(
        Turn(speaker="atendente", start=0, end=1, text="Pois não?"),
        Turn(speaker="Zulmira", start=1, end=2, text="Boa tarde."),
        Turn(speaker="atendente", start=2, end=3, text="Boa tarde."),
    ),
    attachments=(FULL[0].attachments[0].model_copy(update={"name": "rg-zulmira.jpg"}),),
    thread=FULL[0].thread.model_copy(
        update={
            "message_id": "<1@quixada.test>",
            "in_reply_to": "<0@quixada.test>",
            "references": ("<0@quixada.test>",),
        }
    ),
    consent=Consent(purposes=("answer",), given_at=MONDAY, evidence="Zulmira ticked it"),
)


def test_no_name_and_no_address_is_left():
    told = extract(WHOLE).model_dump_json().casefold()
    assert "zulmira" not in told
    assert "quixad" not in told
    assert "quixad" in WHOLE.model_dump_json().casefold()


def test_what_was_said_and_what_belongs_together_is_kept():
    told = extract(WHOLE)
    assert told.text == told.body == "Denuncio o fiscal."
    assert told.author.reference == WHOLE.author.reference
    assert told.thread.conversation == WHOLE.thread.conversation
    assert told.protocol == WHOLE.protocol
    assert [turn.speaker for turn in told.turns] == ["speaker 1", "speaker 2", "speaker 1"]
    assert [file.sha256 for file in told.attachments] == [file.sha256 for file in WHOLE.attachments]


def test_whom_a_bounce_did_not_reach_is_left_out():
    told = extract(bounce()).automatic
    assert told is not None
    assert (told.kind, told.status, told.recipients) == ("bounce", "5.1.1", ())
