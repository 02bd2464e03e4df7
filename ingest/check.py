"""What `ouvidor check` asks of this room: are the accounts as their networks want them, and do they answer?"""

import asyncio
from datetime import timedelta
from typing import Final

from ingest.adapter import Account, Adapter
from ingest.registry import survey
from ouvidor.errors import OuvidorError, Unavailable
from ouvidor.faults import path_of
from ouvidor.secret_files import unreadable
from ouvidor.settings import Settings

__all__ = ["check"]

_ANSWER_WITHIN: Final = timedelta(seconds=30)


async def check(settings: Settings, *, connect: bool) -> list[str | Unavailable]:
    """Give all that is wrong with the accounts, a line each. With `connect`, each that can be asked is asked once."""
    known, faults = survey(settings)
    found: list[str | Unavailable] = [*faults]
    for number, _, account in known:
        for at, words in unreadable(account, ("ingest", "accounts", number)):
            found.append(f"{settings.file}: {path_of(at)}: {words}")
    if found or not connect:
        return found
    told = await asyncio.gather(*(_ask(its, account) for _, its, account in known))
    for each in told:
        if isinstance(each, Unavailable):
            found.append(each)
        elif each is not None:
            found.extend(str(each).splitlines())
    return found


async def _ask(adapter: Adapter, account: Account) -> OuvidorError | None:
    """Ask an account once; one that calls us cannot be asked."""
    if adapter.check is None:
        return None
    try:
        async with asyncio.timeout(_ANSWER_WITHIN.total_seconds()):
            await adapter.check(account)
    except TimeoutError:
        return Unavailable(f"{adapter.network} {account.account}: no answer within {_ANSWER_WITHIN.seconds} s")
    except OuvidorError as error:
        return error
    return None
