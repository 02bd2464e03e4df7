"""Cutting words into the encoder's pieces: the likeliest cut under its unigram model (Kudo 2018), by Viterbi.

No piece reaches over a space, so each word is cut by itself and remembered: people use the same few thousand words,
and the cutting costs a hundredth of what the encoder does. What is too long is read at its head and its tail: the point
of a long story is often in its last line.
"""

from typing import Final

from classifiers.slow.base import Base

__all__ = ["LONGEST", "Pieces"]

LONGEST: Final = 192
"""Tokens. One message of fifty is longer."""
_TAIL: Final = 64
_READ: Final = 4_000
_REMEMBERED: Final = 50_000
_WORD: Final = 40
"""Characters: what is longer is no word, and is cut here, so that no text costs more than some milliseconds."""
_BEGINS: Final = "▁"
_PREFIX: Final = "query: "


class Pieces:
    """Cuts texts."""

    def __init__(self, base: Base) -> None:
        spelt, starts, scores = base.pieces
        bounds, likely = starts.tolist(), scores.tolist()
        self._known: dict[str, tuple[int, float]] = {}
        for place in range(len(likely) - 1, -1, -1):  # the first of two that are spelt alike stays
            if bounds[place] < bounds[place + 1] and place != base.unknown:
                piece = spelt[bounds[place] : bounds[place + 1]].decode("utf-8", "replace")
                self._known[piece] = (place, likely[place])
        self._longest = max(map(len, self._known))
        self._unknown = (base.unknown, min(likely) - 10)
        self._characters = base.characters
        self._cut: dict[str, tuple[int, ...]] = {}
        self._ends = (base.first, base.last)

    def __call__(self, text: str) -> list[int]:
        """Give a text's tokens, its ends marked."""
        if len(text) > _READ:
            text = f"{text[: _READ // 2]} {text[-_READ // 2 :]}"
        found: list[int] = []
        for word in (_PREFIX + text).translate(self._characters).split():
            for at in range(0, len(word), _WORD):
                found += self._word(word[at : at + _WORD] if at else _BEGINS + word[:_WORD])
        room = LONGEST - 2
        if len(found) > room:
            found[room - _TAIL : -_TAIL] = ()
        return [self._ends[0], *found, self._ends[1]]

    def _word(self, word: str) -> tuple[int, ...]:
        cut = self._cut.get(word)
        if cut is None:
            if len(self._cut) >= _REMEMBERED:
                self._cut.clear()
            cut = self._cut[word] = self._likeliest(word)
        return cut

    def _likeliest(self, word: str) -> tuple[int, ...]:
        best = [0.0] + [-1e30] * len(word)
        back = [(0, 0)] * (len(word) + 1)
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                token, score = self._known.get(word[start:end], self._unknown if end == start + 1 else (0, -1e30))
                if best[start] + score > best[end]:
                    best[end], back[end] = best[start] + score, (start, token)
        found, end = [], len(word)
        while end > 0:
            end, token = back[end]
            found.append(token)
        return tuple(reversed(found))
