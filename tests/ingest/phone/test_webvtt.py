"""Calls: the contract, and what transcripts of different software become."""

from datetime import UTC, datetime

import pytest

from ingest.adapter import Original
from ingest.phone.webvtt import ADAPTER, WebvttAccount, read
from ouvidor.config import read_section
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.records import Channel
from tests.ingest.contract import AdapterContract

CALL = """WEBVTT

NOTE chamada 4711, 2026-11-19T14:30:00-03:00

1
00:00:00.000 --> 00:00:03.500
<v Atendente Ana>Ouvidoria, bom dia. Em que posso ajudar?</v>

2
00:00:03.000 --> 00:00:09.250 align:start position:0%
<v Maria Souza>Bom dia. A minha <b>pensão</b> está atrasada
desde setembro &amp; ninguém responde.

3
00:00:09.250 --> 00:00:10.000
<v Maria Souza>É a terceira vez que ligo.

4
00:00:10.000 --> 00:00:14.000
<v Atendente Ana>Já sofreu alguma fraude?
""".encode()

LATIN_1 = "WEBVTT\r\n\r\n00:01.000 --> 00:02.000\r\n<v Cliente>Não há água.\r\n".encode("latin-1")
NAMES = b"""\xef\xbb\xbfWEBVTT

00:00:01.000 --> 00:00:02.000
Operador 7: Boa tarde.

00:00:02.000 --> 00:00:04.000
Jos\xc3\xa9: O poste caiu na rua.

00:00:04.000 --> 00:00:05.000
Operador 7: Em que bairro?

00:00:05.000 --> 00:00:06.000
Jos\xc3\xa9: No Centro: perto da igreja.
"""
NO_SPEAKERS = (
    b"WEBVTT\n\n00:00.000 --> 00:02.000\nO \xc3\xb4nibus n\xc3\xa3o passa.\n\n00:02.000 --> 00:03.000\nHoje de novo.\n"
)


def original(body: bytes, **hints: str) -> Original:
    return Original(Channel.PHONE, "webvtt", "central", body, "text/vtt", datetime(2026, 11, 20, tzinfo=UTC), hints)


def call(body: bytes | str, **hints: str):
    [utterance] = read(original(body.encode() if isinstance(body, str) else body, **hints))
    return utterance


class TestWebvtt(AdapterContract):
    adapter = ADAPTER
    samples = (CALL, LATIN_1, NAMES, NO_SPEAKERS)

    def saying(self, words: str) -> bytes:
        said = words.replace("&", "&amp;").replace("<", "&lt;")
        return f"WEBVTT\n\n00:00.000 --> 00:02.000\n<v Cliente>{said}\n".encode()


def test_only_the_customers_turns_are_the_text_and_the_body_has_all_with_their_speakers():
    utterance = call(CALL)
    words = "Bom dia. A minha pensão está atrasada desde setembro & ninguém responde. É a terceira vez que ligo."
    assert utterance.text == words
    assert utterance.body.splitlines() == [
        "Atendente Ana: Ouvidoria, bom dia. Em que posso ajudar?",
        f"Maria Souza: {words}",
        "Atendente Ana: Já sofreu alguma fraude?",
    ]
    assert [(turn.speaker, turn.start, turn.end) for turn in utterance.turns] == [
        ("Atendente Ana", 0.0, 3.5),
        ("Maria Souza", 3.0, 10.0),
        ("Atendente Ana", 10.0, 14.0),
    ]
    assert utterance.author_name == "Maria Souza"
    assert utterance.defects == ()


def test_a_comment_tells_when_the_call_was():
    assert call(CALL).sent_at == datetime(2026, 11, 19, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["20261119-143000.vtt", "ramal 12 2026-11-19 14h30.vtt", "2026-11-19T14:30:00.123-03:00.vtt"]
)
def test_the_files_name_tells_when_the_call_was(name: str):
    found = call(LATIN_1, filename=name, zone="America/Sao_Paulo").sent_at
    assert found == datetime(2026, 11, 19, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["5511987654321.vtt", "20261399-143000.vtt", "20261119-993000.vtt", "audiencia.vtt"])
def test_a_name_without_a_moment_tells_none(name: str):
    assert call(LATIN_1, filename=name, zone="America/Sao_Paulo").sent_at is None


def test_bytes_that_are_not_utf8_are_read_all_the_same_and_it_is_told():
    utterance = call(LATIN_1)
    assert utterance.text == "Não há água."
    assert utterance.defects == ("o arquivo não está em UTF-8: lido como Windows-1252",)


def test_names_before_a_colon_are_speakers_where_they_return():
    utterance = call(NAMES)
    assert utterance.text == "O poste caiu na rua.\nNo Centro: perto da igreja."
    assert utterance.author_name == "José"


def test_a_colon_in_a_sentence_is_no_speaker():
    utterance = call("WEBVTT\n\n00:00.000 --> 00:01.000\nEndereço: Rua A\n\n00:01.000 --> 00:02.000\nnão tem luz\n")
    assert utterance.text == "Endereço: Rua A\nnão tem luz"


