"""Both lanes: rules and the fast model on every message, the slow one on those that are not settled then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from classifiers.cascade import Cascade
from classifiers.judge import Judged
from classifiers.waiting import is_settled
from ouvidor.records import ClassifierVersion, Verdict

__all__ = ["Judge", "Lanes", "Slow"]

Judge = Callable[[Sequence[Judged]], Sequence[Verdict]]


class Slow(Protocol):
    """A model that judges many together faster than one by one. Pure: a verdict does not depend on its neighbours."""

    version: ClassifierVersion

    def judge(self, said: Sequence[Judged], version: ClassifierVersion | None = None) -> list[Verdict]:
        """Judge utterances, rules and all."""


@dataclass(frozen=True)
class Lanes:
    """A cascade, and the slow lane behind it if there is one."""

    cascade: Cascade
    slow: Slow | None = None
    decides_from: float = 0.0
    """From which `confidence.area` on the routing table decides by itself; 0: there is none."""

    @cached_property
    def version(self) -> ClassifierVersion:
        """The version of verdicts that went through both."""
        if self.slow is None:
            return self.cascade.version
        both = (self.cascade.version, self.slow.version)
        return ClassifierVersion(
            name="+".join(one.name for one in both),
            version="+".join(one.version for one in both),
            hash=sha256("".join(one.hash for one in both).encode()).hexdigest(),
        )

    def settles(self, verdict: Verdict) -> bool:
        """Tell whether a verdict of the cascade's is the last word."""
        return is_settled(verdict, self.decides_from)

    def judge(self, said: Sequence[Judged]) -> list[Verdict]:
        """Judge utterances."""
        found = self.cascade.judge_all(said)
        if self.slow is not None and (still := [at for at, verdict in enumerate(found) if not self.settles(verdict)]):
            for at, verdict in zip(still, self.slow.judge([said[at] for at in still], self.version), strict=True):
                found[at] = verdict
        return found
