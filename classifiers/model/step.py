"""The fast model's seat in the cascade: behind the rules, with what they heard as one of its senses.

Where no rule spoke for its kind, its evidence are the three words that spoke most. What it has no ground for is never
sure: another language, words that training never met, a text of two words, one that was not read whole.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np

from classifiers.areas.seat import AreaSeat
from classifiers.judge import Judged, heard_text
from classifiers.language import is_portuguese
from classifiers.model.deciding import decide
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
    """What the model makes of an utterance, before anything is decided."""

    outputs: Floats
    alike: Floats
    """How alike it is to each department's own words."""
    grounded: bool
    own: str
    listened: Listened
    """Its words, until the model hears the next utterance."""
    straight: bool
    """Folding moved no character."""


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
        self.known_words = 1.0
        """Of what was judged last: the share of its words that training met. For whoever counts, not for judging."""
        told = model.hash if self.seat is None else self.seat.hash
        self.version = ClassifierVersion(name=NAME, version=model.manifest.version, hash=told)

    def hear(self, said: Judged, before: Verdict) -> "Heard":
        """Give the outputs for an utterance, and whether there is ground for a sure verdict."""
        folded, own = heard_text(said.text)
        listened = self._hearing.listen(own)
        outputs, met = self._hearing.outputs(listened, signals_of(before))
        self.known_words = met
        grounded = (
            len(listened.places) >= _FEW
            and folded.whole
            and met >= self._thresholds.known_words
            and is_portuguese(listened.tokens, said.language)
        )
        mine = self._outputs
        return Heard(outputs[:mine], outputs[mine:], grounded, own, listened, folded.starts is None)

    def judge(self, said: Judged, before: Verdict) -> Verdict:
        """Judge an utterance, with what the rules said of it."""
        heard = self.hear(said, before)
        about = None if self.seat is None else self.seat.choose(heard.outputs, self._thresholds, heard.alike)
        found = decide(heard.outputs, self._where, self._areas, self._thresholds, about)
        evidence: tuple[Evidence, ...] = ()
        kind = f"kind:{found.kind}"
        if heard.straight and heard.listened.places and not any(one.label == kind for one in before.evidence):
            brought = self._hearing.brought(heard.listened, self._where["kind"].start + _KINDS.index(found.kind))
            evidence = tuple(_shown(heard.own, found.kind, brought, self._hearing.words(heard.listened)))
        return Verdict.made(
            kind=found.kind,
            severity=found.severity,
            difficulty=found.difficulty,
            flags=found.flags,
            area=found.area,
            confidence=found.confidence,
            sure=found.sure and heard.grounded,
            evidence=evidence,
            classifier=self.version,
        )


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