def test_without_speakers_every_word_is_the_customers_and_it_is_told():
    utterance = call(NO_SPEAKERS)
    assert utterance.text == "O ônibus não passa.\nHoje de novo."
    assert utterance.defects == ("a transcrição não diz quem fala: todas as palavras contam como do cliente",)


def test_where_nobody_is_known_as_the_customer_all_words_count_and_it_is_told():
    utterance = call(
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Speaker 1>Alô\n\n00:01.000 --> 00:02.000\n<v Speaker 2>Oi\n"
    )
    assert utterance.text == "Alô\nOi"
    assert utterance.defects == ("não se sabe qual dos falantes é o cliente: as palavras de todos contam",)


def test_the_settings_names_of_customers_and_agents_win():
    body = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Canal A>Alô\n\n00:01.000 --> 00:02.000\n<v Canal B>Oi\n"
    assert call(body, customers="canal b").text == "Oi"
    assert call(body, agents="CANAL B\nURA").text == "Alô"


def test_two_voices_in_one_cue_are_two_turns():
    body = "WEBVTT\n\n00:00.000 --> 00:04.000\n<v.alto URA>Digite 1.</v> <v Cliente>Quero falar com uma pessoa!</v>\n"
    utterance = call(body)
    assert [turn.speaker for turn in utterance.turns] == ["URA", "Cliente"]
    assert utterance.text == "Quero falar com uma pessoa!"


def test_styles_regions_comments_and_settings_are_no_words():
    utterance = call(
        "WEBVTT - gravação\nKind: captions\nLanguage: pt\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n"
        "NOTE\nduas linhas\nde comentário\n\nintro\n00:00.000 --> 00:01.000 line:0 size:50%\n"
        "<v Cliente><c.amarelo>Falta</c> <00:00:00.500><i>remédio</i> <lang pt>no posto</lang>\n"
    )
    assert utterance.text == "Falta remédio no posto"
    assert utterance.defects == ()


def test_what_only_looks_like_a_tag_is_somebodys_words():
    assert call("WEBVTT\n\n00:00.000 --> 00:01.000\n<v Cliente>eu <3 vocês, <nome> x < y\n").text == (
        "eu <3 vocês, <nome> x < y"
    )


def test_times_of_more_than_99_hours_and_overlapping_cues_are_in_order_of_their_start():
    utterance = call(
        "WEBVTT\n\n100:00:05.000 --> 100:00:09.000\n<v Cliente>depois\n\n"
        "100:00:00.000 --> 100:00:07.000\n<v URA>antes\n"
    )
    assert [(turn.speaker, turn.start) for turn in utterance.turns] == [("URA", 360_000.0), ("Cliente", 360_005.0)]


def test_a_cue_with_a_bad_time_keeps_its_words_and_its_place():
    utterance = call(
        "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Cliente>um\n\n00:xx --> 00:03.000\n<v Cliente>dois\n\n"
        "00:03.000 --> 00:04.000\n<v Cliente>três\n"
    )
    assert utterance.text == "um dois três"
    assert utterance.defects == ("1 trecho(s) sem tempo legível: ficam na ordem do arquivo",)


def test_cues_that_no_blank_line_parts_are_two():
    body = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Cliente>um\n00:01.000 --> 00:02.000\n<v URA>dois\n"
    assert [turn.text for turn in call(body).turns] == ["um", "dois"]


def test_subrip_without_a_signature_is_read_and_it_is_told():
    utterance = call("1\n00:00:00,000 --> 00:00:01,500\nURA: oi\n\n2\n00:00:01,500 --> 00:00:02,000\nCliente: alô\n")
    assert utterance.text == "alô"
    assert utterance.defects == ("falta a assinatura WEBVTT: lido como se estivesse ali",)


@pytest.mark.parametrize("body", [b"", b"ola, isto e texto", b"%PDF-1.7\n%\xe2\xe3", b"\x00" * 100])
def test_what_is_no_transcript_is_refused_with_what_was_expected(body: bytes):
    with pytest.raises(Rejected, match="WEBVTT"):
        list(read(original(body)))


def test_a_signature_alone_is_a_call_in_which_nothing_was_said():
    utterance = call(b"WEBVTT\n")
    assert utterance.text == ""
    assert utterance.defects == ("a transcrição não tem nenhuma palavra",)


def test_a_reference_of_thousands_of_digits_is_left_as_it_is():
    assert "&#9999" in call("WEBVTT\n\n00:00.000 --> 00:01.000\n<v Cliente>&#" + "9" * 5_000 + ";\n").text


def test_a_call_of_hours_is_read_in_a_moment():
    cue = "{0}:{1:02}:00.000 --> {0}:{1:02}:59.000\n<v Cliente>palavras da mesma pessoa sem pausa alguma\n\n"
    body = "WEBVTT\n\n" + "".join(cue.format(hour, minute) for hour in range(300) for minute in range(60))
    assert len(call(body).turns) == 1


def test_a_zone_that_is_none_is_named():
    with pytest.raises(Misconfigured, match=r"zone: 'Brasil' is no zone"):
        read_section(
            WebvttAccount, {"network": "webvtt", "account": "a", "folder": "/x", "zone": "Brasil"}, where="ouvidor.yaml"
        )
