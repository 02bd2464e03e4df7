"""The quotas of departments' users. What is ours has none: a river that is slowed down is late for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass

from ouvidor.grants.granting import OMBUDSMAN
from ouvidor.grants.settings import Grants, principal_of, quotas_of

__all__ = ["Quota", "quotas", "written"]


def written(value: float) -> str:
    """Write a number whole: `g` alone would round a megabyte."""
    return f"{value:.15g}"


@dataclass(frozen=True, slots=True, order=True)
class Quota:
    """How much one user may do: `key` is the broker's own, as `consumer_byte_rate`."""

    user: str
    key: str
    value: float

    def __str__(self) -> str:
        """Tell it in one line."""
        return f"User:{self.user} {self.key}={written(self.value)}"


def quotas(grants: Grants, departments: Sequence[str]) -> list[Quota]:
    """Give all quotas. The broker knows those of users alone: a principal of another type gets none."""
    found = []
    for name in (*departments, OMBUDSMAN):
        kind, _, user = principal_of(grants, name).partition(":")
        if kind == "User":
            found += [Quota(user, key, value) for key, value in quotas_of(grants, name).items()]
    return found
