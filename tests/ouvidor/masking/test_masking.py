"""Personal data in running text: what is masked, what stays, and how many of 300 labelled messages' are found."""

import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.masking import samples, score
from ouvidor.masking import Kind, Known, Why, find, mask, mask_together
from ouvidor.masking.check_digits import is_card, is_case, is_cnh, is_cnpj, is_cns, is_cpf, is_pis, is_voter
from ouvidor.masking.reading import fold
from ouvidor.records import Author
from routers.extract import extract
from tests.routers.samples import message, verdict

MISTYPED = {"more-037", "more-075", "fresh-104", "fresh-125"}
"""People mistype their documents too: masked all the same."""
PERSONAL = [kind for kind in Kind if kind is not Kind.STAFF]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("meu cpf é 529.982.247-25", "meu cpf é [CPF 1]"),
        ("52998224725 e de novo 529 982 247 25", "[CPF 1] e de novo [CPF 1]"),
        ("cinco dois nove nove oito dois dois quatro sete dois cinco", "[CPF 1]"),
        ("me liga 62 99123-4567 ou (62) 3201-4567", "me liga [TELEFONE 1] ou [TELEFONE 2]"),
        ("62991234567 / +55 62 99123-4567", "[TELEFONE 1] / [TELEFONE 1]"),
        ("nove nove um dois três quatro cinco meia sete", "[TELEFONE 1]"),
        ("\uff15\uff12\uff19.\uff19\uff18\uff12.\uff12\uff14\uff17-\uff12\uff15", "[CPF 1]"),
        ("cpf 529.\u200b982.247-25", "cpf [CPF 1]"),
        ("Me chamo Zulmira Quixada\u0301.", "Me chamo [NOME 1]."),
        ("Sou a Maria Lima. Assinado: Maria", "Sou a [NOME 1]. Assinado: [NOME 1]"),
        ("CNPJ 12.ABC.345/01DE-35", "CNPJ [CNPJ 1]"),
        ("Dona Zenóbia e o Sr. Arlindo", "Dona [NOME 1] e o Sr. [NOME 2]"),
        ("Moro na Rua das Flores, 12, casa 2.", "Moro na [ENDEREÇO 1]."),
        ("meu cpf é 529.982.247-99", "meu cpf é [CPF 1]"),  # mistyped, and still somebody's
        ("CPF: 5 2 9 9 8 2 2 4 7 2 5", "CPF: [CPF 1]"),
        ("cpf 529_982_247_25", "cpf [CPF 1]"),
        ("cpf 5\ufe0f\u20e32\ufe0f\u20e39 982 247 25", "cpf [CPF 1]"),
        (
            "\U0001d7d3\U0001d7d0\U0001d7d7\U0001d7d7\U0001d7d6\U0001d7d0\U0001d7d0\U0001d7d2\U0001d7d5\U0001d7d0\U0001d7d3",
            "[CPF 1]",
        ),
        ("me chamo M\u0430r\u0456a da S\u0456lva", "me chamo [NOME 1]"),
        ("<td>529.982.247-25</td><b>José da Silva</b>", "<td>[CPF 1]</td><b>[NOME 1]</b>"),
        ("o email é ana ponto lima arroba exemplo ponto com", "o email é [E-MAIL 1]"),
        ("o email é ana.lima arroba exemplo.com.br.", "o email é [E-MAIL 1]."),
        ("ana_lima (arroba) exemplo.com", "[E-MAIL 1]"),
        ("ana.lima [at] exemplo [dot] com", "[E-MAIL 1]"),
        ("zé-lima{at}exemplo(ponto)com", "[E-MAIL 1]"),
        ("Paguei a arroba cara. Depois vendi 3 arrobas.", "Paguei a arroba cara. Depois vendi 3 arrobas."),
        ("a placa é a bê cê um dê vinte e três", "a placa é [PLACA 1]"),
        ("é keila com k e i l a", "é [NOME 1] com [NOME 1]"),
        ("usuário: cida_60, senha: Troca#44", "usuário: [USUÁRIO 1], senha: [SENHA 1]"),
        ("o hidrômetro A19S0044812 e o pedido BR-7739201-X", "o hidrômetro [NÚMERO 1] e o pedido [NÚMERO 2]"),
        ("minha irmã tamires e o vitor, vizinho do 301", "minha irmã [NOME 1] e o [NOME 2], vizinho do [ENDEREÇO 1]"),
        (
            "a padaria do seu Nestor, perto do mercado do juca",
            "a padaria do seu [NOME 1], perto do mercado do [NOME 2]",
        ),
        ("moro no sítio lagoa seca, casa 3, e chove", "moro no [ENDEREÇO 1], e chove"),
    ],
)
def test_each_value_has_its_kind_and_number(text: str, masked: str):
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "Poste apagado na Rua Jequitibá, 77.",
        "Falta água na Escola Municipal Maria José, na Praça Santos Dumont.",
        "Custou R$ 1.234.567,89 em 12/05/2026 às 14h30.",
        "Liguei 9 vezes no 0800 722 3344 e no 156.",
        "Meu protocolo é 20261124-0F3K-9QZT-M7X.",
        "A Lei 13.460/2017 e o Decreto 10.153/2019.",
        "Fui a São Luís e a Santa Catarina em 2025.",
        "Moro no Jardim Europa.",
        "A Rua Maria Quitéria e a Escola Prof.ª Lídia Camargo estão sem luz.",
        "Magazine Luiza, Banco Pan, Casa de Saúde São José e a Lei Maria da Penha.",
        "Minha mãe vivia na fila; ficou clara a rosa dos ventos, e o prado seco.",
        "A conta foi de 96 para 240 reais e caiu 14.300 na conta.",
        "Endereço da ocorrência: Rua Barão de Cotegipe, 54.",
        "A JARI e o CID do laudo, o TEA e o IPTU.",
        "Vou de Belém a Petrolina em July.",
    ],
)
def test_what_tells_of_the_matter_stays(text: str):
    assert mask(text).text == text


