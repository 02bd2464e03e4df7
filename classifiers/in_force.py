"""The model in force on the river: which one the settings mean, and taking another without a restart.

Between batches the registry's pointer is looked at (one `stat`); where it changed, the new model is read in a thread
and takes the seat at once, whole: a message is judged by one or the other. One that cannot be read leaves the old in
force: it is told once and counted, and tried again now and then, since whoever copies a registry may copy the pointer
first.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Final, Generic, TypeVar

import structlog

from classifiers.cascade import Cascade
from classifiers.judge import Judged
from classifiers.lanes import Lanes
from classifiers.model.population import Population
from classifiers.model.registry import Registry
from classifiers.model.step import FastModel
from classifiers.rulebook import RuleBook, load
from classifiers.seats import Lane, cascade, lanes
from ouvidor import metrics
from ouvidor.departments import DepartmentWords, department_words
from ouvidor.errors import Misconfigured
from ouvidor.events import Incoming
from ouvidor.records import Verdict
from ouvidor.settings import Settings

__all__ = ["InForce", "Seat", "lanes_of", "registry_of", "seat_of", "shadow_lanes_of"]

_log = structlog.get_logger(__name__)
_AGAIN_SECONDS: Final = 30.0
_Seen = tuple[int, int, int] | None

T = TypeVar("T")


def registry_of(settings: Settings) -> Registry:
    """Give the registry of this machine, or the one that the settings name instead of a model."""
    named = settings.judgement.model
    return Registry(named if named is not None and Registry(named).pointer_file.is_file() else settings.data / "models")


class InForce(Generic[T]):
    """What was made of the model in force: a registry's, or one that never changes."""

    def __init__(self, registry: Registry | None, fixed: Path | None, read: Callable[[Path | None], T]) -> None:
        """Sit down whoever is in force. Raises `Misconfigured` where there is nobody that can be read."""
        self._registry = registry
        self._read = read
        self._seen = self._look_at_pointer()
        self._name = registry.pointer().model if registry is not None else ""
        self._sitting = read(registry.place(self._name) if registry is not None else fixed)
        self._changing = False
        self._failed_at: float | None = None

    @property
    def now(self) -> T:
        """Who sits there."""
        return self._sitting

    async def look(self, records: Sequence[Incoming]) -> Sequence[Incoming]:
        """Take another model where the pointer names one: a stage's `prepare`, which leaves the records as they are."""
        if self._registry is not None and not self._changing:
            seen = self._look_at_pointer()
            due = self._failed_at is not None and monotonic() - self._failed_at >= _AGAIN_SECONDS
            if seen != self._seen or due:
                self._changing = True
                try:
                    await self._change(self._registry, known=seen == self._seen)
                finally:
                    self._seen, self._changing = seen, False
        return records

    async def _change(self, registry: Registry, *, known: bool) -> None:
        try:
            name = registry.pointer().model
            if name != self._name:
                self._sitting = await asyncio.to_thread(self._read, registry.place(name))
                self._name = name
                metrics.MODEL_CHANGES.labels("taken").inc()
                _log.info("model taken", model=name)
            self._failed_at = None
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a new model, it must not stop the river
            self._failed_at = monotonic()
            if not known:
                metrics.MODEL_CHANGES.labels("broken").inc()
                _log.warning(
                    "model not taken, the old one judges on", registry=str(registry.directory), reason=_words(error)
                )

    def _look_at_pointer(self) -> _Seen:
        if self._registry is None:
            return None
        try:
            found = self._registry.pointer_file.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


class Seat(InForce[Cascade]):
    """Who judges every message now."""

    def __init__(
        self,
        registry: Registry | None,
        fixed: Path | None = None,
        book: RuleBook | None = None,
        departments: Sequence[DepartmentWords] = (),
    ) -> None:
        super().__init__(registry, fixed, partial(cascade, book=book or load(), departments=departments))

    def judge(self, said: Judged) -> Verdict:
        """Judge an utterance by who sits there now."""
        return self._sitting.judge(said)

    def judge_all(self, said: Sequence[Judged]) -> list[Verdict]:
        """Judge utterances by who sits there now."""
        return self._sitting.judge_all(said)

    @property
    def population(self) -> Population | None:
        """For whom the model that sits there was trained, where its card tells."""
        return next((step.population for step in self._sitting.steps if isinstance(step, FastModel)), None)

    @property
    def known_words(self) -> Sequence[float]:
        """The shares of known words in what the model judged last."""
        return next((step.known_words for step in self._sitting.steps if isinstance(step, FastModel)), ())


def _words(error: Exception) -> str:
    return str(error) if isinstance(error, Misconfigured) else type(error).__name__


def seat_of(settings: Settings, departments: Sequence[DepartmentWords] | None = None) -> Seat:
    """Give the seat of the settings' model. Raises `Misconfigured` where it, or the routing table, cannot be read.

    `departments`: not given, those of the routing table; a changed one is taken with the next start.
    """
    return Seat(*_named(settings), departments=department_words(settings) if departments is None else departments)


def lanes_of(settings: Settings, departments: Sequence[DepartmentWords] | None = None) -> InForce[Lanes]:
    """Give both lanes of the settings' model, the slow one left out where it is not there and was not asked for.

    `departments` as for `seat_of`. Raises `Misconfigured` where a model, or the routing table, cannot be read.
    """
    return InForce(*_named(settings), _reading(settings, departments))


def shadow_lanes_of(settings: Settings, departments: Sequence[DepartmentWords] | None = None) -> Lanes:
    """Give the lanes of the model in the shadow, as they would be were it in force. Raises as `lanes_of` does."""
    return _reading(settings, departments)(settings.judgement.shadow)


def _reading(settings: Settings, departments: Sequence[DepartmentWords] | None) -> Callable[[Path | None], Lanes]:
    lane = Lane(settings.judgement.lane) if settings.judgement.lane is not None else None
    known = department_words(settings) if departments is None else departments
    return partial(_both, lane, load(), known)


def _named(settings: Settings) -> tuple[Registry | None, Path | None]:
    registry = registry_of(settings)
    named = settings.judgement.model
    return (registry, None) if named is None or registry.directory == named else (None, named)


def _both(lane: Lane | None, book: RuleBook, departments: Sequence[DepartmentWords], model: Path | None) -> Lanes:
    """Read both, and have the slow one judge a message: what it reads at its first one would hold up a customer's."""
    try:
        found = lanes(model, lane, book, departments)
        if found.slow is not None:
            found.slow.judge([Judged("Bom dia")])
    except Exception as error:
        if lane is Lane.BOTH:
            raise Misconfigured(f"judgement.lane: both: {_words(error)}") from error
        found = lanes(model, Lane.FAST, book, departments)
        _log.warning("the slow lane is left out", reason=_words(error))
    return found
