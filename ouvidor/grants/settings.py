"""The section `grants`: by which name each department and each room is known to the broker, and how much it may.

The names are the broker's principals: whoever runs it makes the users (SCRAM) or certificates, and keeps the passwords.
"""

import re
from collections.abc import Collection, Mapping
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, Field

from ouvidor.config import Section
from ouvidor.errors import Misconfigured

__all__ = ["DepartmentGrants", "Grants", "Quotas", "check", "principal_of", "quotas_of"]

_PRINCIPAL = re.compile(r"[A-Za-z]+:\S.*")
_MEBIBYTE = 2**20


def _fields(pattern: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
    except ValueError as error:
        raise ValueError(f"{pattern!r}: {error}") from error


def _principal(written: str) -> str:
    if _PRINCIPAL.fullmatch(written) is None or written.partition(":")[2] == "*":
        raise ValueError(f"{written!r} is no principal such as User:dept-saude")
    return written


def _department(pattern: str) -> str:
    if _fields(pattern) != {"department"}:
        raise ValueError(f"{pattern!r}: {{department}} is expected in it, and nothing else in braces: each has its own")
    return _principal(pattern)


def _own(pattern: str) -> str:
    if _fields(pattern) - {"room", "service"}:
        raise ValueError(f"{pattern!r}: only {{room}} and {{service}} may stand in braces")
    return _principal(pattern)


Rate = Annotated[int | None, Field(ge=1024)]
Share = Annotated[float | None, Field(gt=0, le=10_000)]


class Quotas(Section):
    """How much a department's programs may do at once, on each broker: who takes more is slowed down, not refused."""

    produce: Rate = _MEBIBYTE
    """Bytes a second that it may write; null: as many as it likes."""
    consume: Rate = 10 * _MEBIBYTE
    """Bytes a second that it may read; null: as many as it likes."""
    requests: Share = 50.0
    """Percent of the time of one thread of the broker; null: as much as it likes."""


class DepartmentGrants(Section):
    """What differs for one department; what is not given is as for all."""

    principal: Annotated[str | None, AfterValidator(lambda it: it if it is None else _principal(it))] = None
    """Its name to the broker: User:saude, or User:CN=saude,O=… where it shows a certificate."""
    produce: Rate = None
    """Bytes a second that it may write."""
    consume: Rate = None
    """Bytes a second that it may read."""
    requests: Share = None
    """Percent of the time of one thread of the broker."""


class Grants(Section):
    """Who may do what on a broker with ACLs: `ouvidor topics plan` shows it, `ouvidor topics apply` sets it."""

    department: Annotated[str, AfterValidator(_department)] = "User:dept-{department}"
    """A department's principal."""
    own: Annotated[str, AfterValidator(_own)] = "User:ouvidor-{room}"
    """The principal of a room of ours (ingest, classify, route, sinks), and of `ops`, who runs the commands. With
    {service} beside {room}: one for each service. With neither: one for all."""
    departments: dict[str, DepartmentGrants] = Field(default_factory=dict)
    """What differs for single departments, by name."""
    quotas: Quotas = Quotas()


def principal_of(grants: Grants, department: str) -> str:
    """Give a department's principal."""
    its = grants.departments.get(department)
    return grants.department.format(department=department) if its is None or its.principal is None else its.principal


def quotas_of(grants: Grants, department: str) -> Mapping[str, float]:
    """Give a department's quotas by the broker's own keys."""
    its = grants.departments.get(department, DepartmentGrants())
    keys = {"produce": "producer_byte_rate", "consume": "consumer_byte_rate", "requests": "request_percentage"}
    found = {
        key: getattr(its if field in its.model_fields_set else grants.quotas, field) for field, key in keys.items()
    }
    return {key: float(value) for key, value in found.items() if value is not None}


def check(grants: Grants, departments: Collection[str], own: Collection[str]) -> None:
    """Raise `Misconfigured` where a name is nobody's, or two have one."""
    for name in grants.departments:
        if name not in departments:
            known = ", ".join(sorted(departments)) or "none"
            raise Misconfigured(f"grants.departments: {name}: there is no such department; known are {known}")
    owners: dict[str, str] = dict.fromkeys(own, "a room of ours")
    for name in departments:
        principal = principal_of(grants, name)
        if principal in owners:
            mend = f"give {name} another in grants.departments"
            raise Misconfigured(f"grants: {name} and {owners[principal]} have one principal, {principal}: {mend}")
        owners[principal] = name
