"""A department's feed: each case once, answered where a program can, acknowledged after the work."""

import asyncio
import contextlib
import os

from ouvidor.client import Case, Department

DEPARTMENT = os.environ["DEPARTMENT"]


def work(case: Case) -> str | None:
    """Do what is to be done with a case. Put your own work here; give what the customer is told, or nothing."""
    text = " ".join(case.message.text.split())
    until = f"{case.dispatch.deadline:%Y-%m-%dT%H:%MZ}" + ("" if case.ours else " (informed)")
    print(f"{case.protocol} {case.verdict.severity} {case.verdict.kind} until {until}: {text}", flush=True)
    return "Obrigado pelo elogio!" if case.ours and case.verdict.kind == "compliment" else None


async def main() -> None:
    """Read for ever. The broker is where KAFKA_SERVERS says, as KAFKA_USERNAME and KAFKA_PASSWORD."""
    ledger, group = f"seen-{DEPARTMENT}.sqlite", os.environ.get("KAFKA_GROUP")
    async with Department(DEPARTMENT, ledger=ledger, group=group, by="resposta-automatica") as feed:
        async for case in feed:
            if text := work(case):
                await case.answer(text)
            await case.ack()  # after the work, never before


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())
