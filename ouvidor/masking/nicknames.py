"""What somebody is called by who has a name: `Zé` for José, `Tonho` for Antônio, `Marquinhos` for Marcos.

Nicknames that don't begin as the name does stand in a list (`words/nicknames.txt`); diminutives are made by rule. Short
ones of two letters (`Lu`, `Fê`) are not looked for: too many words are written so.
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import Final

__all__ = ["called"]

_SHORTEST: Final = 3
_ENDINGS: Final = ("inho", "inha", "zinho", "zinha", "ito", "ita", "inhos", "ao")


def _listed() -> dict[str, tuple[str, ...]]:
    lines = files(__package__).joinpath("words", "nicknames.txt").read_text("ascii").splitlines()
    return {name: tuple(rest.split()) for name, _, rest in (line.partition(":") for line in lines)}


_LISTED: Final = _listed()


def called(word: str) -> Iterator[str]:
    """Give by what else somebody with a name's word, in lower case without accents, is called."""
    for nickname in _LISTED.get(word, ()):
        yield nickname
        if len(nickname) > _SHORTEST:
            yield from (f"{nickname[:-1]}inho", f"{nickname[:-1]}inha")
    stem = word.rstrip("aeiou")
    stem = f"{stem[:-1]}qu" if stem.endswith("c") else stem
    if len(stem) >= _SHORTEST:
        yield from (f"{stem}{ending}" for ending in _ENDINGS)
        yield from (f"{word}{ending}" for ending in ("zinho", "zinha"))
