"""What is there, what is missing, what differs, and what stands there that we would not make: pure, from two looks.

A topic that differs is told and never changed: `ouvidor/topic_admin.py` says why. A quota that differs is set, since
nothing is lost by it. What is not ours is named, with all that reaches into our names from outside, as a grant on every
topic does; it is never removed, since somebody may live by it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ouvidor.grants.acl import Acl, Pattern, Resource
from ouvidor.grants.quotas import Quota, written
from ouvidor.topic_admin import Found, differences
from ouvidor.topics import TopicPlan

__all__ = ["Finding", "State", "There", "Wanted", "compare"]

Subject = TopicPlan | Found | Acl | Quota
_NAMED = {Resource.TOPIC, Resource.GROUP, Resource.TRANSACTIONAL_ID}


class State(StrEnum):
    """How one thing is."""

    PLANNED = "as planned"
    MISSING = "missing"
    DIFFERS = "differs"
    STRANGE = "not ours"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What should be there."""

    prefix: str
    topics: Sequence[TopicPlan]
    acls: Sequence[Acl]
    quotas: Sequence[Quota]


@dataclass(frozen=True, slots=True)
class There:
    """What is there: the topics under our prefix, all ACLs, all users' quotas."""

    topics: Sequence[Found]
    acls: Sequence[Acl] | None
    """None where the broker has no authorizer."""
    quotas: Sequence[Quota]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, how it is, and where it differs what is found and what is planned, in words."""

    subject: Subject
    state: State
    words: str = ""

    @property
    def kind(self) -> str:
        """What it is: topic, acl or quota."""
        return {Acl: "acl", Quota: "quota"}.get(type(self.subject), "topic")


def compare(wanted: Wanted, there: There) -> list[Finding]:
    """Compare. Without an authorizer ACLs and quotas of users mean nothing, and are left out."""
    found = list(_topics(wanted.topics, there.topics))
    if there.acls is not None:
        found += _acls(wanted, there.acls)
        found += _quotas(wanted, there.quotas)
    return found


def _topics(wanted: Sequence[TopicPlan], there: Sequence[Found]) -> Iterator[Finding]:
    found = {topic.name: topic for topic in there}
    for plan in wanted:
        if plan.name not in found:
            yield Finding(plan, State.MISSING)
            continue
        told = [f"{each.what} is {each.found}, planned is {each.planned}" for each in differences([plan], found)]
        yield Finding(plan, State.DIFFERS if told else State.PLANNED, "; ".join(told))
    planned = {plan.name for plan in wanted}
    for topic in there:
        if topic.name not in planned:
            yield Finding(topic, State.STRANGE, "no department and no room has it now")


def _acls(wanted: Wanted, there: Sequence[Acl]) -> Iterator[Finding]:
    found, planned = set(there), set(wanted.acls)
    for acl in wanted.acls:
        yield Finding(acl, State.PLANNED if acl in found else State.MISSING)
    ours = {acl.principal for acl in wanted.acls}
    for acl in sorted(found - planned):
        if reaches(acl, wanted.prefix):
            yield Finding(acl, State.STRANGE, "it reaches into our names")
        elif acl.principal in ours and acl.resource not in _NAMED:  # other names may be those of a second Ouvidor
            yield Finding(acl, State.STRANGE, "nothing of ours needs it")


def reaches(acl: Acl, prefix: str) -> bool:
    """Tell whether an ACL is about names that begin with our prefix, or may be."""
    if acl.resource not in _NAMED:
        return False
    if acl.pattern is Pattern.LITERAL:
        return acl.name == "*" or acl.name.startswith(prefix)
    return acl.name.startswith(prefix) or prefix.startswith(acl.name)


def _quotas(wanted: Wanted, there: Iterable[Quota]) -> Iterator[Finding]:
    found = {(quota.user, quota.key): quota.value for quota in there}
    for quota in wanted.quotas:
        value = found.pop((quota.user, quota.key), None)
        if value is None:
            yield Finding(quota, State.MISSING)
        elif value != quota.value:
            yield Finding(quota, State.DIFFERS, f"it is {written(value)}, planned is {written(quota.value)}")
        else:
            yield Finding(quota, State.PLANNED)
    users = {acl.principal.removeprefix("User:") for acl in wanted.acls}
    for (user, key), value in sorted(found.items()):
        if user in users:
            yield Finding(Quota(user, key, value), State.STRANGE, "no setting gives it")
