"""Answers of IMAP servers as imaplib2 hands them over: from real servers, and such as cannot be."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.email.responses import Garbled, Item, Raw, code, fetched, numbers


def test_a_search_gives_its_numbers_in_order_each_once():
    assert numbers([b"5 3 9", b"3", b"", None]) == [3, 5, 9]
    assert numbers([b"1 2 (MODSEQ 917162500)"]) == [1, 2]
    assert numbers([None]) == []


@pytest.mark.parametrize("answer", [b"1 2 x", b"1,2", b"ALL"])
def test_a_search_with_other_things_is_garbled(answer: bytes):
    with pytest.raises(Garbled):
        numbers([answer])
    with pytest.raises(Garbled):
        numbers([(b"1 {3}", b"abc")])


@pytest.mark.parametrize(
    ("answers", "items"),
    [
        ([b"1 (UID 7 RFC822.SIZE 123)"], [Item(7, 123, None, None)]),
        ([b"1 (RFC822.SIZE 123 UID 7)"], [Item(7, 123, None, None)]),
        ([(b"1 (UID 7 BODY[]<0> {2}", b"ab"), b")"], [Item(7, None, b"ab", 0)]),
        ([(b"1 (UID 7 BODY[]<5>{2}", b"ab"), b")"], [Item(7, None, b"ab", 5)]),
        ([(b"1 (BODY[]<0> {2}", b"ab"), b" UID 7)"], [Item(7, None, b"ab", 0)]),
        ([(b"1 (FLAGS (\\Seen) BODY[] {2}", b"ab"), b" UID 7 FLAGS (\\Seen $X))"], [Item(7, None, b"ab", None)]),
        ([b'1 (UID 7 BODY[]<0> "a\\"b")'], [Item(7, None, b'a"b', 0)]),
        ([b'1 (UID 7 BODY[]<9> "")'], [Item(7, None, b"", 9)]),
        ([b"1 (UID 7 BODY[]<0> NIL)"], [Item(7, None, None, 0)]),
        ([b"3 (FLAGS (\\Seen))", b"1 (UID 7 RFC822.SIZE 1)"], [Item(7, 1, None, None)]),
        ([None], []),
        ([(b"1 (UID 7 BODY[]<0> {1}", b"a"), b")", (b"2 (UID 8 BODY[]<0> {1}", b"b"), b")"],
         [Item(7, None, b"a", 0), Item(8, None, b"b", 0)]),
    ],
)  # fmt: skip
def test_a_fetch_gives_what_it_tells_of_each_mail(answers: list[Raw], items: list[Item]):
    assert fetched(answers) == items


@pytest.mark.parametrize(
    "answers",
    [
        [(b"1 (UID 7 BODY[]<0> {2}", b"ab")],
        [(b"1 (UID 7 BODY[]<0> {2}", b"ab"), b"cdef"],
        [(b"1 (UID 7 BODY[]<0> {2}", b"ab"), b"Subject: x)"],
        [(b"1 (UID 7 BODY[]<0> {2}", b"ab"), (b"2 (UID 8 BODY[]<0> {2}", b"ab"), b")"],
    ],
)
def test_a_literal_without_the_end_of_its_line_is_garbled(answers: list[Raw]):
    with pytest.raises(Garbled):
        fetched(answers)


@given(
    st.lists(st.one_of(st.binary(max_size=60), st.tuples(st.binary(max_size=40), st.binary(max_size=40)), st.none()))
)
@settings(derandomize=True)
def test_any_answer_is_read_or_garbled(answers: list[Raw]):
    for read in (fetched, numbers):
        try:
            read(answers)
        except Garbled:
            continue


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (b"[AUTHENTICATIONFAILED] Invalid credentials", "AUTHENTICATIONFAILED"),
        ("command: LOGIN => [UNAVAILABLE] later", "UNAVAILABLE"),
        (b"[BADCHARSET (UTF-8)] x", "BADCHARSET"),
        (b"Login failed [see below]", None),
        (b"\xff", None),
    ],
)
def test_a_response_code_is_found_where_there_is_one(words: object, found: str | None):
    assert code(words) == found
