"""What every record has in common: it is frozen, closed, and its times are aware and in UTC."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

__all__ = ["Record", "Utc"]


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Utc = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""An aware datetime; whatever zone it came in, it is UTC inside."""


class Record(BaseModel):
    """A record on a topic. Unknown fields are an error: a reader that ignores what it does not know loses it."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=False)
