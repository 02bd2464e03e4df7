"""Who may do what: from the departments' names and the rooms' needs, and from nothing else.

A department reads its own feed (what it is informed of is on it too) and its refusals, in groups under a name of its
own, and writes replies. Nothing is granted to it by the beginning of a topic's name: `saude` would be `saude-mental`'s.
All that is ours sees which topics there are and how they are set, without their records: without it a missing topic
and a forbidden one look the same.
"""

from collections.abc import Iterable, Iterator, Sequence

from ouvidor.grants.acl import Acl, Operation, Pattern, Resource
from ouvidor.grants.needs import Needs
from ouvidor.grants.settings import Grants, check, principal_of
from ouvidor.topics import Topics

__all__ = ["OMBUDSMAN", "OPS", "acls", "group_of", "own_principals"]

OPS = "ops"
"""Whoever runs the commands: reads and writes all that is ours, by name of a room that there is not."""
OMBUDSMAN = "ombudsman"
_ALL_OF_OURS = (Operation.DESCRIBE, Operation.DESCRIBE_CONFIGS)


def group_of(topics: Topics, department: str) -> str:
    """Give the consumer group of a department; further ones begin with it and a dot."""
    return topics.department(department)


def own_principals(grants: Grants, rooms: Sequence[tuple[str, Needs]]) -> list[str]:
    """Give the principals of the rooms, and of ops."""
    found = [_own(grants, room, needs.service) for room, needs in rooms]
    return list(dict.fromkeys([*found, _own(grants, OPS, OPS)]))


def acls(grants: Grants, topics: Topics, departments: Sequence[str], rooms: Sequence[tuple[str, Needs]]) -> list[Acl]:
    """Give all ACLs, each once, in order. Raises `Misconfigured` where names are nobody's, or two have one."""
    check(grants, (*departments, OMBUDSMAN), own_principals(grants, rooms))
    found: dict[Acl, None] = {}
    for name in departments:
        found |= dict.fromkeys(_department(principal_of(grants, name), topics, name, topics.department(name)))
    ombudsman = principal_of(grants, OMBUDSMAN)
    found |= dict.fromkeys(_department(ombudsman, topics, OMBUDSMAN, topics.ombudsman))
    found[Acl(ombudsman, Resource.TOPIC, Pattern.LITERAL, topics.case_events, Operation.READ)] = None
    for room, needs in rooms:
        found |= dict.fromkeys(_service(_own(grants, room, needs.service), topics, needs))
    found |= dict.fromkeys(_ops(_own(grants, OPS, OPS), topics))
    return list(found)


def _own(grants: Grants, room: str, service: str) -> str:
    return grants.own.format(room=room, service=service)


def _department(principal: str, topics: Topics, name: str, feed: str) -> Iterator[Acl]:
    for topic in (feed, topics.refused(name)):
        yield Acl(principal, Resource.TOPIC, Pattern.LITERAL, topic, Operation.READ)
    yield Acl(principal, Resource.TOPIC, Pattern.LITERAL, topics.replies, Operation.WRITE)
    group = group_of(topics, name)
    yield Acl(principal, Resource.GROUP, Pattern.LITERAL, group, Operation.READ)
    yield Acl(principal, Resource.GROUP, Pattern.PREFIXED, f"{group}.", Operation.READ)


def _service(principal: str, topics: Topics, needs: Needs) -> Iterator[Acl]:
    yield from _prefix(principal, topics, _ALL_OF_OURS)
    yield from _named(principal, Resource.TOPIC, needs.reads, Operation.READ)
    yield from _named(principal, Resource.TOPIC, needs.writes, Operation.WRITE)
    yield from _named(principal, Resource.TOPIC, needs.creates, Operation.CREATE)
    yield from _named(principal, Resource.GROUP, needs.groups, Operation.READ)
    for operation in (Operation.WRITE, Operation.DESCRIBE):
        yield from _named(principal, Resource.TRANSACTIONAL_ID, needs.transactional_ids, operation)


def _ops(principal: str, topics: Topics) -> Iterator[Acl]:
    """Give what the commands need: all topics, and to ask how far a group is (`ouvidor model shadow`)."""
    yield from _prefix(principal, topics, (*_ALL_OF_OURS, Operation.READ, Operation.WRITE, Operation.CREATE))
    yield _covering(principal, Resource.GROUP, topics.prefix, Operation.DESCRIBE)
    for operation in (Operation.WRITE, Operation.DESCRIBE):
        yield from _named(principal, Resource.TRANSACTIONAL_ID, (f"{topics.prefix}dead-letters.retry",), operation)


def _prefix(principal: str, topics: Topics, operations: Iterable[Operation]) -> Iterator[Acl]:
    for operation in operations:
        yield _covering(principal, Resource.TOPIC, topics.prefix, operation)


def _covering(principal: str, resource: Resource, beginning: str, operation: Operation) -> Acl:
    """Grant all names that begin so. Where the house gave us no prefix, it gave us the whole broker."""
    if beginning:
        return Acl(principal, resource, Pattern.PREFIXED, beginning, operation)
    return Acl(principal, resource, Pattern.LITERAL, "*", operation)


def _named(principal: str, resource: Resource, names: Iterable[str], operation: Operation) -> Iterator[Acl]:
    for name in names:
        pattern = Pattern.PREFIXED if name.endswith(".") else Pattern.LITERAL
        yield Acl(principal, resource, pattern, name, operation)
