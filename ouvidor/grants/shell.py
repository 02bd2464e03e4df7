"""The same as lines for a shell, for a broker that others administer: they need neither Ouvidor nor our passwords.

Each line may be run again: a topic is made where there is none, an ACL that is there stays, a quota is set anew.

Source: Apache Kafka 4.2, `kafka-topics.sh`, `kafka-acls.sh`, `kafka-configs.sh`.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from shlex import quote

from ouvidor.grants.acl import Acl, Operation, Pattern, Permission, Resource
from ouvidor.grants.comparing import Wanted
from ouvidor.grants.quotas import Quota, written
from ouvidor.topics import TopicPlan

__all__ = ["commands", "removal"]

_ADMIN = '--bootstrap-server "$BOOTSTRAP" --command-config "$ADMIN"'
_OPTIONS = {
    Resource.TOPIC: "--topic",
    Resource.GROUP: "--group",
    Resource.TRANSACTIONAL_ID: "--transactional-id",
    Resource.DELEGATION_TOKEN: "--delegation-token",
    Resource.USER: "--user-principal",
}
_HEAD = """# BOOTSTRAP is host:port of a broker, ADMIN the path of a file with the administrator's client settings.
# Every line may be run again; none of them removes anything.
set -eu"""


def commands(wanted: Wanted) -> Iterator[str]:
    """Give the lines of a script that makes all that is planned."""
    yield _HEAD
    yield from map(_topic, wanted.topics)
    grouped: dict[tuple[str, Resource, Pattern, Operation], list[str]] = defaultdict(list)
    for acl in wanted.acls:
        grouped[acl.principal, acl.resource, acl.pattern, acl.operation].append(acl.name)
    for (principal, resource, pattern, operation), names in grouped.items():
        yield _grant(principal, resource, pattern, operation, names)
    users: dict[str, list[Quota]] = defaultdict(list)
    for quota in wanted.quotas:
        users[quota.user].append(quota)
    for user, its in users.items():
        values = ",".join(f"{quota.key}={written(quota.value)}" for quota in its)
        yield (
            f"kafka-configs.sh {_ADMIN} --alter --add-config {quote(values)} "
            f"--entity-type users --entity-name {quote(user)}"
        )


def removal(acl: Acl) -> str:
    """Give the line that removes an ACL: for a person to run who knows why it is there."""
    side = "allow" if acl.permission is Permission.ALLOW else "deny"
    return (
        f"kafka-acls.sh {_ADMIN} --remove --{side}-principal {quote(acl.principal)} --{side}-host {quote(acl.host)} "
        f"--operation {_operation(acl.operation)} {_pattern(acl.pattern)}{_names(acl.resource, [acl.name])}"
    )


def _topic(plan: TopicPlan) -> str:
    config = "".join(f" --config {quote(f'{key}={value}')}" for key, value in plan.config.items())
    return (
        f"kafka-topics.sh {_ADMIN} --create --if-not-exists --topic {quote(plan.name)} "
        f"--partitions {plan.partitions} --replication-factor {plan.replication}{config}"
    )


def _grant(principal: str, resource: Resource, pattern: Pattern, operation: Operation, names: Sequence[str]) -> str:
    return (
        f"kafka-acls.sh {_ADMIN} --add --allow-principal {quote(principal)} --operation {_operation(operation)} "
        f"{_pattern(pattern)}{_names(resource, names)}"
    )


def _operation(operation: Operation) -> str:
    return operation.name.title().replace("_", "")


def _pattern(pattern: Pattern) -> str:
    return "--resource-pattern-type prefixed " if pattern is Pattern.PREFIXED else ""


def _names(resource: Resource, names: Sequence[str]) -> str:
    if resource is Resource.CLUSTER:
        return "--cluster"
    return " ".join(f"{_OPTIONS[resource]} {quote(name)}" for name in names)
