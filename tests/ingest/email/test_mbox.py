"""Mailboxes in one file, in the dialects that programs write, and as a stream whatever their size."""

import io
import tracemalloc
from collections.abc import Iterator
from itertools import repeat
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.email.identity import own_id
from ingest.email.mbox import Dialect, read_mbox

LARGEST = 2**20
CLASSIC = b"From ana@cliente.test Fri Nov 20 10:00:00 2026\n"
GMAIL = b"From 1849823748237@xxx Fri Nov 20 13:00:00 +0000 2026\r\n"


def mail(number: int, words: bytes = b"Falta luz.\n") -> bytes:
    return b"From: Ana <ana@cliente.test>\nMessage-ID: <%d@cliente.test>\nSubject: x\n\n" % number + words


def bodies(mbox: bytes, dialect: Dialect = Dialect.AUTO, largest: int = LARGEST) -> list[bytes]:
    return [found.body for found in read_mbox(io.BytesIO(mbox), dialect=dialect, largest=largest)]


def test_mails_stand_one_after_the_other_without_the_line_and_the_empty_line_between_them():
    mbox = b"".join(CLASSIC + mail(number) + b"\n" for number in range(3))
    assert bodies(mbox) == [mail(0), mail(1), mail(2)]


@pytest.mark.parametrize(
    "line",
    [
        CLASSIC,
        GMAIL,
        b"From - Fri Nov 20 10:00:00 2026\r\n",
        b"From \r\n",
        b"From ???@??? Thu Jan 01 00:00:01 1970\n",
        b"From MAILER-DAEMON Fri Nov  6 10:00 2026\n",
        b"From ana@cliente.test  Fri, 20 Nov 2026 10:00:00 -0300\n",
    ],
)
def test_the_lines_of_many_programs_begin_a_mail(line: bytes):
    ends = b"\r\n" if line.endswith(b"\r\n") else b"\n"
    one, other = (mail(number).replace(b"\n", ends) for number in (1, 2))
    assert bodies(line + one + ends + line + other) == [one, other]


@pytest.mark.parametrize(
    "words",
    [
        b"Bom dia.\n\nFrom now on I shall write every day.\n",
        b"Bom dia.\n\nFrom 10:30 on, in 2026, nobody answers\nand so on.\n",
        b"Bom dia.\n\nFrom me to you\nNote: this is no header of a mail\n",
        b"Bom dia.\nFrom 10:30 of 20 Nov 2026\nSubject: x\n",
    ],
)
def test_a_line_of_a_letter_that_begins_with_from_begins_no_mail(words: bytes):
    assert bodies(CLASSIC + mail(1, words) + b"\n" + CLASSIC + mail(2)) == [mail(1, words), mail(2)]


def test_a_program_that_forgets_the_empty_line_is_understood():
    assert bodies(CLASSIC + mail(1) + CLASSIC + mail(2)) == [mail(1), mail(2)]


def test_the_quoting_is_taken_away_as_the_dialect_put_it_there():
    words = b">From here\n>>From there\n> From a quote\n"
    mbox = CLASSIC + mail(1, words)
    assert bodies(mbox) == [mail(1, b"From here\n>From there\n> From a quote\n")]
    assert bodies(mbox, Dialect.MBOXRD) == bodies(mbox)
    assert bodies(mbox, Dialect.MBOXO) == [mail(1, b"From here\n>>From there\n> From a quote\n")]
    assert bodies(mbox, Dialect.MBOXCL2) == [mail(1, words)]


def counted(number: int, words: bytes, count: int | None = None) -> bytes:
    return mail(number, words).replace(
        b"Subject", b"Content-Length: %d\nSubject" % (len(words) if count is None else count), 1
    )


def test_a_count_is_believed_where_the_file_is_said_to_have_them():
    inner = b"Segue a caixa:\n\n" + CLASSIC + mail(7)
    mbox = CLASSIC + counted(1, inner) + b"\n" + CLASSIC + counted(2, b"Fim.\n")
    assert bodies(mbox, Dialect.MBOXCL2) == [counted(1, inner), counted(2, b"Fim.\n")]
    assert len(bodies(mbox)) == 3


def test_a_count_that_does_not_end_at_a_mail_is_not_believed():
    mbox = CLASSIC + counted(1, b"Um.\n", 7) + b"\n" + CLASSIC + counted(2, b"Dois.\n", 10**17)
    assert bodies(mbox, Dialect.MBOXCL) == [counted(1, b"Um.\n", 7), counted(2, b"Dois.\n", 10**17)]


