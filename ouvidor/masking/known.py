"""What is known of a message's people before it is read: their names and addresses, found however they are written.

Each word of a known name is masked where it stands alone too (`Zulmira`, `quixadá`), and so is what somebody of that
name is called (`Zé`, `Toninho`) and two of its words run together (`zulmiraquixada`); one that is a word of the
language as well (`Rosa`, `Campos`) only with a capital, outside a place's name, or beside another word of the name.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from ouvidor.masking.lexicon import AMBIGUOUS, CONNECTORS, FIRST, LAST, NO_NAME, ORDINARY
from ouvidor.masking.masked import Found, Kind
from ouvidor.masking.name_parts import in_place
from ouvidor.masking.nicknames import called as other_names
from ouvidor.masking.reading import Reading, fold

__all__ = ["Known", "called_by", "known_people", "named_before"]

_SHORTEST: Final = 3
_MOST_PARTS: Final = 8
_TOGETHER: Final = 7
_SHORTEST_LOCAL: Final = 5
_PHONE: Final = 8
_HOUSES: Final = frozenset(
    {"ouvidoria", "contato", "atendimento", "suporte", "financeiro", "admin", "vendas", "sac", "faleconosco", "info"}
    | {"protocolo", "secretaria", "prefeitura", "noreply", "no-reply", "cliente", "usuario", "whatsapp"}
)
_GAP: Final = frozenset({" ", ". ", ".", "-", "_"})


@dataclass(frozen=True, slots=True)
class Known:
    """Names and addresses of a message's people: its author's, and whose it was addressed to."""

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = field(default=())

    @property
    def digits(self) -> frozenset[str]:
        """Numbers by which they are reached, in their last eight digits."""
        runs = ("".join(filter(str.isdigit, address)) for address in self.addresses if "@" not in address)
        return frozenset(run[-_PHONE:] for run in runs if len(run) >= _PHONE)


def known_people(reading: Reading, known: Known) -> Iterator[Found]:
    """Find who is known."""
    yield from _literals(reading.folded, known)
    words = frozenset(word for name in known.names for word in called_by(name))
    if words:
        parts = frozenset(word for name in known.names for word in _parts(name))
        yield from _names(reading, words, words - parts)


def called_by(name: str) -> frozenset[str]:
    """Give the words by which somebody is known: of their name, their nicknames, two of these together."""
    parts = list(dict.fromkeys(_parts(name)))[:_MOST_PARTS]
    also = [each for part in parts for each in other_names(part) if each not in NO_NAME]
    together = (one + other for one in (*parts, *also) for other in parts if one != other)
    return frozenset((*parts, *also, *(each for each in together if len(each) >= _TOGETHER)))


def named_before(reading: Reading, names: Iterable[str]) -> Iterator[Found]:
    """Find again who was named elsewhere in a message: by the whole name, or its first word alone."""
    whole = {tuple(name.replace(".", " ").split()): name for name in names}
    firsts: dict[str, list[tuple[str, ...]]] = {}
    for words in whole:
        if words and len(words[0]) >= _SHORTEST and words[0] not in NO_NAME:
            firsts.setdefault(words[0], []).append(words)
    if not firsts:
        return
    tokens = reading.tokens
    for place, token in enumerate(tokens):
        if token.word not in firsts:
            continue
        longest = 1
        for words in firsts[token.word]:
            if [each.word for each in tokens[place : place + len(words)]] == list(words):
                longest = max(longest, len(words))
        listed = token.word in FIRST or token.word in LAST or reading.capital(token)
        if longest > 1 or (listed and _stands_alone(reading, place)):
            start, stop = token.start, tokens[place + longest - 1].end
            yield Found(start, stop, Kind.NAME, reading.folded[start:stop])


def _literals(folded: str, known: Known) -> Iterator[Found]:
    names = {word for name in known.names for word in _parts(name)}
    for address in known.addresses:
        whole = fold(address).strip()
        for value, kind in _of_address(whole):
            if value in names:
                continue
            yield from (
                Found(*match.span(), kind, value) for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", folded)
            )
    for name in known.names:
        whole = " ".join(fold(name).split())
        if len(whole) >= _SHORTEST and whole not in _HOUSES | NO_NAME:
            pattern = r"\s+".join(map(re.escape, whole.split()))
            yield from (
                Found(*match.span(), Kind.NAME, whole) for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", folded)
            )


def _of_address(whole: str) -> Iterator[tuple[str, Kind]]:
    if "@" in whole.strip("@"):
        yield whole, Kind.EMAIL
        local = whole.partition("@")[0]
        if len(local) >= _SHORTEST_LOCAL and local not in _HOUSES:
            yield local, Kind.HANDLE
    elif len(whole) >= _SHORTEST_LOCAL and whole.strip("@") not in _HOUSES:
        yield whole, Kind.HANDLE
        if whole.startswith("@"):
            yield whole[1:], Kind.HANDLE


def _parts(name: str) -> Iterator[str]:
    words = re.findall(r"[^\W\d_]+", fold(name))
    if any(word in _HOUSES for word in words):
        return
    yield from (word for word in words if len(word) >= _SHORTEST and word not in CONNECTORS)


def _names(reading: Reading, words: frozenset[str], nicknames: frozenset[str]) -> Iterator[Found]:
    tokens, place = reading.tokens, 0
    while place < len(tokens):
        if tokens[place].word not in words:
            place += 1
            continue
        last = place + 1
        end = last
        while last < len(tokens) and reading.folded[tokens[last - 1].end : tokens[last].start] in _GAP:
            if tokens[last].word in words:
                end = last + 1
            elif tokens[last].word not in CONNECTORS:
                break
            last += 1
        if end > place + 1 or _stands_alone(reading, place, nicknames):
            start, stop = tokens[place].start, tokens[end - 1].end
            yield Found(start, stop, Kind.NAME, reading.folded[start:stop])
        place = end


def _stands_alone(reading: Reading, place: int, nicknames: frozenset[str] = frozenset()) -> bool:
    token = reading.tokens[place]
    if token.word in NO_NAME or in_place(reading, place):
        return False
    if reading.capital(token):
        return True
    if token.word in nicknames and place and reading.tokens[place - 1].word in {"o", "a", "sou", "do", "da"}:
        return len(token.word) >= _SHORTEST
    return token.word not in AMBIGUOUS and token.word not in ORDINARY and len(token.word) >= _SHORTEST
