"""Phone numbers, of Brazil by their plan, of elsewhere by the + before them.

`phonenumbers` knows every country's plan and takes some 100 µs for a text; what people write to a Brazilian house is
told by the area, the leading 9 and the grouping (`docs/decisions/0020-masking.md`).

Source: Anatel's numbering plan (areas 11 to 99; mobiles begin with 9 and have nine digits, fixed ones with 2 to 5).
"""

import re
from typing import Final

__all__ = ["is_phone", "phone_key"]

_NO_AREAS: Final = frozenset({20, 23, 25, 26, 29, 30, 36, 39, 40, 50, 52, 56, 57, 58, 59, 60, 70, 72, 76, 78, 80, 90})
_AREAS: Final = frozenset(str(area) for area in range(11, 100) if area not in _NO_AREAS)
_LOCAL: Final = re.compile(
    r"(?:9[ .-]?\d{4}[ .-]\d{4}|9\d{3}[ .-]?\d{2}[ .-]\d{3}|(?!20[0-3]\d-)[2-5]\d{3}[ .-]\d{4}|9\d{8})"
)


def is_phone(digits: str, written: str, *, told: bool = False) -> bool:
    """Tell whether digits are a phone's, as they are written. `told`: the words before say that they are."""
    bare = digits
    if bare.startswith("55") and len(bare) in {12, 13}:
        bare = bare[2:]
    bare = bare.removeprefix("0")
    if len(bare) in {10, 11} and bare[:2] in _AREAS:
        local = bare[2:]
        return _mobile(local) or _fixed(local) or (told and len(local) >= 8)  # noqa: PLR2004 - a local number
    if len(bare) in {8, 9}:
        return told or bool(_LOCAL.fullmatch(written))
    return told and 8 <= len(digits) <= 14  # noqa: PLR2004 - ITU's shortest and longest in use


def phone_key(digits: str) -> str:
    """Give by what two ways of writing one phone are the same: its last eight digits."""
    return digits[-8:]


def _mobile(local: str) -> bool:
    return len(local) == 9 and local[0] == "9"  # noqa: PLR2004 - as the plan has it


def _fixed(local: str) -> bool:
    return len(local) == 8 and local[0] in "2345"  # noqa: PLR2004 - the same
