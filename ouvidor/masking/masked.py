"""A text with its personal data masked, and where each place of the old text is in the new one.

A mask says what stood there and which of them it was, `[CPF 1]`: a reader can follow who is who without knowing who.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Found", "Kind", "Mask", "Masked", "Why"]


class Kind(StrEnum):
    """What is masked, in the words that stand in the mask; those named first win where two are found in one place."""

    EMAIL = "E-MAIL"
    LINK = "LINK"
    CPF = "CPF"
    CNPJ = "CNPJ"
    CNS = "CARTÃO SUS"
    PIS = "PIS"
    CNH = "CNH"
    VOTER = "TÍTULO DE ELEITOR"
    RG = "RG"
    PASSPORT = "PASSAPORTE"
    CARD = "CARTÃO"
    ACCOUNT = "CONTA"
    PIX = "PIX"
    PHONE = "TELEFONE"
    BIRTH = "NASCIMENTO"
    PLATE = "PLACA"
    COORDINATES = "COORDENADAS"
    PROTOCOL = "PROTOCOLO"
    ADDRESS = "ENDEREÇO"
    CEP = "CEP"
    SECRET = "SENHA"  # noqa: S105 - the word that stands in its place
    HANDLE = "USUÁRIO"
    NUMBER = "NÚMERO"
    NAME = "NOME"
    STAFF = "AGENTE"
    """Somebody named for what they do on our side: a matter about them can't be looked into without the name."""


class Why(StrEnum):
    """By what something was found."""

    KNOWN = "known"
    """It is the author's, as the message carries them, or of somebody who was copied in."""
    CHECKED = "checked"
    """Its check digits are right."""
    LABELLED = "labelled"
    """A word before it says what it is."""
    SHAPED = "shaped"
    """It is written as nothing else is."""
    LONG = "long"
    """It has seven digits or more."""
    SPOKEN = "spoken"
    """It is read out, word for word or letter by letter."""
    HOME = "home"
    """Somebody lives there."""
    ANNOUNCED = "announced"
    """Words or a signature say that a name comes."""
    LISTED = "listed"
    """Its words are names."""
    WORKING = "working"
    """They are named for what they do."""
    AGAIN = "again"
    """It was found elsewhere in the message."""


class Found(NamedTuple):
    """Something that identifies a person, and by which words two of them are known to be the same."""

    start: int
    end: int
    kind: Kind
    key: str
    why: Why = Why.SHAPED


class Mask(NamedTuple):
    """A mask: which characters of the old text it stands for, and where it is in the new one."""

    start: int
    end: int
    kind: Kind
    number: int
    at: int
    why: Why = Why.SHAPED

    @property
    def words(self) -> str:
        """What is read in its place."""
        return f"[{self.kind} {self.number}]"


@dataclass(frozen=True, slots=True)
class Masked:
    """A masked text, and its masks in order."""

    text: str
    masks: tuple[Mask, ...]
    original: str

    def moved(self, start: int, end: int) -> tuple[int, int] | None:
        """Tell where a span of the old text is now; None where masks have taken all of it.

        A span that begins or ends inside a mask has the whole mask.
        """
        if start == end:
            place = self._place(start, after=False)
            return place, place
        for mask in self.masks:
            if mask.start <= start and end <= mask.end:
                return None
        return self._place(start, after=False), self._place(end, after=True)

    def part(self, start: int, end: int) -> str:
        """Give what stands for a part of the old text: a mask that crosses its edge is in it whole."""
        return "".join(self._pieces(start, end))

    def _pieces(self, start: int, end: int) -> Iterator[str]:
        at = start
        for mask in self.masks:
            if mask.end <= start or mask.start >= end:
                continue
            yield self.original[at : max(at, mask.start)]
            yield mask.words
            at = mask.end
        yield self.original[at : max(at, end)]

    def _place(self, old: int, *, after: bool) -> int:
        shift = 0
        for mask in self.masks:
            if mask.end <= old:
                shift = mask.at + len(mask.words) - mask.end
            elif mask.start < old:
                return mask.at + (len(mask.words) if after else 0)
            else:
                break
        return old + shift
