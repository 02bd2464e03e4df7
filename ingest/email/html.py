"""HTML to text as a person would type it: lines, lists, tables in their order, and `>` before what is a quotation.

One pass over words and tags (`html_tokens.py`), no tree and no recursion; `html_page.py` breaks the lines. End tags
mean the nearest element of their name that no other one protects, as in a browser. What is hidden is left out, unless
nothing would remain.

Why not a library: `docs/decisions/0008-html-without-a-tree.md`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ingest.email.charset import clean
from ingest.email.html_page import Break, Page
from ingest.email.html_style import hidden_classes, is_hidden, is_indentation, is_preformatted, is_tight
from ingest.email.html_tokens import Tag, attributes, tokens
from ingest.email.links import shown_target
from ingest.email.pictures import picture_words

__all__ = ["LONGEST", "charset_of", "html_to_text"]

LONGEST: Final = 2**21
"""Characters of markup that are read, pictures aside."""
_MOST_TAGS: Final = 100_000
_MOST_OPEN: Final = 10_000
_META: Final = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,300}(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)
_PICTURE: Final = re.compile(r"data:[a-z/+.-]{1,60};base64,[A-Za-z0-9+/=\s%]{100,}", re.IGNORECASE)
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_FURTHEST: Final = 64
"""Open elements that are looked through for the one that an end tag means."""
_MOST_INDENTED: Final = 10
_LONGEST_NUMBER: Final = 5
_LISTS: Final = frozenset({"dir", "menu", "ol", "ul"})
_BREAKS: Final[dict[str, Break]] = {
    **dict.fromkeys(
        [
            "address",
            "article",
            "aside",
            "body",
            "caption",
            "center",
            "dd",
            "details",
            "dir",
            "div",
            "dl",
            "dt",
            "fieldset",
            "figcaption",
            "figure",
            "footer",
            "form",
            "frame",
            "header",
            "html",
            "legend",
            "main",
            "menu",
            "nav",
            "noscript",
            "option",
            "section",
            "summary",
            "table",
            "tbody",
            "textarea",
            "tfoot",
            "thead",
        ],
        Break.LINE,
    ),
    **dict.fromkeys(
        ["blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "listing", "ol", "p", "pre", "ul"], Break.GAP
    ),
}
_VOID: Final = frozenset(
    [
        "area",
        "base",
        "basefont",
        "bgsound",
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
        "wbr",
    ]
)
_FORMATTING: Final = frozenset(
    ["b", "big", "code", "em", "font", "i", "kbd", "nobr", "o:p", "s", "small", "strike", "strong", "tt", "u"]
)
"""Elements that change nothing here: they are remembered only where something is hidden."""
_INLINE: Final = frozenset({"a", "span", "label", "abbr", "sup", "sub", "q", "cite", "ins", "del", "bdo", "mark"})
_INLINE_OR_FORMATTING: Final = _INLINE | _FORMATTING
_CLOSES: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "li": (frozenset({"li"}), _LISTS),
    "td": (frozenset({"td", "th"}), frozenset({"table"})),
    "th": (frozenset({"td", "th"}), frozenset({"table"})),
    "tr": (frozenset({"tr", "td", "th"}), frozenset({"table"})),
    "p": (frozenset({"p"}), frozenset({"table", "div", "blockquote", "td", "li"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
}
"""Which elements the beginning of another ends, and what protects them."""


def charset_of(html: bytes) -> str | None:
    """Find the charset that the document itself declares."""
    found = _META.search(html, 0, 4096)
    return found[1].decode("ascii") if found else None


def html_to_text(html: str) -> tuple[str, str | None]:
    """Give the text that a reader would see, and what was wrong or left out, if anything."""
    defect = None
    if "base64," in html:
        html = _PICTURE.sub("data:,", html)
    if len(html) > LONGEST:
        html = html[:LONGEST]
        html = html[: html.rfind("<")] if html.rfind("<") > html.rfind(">") else html
        defect = f"HTML: mais de {LONGEST} caracteres, o resto está no original"
    reader = _Reader(hides=True)
    text = reader.read(html)
    if not text and reader.hid and (text := _Reader(hides=False).read(html)):
        defect = defect or "HTML: tudo estava escondido por estilos, e foi lido assim mesmo"
    if reader.tags >= _MOST_TAGS:
        defect = f"HTML: mais de {_MOST_TAGS} comandos, o resto está no original"
    return text, defect


@dataclass(slots=True)
class _Element:
    """An element that was not closed yet, and what its end undoes."""

    name: str
    gap: Break = Break.NONE
    hides: bool = False
    keeps_lines: bool = False
    quotes: bool = False
    target: str | None = None
    begins_at: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Reader:
    hides: bool
    page: Page = field(default_factory=Page)
    open: list[_Element] = field(default_factory=list)
    names: Counter[str] = field(default_factory=Counter)
    lists: list[int | None] = field(default_factory=list)
    """Of each open list: the next item's number; None where items have none."""
    classes: frozenset[str] = frozenset()
    hidden: int = 0
    lines_kept: int = 0
    tags: int = 0
    hid: bool = False

    def read(self, html: str) -> str:
        for token in tokens(html):
            if isinstance(token, Tag):
                self.tags += 1
                if self.tags >= _MOST_TAGS:
                    break
                if token.is_end:
                    self._end(token.name)
                else:
                    self._begin(token)
            elif self.hidden:
                self.hid = True
            elif self.lines_kept:
                self.page.kept(token)
            else:
                self.page.words(token)
        return _EMPTY_LINES.sub("\n\n", clean(self.page.end())).strip("\n")

    def _begin(self, tag: Tag) -> None:
        name = tag.name
        if name == "style":
            self.classes |= hidden_classes(tag.inside)
            return
        its = attributes(tag.inside) if tag.inside else {}
        hides = bool(its) and self.hides and is_hidden(its, self.classes)
        if name in _VOID:
            if not self.hidden and not hides:
                self._void(name, its)
            return
        if (name in _FORMATTING and not hides and not self.hidden) or len(self.open) >= _MOST_OPEN:
            return
        if name in _CLOSES:
            self._close_before(name)
        element = _Element(name, _BREAKS.get(name, Break.NONE), hides=hides)
        if element.gap == Break.GAP and ((name == "p" and is_tight(its)) or (name in _LISTS and self.lists)):
            element.gap = Break.LINE
        self.hidden += hides
        if not self.hidden:
            self._shown(element, its)
        if name in _LISTS:
            self.lists.append(_number(its.get("start"), 1) if name == "ol" else None)
        if name in {"pre", "listing", "textarea"} or (its and is_preformatted(its)):
            element.keeps_lines = True
            self.lines_kept += 1
        self.open.append(element)
        self.names[name] += 1

    def _void(self, name: str, its: Mapping[str, str]) -> None:
        if name == "br":
            self.page.newline()
        elif name == "img":
            self.page.words(picture_words(its))
        elif name in _BREAKS:
            self.page.boundary(_BREAKS[name])

    def _shown(self, element: _Element, its: Mapping[str, str]) -> None:
        """Do what an element's beginning does to the page."""
        name = element.name
        if name == "tr":
            self.page.begin_row()
        elif name in {"td", "th"}:
            self.page.begin_cell()
        elif name == "li":
            self.page.item(self._mark(its))
        elif name == "blockquote" and not is_indentation(its):
            element.quotes = True
            self.page.begin_quotation()
        elif element.gap:
            self.page.boundary(element.gap, of_block=name not in _LISTS)
        elif name == "a":
            element.target, element.begins_at = its.get("href"), self.page.place()

    def _mark(self, its: Mapping[str, str]) -> str:
        indentation = "  " * min(max(len(self.lists) - 1, 0), _MOST_INDENTED)
        number = self.lists[-1] if self.lists else None
        if number is None:
            return f"{indentation}• "
        number = _number(its.get("value"), number)
        self.lists[-1] = number + 1
        return f"{indentation}{number}. "

    def _close_before(self, name: str) -> None:
        """End what the beginning of this element ends."""
        ended, protected = _CLOSES[name]
        if not any(self.names[its] for its in ended):
            return
        for place in range(len(self.open) - 1, max(-1, len(self.open) - _FURTHEST), -1):
            its = self.open[place].name
            if its in protected:
                return
            if its in ended:
                while len(self.open) > place:
                    self._pop()

    def _end(self, name: str) -> None:
        if name == "br" or (name == "p" and not self.names["p"]):  # browsers take them for beginnings
            self.page.boundary(Break.LINE)
        if not self.names[name]:
            return
        for place in range(len(self.open) - 1, max(-1, len(self.open) - _FURTHEST), -1):
            its = self.open[place].name
            if its == name:
                while len(self.open) > place:
                    self._pop()
                return
            if its == "table" or (name in _INLINE_OR_FORMATTING and its not in _INLINE_OR_FORMATTING):
                return

    def _pop(self) -> None:
        element = self.open.pop()
        name = element.name
        self.names[name] -= 1
        self.lines_kept -= element.keeps_lines
        if name in _LISTS:
            self.lists.pop()
        if not self.hidden:
            if element.quotes:
                self.page.end_quotation()
            elif name == "tr":
                self.page.end_row()
            elif element.target is not None:
                self._target(element.target, self.page.since(element.begins_at))
            elif element.gap:
                self.page.boundary(element.gap, of_block=name != "table")
        self.hidden -= element.hides

    def _target(self, target: str, words: str) -> None:
        if (shown := shown_target(target, words)) is not None:
            self.page.after_words(f" <{shown}>")


def _number(written: str | None, otherwise: int) -> int:
    digits = (written or "").strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER
    return int(digits) if is_number else otherwise
