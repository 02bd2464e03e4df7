"""What a reply may do to a case, and what comes of it: a new state and an event, or why not. Pure.

Only who answers for a protocol may reply: its owner, the departments that work on it with the owner, and the ombudsman
where it sees the case. Whoever is informed reads. Reasons are in Portuguese: departments' people read them.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from difflib import get_close_matches
from typing import Any, Final

from ouvidor.records import (
    Answer,
    AskCustomer,
    CaseAnswered,
    CaseClosingProposed,
    CaseCustomerAsked,
    CaseEvent,
    CaseExtended,
    CaseHandedBack,
    Extend,
    HandBack,
    ProposeClosing,
    Reply,
)
from sinks.replies.case import OMBUDSMAN, Case
from sinks.replies.reading import Fault
from sinks.replies.words import end

__all__ = ["HAND_BACK_WITHIN", "Accepted", "House", "decide"]

HAND_BACK_WITHIN: Final = timedelta(days=25)
"""A message is read again, for its next owner, where its verdict is: that topic keeps it for 30 days."""


@dataclass(frozen=True, slots=True)
class House:
    """What the rules must know of the house."""

    knows: Callable[[str], bool]
    """Is there such a department?"""
    departments: Collection[str]
    """Those that there are, for a hint."""
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Accepted:
    """What comes of a reply."""

    case: Case
    event: CaseEvent


def decide(reply: Reply, case: Case | None, at: datetime, house: House) -> Accepted | Fault:
    """Decide on a reply. `at` is when it came."""
    if case is None:
        return Fault("protocol", "não há protocolo com este número, ou é de mais de 400 dias atrás; confira o número")
    fault = _who(reply, case) or next(_against(reply, case, at, house), None)
    return fault if fault is not None else _accepted(reply, case, at)


def _accepted(reply: Reply, case: Case, at: datetime) -> Accepted:
    common: Any = {"protocol": reply.protocol, "at": at, "owner": case.owner or reply.department}
    now: Any = {**common, "deadline": case.deadline}
    match reply:
        case Answer():
            answered = case.model_copy(update={"answered": case.answered or reply.final})
            return Accepted(answered, CaseAnswered(**now, reply=reply))
        case HandBack():
            had, reasons = (*case.had, reply.department), (*case.reasons, reply.reason)
            away = case.model_copy(update={"owner": None, "partners": (), "had": had, "reasons": reasons})
            told: Any = {name: getattr(case, name) for name in ("profile", "rule", "judged")}
            told |= {"round": len(had), "had": had, "reasons": reasons}
            return Accepted(away, CaseHandedBack(**now, **told, reply=reply))
        case AskCustomer():
            return Accepted(case, CaseCustomerAsked(**now, reply=reply))
        case Extend():
            deadline = case.extendable_until or case.deadline
            longer = case.model_copy(update={"extended": True, "deadline": deadline})
            return Accepted(longer, CaseExtended(**common, deadline=deadline, reply=reply, before=case.deadline))
        case ProposeClosing():
            return Accepted(case, CaseClosingProposed(**now, reply=reply))
        case _:
            raise TypeError(type(reply).__name__)


def _who(reply: Reply, case: Case) -> Fault | None:
    name = reply.department
    sees = case.ombudsman or case.owner is None
    if name == case.owner or name in case.partners or (name == OMBUDSMAN and sees):
        return None
    if case.owner is None:
        return Fault("department", "o protocolo foi devolvido e está a caminho de outro departamento")
    if name in case.had:
        return Fault("department", f"o protocolo foi devolvido por vocês e agora é de {case.owner}")
    if name in case.informed:
        return Fault("department", f"vocês só são informados deste protocolo; quem responde é {case.owner}")
    return Fault("department", "o protocolo não é deste departamento; responda só o que chega em seu tópico")


def _against(reply: Reply, case: Case, at: datetime, house: House) -> Iterator[Fault]:
    """Give what speaks against a reply of somebody who may reply."""
    if isinstance(reply, HandBack):
        yield from _against_handing_back(reply, case, at, house)
    elif isinstance(reply, Extend):
        yield from _against_extending(case, at, house)


def _against_handing_back(reply: HandBack, case: Case, at: datetime, house: House) -> Iterator[Fault]:
    if reply.department == OMBUDSMAN:
        yield Fault("department", "a ouvidoria é a última instância e não devolve; proponha o encerramento ou responda")
    if reply.department != case.owner:
        yield Fault("department", f"só quem responde pelo protocolo o devolve: {case.owner or 'ninguém ainda'}")
    if case.answered:
        yield Fault("protocol", "o protocolo já foi respondido; o que já tem resposta não se devolve")
    if at > case.opened_at + HAND_BACK_WITHIN:
        days = HAND_BACK_WITHIN.days
        yield Fault("protocol", f"o prazo para devolver é de {days} dias desde a chegada; fale com a ouvidoria")
    if reply.proposed == reply.department:
        yield Fault("proposed", "é o departamento que está devolvendo; indique outro, ou nenhum")
    if reply.proposed is not None and not house.knows(reply.proposed):
        near = get_close_matches(reply.proposed, sorted(house.departments), n=1, cutoff=0.5)
        mend = f"seria {near[0]}?" if near else "veja os nomes na tabela de departamentos"
        yield Fault("proposed", f"não há departamento com este nome; {mend}")


def _against_extending(case: Case, at: datetime, house: House) -> Iterator[Fault]:
    until = end(case.deadline, house.zone)
    if case.extended:
        yield Fault("protocol", f"o prazo já foi prorrogado uma vez, até {until}; não há segunda prorrogação")
    if case.extendable_until is None:
        yield Fault("protocol", f"o prazo deste protocolo não admite prorrogação: responda até {until}")
    if case.answered:
        yield Fault("protocol", "o protocolo já foi respondido; não há o que prorrogar")
    if at > case.deadline:
        yield Fault("protocol", f"o prazo venceu em {until}; prorroga-se antes disso")
