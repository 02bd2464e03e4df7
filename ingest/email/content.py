"""What a mail holds, gathered while its parts are read."""

import re
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Final

from ingest.adapter import File
from ingest.email.heads import Head
from ingest.email.structure import Part

__all__ = ["Content", "letters"]

_MOST_FILES: Final = 200
_NO_LETTERS: Final = bytes(set(range(128)) - set(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_OTHERS: Final = re.compile("[^\x00-\x7f]+")
_LINK: Final = re.compile(r"https?://\S+")


@dataclass(slots=True)
class Content:
    """What a mail holds."""

    texts: list[str] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    """Of each file: its Content-ID, or empty."""
    instead: list[str] = field(default_factory=list)
    """What is read where nothing else is said: a meeting's words, Outlook's wrapped text."""
    pictures: set[str] = field(default_factory=set)
    """The ids of the parts that HTML shows."""
    reports: list[Part] = field(default_factory=list)
    """Of a report: what a machine tells (`message/delivery-status`, `message/disposition-notification`)."""
    returned: Head | None = None
    """Of a report: the head of the mail that it is about."""
    enclosed: list[Head] = field(default_factory=list)
    """The heads of mails within this one that are no report's."""
    defects: list[str] = field(default_factory=list)

    def add(self, file: File, its_id: str = "") -> None:
        """Add a file, so many and no more; `its_id`: by which HTML may show it."""
        if len(self.files) < _MOST_FILES:
            self.files.append(file)
            self.ids.append(its_id)
        else:
            self.defects.append(f"arquivos: mais de {_MOST_FILES}, os outros estão no original")

    def take(self, other: "Content", *, texts: bool = True) -> None:
        """Take in what another one holds; `texts`: its words too."""
        for file, its_id in zip_longest(other.files, other.ids, fillvalue=""):
            if isinstance(file, File):
                self.add(file, its_id)
        self.pictures |= other.pictures
        self.reports += other.reports
        self.returned = self.returned or other.returned
        self.instead += other.instead
        self.enclosed += other.enclosed
        if texts:
            self.texts += other.texts
            self.forwarded += other.forwarded
            self.defects += other.defects

    def says(self) -> int:
        """Count the letters that are said, links aside."""
        return sum(letters(_LINK.sub("", text) if "://" in text else text) for text in (*self.texts, *self.forwarded))


def letters(text: str) -> int:
    """Count letters and digits. Python's own test of each sign would take twenty times as long for those of ASCII."""
    plain = len(text.encode("ascii", "ignore").translate(None, _NO_LETTERS))
    return plain if text.isascii() else plain + sum(map(str.isalnum, "".join(_OTHERS.findall(text))))
