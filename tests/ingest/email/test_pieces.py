"""A server's bytes are cut into lines and literals the same way however they come in."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.email.pieces import Pieces

MAIL = b"Subject: {9}\r\n* BYE in a mail\r\n\r\nlast line without end"
ANSWER = b"* 1 FETCH (UID 1 BODY[] {%d}\r\n%b FLAGS (\\Seen))\r\n" % (len(MAIL), MAIL)
OTHERS = b"* OK still here\r\nAB12 OK done {3}\r\n+ go ahead\r\n"


def whole(data: bytes) -> list[bytes]:
    return Pieces().cut(data)


def test_a_literal_is_one_piece_whatever_lines_are_in_it():
    assert whole(ANSWER + OTHERS) == [
        b"* 1 FETCH (UID 1 BODY[] {%d}\r\n" % len(MAIL),
        MAIL,
        b" FLAGS (\\Seen))\r\n",
        b"* OK still here\r\n",
        b"AB12 OK done {3}\r\n",  # of a tagged line it is no literal
        b"+ go ahead\r\n",
    ]


def test_two_literals_in_one_answer_and_an_empty_one():
    assert whole(b"* 1 FETCH (A {2}\r\nab B {0}\r\n C {1}\r\nx)\r\n") == [
        b"* 1 FETCH (A {2}\r\n", b"ab", b" B {0}\r\n", b" C {1}\r\n", b"x", b")\r\n",
    ]  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_it_does_not_matter_how_the_bytes_arrive(seed: int):
    draw, data, pieces, at = random.Random(seed), (ANSWER + OTHERS) * 3, Pieces(), 0
    found: list[bytes] = []
    while at < len(data):
        size = draw.choice((1, 2, 3, 7, 40))
        found += pieces.cut(data[at : at + size])
        at += size
    assert b"".join(found) == data
    lines = [piece for piece in found if piece.endswith(b"\n") and not MAIL.startswith(piece)]
    assert [line for line in lines if line in whole(ANSWER + OTHERS)].count(b" FLAGS (\\Seen))\r\n") == 3


@given(st.lists(st.binary(max_size=50)))
@settings(derandomize=True)
def test_no_byte_is_lost_but_those_of_the_line_that_is_not_complete(arrivals: list[bytes]):
    pieces = Pieces()
    found = b"".join(piece for data in arrivals for piece in pieces.cut(data))
    sent = b"".join(arrivals)
    assert sent.startswith(found)
    assert b"\n" not in sent[len(found) :]
