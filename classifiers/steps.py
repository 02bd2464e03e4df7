"""What this room tells of a contact's way: the verdict with its evidence, the wait for it, what people corrected in it.

The words are shown as the owner's department has them: where it has the extract, masked.
"""

from collections.abc import Iterator, Sequence

from rich.text import Text

from classifiers.explain import lines
from classifiers.rulebook import load
from ouvidor.events import CLASSIFIED, CORRECTED, DIFFERED, DISPATCHED, DOUBTED, Incoming
from ouvidor.glance import clean
from ouvidor.portuguese import DIFFICULTIES, FLAGS, KINDS, SEVERITIES
from ouvidor.records import Classified, Correction, Dispatched, Labels, Message, ShadowDifference, Verdict
from ouvidor.settings import Settings
from ouvidor.steps import Step, of_type, written_at

__all__ = ["steps"]


def steps(settings: Settings, records: Sequence[Incoming]) -> Iterator[Step]:
    """Tell the steps."""
    del settings
    for record, _ in of_type(records, DOUBTED, Classified):
        words = (Text("a via rápida não teve certeza: espera a via lenta"),)
        yield Step(written_at(record), "doubted", "EM DÚVIDA", words, (record,))
    yield from _judged(records)
    for record, correction in of_type(records, CORRECTED, Correction):
        yield Step(written_at(record), "corrected", "CORRIGIDA", tuple(map(Text, _corrected(correction))), (record,))
    for record, other in of_type(records, DIFFERED, ShadowDifference):
        words = (Text(f"o modelo em teste diria: {_labels(other.shadow)}"),)
        yield Step(written_at(record), "differed", "COMPARADA", words, (record,))


def _judged(records: Sequence[Incoming]) -> Iterator[Step]:
    judged = [(record, each.message, each.verdict) for record, each in of_type(records, CLASSIFIED, Classified)]
    sent = [(record, each) for record, each in of_type(records, DISPATCHED, Dispatched)]
    shown: list[tuple[Message, Verdict]] = [
        *((each.message, each.verdict) for _, each in sent if each.dispatch.extract),
        *((message, verdict) for _, message, verdict in judged),
        *((each.message, each.verdict) for _, each in sent),
    ]
    if not shown:
        return
    message, verdict = shown[0]
    told = lines(message.text, verdict, subject=message.subject, areas=load().areas)
    first = judged[0][0] if judged else sent[0][0]
    yield Step(written_at(first), "judged", "JULGADA", tuple(told), tuple(record for record, *_ in judged))


def _corrected(correction: Correction) -> Iterator[str]:
    yield f"{_labels(correction)}, diz {correction.by}"
    yield f"porque: {clean(correction.why)}"


def _labels(said: Correction | Labels) -> str:
    found = [KINDS[said.kind]] if said.kind is not None else []
    found += [f"gravidade {SEVERITIES[said.severity]}"] if said.severity is not None else []
    found += [f"dificuldade {DIFFICULTIES[said.difficulty]}"] if said.difficulty is not None else []
    if said.flags is not None:
        found.append(f"sinais: {', '.join(FLAGS[flag] for flag in said.flags) or 'nenhum'}")
    if said.area is not None:
        found.append(f"área {clean(said.area) or 'nenhuma'}")
    return "; ".join(found)
