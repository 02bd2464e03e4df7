"""What is wrapped in a file of a format of its own: Outlook's `winmail.dat` and `.msg`, S/MIME, mails sent as files.

What could be opened is read in its place; what could not stays a file, and its name says what it is.
"""

from collections.abc import Callable
from typing import Final

from ingest.email.cms import unwrapped
from ingest.email.content import Content
from ingest.email.forwarded import as_content, shown
from ingest.email.heads import read_head
from ingest.email.mapi import letter_of
from ingest.email.msg import is_msg, read_msg
from ingest.email.structure import Part, read_structure
from ingest.email.tnef import read_tnef

__all__ = ["opened"]

_TNEF_KINDS: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_CMS_KINDS: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_LONGEST_MAIL: Final = 64 * 2**20


def opened(part: Part, read: Callable[[Part, Content], None]) -> tuple[Content | None, bool]:
    """Give what is wrapped in a part, and whether the part is to be kept as a file too. None: it is no wrapping.

    `read` reads a part into a content, as in the mail itself.
    """
    kind = part.media_type
    name = (part.disposition_parameters.get("filename") or part.parameters.get("name") or "").lower()
    if kind in _TNEF_KINDS or name == "winmail.dat":
        return _tnef(part)
    if kind in _CMS_KINDS or name.endswith(".p7m"):
        return _signed(part, read)
    if kind == "application/vnd.ms-outlook" or name.endswith(".msg"):
        return _msg(part)
    if name.endswith(".eml") and not kind.startswith("multipart/"):
        return _mail(part, read)
    return None, True


def _tnef(part: Part) -> tuple[Content | None, bool]:
    data = part.content()[0]
    item, defect = read_tnef(data)
    if not item.properties and not item.attachments:
        return Content(defects=["winmail.dat: não foi possível ler nada dele, guardado como arquivo"]), True
    its = as_content(letter_of(item))
    content = Content(files=its.files, forwarded=its.forwarded, instead=its.texts, defects=its.defects)
    if defect:
        content.defects.append(defect)
    return content, defect is not None


def _signed(part: Part, read: Callable[[Part, Content], None]) -> tuple[Content | None, bool]:
    kind, inner = unwrapped(part.content()[0])
    if inner is None:
        is_closed = kind == "enveloped" or part.parameters.get("smime-type", "") == "enveloped-data"
        what = "mensagem cifrada (S/MIME)" if is_closed else "S/MIME que não foi possível abrir"
        return Content(defects=[f"{what}: uma pessoa precisa abrir"]), True
    content = Content()
    root, defects = read_structure(inner[:_LONGEST_MAIL], within=1)
    content.defects += [defect for defect in defects if not defect.startswith("cabeçalhos")]
    read(root, content)
    return content, False


def _msg(part: Part) -> tuple[Content | None, bool]:
    data = part.content()[0]
    if not is_msg(data):
        return None, True
    item, defect = read_msg(data)
    letter = letter_of(item)
    its = as_content(letter)
    return Content(
        forwarded=[shown(letter.head, its)], files=its.files, defects=[*its.defects, *([defect] if defect else [])]
    ), True


def _mail(part: Part, read: Callable[[Part, Content], None]) -> tuple[Content | None, bool]:
    data = part.content()[0]
    head, _ = read_head(data, 0, min(len(data), 64 * 1024))
    if not (head.has("from") or head.has("subject")):
        return None, True
    root, defects = read_structure(data, within=1)
    its = Content()
    read(root, its)
    return Content(
        forwarded=[shown(root.head, its)], files=its.files, pictures=its.pictures, defects=[*its.defects, *defects]
    ), True
