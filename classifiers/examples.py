"""Labelled messages: what models are trained on and judged by (`classifiers/data`), and a house's own corrections.

`data/train` holds what life sends in life's shares, `data/scarce` what is rare (its weight is the training's to set),
`data/apart` what other hands wrote: it is judged by, never trained on. The words are those of `docs/labels.md`. A label
that is null was not given: a correction may say the kind alone.
"""

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ouvidor.errors import Rejected
from ouvidor.records import Difficulty, Flag, Kind, Severity

__all__ = [
    "Correction",
    "Example",
    "Labelled",
    "Part",
    "held_out",
    "own_examples",
    "read_corrections",
    "read_examples",
    "read_labelled",
]

Part = Literal["train", "scarce", "apart"]
Row = TypeVar("Row", bound="Correction")


class Correction(BaseModel):
    """A message and what is right of it, as a house's readers say. Other keys of the line are passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    text: str = Field(min_length=1)
    kind: Kind | None = None
    severity: Severity | None = None
    difficulty: Difficulty | None = None
    flags: tuple[Flag, ...] | None = None
    area: str | None = None
    """An area's identifier or name (`rules/areas.yaml`); empty: none of them; null: not labelled."""

    @field_validator("flags")
    @classmethod
    def _in_their_order(cls, flags: tuple[Flag, ...] | None) -> tuple[Flag, ...] | None:
        return None if flags is None else tuple(flag for flag in Flag if flag in flags)


class Example(Correction):
    """One of the package's own messages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z]+(-[a-z0-9]+)*-[0-9]{3}$")
    kind: Kind
    severity: Severity
    difficulty: Difficulty
    flags: tuple[Flag, ...]
    channel: Literal["form", "email", "whatsapp", "comment", "phone", "letter"] | None
    language: Literal["pt", "es", "en"]
    sector: str | None
    why: str
    """For whoever doubts the labels: the rubric's line that settled them."""

    @property
    def source(self) -> str:
        """Whose hand wrote it: the first word of its identifier."""
        return self.id.partition("-")[0]


class Labelled(Correction):
    """A line of a file to measure by: what it tells beside its labels is what figures are shown by."""

    id: str | int | None = None
    channel: str | None = None
    language: str | None = None
    sector: str | None = None


def held_out(text: str) -> bool:
    """Tell whether a message of the pilot is of the third by which no rule was tuned."""
    return sha256(text.encode()).digest()[0] % 3 == 0


def own_examples(*parts: Part) -> list[Example]:
    """Give the package's own messages, in a fixed order."""
    files = sorted(
        (
            file
            for part in parts
            if (directory := resources.files("classifiers") / "data" / part).is_dir()
            for file in directory.iterdir()
            if file.name.endswith(".ndjson")
        ),
        key=lambda file: file.name,
    )
    return [example for file in files for example in read_examples(file)]


def read_examples(file: Traversable) -> Iterator[Example]:
    """Read a file of the package. Raises `Rejected` that names the line."""
    with file.open("rb") as lines:
        for number, line in _filled(lines):
            yield _read(Example, line, f"{file.name}: line {number}")


def read_corrections(file: Path) -> list[Correction]:
    """Read a house's corrections. Raises `Rejected` that names the file or the line."""
    return _read_all(Correction, file)


def read_labelled(file: Path) -> list[Labelled]:
    """Read labelled messages to measure by. Raises `Rejected` that names the file or the line."""
    return _read_all(Labelled, file)


def _read_all(model: type[Row], file: Path) -> list[Row]:
    try:
        with file.open("rb") as lines:
            return [_read(model, line, f"{file}: line {number}") for number, line in _filled(lines)]
    except OSError as error:
        raise Rejected(f"{file}: cannot be read: {error.strerror}; give a file of NDJSON") from error


def _filled(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _read(model: type[Row], line: bytes, where: str) -> Row:
    try:
        return model.model_validate(json.loads(line.decode("utf-8-sig")))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the line"
        raise Rejected(f"{where}: {place}: {first['msg']}; docs/labels.md tells the words") from None
    except ValueError as error:
        raise Rejected(f"{where}: not JSON in UTF-8 ({type(error).__name__}): one object a line is wanted") from None
