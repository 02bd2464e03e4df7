"""What a style hides from the reader's eye, and what it sets close together.

Preheaders (words meant for the list of mails alone) are hidden in many ways at once; any of them counts. Classes that
a style sheet hides count too, but not those within `@media`, which hide for telephones only.
"""

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["hidden_classes", "is_hidden", "is_indentation", "is_preformatted", "is_tight"]

_HIDING: Final = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|mso-hide:all|(?<![\w-])font-size:0+(?:\.0+)?(?:px|pt|em|rem|%)?(?:;|!|$)"
    r"|(?<![\w-])opacity:0+(?:\.0+)?(?:;|!|$)"
)
_FLAT: Final = re.compile(r"(?<![\w-])(?:max-)?(?:height|width):0(?:px|pt)?(?:;|!|$)")
_TIGHT: Final = re.compile(r"(?<![\w-])margin(?:-bottom)?:0")
_SPACES: Final = re.compile(r"\s+")
_COMMENT: Final = re.compile(r"/\*.{0,10000}?\*/", re.DOTALL)
_RULE: Final = re.compile(r"([^{}]{1,1000})\{([^{}]{0,5000})\}")
_SIMPLE: Final = re.compile(r"[a-z0-9]{0,12}\.([\w-]{1,80})")
_LONGEST_SHEET: Final = 256 * 1024


def is_hidden(attributes: Mapping[str, str], classes: frozenset[str]) -> bool:
    """Tell whether an element is not shown. `classes`: those that the style sheet hides."""
    if "hidden" in attributes:
        return True
    if classes and (its := attributes.get("class")) and not classes.isdisjoint(its.lower().split()):
        return True
    style = _flat(attributes)
    if not style:
        return False
    return _HIDING.search(style) is not None or ("overflow:hidden" in style and _FLAT.search(style) is not None)


def is_tight(attributes: Mapping[str, str]) -> bool:
    """Tell whether a paragraph has no room above and below: a line as in Outlook."""
    return attributes.get("class", "").startswith(("MsoNormal", "MsoPlainText", "MsoList", "p1", "p2")) or (
        _TIGHT.search(_flat(attributes)) is not None
    )


def is_indentation(attributes: Mapping[str, str]) -> bool:
    """Tell whether a `blockquote` is the writer's own words, moved to the right by a button of his program."""
    style = _flat(attributes)
    return (
        "webkit-indent-blockquote" in attributes.get("class", "") or "border:none" in style or "margin:00040px" in style
    ) and attributes.get("type") != "cite"


def is_preformatted(attributes: Mapping[str, str]) -> bool:
    """Tell whether line ends count."""
    return "white-space:pre" in _flat(attributes)


def hidden_classes(sheet: str) -> frozenset[str]:
    """Find the classes that a style sheet hides."""
    sheet = sheet[:_LONGEST_SHEET].lower()
    if "none" not in sheet:
        return frozenset()
    found: set[str] = set()
    for rule in _RULE.finditer(_without_media(_COMMENT.sub("", sheet))):
        if "display:none" in _SPACES.sub("", rule[2]):
            for selector in rule[1].split(","):
                if simple := _SIMPLE.fullmatch(selector.strip()):
                    found.add(simple[1])
    return frozenset(found)


def _without_media(sheet: str) -> str:
    """Leave out the blocks of `@media` and their like."""
    pieces: list[str] = []
    depth = 0
    for piece in re.split(r"(@[a-z-]+[^{};]{0,500}\{|[{}])", sheet):
        if piece.startswith("@") or (depth and piece == "{"):
            depth += 1
        elif depth and piece == "}":
            depth -= 1
        elif not depth:
            pieces.append(piece)
    return "".join(pieces)


def _flat(attributes: Mapping[str, str]) -> str:
    style = attributes.get("style")
    return _SPACES.sub("", style).lower() if style else ""
