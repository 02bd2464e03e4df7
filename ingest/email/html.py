"""HTML to text that keeps its lines, and tells by `>` what the mailer marked as a quotation.

resiliparse's parser is a browser's: it takes anything, without recursion; what that costs on purpose-made HTML is kept
from it by `html_guard.py`. It keeps lists, tables' rows and links' targets. What is hidden from the eye is left out.
Quotations are marked before the text is taken and turned into `>` lines after, since in plain text nothing else would
tell them.
"""

import re
from typing import Final

from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.html import HTMLTree

from ingest.email.charset import clean
from ingest.email.html_guard import LONGEST, parsable, without_tags

__all__ = ["charset_of", "html_to_text"]

_OPEN, _CLOSE = "\ue0f1", "\ue0f2"
_MARKS: Final = re.compile(f"[{_OPEN}{_CLOSE}]")
_MOST_QUOTATIONS: Final = 500
_DEEPEST: Final = 5
_HIDDEN: Final = [
    "[hidden]",
    "[style*='display:none']",
    "[style*='display: none']",
    "[style*='DISPLAY:none']",
    "[style*='visibility:hidden']",
    "[style*='mso-hide:all']",
]
_META: Final = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_LINK: Final = re.compile(r" \(((?:https?://|mailto:)[^\s()]{1,2000})\)")
_EMPTY_LINES: Final = re.compile(r"\n(?:[ \t\xa0]*\n){2,}")


def charset_of(html: bytes) -> str | None:
    """Find the charset that the document itself declares."""
    found = _META.search(html, 0, 4096)
    return found[1].decode("ascii") if found else None


def html_to_text(html: str) -> tuple[str, str | None]:
    """Give the text that a reader would see, and what was left out for its length."""
    defect = None
    html, is_tame = parsable(html)
    if len(html) > LONGEST:
        html, defect = html[:LONGEST], f"HTML: mais de {LONGEST} caracteres, o resto está no original"
    if not is_tame:
        return clean(without_tags(html)), defect or "HTML aninhado demais: só as palavras, sem a forma"
    tree = HTMLTree.parse(_MARKS.sub("", html))
    has_quotations = _mark_quotations(tree)
    text = clean(
        extract_plain_text(tree, preserve_formatting=True, links=True, alt_texts=False, skip_elements=_HIDDEN)
    ).replace("\xa0", " ")
    if has_quotations:
        text = _with_marks(text)
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _EMPTY_LINES.sub("\n\n", _without_doubled_links(text)).strip("\n"), defect


def _mark_quotations(tree: HTMLTree) -> bool:
    """Put a mark at both ends of every quotation."""
    root = tree.document
    # a list of its own: the collection is made anew after every change of the tree
    quotations = root.query_selector_all("blockquote")[:_MOST_QUOTATIONS] if root is not None else []
    for quotation in quotations:
        for mark, place in ((_OPEN, quotation.prepend), (_CLOSE, quotation.append)):
            line, text = tree.create_element("div"), tree.create_text_node(mark)
            if line is not None and text is not None:
                line.append_child(text)
                place(line)
    return bool(quotations)


def _with_marks(text: str) -> str:
    """Turn the marks into `>` before each line between them."""
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        marks = _MARKS.findall(line)
        bare = _MARKS.sub("", line) if marks else line
        depth += marks.count(_OPEN)
        if bare.strip() or not marks:
            lines.append(f"{'>' * min(depth, _DEEPEST)} {bare.lstrip()}".rstrip() if depth > 0 else bare)
        depth = max(0, depth - marks.count(_CLOSE))
    return "\n".join(lines)


def _without_doubled_links(text: str) -> str:
    """Leave out a link's target where the link's words are the target."""
    pieces: list[str] = []
    at = 0
    for link in _LINK.finditer(text):
        before = text[max(at, link.start() - len(link[1])) : link.start()]
        bare = re.sub(r"^(?:https?://|mailto:)", "", link[1]).rstrip("/")
        pieces.append(text[at : link.start()])
        if not before.rstrip("/").endswith(bare):
            pieces.append(link[0])
        at = link.end()
    pieces.append(text[at:])
    return "".join(pieces)
