"""What this room tells of a contact's way: the verdict with its evidence, the wait for it, what people corrected in it.

The words are shown as the owner's department has them (`ouvidor/shown.py`).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from rich.text import Text

from classifiers.explain import lines
from classifiers.rulebook import load
from ouvidor.events import CLASSIFIED, CORRECTED, DIFFERED, DISPATCHED, DOUBTED, Incoming
from ouvidor.glance import clean
from ouvidor.portuguese import DIFFICULTIES, FLAGS, KINDS, SEVERITIES
from ouvidor.records import Classified, Correction, Dispatched, Labels, ShadowDifference
from ouvidor.settings import Settings
from ouvidor.shown import masker, shown
from ouvidor.steps import Step, of_type, written_at

__all__ = ["steps"]

_MOST: Final = 2_000
"""Letters of a message that are shown; `ouvidor tail` shows all."""


def steps(settings: Settings, records: Sequence[Incoming]) -> Iterator[Step]:
    """Tell the steps."""
    del settings
    for record, _ in of_type(records, DOUBTED, Classified):
        words = (Text("a via rápida não teve certeza: espera a via lenta"),)
        yield Step(written_at(record), "doubted", "EM DÚVIDA", words, (record,))
    yield from _judged(records)
    for record, correction in of_type(records, CORRECTED, Correction):
        yield Step(
            written_at(record),
            "corrected",
            "CORRIGIDA",
            tuple(map(Text, _corrected(correction, masker(records)))),
            (record,),
        )
    for record, other in of_type(records, DIFFERED, ShadowDifference):
        words = (Text(f"o modelo em teste diria: {_labels(other.shadow)}"),)
        yield Step(written_at(record), "differed", "COMPARADA", words, (record,))


def _judged(records: Sequence[Incoming]) -> Iterator[Step]:
    judged = [record for record, _ in of_type(records, CLASSIFIED, Classified)]
    sent = [record for record, _ in of_type(records, DISPATCHED, Dispatched)]
    if not (judged or sent) or (found := shown(records)) is None:
        return
    message, verdict = found
    if verdict is not None:
        told = lines(message.text, verdict, subject=message.subject, areas=load().areas, most=_MOST)
        yield Step(written_at([*judged, *sent][0]), "judged", "JULGADA", tuple(told), tuple(judged))


def _corrected(correction: Correction, mask: Callable[[str], str]) -> Iterator[str]:
    yield f"{_labels(correction)}, diz {correction.by}"
    yield f"porque: {clean(mask(correction.why))}"


def _labels(said: Correction | Labels) -> str:
    found = [KINDS[said.kind]] if said.kind is not None else []
    found += [f"gravidade {SEVERITIES[said.severity]}"] if said.severity is not None else []
    found += [f"dificuldade {DIFFICULTIES[said.difficulty]}"] if said.difficulty is not None else []
    if said.flags is not None:
        found.append(f"sinais: {', '.join(FLAGS[flag] for flag in said.flags) or 'nenhum'}")
    if said.area is not None:
        found.append(f"área {clean(said.area) or 'nenhuma'}")
    return "; ".join(found)
