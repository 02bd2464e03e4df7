"""Our schemas in the registry: all of them found or registered, now by a command, or kept so beside the stages.

Beside the stages a registry that is away, or refuses, is told and asked again: it is a help for readers' tools, and a
customer is not kept waiting for it.
"""

import asyncio
from collections.abc import AsyncIterator
from itertools import chain, repeat
from typing import Final

import structlog

from ouvidor.errors import OuvidorError
from ouvidor.metrics import SCHEMAS_REGISTERED
from ouvidor.schema_registry.api import api
from ouvidor.schema_registry.marks import Marks, Registered
from ouvidor.schema_registry.settings import SchemaRegistry
from ouvidor.schemas import RECORDS, schema_of

__all__ = ["keep_registered", "registered", "subject_of"]

_log = structlog.get_logger(__name__)
_PAUSES: Final = (5.0, 30.0, 120.0, 300.0)


def subject_of(record: str, prefix: str) -> str:
    """Give a record's subject: one for each record, not for each topic, since fifty departments read the same."""
    return f"{prefix}{record}"


async def registered(settings: SchemaRegistry, prefix: str, *, register: bool) -> AsyncIterator[tuple[str, Registered]]:
    """Find all records' schemas, or register them. Raises `Unavailable` or `Misconfigured` at the first that fails."""
    async with api(settings) as its:
        for record in RECORDS:
            yield record, await its.found(subject_of(record, prefix), schema_of(record), register=register)


async def keep_registered(settings: SchemaRegistry, prefix: str, marks: Marks) -> None:
    """Have all schemas found and told to `marks`; ask again until they are."""
    for pause in chain(_PAUSES, repeat(_PAUSES[-1])):
        try:
            names = registered(settings, prefix, register=settings.register_schemas)
            found = {record: its async for record, its in names}
        except OuvidorError as error:
            _log.warning("records go without their schemas' names", reason=str(error), again_in_seconds=pause)
        except Exception as error:  # noqa: BLE001 - whatever it was, it is told, and the river goes on
            _log.exception("the schema registry failed unforeseen", error=type(error).__name__)
        else:
            marks.take(found)
            SCHEMAS_REGISTERED.set(len(found))
            _log.info("schemas are registered", url=settings.url, schemas=len(found))
            return
        await asyncio.sleep(pause)
