"""What `ouvidor check` asks of this room: are the accounts as their networks want them, and do they answer?"""

import asyncio
from datetime import timedelta
from typing import Final

from ingest.adapter import Account, Adapter
from ingest.registry import accounts
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.settings import Settings

__all__ = ["check"]

_ANSWER_WITHIN: Final = timedelta(seconds=30)


async def check(settings: Settings, *, connect: bool) -> list[str | Unavailable]:
    """Give all that is wrong with the accounts, a line each. With `connect`, each that can be asked is asked once."""
    try:
        asked = accounts(settings)
    except Misconfigured as error:
        return [*str(error).splitlines()]
    if not connect:
        return []
    told = await asyncio.gather(*(_ask(its, account) for its, account in asked))
    found: list[str | Unavailable] = []
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
