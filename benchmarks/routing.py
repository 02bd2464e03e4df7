"""Dispatches a second on one core with a table of 100 rules, beside a bare loop over the same conditions in CEL.

python -m benchmarks.routing [--rules N] [--messages N] [--rounds N] [--unkept]

Three columns, each round after the other, medians told: the bare loop (a context of CEL for each message, and each
compiled condition tried on it), `route()` (owner, informed, ombudsman, deadline), and the stage's whole function (the
event decoded, routed, the author withheld where that must be, and an event encoded for each who gets it). Rules are of
the sorts that tables have: labels, flags, areas, words of the text, confidence. CPU seconds are counted, not the
clock's.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import cel

from ouvidor.business_time import BusinessCalendar
from ouvidor.events import CLASSIFIED, encode
from ouvidor.protocol import protocol_number
from ouvidor.records import Channel, Classified, Difficulty, Flag, Kind, Severity
from ouvidor.settings import Organisation
from ouvidor.topics import Topics
from routers.compiled import Table
from routers.facts import Facts
from routers.lint import findings
from routers.reading import read_table
from routers.route import route
from routers.sample import EMPTY, FULL
from routers.stage import dispatcher

GOAL = 10_000
AREAS = [f"area-{number}" for number in range(40)]
WORDS = ["poste", "buraco", "fatura", "consulta", "creche", "entrega", "cartão", "fila", "remédio", "ônibus"]
START = datetime(2026, 11, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A record as the stage gets it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


def table_of(rules: int, more: str = "") -> Table:
    """Make a table of ten departments, forty areas and so many rules; every tenth names an owner."""
    lines = ["default: d0", "departments:"]
    lines += [f"  - {{name: d{at}, title: D{at}, areas: {AREAS[at * 4 : at * 4 + 4]}}}" for at in range(10)]
    lines += ["profile: seed", "profiles: {seed: {critical: 24 h, high: 24 h, medium: 48 h, low: 72 h}}", "rules:"]
    for at in range(rules):
        flag, kind, severity = (list(each)[at % len(each)] for each in (Flag, Kind, Severity))
        when = [
            f"verdict.severity == '{severity}' && '{flag}' in verdict.flags && verdict.kind == '{kind}'",
            f"verdict.area == '{AREAS[at % 40]}' && verdict.severity in ['critical', 'high']",
            f"message.channel == 'phone' && message.text.contains('{WORDS[at % 10]} {at}')",
            f"verdict.kind == '{kind}' && verdict.confidence.kind < 0.{at % 9 + 1} && !verdict.sure",
            f"verdict.flags.exists(f, f in ['{flag}', 'press']) && verdict.difficulty == 'complex'",
        ][at % 5]
        when = f"({when}){more}"
        then = f"{{owner: d{at % 10}}}" if at % 10 == 0 else f"{{informed: [d{at % 10}]}}"
        lines.append(f'  - {{name: r{at}, when: "{when}", then: {then}}}')
    path = Path(tempfile.mkdtemp(prefix="bench-routing-")) / "table.yaml"
    path.write_text("\n".join(lines) + "\n")
    return read_table(path)


def messages_of(count: int) -> list[Classified]:
    """Make messages with verdicts of all sorts, of four weeks."""
    dice = random.Random(7)
    made = []
    for _ in range(count):
        received = START + timedelta(minutes=dice.randrange(28 * 24 * 60))
        identifier = UUID(int=dice.getrandbits(128), version=5)
        text = " ".join(dice.choices(WORDS, k=60))
        message = FULL[0].model_copy(
            update={
                "id": identifier,
                "protocol": protocol_number(identifier, received.date()),
                "automatic": None,
                "received_at": received,
                "channel": dice.choice(list(Channel)),
                "text": text,
                "body": text,
            }
        )
        confidence = EMPTY[1].confidence.model_copy(
            update={name: dice.random() for name in ("kind", "severity", "difficulty", "flags", "area")}
        )
        verdict = FULL[1].model_copy(
            update={
                "kind": dice.choice(list(Kind)),
                "severity": dice.choice(list(Severity)),
                "difficulty": dice.choice(list(Difficulty)),
                "flags": tuple(dice.sample(list(Flag), k=dice.choice([0, 0, 0, 1, 2]))),
                "area": dice.choice([None, *AREAS]),
                "sure": dice.random() < 0.7,
                "confidence": confidence,
            }
        )
        made.append(Classified(message=message, verdict=verdict))
    return made


def arrived(both: Classified, offset: int) -> Arrived:
    """Give a message as it stands in the topic."""
    made = encode(
        both,
        topic="ouvidor.classified",
        key="conversation",
        id=str(both.message.id),
        type=CLASSIFIED,
        source="/benchmarks",
        time=both.message.received_at,
        subject=both.message.protocol,
    )
    at = int(both.message.received_at.timestamp() * 1000)
    return Arrived("ouvidor.classified", 0, offset, at, made.key or b"", made.value or b"", tuple(made.headers))


def rate(work: Callable[[], object], count: int) -> float:
    """Give how many a second of CPU."""
    began = time.process_time()
    work()
    return count / (time.process_time() - began)


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.routing", description=__doc__)
    parser.add_argument("--rules", type=int, default=100)
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--unkept", action="store_true", help="every rule reads the text too: no answer is kept")
    given = parser.parse_args()
    table = table_of(given.rules, " && message.text != ''" if given.unkept else "")
    made = messages_of(given.messages)
    records = [arrived(both, offset) for offset, both in enumerate(made)]
    calendar = BusinessCalendar.from_settings(Organisation())
    stage = dispatcher(lambda: table, calendar, Topics())
    facts = Facts(field for _, condition in table.rules for field in condition.fields)
    programs = [cel.compile(rule.when) for rule, _ in table.rules]

    def bare() -> None:
        for both in made:
            context = facts.of(both.message, both.verdict)
            for program in programs:
                program.execute(context)

    def routed() -> None:
        for both in made:
            route(both.message, both.verdict, table, calendar)

    def staged() -> int:
        return sum(len(list(stage(record))) for record in records)  # type: ignore[arg-type]

    outputs = staged()
    found: dict[str, list[float]] = {"bare CEL loop": [], "route()": [], "the stage's function": []}
    for _ in range(given.rounds):
        for name, work in zip(found, (bare, routed, staged), strict=True):
            found[name].append(rate(work, given.messages))
    first = median(found["bare CEL loop"])
    print(f"{given.rules} rules, {given.messages} messages, {outputs / given.messages:.2f} events each, one core")
    for name, rates in found.items():
        middle = median(rates)
        print(f"{name:22} {middle:10,.0f}/s  ({min(rates):,.0f} to {max(rates):,.0f})  {first / middle:.2f} x bare CEL")
    print(f"goal: {GOAL:,}/s by route(): {'met' if median(found['route()']) >= GOAL else 'MISSED'}")
    began = time.process_time()
    count = len(list(findings(table)))
    print(f"lint of the table: {time.process_time() - began:.2f} s, {count} findings")


if __name__ == "__main__":
    main()
