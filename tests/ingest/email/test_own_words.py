"""Own words are told apart in the time that a text's length takes, and what is the customer's stays."""

import time

import pytest

from ingest.email.attributions import attribution_ending_at
from ingest.email.heads import Head
from ingest.email.own_words import own_words
from ingest.email.references import conversation_index, ids_in, normal_subject

HANGS_AFTER_SECONDS = 10.0
"""A megabyte takes about one on a busy machine (benchmarks/mails.py); what is quadratic takes many minutes."""
HOSTILE = {
    "dates that end in a colon": "Em 3/4/2025 10:00,\n",
    "lines that end in a colon": "a:\n",
    "verbs": "Em 3/4/2025 " + "escreveu " * 40 + ":\n",
    "names": "Ana Souza Lima " * 25 + ":\n",
    "addresses": "Ana <a@b.c>\n",
    "delimiters": "-- \nAna\n",
    "footers": "Enviado do meu iPhone\n",
    "footers that go on": "Sent from my " + "a" * 200 + "\n",
    "disclaimers": "Esta mensagem " + "pode " * 40 + "\n\n",
    "bars": "| a\n",
    "labels": "De: a@b\nx\nPara: y\nz\n",
    "marks": "-----" * 50 + "\n",
    "marks that don't end": "----- Forwarded message " + "-" * 200 + "x\n",
    "numbers": "1 2 3 4 5 6 7 8 9 10 " * 15 + ":\n",
    "closings": "Att,\n",
    "underlines": "_" * 900 + "x\n",
    "spaces": " " * 900 + "x\n",
    "stamps": ">>> " + "1" * 200 + "\n",
    "empty lines": "\n \n",
    "warnings": "CAUTION: This email is " + "outside the " * 40 + "\n",
    "advice": "ATENÇÃO: este e-mail é externo. " + "Não clique. " * 40 + "\n",
    "greetings": "Oi" + " Ana" * 90 + "\n",
    "hours": "Em 3/4/2025" + " 10:00" * 60 + " Ana escreveu:\n",
    "bare marks": "Forwarded message:\n",
    "verbs without colon": "On 3/4/2025 10:00 <a@b.c> wrote\n",
    "one line": "a",
}


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_megabyte_does_not_hang(unit: str):
    began = time.process_time()
    own_words(unit * (1_000_000 // len(unit)), [], "Re: rua")
    assert time.process_time() - began < HANGS_AFTER_SECONDS


@pytest.mark.parametrize(
    "complaint",
    [
        'O atendente disse:\n"a senhora tem que esperar"\nNão aceito.',
        "Segue o histórico:\n- 01/10: liguei\n---\nTotal: 5 ligações sem solução até agora.\n\nAtt,\nJosé",
        "Recebi esta mensagem:\n\nDe: Banco\nAssunto: Fatura\n\nComo assim?",
        "Meu nome é Ana, tel 11 99999-0000.\nA entrega não veio.\nAguardo retorno.\nAna",
        "Não recebi.\n\nAtenciosamente,\nAna\n\nObs: o prazo era dia 10.",
        "A luz caiu às 10:00 do dia 3 de abril de 2025:\nfiquei sem energia.",
        "A loja (loja@x.test) escreveu:\nnão trocamos.\nQuero trocar.",
        "Enviado por correio em 03/04, o produto chegou quebrado.",
        "Sent from my heart: please help me, I have no water.",
        "Obrigado por nada!\nTel 0800 não atende.\nSite www.x.test fora do ar.",
        "O lojista mandou isto.\nEm 03/04/2025 às 10:00 o João escreveu:\nnão trocamos.\nQuero trocar.",
        "Atenção: este e-mail é a segunda queixa.\n\nVerifiquem o protocolo.",
        "Este e-mail é de fora da empresa de vocês.\n\nRespondam mesmo assim.",
        "--\nMeu problema é a água.\n--\nResolvam.",
        "1) luz\n2) água\n__\n3) o mais urgente é o esgoto, que corre a céu aberto na rua.",
    ],
)
def test_a_complaint_that_looks_like_a_quotation_or_a_signature_stays_whole(complaint: str):
    assert own_words(complaint, [], "Reclamação").text == complaint


def test_the_line_that_says_who_wrote_is_found_over_five_lines_and_no_more():
    lines = ["Obrigada.", "Em seg., 16 de nov. de 2026", "às 09:30,", "Ouvidoria", "Municipal", "<o@x.test> escreveu:"]
    assert attribution_ending_at(lines, 5, set()) is not None
    assert attribution_ending_at(lines, 5, set()).begin == 1
    longer = [lines[1], "às", "nove", "e", "trinta, Ouvidoria", "Municipal escreveu:"]
    assert attribution_ending_at(longer, 5, set()) is None or attribution_ending_at(longer, 5, set()).begin > 0


def test_old_lines_are_no_part_of_the_line_that_says_who_wrote():
    lines = ["> Em 16/11/2026 09:30, Ana", "<ana@x.test> escreveu:"]
    assert attribution_ending_at(lines, 1, {0}).begin == 1


def test_ids_are_read_however_they_are_broken():
    assert ids_in([b"<a@b> <c\r\n d@e>", b"<f@g"]) == ["a@b", "cd@e", "f@g"]
    assert ids_in([b"a@b, c@d"]) == ["a@b", "c@d"]
    assert ids_in([b"nothing here"]) == []


def test_an_index_that_is_none_of_outlooks_is_none():
    assert conversation_index(Head([("thread-index", b"AAAA")])) == (None, False)
    assert conversation_index(Head([("thread-index", b"!")])) == (None, False)
    assert conversation_index(Head()) == (None, False)


def test_subjects_are_compared_without_what_answers_add():
    assert normal_subject("RES: ENC: [ext] Re[2]: Buraco  na rua") == normal_subject("buraco na rua")
    assert normal_subject("Re: ") == "re:"
