"""An ACL as the broker keeps it. The numbers are the protocol's own.

Source: Apache Kafka 4.2, `AclOperation`, `AclPermissionType`, `PatternType`, `ResourceType`.
"""

from dataclasses import dataclass
from enum import IntEnum

__all__ = ["CLUSTER", "Acl", "Operation", "Pattern", "Permission", "Resource"]

CLUSTER = "kafka-cluster"
"""The only name that a cluster has."""


class _Code(IntEnum):
    """A newer broker may know more of them than we do."""

    @classmethod
    def _missing_(cls, value: object) -> "_Code":  # noqa: ARG003 - the signature is `enum`'s
        return cls(0)


class Resource(_Code):
    """What an ACL is about."""

    UNKNOWN = 0
    ANY = 1
    TOPIC = 2
    GROUP = 3
    CLUSTER = 4
    TRANSACTIONAL_ID = 5
    DELEGATION_TOKEN = 6
    USER = 7


class Pattern(_Code):
    """How its name is meant."""

    UNKNOWN = 0
    ANY = 1
    MATCH = 2
    LITERAL = 3
    PREFIXED = 4


class Operation(_Code):
    """What may be done."""

    UNKNOWN = 0
    ANY = 1
    ALL = 2
    READ = 3
    WRITE = 4
    CREATE = 5
    DELETE = 6
    ALTER = 7
    DESCRIBE = 8
    CLUSTER_ACTION = 9
    DESCRIBE_CONFIGS = 10
    ALTER_CONFIGS = 11
    IDEMPOTENT_WRITE = 12
    CREATE_TOKENS = 13
    DESCRIBE_TOKENS = 14
    TWO_PHASE_COMMIT = 15


class Permission(_Code):
    """May it, or may it not? Who is denied may not, whoever else allows it."""

    UNKNOWN = 0
    ANY = 1
    DENY = 2
    ALLOW = 3


@dataclass(frozen=True, slots=True, order=True)
class Acl:
    """Who may do what with which resource, from where."""

    principal: str
    resource: Resource
    pattern: Pattern
    name: str
    operation: Operation
    permission: Permission = Permission.ALLOW
    host: str = "*"

    def __str__(self) -> str:
        """Tell it in one line: `User:dept-saude may READ topic ouvidor.department.saude`."""
        verb = "may" if self.permission is Permission.ALLOW else "may not"
        what = self.resource.name.lower().replace("_", " ")
        name = "" if self.resource is Resource.CLUSTER else f" {self.name}{'*' * (self.pattern is Pattern.PREFIXED)}"
        where = "" if self.host == "*" else f" from {self.host}"
        return f"{self.principal} {verb} {self.operation.name} {what}{name}{where}"
