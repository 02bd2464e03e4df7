"""Calls, as WebVTT transcripts that some recognition software drops into a folder.

One file is one call and one message; its id is that of its bytes, so that a file which is copied, renamed or delivered
again is the same call. When the call was is read from the file's name or a comment; neither has a zone as a rule, so
the account's counts.
"""

import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from ingest.adapter import Account, Adapter, Original, Utterance
from ingest.folder import FolderPull
from ingest.phone.cues import Cue, parse
from ingest.phone.speakers import customers_words
from ouvidor.errors import Misconfigured
from ouvidor.records import Channel, Turn

__all__ = ["ADAPTER", "WebvttAccount", "read"]

_MEDIA_TYPE: Final = "text/vtt"
_LONGEST_PAUSE: Final = 5.0
_MOMENT: Final = re.compile(
    r"(?<!\d)(20\d\d)-?([01]\d)-?([0-3]\d)[T _-]*([0-2]\d)[-:.h]?([0-5]\d)(?:[-:.m]?([0-5]\d))?"
    r"(?:[.,]\d+)?(Z|[+-]\d\d:?\d\d)?(?!\d)"
)


class WebvttAccount(Account):
    """One folder."""

    folder: Path
    """Where transcripts appear. Files are read, and never changed or deleted."""
    suffix: str = Field(".vtt", pattern=r"^\.[A-Za-z0-9.]+$")
    settle: timedelta = timedelta(seconds=2)
    """A file is taken when it has stood still for so long."""
    customers: tuple[str, ...] = ()
    """What the software calls customers. Not given: everybody who is not called agent, atendente, URA and the like."""
    agents: tuple[str, ...] = ()
    """What the software calls agents; everybody else is a customer then."""
    zone: str = "America/Sao_Paulo"
    """The zone of times in file names (IANA)."""

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"{zone!r} is no zone of the IANA data base, such as America/Sao_Paulo") from error
        return zone


def read(original: Original) -> Iterator[Utterance]:
    """Read one transcript: the customer's turns are the text, all turns with their speakers the body."""
    hints = original.hints
    found = parse(original.body)
    call = customers_words(
        _turns(found.cues),
        customers=hints.get("customers", "").splitlines(),
        agents=hints.get("agents", "").splitlines(),
    )
    silent = () if call.turns else ("a transcrição não tem nenhuma palavra",)
    cut = ("o arquivo é longo demais: só o começo foi lido",) if "cut" in hints else ()
    yield Utterance(
        text=call.text,
        body=call.body,
        sent_at=_moment((hints.get("filename", ""), *found.notes), hints.get("zone")),
        author_name=call.customer,
        turns=call.turns,
        defects=(*cut, *found.defects, *(call.defects if call.turns else ()), *silent),
    )


def _turns(cues: list[Cue]) -> list[Turn]:
    """Join what a named speaker says without a pause."""
    joined: list[list[Cue]] = []
    end = 0.0
    for cue in cues:
        last = joined[-1][-1] if joined else None
        if last is not None and cue.speaker and cue.speaker == last.speaker and cue.start - end <= _LONGEST_PAUSE:
            joined[-1].append(cue)
            end = max(end, cue.end)
        else:
            joined.append([cue])
            end = cue.end
    return [
        Turn(
            speaker=each[0].speaker,
            start=each[0].start,
            end=max(cue.end for cue in each),
            text=" ".join(cue.text for cue in each),
        )
        for each in joined
    ]


def _moment(places: tuple[str, ...], zone: str | None) -> datetime | None:
    """Find when the call was: the first moment with a zone, or without one if the account tells it."""
    for words in places:
        for found in _MOMENT.finditer(words):
            year, month, day, hour, minute, second, offset = found.groups()
            iso = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{offset or ''}"
            try:
                moment = datetime.fromisoformat(iso)
            except ValueError:
                continue
            if not 1 < moment.year < 9999:  # noqa: PLR2004 - the ends of what a record holds
                continue
            if moment.tzinfo is not None:
                return moment
            if zone is not None:
                return moment.replace(tzinfo=ZoneInfo(zone))
    return None


def _pull(account: WebvttAccount) -> FolderPull:
    hints = {"zone": account.zone}
    if account.customers:
        hints["customers"] = "\n".join(account.customers)
    if account.agents:
        hints["agents"] = "\n".join(account.agents)
    return FolderPull(account.folder, suffix=account.suffix, media_type=_MEDIA_TYPE, settle=account.settle, hints=hints)


async def _check(account: WebvttAccount) -> None:
    if not os.access(account.folder, os.R_OK | os.X_OK) or not account.folder.is_dir():
        raise Misconfigured(f"webvtt {account.account}: {account.folder} is no folder that we may read")


ADAPTER = Adapter(
    channel=Channel.PHONE,
    network="webvtt",
    settings=WebvttAccount,
    read=read,
    media_type=_MEDIA_TYPE,
    pull=_pull,
    check=_check,
)
