"""What a mail says: its parts read in order, the best of alternatives chosen, the rest given as files.

Plain text is preferred to HTML, since quotations are told apart best in it, unless it is empty or says much less (a
stub: "use a program that shows HTML"). A mail that was forwarded inside is text too, and a file as well. In a bounce
(`multipart/report`) the returned mail is ours: it is kept apart from what is said. Wrappings are opened (`wrapped.py`).

Source: RFC 2046; RFC 2387 (related); RFC 6522 (report).
"""

from dataclasses import replace
from typing import Final

from ingest.email.attachments import as_shown, file_of
from ingest.email.calendar import meeting_words
from ingest.email.content import Content
from ingest.email.forwarded import shown
from ingest.email.heads import Head, read_head
from ingest.email.structure import Part
from ingest.email.texts import read_text
from ingest.email.words import decode_words
from ingest.email.wrapped import opened

__all__ = ["Content", "read_content"]

_ENOUGH: Final = 200
"""Letters of a plain text that says something by itself."""
_STUB, _MUCH_MORE = 2, 5
"""HTML that says so many times more than a short, a long plain text beside it is the message."""
_MOST_TEXTS: Final = 100
_DEEPEST: Final = 100
"""Parts within parts, wrappings opened: far below Python's stack."""
_NO_TEXTS: Final = frozenset(
    {
        "text/calendar",
        "text/csv",
        "text/css",
        "text/xml",
        "text/vcard",
        "text/x-vcard",
        "text/directory",
        "text/javascript",
    }
    | {"text/x-amp-html", "text/watch-html", "text/tab-separated-values", "text/rfc822-headers", "text/x-vcalendar"}
)
_REPORTS: Final = frozenset(
    {"message/delivery-status", "message/disposition-notification", "message/global-delivery-status"}
)
_NOTHING_FOR_PEOPLE: Final = frozenset({"application/applefile", "text/x-amp-html", "text/watch-html"})


def read_content(root: Part) -> Content:
    """Read all parts of a mail."""
    content = Content()
    _Reading().read(root, content)
    content.files = [
        as_shown(file) if its_id and its_id in content.pictures else file
        for file, its_id in zip(content.files, content.ids, strict=True)
    ]
    if not content.says() and content.instead:
        content.texts = [text for text in content.instead if text.strip()] or content.texts
    if not "".join(content.texts).strip() and not content.forwarded:
        _read_a_text_file(root, content)
    return content


