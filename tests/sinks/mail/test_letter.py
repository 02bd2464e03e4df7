"""What a department reads: sentences in Portuguese, whatever fields an event has, and no control characters."""

from typing import Any
from zoneinfo import ZoneInfo

from sinks.answers.reading import Said, command_in
from sinks.mail.letter import ABOVE, HOW, subject_of, text_of
from sinks.mail.withheld import withheld

ZONE = ZoneInfo("America/Sao_Paulo")
DATA: dict[str, Any] = {
    "message": {
        "text": "O poste caiu.\r\nHá fios no chão.\x00\x1b[31m",
        "subject": "Urgente\nBcc: x@example.org",
        "channel": "email",
        "received_at": "2026-11-24T12:30:00Z",
        "attachments": [{"name": "Maria.jpg", "media_type": "image/jpeg"}],
        "author": {"name": "Maria", "address": "maria@example.org", "reference": "abc"},
        "recipients": [{"role": "cc", "address": "tio@example.org"}],
        "body": "O poste caiu.\n-- \nMaria",
        "thread": {"conversation": "c", "message_id": "<1@example.org>", "protocol": None},
        "turns": [{"speaker": "Maria", "text": "oi"}, {"speaker": "Ana", "text": "olá"}, {"speaker": "Maria"}],
        "automatic": {"kind": "bounce", "recipients": ["tia@example.org"]},
    },
    "verdict": {
        "kind": "complaint",
        "severity": "critical",
        "difficulty": "simple",
        "flags": ["safety", "new_one"],
        "sure": False,
    },
    "dispatch": {"owner": "lamps", "deadline": "2026-11-25T12:30:00Z", "ombudsman": True, "triage": None},
}


def text(data: dict[str, Any] = DATA, *, department: str = "lamps", answers: bool = True) -> str:
    return text_of(data, protocol="20261124-0000-0000-000", department=department, zone=ZONE, answers=answers)


def test_the_subject_has_labels_and_protocol_and_not_the_customer_s_words():
    subject = subject_of(DATA, "20261124-0000-0000-000", ZONE)
    assert subject == "[20261124-0000-0000-000] Reclamação de gravidade crítica, prazo 25/11/2026 às 09:30"


def test_the_text_says_what_a_person_needs():
    assert text().splitlines() == [
        ABOVE,
        "",
        "Protocolo: 20261124-0000-0000-000",
        "Recebida em 24/11/2026 às 09:30, por e-mail",
        "Classificação: reclamação, gravidade crítica, dificuldade simples",
        "Atenção: perigo, new_one",
        "A classificação não é certa: leia antes de agir.",
        "Quem responde: este departamento",
        "Prazo da resposta: 25/11/2026 às 09:30",
        "A ouvidoria também vê este caso.",
        "",
        "Assunto: Urgente Bcc: x@example.org",
        "A pessoa escreveu:",
        "",
        "  O poste caiu.",
        "  Há fios no chão.[31m",
        "",
        "Arquivos que vieram junto: 1",
        "",
        "Responda a este e-mail, sem mudar o destinatário: a resposta entra no caso.",
        "Ela não vai por este caminho direto à pessoa. Arquivos anexados ficam no caso.",
        *HOW.splitlines(),
        "",
        "O registro completo está no anexo, em JSON.",
    ]


def test_a_deadline_at_midnight_is_the_end_of_the_day_before():
    given = DATA | {"dispatch": DATA["dispatch"] | {"deadline": "2026-12-05T03:00:00Z"}}
    assert "Prazo da resposta: 04/12/2026 às 24:00" in text(given)
    assert subject_of(given, "P", ZONE).endswith("prazo 04/12/2026 às 24:00")


def test_who_sorts_is_asked_to_and_to_look_where_another_model_named_the_owner():
    unsure, named = (
        text(DATA | {"dispatch": DATA["dispatch"] | {"triage": triage}})
        for triage in ("area_unsure", "area_by_opinion")
    )
    assert "A tabela não soube de quem é: por favor, encaminhe." in unsure
    assert "quem responde foi indicado por outro modelo: por favor, confira." in named


def test_who_had_it_before_says_why_without_who_wrote():
    reasons = ["devolvido por roads: a Zulmira (zulmira@example.org) é do balcão,\nnão nossa"]
    author = {"name": "Zulmira", "address": "zulmira@example.org", "reference": "abc"}
    given = DATA | {"message": DATA["message"] | {"author": author}}
    given |= {"dispatch": DATA["dispatch"] | {"handed_back": reasons}}
    assert "Devolvido por roads: a [NOME 1] ([E-MAIL 1]) é do balcão, não nossa" in text(withheld(given))
    assert withheld(given)["dispatch"]["handed_back"] != reasons
    assert withheld(given)["dispatch"]["owner"] == "lamps"


def test_one_that_is_only_informed_is_told_who_answers_and_not_how():
    told = text(department="roads")
    assert "Quem responde: lamps; a este departamento, para conhecimento" in told
    assert "DEVOLVER" not in told


def test_who_works_on_it_with_the_owner_is_told_how_to_answer():
    for more in ({"team": {"lead": "roads"}}, {"team": {"lead": "x", "members": ["roads"]}}, {"deputy_for": "roads"}):
        assert HOW in text(DATA | {"dispatch": DATA["dispatch"] | more}, department="roads")
    assert HOW in text(department="ombudsman")


def test_each_command_that_is_told_is_one_that_is_read():
    for line in HOW.splitlines()[1:]:
        said = command_in(line.replace("departamento: motivo", "vias: motivo"))
        assert isinstance(said, Said)
        assert said.command != "answer" or said.data["final"] is False


def test_an_event_of_another_form_is_told_in_one_sentence():
    told = text({"anything": 1}, answers=False)
    assert "Houve um novo evento neste caso: veja o anexo." in told
    assert "responda a este e-mail" not in told
    assert subject_of({}, None, ZONE) == "Aviso"
    assert text({"message": {}, "verdict": {"severity": 3}, "dispatch": {"deadline": "soon"}})


def test_the_extract_has_nobody_in_it():
    found = withheld(DATA)["message"]
    said = str({name: value for name, value in found.items() if name not in {"text", "subject"}})
    assert "Maria.jpg" not in said
    assert [each for each in ("example.org", "Maria", "Ana", "Bcc") if each in said.replace("O poste caiu", "")] == []
    assert found["author"] == {"reference": "abc"}
    assert [turn["speaker"] for turn in found["turns"]] == ["speaker 1", "speaker 2", "speaker 1"]
    assert DATA["message"]["author"]["name"] == "Maria"


def test_the_extract_names_nobody_in_what_was_wrong_with_the_original():
    defects = ["o arquivo RG de Maria Souza.pdf não veio inteiro", "Message-ID: não informado"]
    given = DATA | {"message": DATA["message"] | {"author": {"name": "Maria Souza"}, "defects": defects}}
    found = withheld(given)["message"]["defects"]
    assert "Maria" not in str(found)
    assert "Souza" not in str(found)
    assert found[1] == defects[1]
    assert withheld(DATA | {"message": DATA["message"] | {"defects": "none"}})["message"]["defects"] == "none"
