"""What the fast model hears: words, pairs of words, and the pieces of each word, hashed into buckets.

A word and its pieces always bring the same, so what they bring is summed once a word and remembered: judging a message
is then a look-up a word and a hash a pair. That is why pieces do not cross from word to word, and why a message's
length is the root of the sum of its words' squares, not of its pieces'. Training hears by the same functions.
"""

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Final
from zlib import crc32

from classifiers.index import Words

__all__ = [
    "PIECE_BUCKETS",
    "WORD_BUCKETS",
    "heard_word",
    "heard_words",
    "pairs_of",
    "pieces_of",
    "tokens",
    "tokens_of",
    "word_bucket",
]

WORD_BUCKETS: Final = 1 << 15
PIECE_BUCKETS: Final = 1 << 14
_TOKEN = re.compile(r"\w+|[?!]")
_DIGIT = re.compile(r"\d")
_LONGEST: Final = 24
_PIECES: Final = (2, 3, 4, 5)


def tokens(folded: str) -> list[str]:
    """Cut a folded text."""
    return _TOKEN.findall(folded)


def tokens_of(words: Words) -> Sequence[str]:
    """Cut a folded text that is cut into words already: where nobody asks or shouts, these are all."""
    return tokens(words.text) if "?" in words.text or "!" in words.text else words.words


def heard_word(token: str) -> str:
    """Give the word that is heard. What a number's digits are does not matter, how many there are does."""
    return token[:_LONGEST] if token.isalpha() else _DIGIT.sub("0", token)[:_LONGEST]


def heard_words(folded: str) -> list[str]:
    """Give the words that are heard in a folded text."""
    return [heard_word(token) for token in tokens(folded)]


def word_bucket(word: str) -> int:
    """Give a word's bucket."""
    return crc32(word.encode("utf-8", "replace")) % WORD_BUCKETS


def pairs_of(words: Sequence[str]) -> list[int]:
    """Give the buckets of neighbours, each once. They share theirs with the words: there is room."""
    return [crc32(pair.encode("utf-8", "replace")) % WORD_BUCKETS for pair in {f"{a} {b}" for a, b in pairwise(words)}]


def pieces_of(word: str) -> list[int]:
    """Give the buckets of a word's pieces, two to five characters, its edges marked."""
    edged = f" {word} "
    slices = _slices(len(edged))
    if edged.isascii():  # mostly: then a character is a byte
        written = edged.encode()
        return [crc32(written[piece]) % PIECE_BUCKETS for piece in slices]
    return [crc32(edged[piece].encode("utf-8", "replace")) % PIECE_BUCKETS for piece in slices]


@cache
def _slices(length: int) -> list[slice]:
    """Give the places of the pieces of a word that is so long, and of its edges: 26 at most, as words are heard."""
    return [slice(at, at + size) for size in _PIECES for at in range(length - size + 1)]