class _Reading:
    """One mail being read: how deep, and how many texts there were."""

    def __init__(self) -> None:
        self._depth = 0
        self._texts = 0
        self._unless_below = 0
        """Letters that an HTML must say to be read at all."""

    def read(self, part: Part, content: Content, *, in_report: bool = False) -> None:
        if self._depth == _DEEPEST:
            content.defects.append(f"estrutura: mais de {_DEEPEST} níveis, os mais fundos estão no original")
            return
        self._depth += 1
        self._read(part, content, in_report=in_report)
        self._depth -= 1

    def _read(self, part: Part, content: Content, *, in_report: bool) -> None:
        kind = part.media_type
        if kind == "multipart/alternative":
            self._alternatives(part, content, in_report=in_report)
        elif kind.startswith("multipart/"):
            if kind == "multipart/encrypted":
                content.defects.append("mensagem cifrada: uma pessoa precisa abrir")
            for child in part.children:
                self.read(child, content, in_report=in_report or kind == "multipart/report")
        elif kind in _REPORTS:
            content.reports.append(part)
        elif kind == "message/rfc822":
            self._forwarded(part, content, in_report=in_report)
        elif kind == "text/rfc822-headers" and in_report:
            content.returned = _head_of(part)
        elif _is_text(part):
            self._text(part, content)
        else:
            self._file(part, content)

    def _text(self, part: Part, content: Content) -> None:
        self._texts += 1
        if self._texts > _MOST_TEXTS:
            content.defects.append(f"texto: mais de {_MOST_TEXTS} partes, as outras estão no original")
            return
        text = read_text(part, unless_below=self._unless_below)
        content.texts.append(text.words)
        content.pictures |= text.pictures
        content.defects += text.defects
        for file in text.files:
            content.add(file)

    def _alternatives(self, part: Part, content: Content, *, in_report: bool) -> None:
        """Read the plain one, or the one that says much more; what is no text (a calendar) is a file all the same."""
        read: list[Content] = []
        best: Content | None = None
        most = 0
        for child in part.children:
            its = Content()
            needed = most * (_STUB if most <= _ENOUGH else _MUCH_MORE)
            self._unless_below = needed if _is_only_html(child) else 0
            self.read(child, its, in_report=in_report)
            self._unless_below = 0
            read.append(its)
            said = its.says()
            if best is None or said > needed:
                best, most = its, said
        for its in read:
            content.take(its, texts=its is best)

    def _forwarded(self, part: Part, content: Content, *, in_report: bool) -> None:
        inner = part.children[0] if part.children else None
        if in_report:
            content.returned = inner.head if inner else content.returned
            return
        if inner is None:
            self._file(part, content)
            return
        its = Content()
        self.read(inner, its)
        content.forwarded.append(shown(inner.head, its))
        its.texts, its.forwarded, its.instead, its.returned = [], [], [], None
        inside = [each for each in zip(its.files, its.ids, strict=True) if each[0].media_type != part.media_type]
        its.files, its.ids = [file for file, _ in inside], [its_id for _, its_id in inside]
        content.take(its)  # it holds those that are inside it
        subject = decode_words(inner.head.first("subject"))[0]
        content.enclosed.insert(0, inner.head)
        self._add(part, content, name=f"{subject or 'mensagem'}.eml")

    def _file(self, part: Part, content: Content) -> None:
        kind = part.media_type
        if kind in _NOTHING_FOR_PEOPLE:
            return
        if kind == "message/external-body":
            content.defects.append(_elsewhere(part))
            return
        if kind == "message/partial":
            number, total = part.parameters.get("number", "?")[:5], part.parameters.get("total", "?")[:5]
            content.defects.append(
                f"mensagem em pedaços: este é o {number} de {total}, os outros vêm em outras mensagens"
            )
            if number == "1":
                self._text(replace(part, media_type="text/plain"), content)
                return
        if kind == "text/calendar":
            content.instead.append(meeting_words(read_text(part).words))
        if kind == "text/rfc822-headers":
            content.enclosed.append(_head_of(part))
        inside, is_file_too = opened(part, self.read)
        if inside is not None:
            content.take(inside)
        if is_file_too:
            self._add(part, content)

    def _add(self, part: Part, content: Content, name: str | None = None) -> None:
        file, defect = file_of(part, name)
        content.add(file, part.head.first("content-id").decode("latin-1").strip(" <>"))
        if defect:
            content.defects.append(defect)


def _is_only_html(part: Part) -> bool:
    """Tell whether a part is an HTML document, perhaps with its pictures, and nothing else that may say anything."""
    if part.media_type == "multipart/related" and part.children:
        part, *others = part.children
        if not all(other.media_type.startswith("image/") and not other.children for other in others):
            return False
    return part.media_type == "text/html" and not part.children


def _is_text(part: Part) -> bool:
    """Tell whether a part is shown among the text, not offered as a file."""
    kind = part.media_type
    if not kind.startswith("text/") or kind in _NO_TEXTS or part.disposition == "attachment":
        return False
    named = part.disposition_parameters.get("filename") or part.parameters.get("name")
    return not named or (part.disposition == "inline" and kind != "text/html")


def _head_of(part: Part) -> Head:
    content = part.content()[0]
    return read_head(content, 0, len(content))[0]


def _elsewhere(part: Part) -> str:
    its = part.parameters
    place = its.get("url") or "/".join(filter(None, (its.get("site"), its.get("directory"), its.get("name"))))
    return f"um arquivo está fora da mensagem: {place[:120] or 'não diz onde'}"


def _read_a_text_file(root: Part, content: Content) -> None:
    """Where nothing else is said, read the first text that was sent as a file."""
    for part in root.walk():
        is_text = part.media_type.startswith("text/") and part.media_type not in _NO_TEXTS
        if is_text and not part.children and (text := read_text(part)).words.strip():
            content.texts = [text.words]
            content.defects += [*text.defects, "corpo vazio: um arquivo de texto foi lido como a mensagem"]
            return
