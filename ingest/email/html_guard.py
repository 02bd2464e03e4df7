"""HTML that a parser can be given: what a browser's algorithm makes quadratic, or worse, is taken out before.

A browser opens what is misnested anew in every paragraph: 75 kB of `<font>`s that are never closed become five
gigabytes of tree, and the process that reads the mail dies of it at each try. It compares each attribute with all
others of its tag, and looks through all open elements at each `<p>`. Mail of people has none of that: Gmail shows no
more than 102 kB. So formatting elements are renamed to `span`s, which nothing opens anew; pictures inside the markup
and tags of thousands of characters go; and what is nested deeper than browsers keep it loses its tags, and no word.

Source: WHATWG HTML, "The list of active formatting elements", "Has an element in scope".
"""

import re
from collections import Counter
from html import unescape
from typing import Final

__all__ = ["LONGEST", "parsable", "without_tags"]

LONGEST: Final = 2**20
"""Characters of markup that are read, pictures aside."""
_DEEPEST: Final = 512
_PICTURE: Final = re.compile(r"data:[a-z/+.-]{1,60};base64,[A-Za-z0-9+/=\s%]{100,}", re.IGNORECASE)
_LONG_TAG: Final = re.compile(r"<[a-zA-Z/!?][^<>]{4096,}>?")
_FORMATTING: Final = re.compile(
    r"<(/?)(?:b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)(?=[\s/>])", re.IGNORECASE
)
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
_NEVER_DEEP: Final = frozenset(
    {
        *(
            "area",
            "base",
            "br",
            "col",
            "embed",
            "hr",
            "img",
            "input",
            "link",
            "meta",
            "param",
            "source",
            "track",
            "wbr",
        ),
        *("dd", "dt", "li", "option", "p", "tbody", "td", "tfoot", "th", "thead", "tr"),
    }
)
"""Elements without an end, or whose end is left out by habit."""
_UNSEEN: Final = re.compile(
    r"<(?:script|style|title|head)\b(?:(?!</(?:script|style|title|head)\b).){0,100000}", re.IGNORECASE | re.DOTALL
)
_BLOCK: Final = re.compile(r"<(?:br|p|div|tr|li|h[1-6]|table|blockquote|hr)\b", re.IGNORECASE)
_ANY_TAG: Final = re.compile(r"<[a-zA-Z/!?][^<>]*>?")
_SPACES: Final = re.compile(r"[ \t]+")


def parsable(html: str) -> tuple[str, bool]:
    """Give the HTML without what nobody would see and parsers suffer from; and whether it may be parsed at all."""
    html = _LONG_TAG.sub("", _PICTURE.sub("data:,", html))
    html = _FORMATTING.sub(r"<\1span", html)
    return html, not _is_deep(html[:LONGEST])


def without_tags(html: str) -> str:
    """Give the words of HTML that must not be parsed, a line a block."""
    text = _ANY_TAG.sub(" ", _BLOCK.sub(r"\n\g<0>", _UNSEEN.sub("", html)))
    lines = (_SPACES.sub(" ", line).strip() for line in unescape(text).split("\n"))
    return "\n".join(line for line in lines if line)


def _is_deep(html: str) -> bool:
    nested: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _NEVER_DEEP:
            continue
        if not tag[1]:
            nested[name] += 1
            depth += 1
        elif nested[name]:
            nested[name] -= 1
            depth -= 1
        if depth > _DEEPEST:
            return True
    return False
