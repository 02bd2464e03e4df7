"""The fast model's seat in the cascade: behind the rules, with what they heard as one of its senses.

Where no rule spoke for its kind, its evidence are the three words that spoke most. What it has no ground for is never
sure: another language, words that training never met, a text of two words, one that was not read whole.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from classifiers.areas.seat import AreaSeat
from classifiers.judge import Judged, heard_text
from classifiers.language import is_portuguese, spoken
from classifiers.model.deciding import decide
from classifiers.model.features import tokens_of
from classifiers.model.heads import places
from classifiers.model.hearing import Hearing, Listened
from classifiers.model.signals import signals_of
from classifiers.model.weights import Floats, Model
from ouvidor.departments import DepartmentWords
from ouvidor.records import ClassifierVersion, Evidence, Kind, Verdict

__all__ = ["NAME", "FastModel", "Heard"]

NAME: Final = "words"
_FEW: Final = 3
_SHOWN: Final = 3
_SHORT: Final = 3
_KINDS: Final = tuple(Kind)
_SOURCE: Final = "model: this word weighed most"


class Heard(NamedTuple):
    """What the model makes of utterances, before anything is decided: a row of each for each of them."""

    outputs: Floats
    alike: Floats
    """How alike they are to each department's own words."""
    grounded: list[bool]
    listened: list[Listened]
    """Their words, until the model hears others."""


class FastModel:
    """A step that judges every message; where departments are told, its areas are those of their table."""

    only_unsure = False

    def __init__(self, model: Model, departments: Sequence[DepartmentWords] = ()) -> None:
        self.seat = AreaSeat(model, departments) if any(one.areas for one in departments) else None
        self._hearing = Hearing(model if self.seat is None else self.seat.model)
        self._outputs = model.words.shape[1]
        self._thresholds = model.manifest.thresholds
        self._where = places(model.manifest.heads)
        self._areas = next(head.labels for head in model.manifest.heads if head.name == "area")
        self.population = model.manifest.population
        self.known_words: Sequence[float] = ()
        """Of each that was judged last: the share of its words that training met. To count by, not to judge by."""
        told = model.hash if self.seat is None else self.seat.hash
        self.version = ClassifierVersion(name=NAME, version=model.manifest.version, hash=told)

    def hear(self, said: Sequence[Judged], before: Sequence[Verdict]) -> Heard:
        """Give the outputs for utterances of a portion, and whether there is ground for sure verdicts."""
        heard = [heard_text(one.text) for one in said]
        tokens = [tokens_of(one.words) for one in heard]
        listened = self._hearing.listen(tokens)
        outputs, met = self._hearing.outputs(listened, list(map(signals_of, before)))
        self.known_words = met
        least = self._thresholds.known_words
        grounded = [
            len(words.places) >= _FEW
            and text.folded.whole
            and share >= least
            and is_portuguese(text.spoken if mine is text.words.words else spoken(mine), one.language)
            for one, text, mine, words, share in zip(said, heard, tokens, listened, met, strict=True)
        ]
        return Heard(outputs[:, : self._outputs], outputs[:, self._outputs :], grounded, listened)

    def judge_all(self, said: Sequence[Judged], before: Sequence[Verdict]) -> list[Verdict]:
        """Judge utterances of a portion, with what the rules said of them."""
        heard = self.hear(said, before)
        about = None
        if self.seat is not None:
            about = [
                self.seat.choose(outputs, self._thresholds, alike)
                for outputs, alike in zip(heard.outputs, heard.alike, strict=True)
            ]
        decided = decide(heard.outputs, self._where, self._areas, self._thresholds, about)
        return [
            found.verdict(
                self._evidence(one.text, listened, found.kind, verdict.evidence), self.version, grounded=grounded
            )
            for one, listened, found, grounded, verdict in zip(
                said, heard.listened, decided, heard.grounded, before, strict=True
            )
        ]

    def _evidence(self, text: str, listened: Listened, kind: Kind, before: Sequence[Evidence]) -> tuple[Evidence, ...]:
        """Show the words that weighed most, where no rule spoke for the kind and folding moved no character."""
        label = f"kind:{kind}"
        if not listened.places or label in [one.label for one in before]:
            return ()
        folded, own, *_ = heard_text(text)
        if folded.starts is not None:
            return ()
        brought = self._hearing.brought(listened, self._where["kind"].start + _KINDS.index(kind))
        return tuple(_shown(own, kind, brought, self._hearing.words(listened)))


def _shown(text: str, kind: Kind, brought: Floats, words: Sequence[str]) -> Iterator[Evidence]:
    """Show the words that weighed most, where they stand first."""
    total = float(brought[brought > 0].sum())
    for place in np.argsort(-brought)[:_SHOWN].tolist():
        word = words[place]
        start = text.find(word)
        if brought[place] > 0 and len(word) >= _SHORT and start >= 0:
            yield Evidence.made(
                start=start,
                end=start + len(word),
                label=f"kind:{kind}",
                source=f"{_SOURCE} ({brought[place] / total:.0%})",
            )
