"""The extract says nothing of who wrote it: neither its fields nor the customer's words."""

import pytest

from ouvidor.records import Author, Consent, Evidence, Flag, Turn
from routers.extract import extract, is_withheld
from routers.reading import read_table
from routers.sample import FULL
from routers.unknown import wishes_to_stay_unknown
from tests.routers.samples import MONDAY, bounce, message, verdict

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
    told = extract(WHOLE, verdict())[0].model_dump_json().casefold()
    assert "zulmira" not in told
    assert "quixad" not in told
    assert "quixad" in WHOLE.model_dump_json().casefold()


def test_what_was_said_and_what_belongs_together_is_kept():
    told, _ = extract(WHOLE, verdict())
    assert told.text == told.body == "Denuncio o fiscal."
    assert told.author.reference == WHOLE.author.reference
    assert told.thread.conversation == WHOLE.thread.conversation
    assert told.protocol == WHOLE.protocol
    assert [turn.speaker for turn in told.turns] == ["speaker 1", "speaker 2", "speaker 1"]
    assert [file.sha256 for file in told.attachments] == [file.sha256 for file in WHOLE.attachments]


def test_whom_a_bounce_did_not_reach_is_left_out():
    told = extract(bounce(), verdict())[0].automatic
    assert told is not None
    assert (told.kind, told.status, told.recipients) == ("bounce", "5.1.1", ())


def test_what_a_customer_wrote_of_themselves_is_masked_the_same_in_subject_text_and_turns():
    told, _ = extract(
        message(
            author=Author(name="Zulmira Quixadá", address="5585991234567"),
            subject="Queixa de ZULMIRA QUIXADA",
            text="Aqui é a zulmira, cpf 529.982.247-25. A atendente Cláudia foi grossa. Me liga: 85 99123-4567",
            turns=(
                Turn(speaker="cliente", start=0, end=2, text="meu cpf é cinco dois nove nove oito dois"),
                Turn(speaker="cliente", start=2, end=4, text="dois quatro sete dois cinco"),
            ),
        ),
        verdict(),
    )
    assert told.subject == "Queixa de [NOME 1]"
    assert told.text == "Aqui é a [NOME 1], cpf [CPF 1]. A atendente Cláudia foi grossa. Me liga: [TELEFONE 1]"
    assert told.body == told.text
    assert [turn.text for turn in told.turns] == ["meu cpf é [CPF 1]", "[CPF 1]"]


def test_evidence_moves_with_the_words_and_what_lies_in_a_mask_is_dropped():
    text = "Meu nome é Zulmira Quixadá e já liguei três vezes."
    said = message(text=text)
    start = text.index("já liguei")
    judged = verdict(
        evidence=(
            Evidence(start=start, end=len(text) - 1, label="flags:repeat_contact", source="repeat"),
            Evidence(start=text.index("Quixadá"), end=text.index(" e já"), label="kind:complaint", source="model"),
            Evidence(start=0, end=0, label="kind:complaint", source="alike: sou a Zulmira Quixadá (subject)"),
        )
    )

    told, seen = extract(said, judged)

    assert [told.text[each.start : each.end] for each in seen.evidence] == ["já liguei três vezes", ""]
    assert "Zulmira" not in seen.model_dump_json()


@pytest.mark.parametrize(
    "words",
    [
        "Não quero me identificar, mas o fiscal pede dinheiro.",
        "mantenham meu nome em sigilo por favor",
        "Prefiro não me identificar.",
        "Quero fazer uma denúncia anônima.",
        "por favor nao digam quem avisou",
        "Tenho medo de represália do chefe.",
        "Peço sigilo.",
        "Please keep my name out of it, don't mention my name.",
        "No quiero que aparezca mi nombre.",
    ],
)
def test_who_asks_to_stay_unknown_is_withheld_from_everybody_whatever_the_verdict(words: str):
    table = read_table(None)
    assert wishes_to_stay_unknown(message(text=words))
    assert all(is_withheld(each, message(text=words), verdict()) for each in table.departments.values())


@pytest.mark.parametrize(
    "words",
    [
        "Meu nome é Maria e quero uma resposta.",
        "A reunião dos Alcoólicos Anônimos faz barulho.",
        "Não precisa de sigilo, podem usar meu nome.",
        "A atendente não quis se identificar.",
        "Quebra de sigilo bancário: alguém viu meu extrato.",
    ],
)
def test_who_does_not_ask_for_it_is_not_withheld(words: str):
    assert not wishes_to_stay_unknown(message(text=words))


@pytest.mark.parametrize("flag", [Flag.MISCONDUCT, Flag.PRIVACY])
def test_the_flags_of_a_denunciation_withhold_from_every_department(flag: Flag):
    table = read_table(None)
    assert all(is_withheld(each, message(), verdict(flag)) for each in table.departments.values())
