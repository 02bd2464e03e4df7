"""Who of a call's speakers is the customer: what the settings say, else what the speakers are called.

Only the customer's words are judged; an agent who says "fraude" or "perigo" while asking would raise alarms. Where it
cannot be told, all words count and a defect says so: one alarm too many is better than a customer unheard.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ouvidor.records import Turn

__all__ = ["Call", "customers_words"]

_AGENTS: Final = frozenset(
    {
        *("agent", "agente", "analista", "assistant", "assistente", "atendente", "atendimento", "attendant", "bot"),
        *("central", "funcionaria", "funcionario", "gravacao", "ivr", "operador", "operadora", "operator", "ouvidor"),
        *("ouvidora", "ouvidoria", "representative", "robo", "sac", "sistema", "supervisor", "supervisora", "system"),
        *("telefonista", "ura"),
    }
)
_CUSTOMERS: Final = frozenset(
    {
        *("caller", "chamador", "cidada", "cidadao", "client", "cliente", "consumidor", "consumidora", "customer"),
        *("manifestante", "reclamante", "solicitante", "usuaria", "usuario"),
    }
)
_NUMBERED: Final = frozenset(
    {"canal", "channel", "falante", "interlocutor", "locutor", "participant", "speaker", "spk"}
)
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Call:
    """What was said in a call."""

    turns: tuple[Turn, ...]
    text: str
    """The customer's words, a line a turn."""
    body: str
    """All words, a line a turn, with the speakers."""
    customer: str | None
    """The customer's name, where one speaker is called by a name."""
    defects: tuple[str, ...]


def customers_words(turns: Sequence[Turn], *, customers: Collection[str] = (), agents: Collection[str] = ()) -> Call:
    """Tell the customer's words from the others'. `customers` and `agents` are speakers' names, whatever their case."""
    speakers = list(dict.fromkeys(turn.speaker for turn in turns if turn.speaker))
    theirs, defects = _customers(speakers, {_key(each) for each in customers}, {_key(each) for each in agents})
    heard = {"", *theirs}  # a set: some software gives every turn a speaker of its own
    spoken = [turn for turn in turns if turn.speaker in heard]
    if turns and not spoken:
        defects = (*defects, "nenhuma fala é de um cliente: só do atendimento")
    named = [each for each in theirs if not _called(each, _CUSTOMERS | _NUMBERED)]
    body = "\n".join(f"{turn.speaker}: {turn.text}" if turn.speaker else turn.text for turn in turns)
    return Call(
        turns=tuple(turns),
        text="\n".join(turn.text for turn in spoken),
        body=body,
        customer=named[0] if len(named) == len(theirs) == 1 and len(speakers) > 1 else None,
        defects=defects,
    )


def _customers(
    speakers: Iterable[str], customers: Collection[str], agents: Collection[str]
) -> tuple[list[str], tuple[str, ...]]:
    speakers = list(speakers)
    if not speakers:
        return [], ("a transcrição não diz quem fala: todas as palavras contam como do cliente",)
    if customers and any(_key(each) in customers for each in speakers):
        return [each for each in speakers if _key(each) in customers], ()
    if agents:
        return [each for each in speakers if _key(each) not in agents], ()
    told = {each for each in speakers if _called(each, _CUSTOMERS)}
    if told:
        return [each for each in speakers if each in told or not _called(each, _AGENTS)], ()
    rest = [each for each in speakers if not _called(each, _AGENTS)]
    if len(rest) == len(speakers) > 1:
        return rest, ("não se sabe qual dos falantes é o cliente: as palavras de todos contam",)
    return rest, ()


def _called(speaker: str, words: Collection[str]) -> bool:
    return any(word in words for word in _WORD.findall(_key(speaker).replace("_", " ")))


def _key(name: str) -> str:
    """Give a name without case, accents and needless spaces."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(letter for letter in bare if not unicodedata.combining(letter)).split())
