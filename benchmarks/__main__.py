"""`make bench`: all benchmarks, on a broker of their own.

python -m benchmarks [stage] [intake] [mailbox] [--rounds N] [--records N] [--mails N]
"""

import argparse
import asyncio
import tempfile
from pathlib import Path

from benchmarks import intake, mailbox, river
from ouvidor.local.kafka import LocalKafka


async def main() -> None:
    """Run what was asked for; everything, if nothing was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("which", nargs="*", help="stage, intake, mailbox; all if none is named")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--records", type=int, default=200_000, help="of the stage's rounds")
    parser.add_argument("--posts", type=int, default=30_000, help="of the intake's rounds")
    parser.add_argument("--mails", type=int, default=20_000, help="of the mailbox's rounds")
    given = parser.parse_args()
    which = given.which or ["stage", "intake", "mailbox"]
    async with LocalKafka(Path(tempfile.mkdtemp(prefix="bench-kafka-")), heap="512m") as kafka:
        if "stage" in which:
            await river.compare(kafka.bootstrap, rounds=given.rounds, records=given.records, size=500, most=500)
        if "intake" in which:
            await intake.compare(kafka.bootstrap, rounds=given.rounds, posts=given.posts)
        if "mailbox" in which:
            await mailbox.compare(kafka.bootstrap, rounds=given.rounds, mails=given.mails)


if __name__ == "__main__":
    asyncio.run(main())
