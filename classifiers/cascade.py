"""The cascade: rules that must never miss, then a fast model on every message, then a slow one where it is not sure.

A model is added as one more `Step`, and nothing else changes: not the stage, not `ouvidor classify`, not the records.
Whatever a later step says, what rules *said* stays: it can raise a severity and set flags, never lower. What rules only
assumed (a complaint of which nothing more is known is `medium`) a model may judge anew, and flags of rules that are not
firm; evidence tells them apart.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Final, Protocol

from classifiers.judge import NAME, VERSION, Judged, judge, portions
from classifiers.rulebook import RuleBook
from classifiers.severities import worst
from ouvidor.records import ClassifierVersion, Flag, Severity, Verdict

__all__ = ["Cascade", "Judging", "Rules", "Step", "firm_flags", "raised"]


_SEVERITIES: Final = {f"severity:{severity}": severity for severity in Severity}
_FLAGS: Final = {f"flags:{flag}": flag for flag in Flag}


class Judging(Protocol):
    """Who judges: a cascade, or who sits in its place now."""

    def judge(self, said: Judged) -> Verdict:
        """Judge an utterance."""


class Step(Protocol):
    """A classifier in the cascade. Pure: the same words give the same verdict."""

    @property
    def version(self) -> ClassifierVersion:
        """Who judges."""

    @property
    def only_unsure(self) -> bool:
        """True: asked only where no step before was sure (a slow model)."""

    def judge_all(self, said: Sequence[Judged], before: Sequence[Verdict]) -> Sequence[Verdict]:
        """Judge utterances of a portion, knowing what was said of them before; any text gives a verdict."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules: the first to judge, with nothing said before."""

    book: RuleBook

    @property
    def version(self) -> ClassifierVersion:
        """The rules' name, version and hash."""
        return ClassifierVersion(name=NAME, version=VERSION, hash=self.book.hash)

    def judge(self, said: Judged) -> Verdict:
        """Judge by rules."""
        return judge(said, self.book)


@dataclass(frozen=True)
class Cascade:
    """The rules and the steps behind them, in their order. Where the last verdict is not sure, a person decides."""

    rules: Rules
    steps: Sequence[Step] = ()

    @cached_property
    def version(self) -> ClassifierVersion:
        """The steps' versions as one: its hash changes when any of theirs does."""
        if not self.steps:
            return self.rules.version
        versions = [self.rules.version, *(step.version for step in self.steps)]
        return ClassifierVersion(
            name="+".join(version.name for version in versions),
            version="+".join(version.version for version in versions),
            hash=sha256("".join(version.hash for version in versions).encode()).hexdigest(),
        )

    def judge(self, said: Judged) -> Verdict:
        """Judge an utterance. What a machine wrote is settled by the first step."""
        return self._together([said])[0]

    def judge_all(self, said: Sequence[Judged]) -> list[Verdict]:
        """Judge utterances, each as if it were alone: some go from step to step together, in two thirds of the time."""
        return [verdict for part in portions(said) for verdict in self._together(said[part])]

    def _together(self, said: Sequence[Judged]) -> list[Verdict]:
        found = [self.rules.judge(one) for one in said]
        for step in self.steps:
            asked = [at for at, one in enumerate(said) if not (one.automatic or (step.only_unsure and found[at].sure))]
            later = step.judge_all([said[at] for at in asked], [found[at] for at in asked]) if asked else []
            for at, verdict in zip(asked, later, strict=True):
                found[at] = raised(found[at], verdict, self.version, self.rules.book.leaning)
        return [
            verdict.model_copy(update={"classifier": self.version}) if one.automatic else verdict
            for one, verdict in zip(said, found, strict=True)
        ]


def firm_flags(verdict: Verdict, leaning: Collection[str]) -> set[Flag]:
    """Give the flags that stand by the word of a rule that is firm."""
    return {
        _FLAGS[one.label]
        for one in verdict.evidence
        if one.label in _FLAGS and one.source.partition(":")[0] not in leaning
    }.intersection(verdict.flags)


def raised(
    earlier: Verdict, later: Verdict, version: ClassifierVersion, leaning: Collection[str] = frozenset()
) -> Verdict:
    """Give the later verdict, raised by what the earlier one has evidence for. Nothing of it is lowered.

    `leaning`: rules whose flags are not kept.
    """
    severity, sure = later.severity, later.sure
    flags = {*later.flags, *firm_flags(earlier, leaning)}
    for one in earlier.evidence:
        if one.label in _SEVERITIES:
            severity = worst(severity, _SEVERITIES[one.label])
        elif one.label == "sure:false":
            sure = False
    dropped = {label for label, flag in _FLAGS.items() if flag not in flags}
    evidence = dict.fromkeys([one for one in (*earlier.evidence, *later.evidence) if one.label not in dropped])
    return Verdict.made(
        kind=later.kind,
        severity=severity,
        difficulty=later.difficulty,
        flags=tuple([flag for flag in Flag if flag in flags]) if flags else (),
        area=later.area,
        confidence=later.confidence,
        sure=sure,
        evidence=tuple(evidence),
        classifier=version,
    )
