"""Text that can stand in a record."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.legible import cleaned, cut, decoded, json_bytes, plain

TEXT = st.text(st.characters(exclude_categories=()), max_size=300)  # halves of characters too


@pytest.mark.parametrize(
    ("given_", "found"),
    [
        ("a\r\nb\rc\x0bd\u2028e", "a\nb\nc\nd\ne"),
        ("sem\x00 luz\x1b[31m\x7f", "sem luz[31m"),
        ("\ud83d\ude21 e \ud83d", "😡 e \ufffd"),
        ("tab\tfica", "tab\tfica"),
        ("já está bom", "já está bom"),
    ],
)
def test_what_no_reader_can_see_is_taken_out(given_: str, found: str):
    assert cleaned(given_) == found


@settings(derandomize=True, max_examples=300)
@given(TEXT)
def test_a_cleaned_text_is_clean_and_its_size_in_json_is_known(text: str):
    clean = cleaned(text)
    assert cleaned(clean) == clean
    written = json.dumps(clean, ensure_ascii=False).encode()
    assert json_bytes(clean) == len(written) - 2


@settings(derandomize=True, max_examples=300)
@given(TEXT, st.integers(0, 400))
def test_a_cut_text_is_a_beginning_that_fits(text: str, limit: int):
    clean = cleaned(text)
    part = cut(clean, limit)
    assert clean.startswith(part)
    assert json_bytes(part) <= limit
    if json_bytes(clean) <= limit:
        assert part == clean


def test_a_text_is_cut_at_the_end_of_a_word():
    assert cut("a água não chega", 12) == "a água não"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("ação".encode(), "ação"),
        ("ação".encode("latin-1"), "ação"),
        ("\ufeffação".encode(), "ação"),
        ("ação".encode("utf-16"), "ação"),
        (b"\x89PNG\x00\x00", ""),
        (b"", ""),
    ],
)
def test_bytes_are_read_as_best_one_can(body: bytes, text: str):
    assert decoded(body, 1000) == text


def test_a_limit_through_the_middle_of_a_character_spoils_none():
    assert decoded("çççç".encode(), 5) == "çç"


def test_data_that_json_cannot_hold_becomes_words():
    given_ = {1: float("inf"), "a\x00": [b"x", {2}], "deep": [[[[[[[[[[[[[[[[[[[[[[[["fim"]]]]]]]]]]]]]]]]]]]]]]]]}
    found = plain(given_)
    assert found["1"] is None
    assert found["a"] == ["b'x'", "{2}"]
    assert "fim" in json.dumps(found)
