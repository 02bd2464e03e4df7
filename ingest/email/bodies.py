"""What a mail says: its parts read in order, the best of alternatives chosen, the rest given as files.

Plain text is preferred to HTML, since quotations are told apart best in it, unless it is empty or says much less (a
stub: "use a program that shows HTML"). A mail that was forwarded inside is text too, and a file as well. In a bounce
(`multipart/report`) the returned mail is ours: it is kept apart from what is said.

Source: RFC 2046; RFC 2387 (related); RFC 6522 (report).
"""

import re
from dataclasses import dataclass, field
from typing import Final

from ingest.adapter import File
from ingest.email.attachments import file_of
from ingest.email.charset import clean, decode
from ingest.email.flowed import unenriched, unflowed
from ingest.email.heads import Head, read_head
from ingest.email.html import charset_of, html_to_text
from ingest.email.structure import Part
from ingest.email.words import decode_words

__all__ = ["Content", "read_content"]

_MOST_FILES: Final = 200
_LONGEST_TEXT: Final = 4 * 2**20
_ENOUGH: Final = 200
"""Letters of a plain text that needs no comparison with its HTML."""
_STUB: Final = 2
"""HTML that says so many times more than the plain text beside it is the message."""
_LETTER: Final = re.compile(r"\w")
_TEXTS: Final = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_SAY_NOTHING: Final = {
    "application/ms-tnef": "winmail.dat: formato próprio do Outlook, guardado como arquivo e não lido",
    "application/pkcs7-mime": "S/MIME cifrado ou assinado: uma pessoa precisa abrir",
    "application/x-pkcs7-mime": "S/MIME cifrado ou assinado: uma pessoa precisa abrir",
}


@dataclass(slots=True)
class Content:
    """What a mail holds."""

    texts: list[str] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    reports: list[Part] = field(default_factory=list)
    """Of a report: what a machine tells (`message/delivery-status`, `message/disposition-notification`)."""
    returned: Head | None = None
    """Of a report: the head of the mail that it is about."""
    defects: list[str] = field(default_factory=list)


def read_content(root: Part) -> Content:
    """Read all parts of a mail."""
    content = Content()
    _read(root, content, in_report=False)
    if not "".join(content.texts).strip() and not content.forwarded:
        _read_a_text_file(root, content)
    return content


def _read(part: Part, content: Content, *, in_report: bool) -> None:
    kind = part.media_type
    if kind == "multipart/alternative":
        _read_alternatives(part, content, in_report=in_report)
    elif kind.startswith("multipart/"):
        if kind == "multipart/encrypted":
            content.defects.append("mensagem cifrada: uma pessoa precisa abrir")
        for child in part.children:
            _read(child, content, in_report=in_report or kind == "multipart/report")
    elif kind in {"message/delivery-status", "message/disposition-notification", "message/global-delivery-status"}:
        content.reports.append(part)
    elif kind == "message/rfc822":
        _read_forwarded(part, content, in_report=in_report)
    elif kind == "text/rfc822-headers" and in_report:
        content.returned = _head_of(part)
    elif kind in _TEXTS and _is_shown(part):
        content.texts.append(_text(part, content))
    else:
        _add_file(part, content)


def _is_shown(part: Part) -> bool:
    """Tell whether a text part is shown among the text, not offered as a file."""
    if part.disposition == "attachment":
        return False
    named = part.disposition_parameters.get("filename") or part.parameters.get("name")
    return not named or (part.disposition == "inline" and part.media_type != "text/html")


def _read_alternatives(part: Part, content: Content, *, in_report: bool) -> None:
    """Read the plain one, or the one that says much more; what is no text (a calendar) is a file all the same."""
    read: list[tuple[str, Content]] = []
    for child in part.children:
        its = Content()
        if read and child.media_type in {"text/html", "multipart/related"} and _letters(read[0][1]) > _ENOUGH:
            _collect_files(child, its)
        else:
            _read(child, its, in_report=in_report)
        read.append((child.media_type, its))
    best: Content | None = None
    for _, its in read:
        if best is None or _letters(its) > _STUB * _letters(best):
            best = its
    for _, its in read:
        content.files += its.files
        content.reports += its.reports
        if its is best:
            content.texts += its.texts
            content.forwarded += its.forwarded
            content.defects += its.defects


def _letters(content: Content) -> int:
    return sum(len(_LETTER.findall(text)) for text in (*content.texts, *content.forwarded))


def _collect_files(part: Part, content: Content) -> None:
    for leaf in part.walk():
        if not leaf.children and not (leaf.media_type in _TEXTS and _is_shown(leaf)):
            _add_file(leaf, content)


def _read_forwarded(part: Part, content: Content, *, in_report: bool) -> None:
    inner = part.children[0] if part.children else None
    if in_report:
        content.returned = inner.head if inner else content.returned
        return
    if inner is None:
        _add_file(part, content)
        return
    its = Content()
    _read(inner, its, in_report=False)
    content.forwarded.append("\n".join([*_heading(inner.head), "", *its.texts, *its.forwarded]))
    content.files += [file for file in its.files if file.media_type != part.media_type]
    content.reports += its.reports
    content.defects += its.defects
    subject = decode_words(inner.head.first("subject"))[0]
    _add_file(part, content, name=f"{subject or 'mensagem'}.eml")  # it holds those that are inside it


def _heading(head: Head) -> list[str]:
    """Say of a forwarded mail what a mail program would show above it."""
    lines = ["---------- Mensagem encaminhada ----------"]
    for name, label in (("from", "De"), ("date", "Data"), ("to", "Para"), ("subject", "Assunto")):
        if value := decode_words(head.first(name))[0]:
            lines.append(f"{label}: {value[:500]}")
    return lines


def _head_of(part: Part) -> Head:
    content = part.content()[0]
    return read_head(content, 0, len(content))[0]


def _text(part: Part, content: Content) -> str:
    data, defect = part.content()
    declared = part.parameters.get("charset")
    if part.media_type == "text/html" and not declared:
        declared = charset_of(data)
    text, its = decode(data, declared)
    content.defects += [words for words in (defect, its) if words]
    text = clean(text)
    if part.media_type == "text/html":
        text, its = html_to_text(text)
        content.defects += [its] if its else []
    elif part.media_type != "text/plain":
        text = unenriched(text)
    elif part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    if len(text) > _LONGEST_TEXT:
        text = text[:_LONGEST_TEXT]
        content.defects.append(f"texto: mais de {_LONGEST_TEXT} caracteres, o resto está no original")
    return text.strip("\n")


def _add_file(part: Part, content: Content, name: str | None = None) -> None:
    if words := _SAY_NOTHING.get(part.media_type):
        content.defects.append(words)
    if len(content.files) == _MOST_FILES:
        content.defects.append(f"arquivos: mais de {_MOST_FILES}, os outros estão no original")
        return
    file, defect = file_of(part, name)
    content.files.append(file)
    if defect:
        content.defects.append(defect)


def _read_a_text_file(root: Part, content: Content) -> None:
    """Where nothing else is said, read the first text that was sent as a file."""
    for part in root.walk():
        if part.media_type in _TEXTS and not part.children and (text := _text(part, content)).strip():
            content.texts = [text]
            content.defects.append("corpo vazio: um arquivo de texto foi lido como a mensagem")
            return
