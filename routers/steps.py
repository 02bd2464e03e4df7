"""What this room tells of a contact's way: each dispatch, as it was recorded, and why.

Where the table that spoke is still in force it is told in the sentences of `ouvidor route explain`; where it is not, or
the message was handed back, as far as the record itself says.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from rich.text import Text

from ouvidor.business_time import BusinessCalendar
from ouvidor.errors import Misconfigured
from ouvidor.events import CASE_DISPATCHED, CLASSIFIED, DISPATCHED, Incoming
from ouvidor.glance import clean
from ouvidor.records import CaseDispatched, Classified, Dispatch, Dispatched
from ouvidor.settings import Settings
from ouvidor.steps import Step, of_type, written_at
from ouvidor.topics import Topics
from routers.compiled import Table
from routers.portuguese import listed, until
from routers.reading import read_table
from routers.route import route
from routers.telling import told, why_ombudsman

__all__ = ["steps"]


def steps(settings: Settings, records: Sequence[Incoming]) -> Iterator[Step]:
    """Tell the steps: one a dispatch, in however many topics it stands."""
    copies = list(of_type(records, DISPATCHED, Dispatched))
    words = list(of_type(records, CASE_DISPATCHED, CaseDispatched))
    judged = next((each for _, each in of_type(records, CLASSIFIED, Classified)), None)
    tell = partial(_lines, settings, judged)
    rounds: dict[int, list[tuple[Incoming, Dispatched]]] = {}
    for record, copy in copies:
        rounds.setdefault(len(copy.dispatch.handed_back), []).append((record, copy))
    for number in sorted(rounds.keys() | {word.round for _, word in words}):
        mine = rounds.get(number, [])
        announced = [(record, word) for record, word in words if word.round == number]
        its = (*(record for record, _ in mine), *(record for record, _ in announced))
        lines = tell(_owners(mine, Topics(settings.kafka.prefix))) if mine else _announced(announced[0][1], settings)
        title = "ENCAMINHADA DE NOVO" if number else "ENCAMINHADA"
        yield Step(min(map(written_at, its)), "dispatched", title, tuple(map(Text, lines)), its)


def _owners(copies: Sequence[tuple[Incoming, Dispatched]], topics: Topics) -> Dispatch:
    """Give the dispatch as its owner has it: each copy tells whether its reader gets the author."""
    found = [copy.dispatch for record, copy in copies if record.topic == topics.department(copy.dispatch.owner)]
    return found[0] if found else copies[0][1].dispatch


def _lines(settings: Settings, judged: Classified | None, dispatch: Dispatch) -> list[str]:
    table = _table(settings)
    if table is not None and judged is not None and not dispatch.handed_back and not _another(dispatch, table):
        calendar = BusinessCalendar.from_settings(settings.organisation)
        now = route(judged.message, judged.verdict, table, calendar)
        if _essence(now) == _essence(dispatch):  # the days that are closed may have changed since, or the verdict
            _, *sentences = told(judged.message, judged.verdict, table, calendar)
            return [sentence.removeprefix("  ") for sentence in sentences]
    return [
        *_recorded(dispatch, judged, settings),
        f"Linha da tabela: {clean(dispatch.rule)}{_another(dispatch, table)}",
    ]


def _essence(dispatch: Dispatch) -> tuple[object, ...]:
    return dispatch.owner, dispatch.informed, dispatch.ombudsman, dispatch.deadline, dispatch.profile


def _recorded(dispatch: Dispatch, judged: Classified | None, settings: Settings) -> Iterator[str]:
    yield _answers(dispatch, settings)
    for reason in dispatch.handed_back:
        yield f"Antes: {clean(reason)}"
    if dispatch.deputy_for is not None:
        yield f"Substitui: {dispatch.deputy_for}."
    if dispatch.informed:
        yield f"Fica sabendo: {listed([*dispatch.informed])}."
    author = "o extrato, sem o autor" if dispatch.extract else "a mensagem com o autor"
    yield f"Autor: o setor recebe {author}."
    if not dispatch.ombudsman:
        yield "Ouvidoria: não recebe."
    else:
        why = "" if judged is None else why_ombudsman(dispatch.why, judged.verdict)
        yield f"Ouvidoria: também recebe{why and f', porque {why}'}."


def _announced(word: CaseDispatched, settings: Settings) -> list[str]:
    """Tell of a dispatch whose copies are on no topic any more."""
    lines = [_answers(word, settings)]
    if word.informed:
        lines.append(f"Fica sabendo: {listed([*word.informed])}.")
    return [
        *lines,
        f"Ouvidoria: {'também recebe' if word.ombudsman else 'não recebe'}.",
        f"Linha da tabela: {word.rule}",
    ]


def _answers(told: Dispatch | CaseDispatched, settings: Settings) -> str:
    return f"Responde: {told.owner}, até {until(told.deadline, settings.organisation.tz)}, perfil {told.profile}."


def _table(settings: Settings) -> Table | None:
    try:
        return read_table(settings.routing.table)
    except Misconfigured:  # `ouvidor check` tells what is wrong with it
        return None


def _another(dispatch: Dispatch, table: Table | None) -> str:
    if table is None:
        return " (a tabela de agora não pôde ser lida: `ouvidor check` diz por quê)"
    if dispatch.rule.endswith(f"@{table.hash}"):
        return ""
    return f" (a tabela de agora é outra, {table.hash}: `ouvidor route explain` diz o que ela faria)"
