"""JSON as it comes over the network: in any encoding, with whatever a careless program puts into it.

Of two members with one name Python keeps the second, so the first would be lost: it stays, under another name. Numbers
that JSON does not have (NaN) are read as words. What is nested deeper than anybody writes is refused, so that no later
reader runs out of stack; what has more values than anybody writes too, since 25 MB of `[],[],…` take two gigabytes.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from ouvidor.errors import Rejected

__all__ = ["read_json"]

_DEEPEST: Final = 64
_MOST_VALUES: Final = 500_000


def read_json(data: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Read JSON in UTF-8, -16 or -32, with or without a byte order mark. Raises `Rejected`, repeating nothing of it."""
    if sum(data.count(sign) for sign in (b",", b"[", b"{")) > _MOST_VALUES:
        raise Rejected(f"not JSON that can be read: more than {_MOST_VALUES} values")
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
        value = json.loads(text, parse_constant=str, object_pairs_hook=_keep_all)
    except UnicodeDecodeError as error:
        raise Rejected(f"not JSON: byte {error.start} is no {error.encoding}") from None
    except json.JSONDecodeError as error:
        raise Rejected(f"not JSON: line {error.lineno}, column {error.colno}: {error.msg}") from None
    except ValueError:
        raise Rejected("not JSON that can be read: a number in it has thousands of digits") from None
    except RecursionError:
        raise Rejected(f"not JSON that can be read: nested deeper than {_DEEPEST}") from None
    if _depth(value) > _DEEPEST:
        raise Rejected(f"not JSON that can be read: nested deeper than {_DEEPEST}")
    return value


def _keep_all(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    numbers: dict[str, int] = {}  # where each name's count stands: to begin anew each time would be quadratic
    for name, value in pairs:
        free = name
        while free in found:
            numbers[name] = numbers.get(name, 1) + 1
            free = f"{name} ({numbers[name]})"
        found[free] = value
    return found


def _depth(value: Any) -> int:  # noqa: ANN401 - whatever JSON holds
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return depth
