"""A department's feed in Python: each case once, answered, acknowledged.

    async for case in Department("billing"):
        print(case.protocol, case.message.text)
        await case.ack()

It stands apart from the rest of the floor: it needs aiokafka and pydantic and nothing else, so that a department
installs `ouvidor-client` (a few hundred kilobytes and those two) and not the pipeline:
`docs/decisions/0026-the-client.md`.
"""

from ouvidor.client.broker import Broker
from ouvidor.client.case import Case
from ouvidor.client.department import Department
from ouvidor.client.ledger import Ledger, SqliteLedger
from ouvidor.client.reading import Unreadable
from ouvidor.errors import Misconfigured, OuvidorError, Rejected, Unavailable
from ouvidor.records.reply import Refused

__all__ = [
    "Broker",
    "Case",
    "Department",
    "Ledger",
    "Misconfigured",
    "OuvidorError",
    "Refused",
    "Rejected",
    "SqliteLedger",
    "Unavailable",
    "Unreadable",
]