def test_no_sender_can_swallow_the_next_mail_by_a_count():
    inside = b"Um.\n\n" + CLASSIC + mail(2)
    mbox = CLASSIC + counted(1, b"Um.\n", len(inside)) + b"\n" + CLASSIC + mail(2) + b"\n" + CLASSIC + mail(3)
    assert [own_id(body) for body in bodies(mbox)][1:] == [own_id(mail(2)), own_id(mail(3))]


def test_the_mail_of_a_mailbox_in_one_file_has_the_id_that_it_has_by_imap():
    by_imap = mail(1, b"From here on.\n>From there.\n").replace(b"\n", b"\r\n")
    in_file = CLASSIC + mail(1, b">From here on.\n>>From there.\n").replace(b"Subject", b"Status: RO\nSubject")
    assert own_id(bodies(in_file + b"\n\n")[0]) == own_id(by_imap) == own_id(by_imap.removesuffix(b"\r\n"))


def test_a_file_that_does_not_begin_with_a_beginning_loses_nothing():
    assert bodies(b"\n\nSubject: sozinho\n\nx\n\n" + CLASSIC + mail(2)) == [b"\n\nSubject: sozinho\n\nx\n", mail(2)]
    assert bodies(b"") == bodies(b"\n\n") == bodies(CLASSIC) == []


def test_it_goes_on_from_the_end_of_any_mail():
    mbox = b"".join(CLASSIC + mail(number) + b"\n" for number in range(5))
    found = list(read_mbox(io.BytesIO(mbox), largest=LARGEST))
    for number, each in enumerate(found, 1):
        stream = io.BytesIO(mbox)
        stream.seek(each.end)
        rest = read_mbox(stream, largest=LARGEST, start=each.end)
        assert [other.body for other in rest] == [mail(other) for other in range(number, 5)]
    assert found[-1].end == len(mbox)


class Endless(io.RawIOBase):
    """A mailbox that is made while it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, room: object) -> int:
        view = memoryview(room)  # type: ignore[arg-type]
        self._rest = self._rest or next(self._pieces, b"")
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def streamed(*pieces: tuple[bytes, int]) -> BinaryIO:
    repeated = (piece * min(times, 512) for piece, times in pieces for _ in range(0, times, 512))
    return io.BufferedReader(Endless(repeated), 2**20)


def test_a_mail_longer_than_the_limit_is_cut_and_the_next_one_is_whole():
    head, line = mail(1, b""), b"a" * 1023 + b"\n"
    stream = streamed((CLASSIC + head, 1), (line, 200 * 1024), (b"\n" + CLASSIC + mail(2), 1))
    tracemalloc.start()
    try:
        one, other = read_mbox(stream, largest=LARGEST)
        assert tracemalloc.get_traced_memory()[1] < 8 * LARGEST
    finally:
        tracemalloc.stop()
    assert len(one.body) == LARGEST
    assert one.cut_from == len(head) + 200 * 2**20 + 1
    assert (other.body, other.cut_from) == (mail(2), None)


def test_a_mailbox_of_gigabytes_takes_the_memory_of_its_longest_mail():
    each = CLASSIC + mail(1, b"Falta luz na rua inteira.\n" * 40_000) + b"\n"
    times = 2**30 // len(each)
    tracemalloc.start()
    try:
        stream = io.BufferedReader(Endless(repeat(each, times)), 2**20)
        assert sum(1 for _ in read_mbox(stream, largest=64 * LARGEST)) == times
        assert tracemalloc.get_traced_memory()[1] < 12 * LARGEST
    finally:
        tracemalloc.stop()


lines = st.lists(
    st.sampled_from(
        [b"a\n", b"\n", b"\r\n", b"From x\n", b">From y\n", CLASSIC, GMAIL, b"Subject: x\n", b"\xff", b"b"]
    ),
    max_size=30,
)


@given(lines, st.sampled_from(Dialect))
@settings(derandomize=True)
def test_no_text_is_lost_whatever_the_file_holds(given_lines: list[bytes], dialect: Dialect):
    mbox = CLASSIC + b"".join(given_lines)
    found = bodies(mbox, dialect)
    assert b"".join(found).count(b"a") >= b"".join(given_lines).count(b"a\n")
    assert b"".join(found).count(b"\xff") == b"".join(given_lines).count(b"\xff")
