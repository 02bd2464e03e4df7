"""The tokens of a CEL condition.

Source: Common Expression Language, "Language Definition", lexis.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

__all__ = ["FUNCTIONS", "MACROS", "WORDS", "Kinds", "Token", "tokens"]

FUNCTIONS: Final = frozenset(
    [
        "size",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "string",
        "int",
        "double",
        "timestamp",
        "duration",
        "getFullYear",
        "getMonth",
        "getDate",
        "getDayOfMonth",
        "getDayOfWeek",
        "getDayOfYear",
        "getHours",
        "getMinutes",
        "getSeconds",
        "getMilliseconds",
    ]
)
"""What a condition may call, as `common-expression-language` has it."""

MACROS: Final = frozenset({"all", "exists", "exists_one", "filter", "map"})
WORDS: Final = frozenset({"true", "false", "null", "in"})
_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*)|(?P<text>[rR]?(?:'{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"))"""
    r"""|(?P<name>[A-Za-z_]\w*)|(?P<number>\d[\w.]*)|(?P<sign>==|!=|<=|>=|&&|\|\||\S)""",
    re.DOTALL,
)

Kinds: TypeAlias = Mapping[str, Any]
"""The models of the variables, by name."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number, a text or a sign."""

    sort: str
    word: str

    @property
    def label(self) -> str:
        """What a text says."""
        return self.word.lstrip("rR").strip("'\"")


def tokens(source: str) -> list[Token]:
    """Give a condition's tokens, without blanks and comments."""
    found = (Token(str(match.lastgroup), match.group()) for match in _TOKEN.finditer(source))
    return [token for token in found if token.sort != "space"]