def test_staff_is_found_and_may_be_spared():
    text = "A atendente Cláudia Lima foi grossa."
    assert mask(text).text == "A atendente [AGENTE 1] foi grossa."
    assert mask(text, spare=(Kind.STAFF,)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Atendimento nota 10 da Karen!",
        "O Danilo do suporte sumiu.",
        "Prezada Bruna, não recebi.",
        "Elogio aos garis, principalmente o Seu Jurandir.",
        "Falei com o Hugo no guichê e a moça, Jaqueline, ajudou.",
    ],
)
def test_who_is_named_for_their_work_is_told_by_more_than_the_word_before(text: str):
    assert mask(text, spare=(Kind.STAFF,)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Cordialmente, Lívia Tozetti, secretária do curso",
        "Sou Dr. Fausto Meirelles.",
        "Obrigado. Prof. Abelardo Nunes",
        "o rapaz que me atendeu falou seu Nereu o senhor espere",
    ],
)
def test_an_author_with_a_title_is_not_taken_for_staff(text: str):
    assert not {"tozetti", "fausto", "abelardo", "nereu"} & set(fold(mask(text, spare=(Kind.STAFF,)).text).split())


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        (
            "José Roberto Pimentel",
            "Zé Roberto, o Beto da Rua Pimentel, o pimentel, zeroberto, JOSE R. PIMENTEL",
            "[NOME 1], o [NOME 1] da Rua Pimentel, o [NOME 1], [NOME 1], [NOME 1]",
        ),
        ("Francisco das Chagas Moreira", "é o chico, FCO DAS CHAGAS, Chiquinho", "é o [NOME 1], [NOME 1], [NOME 1]"),
        ("Maria Eduarda Lins", "a duda, dudalins, Mariazinha", "a [NOME 1], [NOME 1], [NOME 1]"),
    ],
)
def test_who_is_known_is_found_by_what_they_are_called(name: str, text: str, masked: str):
    assert mask(text, Known((name,))).text == masked


def test_what_leaves_the_house_is_masked_more_coarsely():
    text = "Poste na Rua do Sol, 7, viatura ABC1D23, protocolo 20261124-0F3K-9QZT-M7X, https://a.b/c, atendente Ana."
    assert mask(text, spare=(Kind.STAFF,)).text == text
    left = mask(text, leaving=True).text
    assert not [each for each in ("Sol", "ABC", "0F3K", "a.b", "Ana") if each in left]


def test_each_mask_tells_why():
    told = {each.words: each.why for each in mask("Me chamo Rosa, cpf 529.982.247-25, RG 1234567").masks}
    assert told == {"[NOME 1]": Why.ANNOUNCED, "[CPF 1]": Why.CHECKED, "[RG 1]": Why.LABELLED}


def test_who_is_known_is_found_in_any_writing_and_a_place_of_the_same_name_stays():
    known = Known(("Zulmira Rosa Quixadá",), ("zulmira.q@exemplo.com", "5585991234567"))
    text = "ZULMIRA, quixada, zulmira.q, 991234567 e a rosa da Rua Rosa"
    assert mask(text, known).text == "[NOME 1], [NOME 1], [USUÁRIO 1], [TELEFONE 1] e a rosa da Rua Rosa"


def test_texts_of_one_message_share_their_numbers():
    subject, text = mask_together(("CPF 52998224725", "cpf 111.444.777-35 e 529.982.247-25"))
    assert (subject.text, text.text) == ("CPF [CPF 1]", "cpf [CPF 2] e [CPF 1]")


def test_places_move_with_the_words():
    masked = mask("cpf 529.982.247-25, já liguei três vezes")
    place = masked.moved(20, 29)
    assert place is not None
    assert masked.text[slice(*place)] == "já liguei"
    assert masked.moved(6, 10) is None
    assert masked.moved(0, 0) == (0, 0)


