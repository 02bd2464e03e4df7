"""What a record's schema, and its parts, are called among the document's components.

What others write is closed and what we write is open (`ouvidor/schema_forms.py`), so that one model may have two
schemas: an answer that is sent, and the same answer within a case's history. The first one's name ends in `ToSend`.
"""

from collections.abc import Callable
from typing import Final

from ouvidor.schema_forms import CLOSED
from ouvidor.schemas import RECORDS, WRITTEN_BY_OTHERS

__all__ = ["TO_SEND", "component_of", "renaming"]

TO_SEND: Final = "ToSend"


def component_of(record: str) -> str:
    """Name a record's schema."""
    return renaming(record)(RECORDS[record].__name__)


def renaming(record: str) -> Callable[[str], str]:
    """Give the function that names the parts of a record's schema."""
    if record in WRITTEN_BY_OTHERS:
        return lambda name: name if name in CLOSED else name + TO_SEND
    return str
