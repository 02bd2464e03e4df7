# ruff: noqa: RUF001 - letters of other alphabets are meant as such
"""What is small and says that it is large: it is read as far as its bounds go, and what was cut is told."""

import struct

from benchmarks.hostile_mails import circles, packed_rtf
from ingest.email.compound import Compound
from ingest.email.guess import best_charset
from ingest.email.mapi import letter_of
from ingest.email.msg import read_msg
from ingest.email.rtf import decompressed
from ingest.email.tnef import read_tnef


def test_rtf_is_unpacked_to_four_megabytes_and_no_more():
    body = (b"\xff" + b"\x00\x0e" * 8) * 40_000
    bomb = struct.pack("<II4sI", len(body) + 12, 2**31 - 1, b"LZFu", 0) + body
    unpacked, defect = decompressed(bomb)
    assert len(unpacked) <= 4 * 2**20
    assert defect == "RTF compactado: mais de 4194304 bytes, o resto está no original"


def test_a_bomb_in_a_winmail_dat_is_told_of():
    item, _ = read_tnef(packed_rtf())
    assert letter_of(item).defects == ["RTF compactado: mais de 4194304 bytes, o resto está no original"]


def test_a_compound_file_gives_no_more_than_it_has():
    data = circles()
    file = Compound(data)
    given = sum(len(file.stream(entry)) for entry in [file.root, *file.root.within.values()] * 50)
    assert given <= len(data)


def test_a_msg_whose_chains_run_in_circles_is_told_of():
    assert read_msg(circles())[1] == ".msg: não foi possível ler nada dele"


def test_short_words_of_many_languages_tell_their_charset():
    for word, charset in (
        ("Жалоба", "koi8-r"),
        ("Жалоба", "cp1251"),
        ("投诉：商品未收到", "gb18030"),
        ("返金をお願いします", "cp932"),
        ("환불 요청", "cp949"),
        ("Não há solução", "cp1252"),
        ("Πότε θα έρθει;", "cp1253"),
    ):
        data = word.encode(charset)
        assert data.decode(best_charset(data)) == word
