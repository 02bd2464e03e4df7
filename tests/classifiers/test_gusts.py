"""Lines as they come: together where they are there, alone where they are not."""

import json
import threading
from collections.abc import Iterator

import pytest

from classifiers.cascade import Cascade, Rules
from classifiers.gusts import gusts
from classifiers.lanes import Lanes
from classifiers.lines import answers_together
from classifiers.rulebook import RuleBook


def test_all_lines_come_in_their_order():
    given = [f"{number}\n".encode() for number in range(3_000)]
    found = list(gusts(given))
    assert [line for gust in found for line in gust] == given
    assert max(map(len, found)) <= 256


def test_a_line_is_given_before_the_next_one_is_there():
    asked = threading.Event()

    def lines() -> Iterator[bytes]:
        yield b"a"
        assert asked.wait(60)
        yield b"b"

    found = gusts(lines())
    assert next(found) == [b"a"]
    asked.set()
    assert list(found) == [[b"b"]]


def test_what_goes_wrong_while_reading_is_raised_when_all_before_it_were_given():
    def lines() -> Iterator[bytes]:
        yield b"a"
        raise OSError("the disk is gone")

    given: list[bytes] = []
    with pytest.raises(OSError, match="the disk is gone"):
        given.extend(line for gust in gusts(lines()) for line in gust)
    assert given == [b"a"]


def test_lines_of_a_gust_are_counted_and_told_one_by_one(book: RuleBook):
    lines = [json.dumps({"id": 1, "text": "Vou ao Procon"}).encode(), b"\n", b"nope", b'{"id": 2, "text": "Oi"}']
    found = list(answers_together([lines[:3], lines[3:]], Lanes(Cascade(Rules(book))).judge))
    assert [one.line for one in found] == [1, 3, 4]
    assert found[1].error is not None
    assert found[1].error.startswith("line 3: not JSON")
    assert [one.verdict is not None for one in found] == [True, False, True]
