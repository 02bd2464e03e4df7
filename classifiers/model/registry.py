"""The registry of models: a directory each, named by what is in it, and a pointer to the one in force.

`current` is replaced by a rename, so that whoever reads it sees the old one or the new one, whole; it also holds those
before it, so that going back needs nothing else. `history.ndjson` tells who was put in force, when and why: its line is
written before the pointer, so that no reason is lost where the machine falls in between. Nothing is ever taken away.

Source: rename(2).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from shutil import copyfile, rmtree
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from classifiers.model.gate import Comparison
from classifiers.model.weights import load_model
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from ouvidor.files import sync_folder, take_lock
from ouvidor.records import Utc

__all__ = ["PACKAGE", "Entry", "Pointer", "Registry"]

PACKAGE: Final = "package"
"""The name of the model that comes with Ouvidor: in force where nothing was promoted, or all was taken back."""
_POINTER: Final = "current"
_HISTORY: Final = "history.ndjson"
_LOCK: Final = ".lock"
_NAMED: Final = 16


class Pointer(BaseModel):
    """Which model is in force, and which were before it, the last one last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = PACKAGE
    before: tuple[str, ...] = ()


class Entry(BaseModel):
    """A line of the history."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    at: Utc
    event: Literal["promoted", "rolled-back"]
    model: str
    before: str
    forced: str | None = None
    """Why it was promoted although the gate refused it."""
    comparison: Comparison | None = None


class Registry:
    """Models on this machine."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def pointer_file(self) -> Path:
        """The file that changes when another model is put in force."""
        return self.directory / _POINTER

    def pointer(self) -> Pointer:
        """Tell which model is in force. Raises `Misconfigured` where the pointer cannot be read."""
        try:
            return Pointer.model_validate_json(self.pointer_file.read_bytes())
        except FileNotFoundError:
            return Pointer()
        except (OSError, ValidationError) as error:
            words = error.strerror if isinstance(error, OSError) else "not as it was written"
            raise Misconfigured(
                f"{self.pointer_file}: cannot be read: {words}; write it anew by `ouvidor model promote`"
            ) from error

    def place(self, name: str) -> Path | None:
        """Give a model's directory; None for the package's own."""
        return None if name == PACKAGE else self.directory / name

    def names(self) -> list[str]:
        """Give the names of all models that are here."""
        if not self.directory.is_dir():
            return []
        return sorted(each.name for each in self.directory.iterdir() if each.is_dir() and not each.name.startswith("."))

    def find(self, given: str) -> Path | None:
        """Find a model: `package`, `current`, a name here or the beginning of one, or a directory anywhere.

        Raises `Rejected` where there is none, or more than one.
        """
        if given in {PACKAGE, _POINTER}:
            return self.place(self.pointer().model if given == _POINTER else PACKAGE)
        if (Path(given) / "model.json").is_file():
            return Path(given)
        found = [name for name in self.names() if name.startswith(given)]
        if len(found) != 1:
            known = ", ".join((PACKAGE, _POINTER, *self.names()))
            raise Rejected(
                f"{given}: {'two begin so' if found else 'no model is there'}; a directory, or one of {known}"
            )
        return self.place(found[0])

    def history(self) -> list[Entry]:
        """Give what was put in force, oldest first. Raises `Misconfigured` where a line cannot be read."""
        try:
            lines = (self.directory / _HISTORY).read_bytes().splitlines()
            return [Entry.model_validate_json(line) for line in lines]
        except FileNotFoundError:
            return []
        except (OSError, ValidationError) as error:
            raise Misconfigured(f"{self.directory / _HISTORY}: cannot be read ({type(error).__name__})") from error

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let nobody else change it meanwhile. Raises `Unavailable` where somebody does; `Misconfigured`."""
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            lock = (self.directory / _LOCK).open("ab")
        except OSError as error:
            raise Misconfigured(f"{self.directory}: cannot be written: {error.strerror}") from error
        with lock:
            if not take_lock(lock.fileno()):
                raise Unavailable(f"{self.directory}: another promotion is under way; try again when it has ended")
            yield

    def promote(self, model: Path, now: datetime, comparison: Comparison, forced: str | None) -> str:
        """Put a model in force, taken in if it is not here yet; give its name. Raises `Misconfigured`."""
        name = self._take_in(model)
        was = self.pointer()
        if was.model != name:
            entry = Entry(at=now, event="promoted", model=name, before=was.model, forced=forced, comparison=comparison)
            self._change(entry, Pointer(model=name, before=(*was.before, was.model)))
        return name

    def roll_back(self, now: datetime) -> str:
        """Put the model in force that was before; give its name. Raises `Rejected` where none was."""
        was = self.pointer()
        if not was.before:
            raise Rejected(f"{self.directory}: nothing was promoted here that could be taken back")
        name = was.before[-1]
        if (place := self.place(name)) is not None:
            load_model(place)
        self._change(
            Entry(at=now, event="rolled-back", model=name, before=was.model),
            Pointer(model=name, before=was.before[:-1]),
        )
        return name

    def _take_in(self, model: Path) -> str:
        load_model(model)
        files = sorted(each for each in model.rglob("*") if each.is_file())
        told = "".join(f"{file.relative_to(model)}\0{sha256(file.read_bytes()).hexdigest()}\n" for file in files)
        name = sha256(told.encode()).hexdigest()[:_NAMED]
        home = self.directory / name
        if home.exists():
            load_model(home)
            return name
        making = self.directory / f".{name}"
        rmtree(making, ignore_errors=True)  # of a promotion that was cut off
        for file in files:
            target = making / file.relative_to(model)
            target.parent.mkdir(parents=True, exist_ok=True)
            copyfile(file, target)
            _sync(target)
            sync_folder(target.parent)
        making.rename(home)
        sync_folder(self.directory)
        return name

    def _change(self, entry: Entry, pointer: Pointer) -> None:
        with (self.directory / _HISTORY).open("ab") as history:
            history.write(entry.model_dump_json().encode() + b"\n")
            history.flush()
            os.fsync(history.fileno())
        fresh = self.pointer_file.with_suffix(".new")
        fresh.write_text(pointer.model_dump_json() + "\n", encoding="utf-8")
        _sync(fresh)
        fresh.replace(self.pointer_file)
        sync_folder(self.directory)


def _sync(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
