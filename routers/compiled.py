"""A routing table that was found good, with its conditions compiled and its names looked up once."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from routers.condition import Condition
from routers.department import Department
from routers.table import Rule, TableFile
from routers.trying import Trying

__all__ = ["Table"]


@dataclass(frozen=True)
class Table:
    """What is in force."""

    file: TableFile
    hash: str
    """The first eight digits of the SHA-256 of the file's bytes, as `sha256sum` tells it."""
    rules: tuple[tuple[Rule, Condition], ...]

    @cached_property
    def trying(self) -> Trying:
        """What tries its conditions on a message."""
        return Trying([compiled for _, compiled in self.rules])

    @cached_property
    def departments(self) -> Mapping[str, Department]:
        """The departments by name."""
        return {department.name: department for department in self.file.departments}

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Which department has an area."""
        return {area: department.name for department in self.file.departments for area in department.areas}
