"""A message that was handed back, dispatched again: to its next owner, with the reasons, by the same deadline. Pure.

What else the table says of it (who is informed, who sees it) is as it would be said now. The deadline is not:
it was counted from receipt and goes on, whoever has the message.
"""

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import CaseHandedBack, Classified, Dispatch, Dispatched
from routers.compiled import Table
from routers.next_owner import OMBUDSMAN, next_owner
from routers.route import copies, route
from routers.standing_in import answering

__all__ = ["dispatched_again"]


def dispatched_again(
    handed: CaseHandedBack, judged: Classified, table: Table, calendar: BusinessCalendar
) -> tuple[Dispatch, Dispatched]:
    """Give the new dispatch, with the reasons as they were written, and the new owner's copy.

    The ombudsman's copy, which is whole, is the caller's.
    """
    message, verdict = judged.message, judged.verdict
    named, by = next_owner(handed, message, verdict, table)
    owner = named
    if named in table.departments:
        deputy = answering(named, table.departments, handed.at, calendar)
        owner = named if deputy in handed.had else deputy
    first = route(message, verdict, table, calendar)
    same_clock = any(handed.deadline in {term.until, term.extended_until} for term in first.terms)
    dispatch = first.model_copy(
        update={
            "owner": owner,
            "informed": tuple(name for name in first.informed if name != owner),
            "ombudsman": first.ombudsman or owner == OMBUDSMAN,
            "why": (*first.why, "handed_back") if owner == OMBUDSMAN else first.why,
            "deadline": handed.deadline,
            "profile": handed.profile,
            "terms": first.terms if same_clock else (),
            "rule": f"handed-back:{by}@{table.hash}",
            "extract": False,
            "deputy_for": named if owner != named else None,
            "team": first.team if owner == first.owner else None,
            "triage": None,
            "handed_back": tuple(
                f"devolvido por {name}: {reason}" for name, reason in zip(handed.had, handed.reasons, strict=True)
            ),
        }
    )
    if owner == OMBUDSMAN:
        return dispatch, Dispatched(message=message, verdict=verdict, dispatch=dispatch)
    _, copy = next(copies(message, verdict, dispatch, table))
    return dispatch.model_copy(update={"extract": copy.dispatch.extract}), copy