@pytest.mark.parametrize(
    ("check", "right"),
    [
        (is_cpf, "52998224725"),
        (is_cnpj, "11222333000181"),
        (is_cnpj, "12ABC34501DE35"),
        (is_pis, "91084263303"),
        (is_card, "4539148803436467"),
        (is_case, "00000018320178260100"),
    ],
)
def test_a_wrong_digit_is_seen(check: object, right: str):
    assert callable(check)
    assert check(right)
    wrong = right[:3] + str((int(right[3]) + 1) % 10 if right[3].isdigit() else 1) + right[4:]
    assert not check(wrong)


def test_documents_with_labels_have_the_right_digits():
    checks = {Kind.CPF: is_cpf, Kind.CNH: is_cnh, Kind.CNS: is_cns, Kind.VOTER: is_voter}
    tried = [
        checks[each.kind](re.sub(r"\W", "", each.key))
        for name in ("first", "later", "apart", "more", "fresh")
        for sample in samples(name)
        for each in sample.spans
        if each.kind in checks and re.sub(r"\W", "", each.key).isdigit() and sample.id not in MISTYPED
    ]
    assert len(tried) >= 30
    assert all(tried)


# Of what it found when it was written, less three hundredths.
@pytest.mark.parametrize(
    ("name", "recall", "precision"),
    [("first", 0.97, 0.95), ("later", 0.94, 0.95), ("apart", 0.95, 0.95), ("more", 0.95, 0.92)],
)
def test_as_many_are_found_as_were_when_this_was_written(name: str, recall: float, precision: float):
    found = score(samples(name))
    assert found.recall(PERSONAL) >= recall, found.errors
    assert found.precision(PERSONAL) >= precision, found.errors


@pytest.mark.parametrize("name", ["first", "later"])
def test_no_value_that_is_found_nor_any_field_of_the_author_stands_in_the_extract(name: str):
    for sample in samples(name):
        author = Author(
            name=next(iter(sample.known.names), "Zulmira Quixadá"),
            address=next(iter(sample.known.addresses), "zulmira.quixada@exemplo.test"),
        )
        said = message(text=f"{sample.text}\n{author.name} {author.address}", body=sample.text, author=author)
        told = extract(said.model_copy(update={"subject": author.name}), verdict())[0].model_dump_json()
        shown = fold(told)
        masked = [each for each in find(sample.text, sample.known) if each.kind is not Kind.STAFF]
        values = {sample.text[each.start : each.end] for each in masked if each.end - each.start > 5}
        fields = {str(author.name), str(author.address)}
        assert not [value for value in values | fields if fold(value) in shown and value not in said.protocol], (
            sample.id
        )


@given(st.text(max_size=300), st.text(min_size=1, max_size=40))
@settings(max_examples=150)
def test_whatever_is_written_is_masked_without_losing_what_is_not(text: str, name: str):
    masked = mask(text, Known((name,)))
    rebuilt, at = "", 0
    for each in masked.masks:
        rebuilt += masked.original[at : each.start] + each.words
        at = each.end
    assert rebuilt + masked.original[at:] == masked.text
    assert masked.original == text


def _work(text: str) -> int:
    """Count the lines of ours that run: what grows faster than the text shows, whatever the machine."""
    lines = 0

    def count(*_: object) -> object:
        nonlocal lines
        lines += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        mask(text)
    finally:
        sys.settrace(before)
    return lines


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "1",
            "a",
            "(",
            "1 ",
            "1.",
            "@",
            "a@",
            "Maria ",
            "Dr. ",
            "rua a ",
            "um ",
            "\n",
            "meu nome é ",
            "rg 1",
            "e\u0301",
        ),
        *(
            "Ana, ",
            "1a-",
            "a_",
            "seu zé do ",
            "apto 1\nRua a, 1\n",
            "placa a ",
            "a ponto ",
            "senha: a",
            "a b c d ",
            "casa 1 ",
        ),
    ],
)
def test_work_grows_with_the_text_and_not_faster(unit: str):
    small, large = _work(unit * 150), _work(unit * 600)
    assert large < 5 * small + 2000


@pytest.mark.parametrize("unit", ["1", "a", "("])
def test_a_megabyte_of_one_letter_is_masked(unit: str):
    assert len(mask(unit * 2**20).masks) <= 1


def test_labels_point_at_what_they_name():
    for path in Path(__file__).parent.glob("*.ndjson"):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            spans = [(each["start"], each["end"]) for each in row["spans"]]
            assert spans == sorted(spans)
            assert all(0 <= start < end <= len(row["text"]) for start, end in spans), row["id"]
            assert all(row["text"][start:end].strip() == row["text"][start:end] for start, end in spans), row["id"]
