"""HTML cut into words and tags, in one pass and without a tree.

A browser's tree is dear where it is made so on purpose (a formatting element that is never closed is opened anew in
every paragraph: 75 kB become gigabytes), and a mail's text needs none. Cutting is the part of the standard that counts
here: quoted attributes may hold `>`, scripts and styles are no text, comments end where browsers end them, and what
never ends loses its sign and not the words after it. Every search that found nothing is not made again, so the time is
the length's.

Source: WHATWG HTML, 13.2.5 (tokenization).
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final, NamedTuple

__all__ = ["Tag", "attributes", "tokens"]

_TAG: Final = re.compile(
    r"<(/?)([a-zA-Z][^\s/><]{0,60})((?:[^>\"'=]++|=\s*+\"[^\"]*\"|=\s*+'[^']*'|[\"'=])*+)>",
)
_MARKUP: Final = re.compile(r"<(?=[a-zA-Z!?]|/[a-zA-Z])")
_BODY: Final = re.compile(r"</head|<body", re.IGNORECASE)
_NAME: Final = re.compile(r"</?([a-zA-Z][^\s/><]{0,60})")
_ATTRIBUTE: Final = re.compile(r"([^\s\"'=/<>]{1,60})(?:\s*+=\s*+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_MOST_ATTRIBUTES: Final = 100
_LONGEST_TAG: Final = 64 * 1024
_RAW: Final = frozenset({"script", "style", "title", "xml", "svg", "math", "template", "select", "xmp", "iframe"})
"""Elements of whose inside nothing is read as text."""


class Tag(NamedTuple):
    """A tag: `name` in lower case, `inside` the attributes as they are written. Of a style: its text."""

    name: str
    is_end: bool
    inside: str


def attributes(inside: str) -> dict[str, str]:
    """Read a tag's attributes; names in lower case, the first of equal ones counts."""
    found: dict[str, str] = {}
    for count, each in enumerate(_ATTRIBUTE.finditer(inside[:_LONGEST_TAG])):
        if count == _MOST_ATTRIBUTES:
            break
        value = each[2] if each[2] is not None else each[3] if each[3] is not None else each[4] or ""
        found.setdefault(each[1].lower(), unescape(value) if "&" in value else value)
    return found


def tokens(html: str) -> Iterator[str | Tag]:
    """Give words and tags in order."""
    return _Cutter(html).cut()


class _Cutter:
    def __init__(self, html: str) -> None:
        self._html = html
        self._missing: set[str] = set()
        """Endings that do not come any more."""
        self._loose = False
        """A tag had quotation marks without a partner: from there on tags end at the next `>`."""

    def cut(self) -> Iterator[str | Tag]:
        html, at = self._html, 0
        while (found := _MARKUP.search(html, at)) is not None:
            start = found.start()
            if start > at:
                yield _words(html[at:start])
            if html[start + 1] in "!?":
                at = self._after_comment(start)
                continue
            tag, at = self._tag(start)
            if tag is None:
                at = len(html) if ">" in self._missing else at
                yield _words(html[start:at])
                continue
            if tag.name in _RAW and not tag.is_end and not tag.inside.endswith("/"):
                inside, at = self._raw(tag.name, at)
                if tag.name == "style":
                    tag = Tag("style", is_end=False, inside=inside)
            yield tag
        if at < len(html):
            yield _words(html[at:])

    def _tag(self, start: int) -> tuple[Tag | None, int]:
        """Read the tag that begins here. None: it is none, and what is given is to be read as it stands."""
        found = None if self._loose else _TAG.match(self._html, start)
        if found is not None:
            return Tag(found[2].lower(), bool(found[1]), found[3]), found.end()
        name = _NAME.match(self._html, start)
        end = self._find(">", start) if name is not None else -1
        self._loose = True
        if name is None or end < 0:
            return None, start + 1
        return Tag(name[1].lower(), self._html[start + 1] == "/", self._html[name.end() : end]), end + 1

    def _after_comment(self, start: int) -> int:
        html = self._html
        if html.startswith("<!--", start):
            if html.startswith(("<!-->", "<!--->"), start):
                return html.index(">", start) + 1
            if (end := self._find("-->", start + 4)) >= 0:
                return end + 3
        end = self._find(">", start)
        return start + 2 if end < 0 else end + 1

    def _raw(self, name: str, at: int) -> tuple[str, int]:
        """Give what stands inside, and where to go on: at the end tag; where none comes, at once."""
        ending = f"</{name}"
        if ending in self._missing:
            return "", at
        found = re.compile(ending, re.IGNORECASE).search(self._html, at)
        if found is None:
            self._missing.add(ending)
            found = _BODY.search(self._html, at) if name in {"style", "title", "script"} else None
        return ("", at) if found is None else (self._html[at : found.start()], found.start())

    def _find(self, ending: str, at: int) -> int:
        if ending in self._missing:
            return -1
        found = self._html.find(ending, at)
        if found < 0:
            self._missing.add(ending)
        return found


def _words(text: str) -> str:
    return unescape(text) if "&" in text else text
