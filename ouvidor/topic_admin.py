"""Topics are created as planned, as often as one likes; what is there already is compared and left as it is.

A topic that differs from its plan is reported and never changed here: fewer partitions are impossible, more of them
give keys other partitions (a conversation would overtake itself), and a shorter retention deletes. Each needs a person
who decides, and Kafka's own tools.

Source: Apache Kafka 4.1, CreateTopics (API 19), DescribeConfigs (API 32).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.kafka import as_ours, client_options, reach
from ouvidor.settings import Settings
from ouvidor.topics import TopicPlan

__all__ = ["Difference", "Found", "Report", "administer", "create", "describe", "differences", "existing", "make"]

_REQUEST_WITHIN = timedelta(seconds=20)
_VISIBLE_WITHIN = timedelta(seconds=20)
_LOOK_EVERY_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as the broker has it; of its configuration, only what was asked for."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A topic is not as planned."""

    topic: str
    what: str
    found: str
    planned: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `create` did: names in the order of the plans."""

    created: tuple[str, ...]
    existed: tuple[str, ...]
    differences: tuple[Difference, ...]


async def create(settings: Settings, plans: Sequence[TopicPlan]) -> Report:
    """Create the topics that are missing, wait until the broker knows them, and compare those that were there.

    Raises `Misconfigured` with a line for each topic that the broker will not make so, `Unavailable` when it is away.
    """
    async with administer(settings) as admin:
        known = {topic["topic"] for topic in await admin.describe_topics()}
        created = await make(admin, [plan for plan in plans if plan.name not in known], settings)
        existed = [plan for plan in plans if plan.name not in set(created)]
        found = {topic.name: topic for topic in await describe(admin, existed)}
    return Report(
        created=tuple(created),
        existed=tuple(plan.name for plan in existed),
        differences=tuple(differences(existed, found)),
    )


async def existing(settings: Settings) -> list[Found]:
    """Give the topics under our prefix, by name, with what of their configuration says how long records stay."""
    keys = {"cleanup.policy": "", "retention.ms": ""}
    async with administer(settings) as admin:
        names = sorted(
            topic["topic"]
            for topic in await admin.describe_topics()
            if topic["topic"].startswith(settings.kafka.prefix) and not topic["is_internal"]
        )
        return await describe(admin, [TopicPlan(name, 1, 1, keys) for name in names])


@asynccontextmanager
async def administer(settings: Settings) -> AsyncIterator[AIOKafkaAdminClient]:
    """Give an admin client, connected. What fails within is `Misconfigured` or `Unavailable`."""
    await reach(settings.kafka)
    admin = AIOKafkaAdminClient(
        **client_options(settings.kafka),
        client_id="ouvidor-topics",
        request_timeout_ms=int(_REQUEST_WITHIN.total_seconds() * 1000),
    )
    try:
        await admin.start()
        yield admin
    except (KafkaError, TimeoutError) as error:
        raise as_ours(error, f"topics at {settings.kafka.servers}", settings.kafka) from error
    finally:
        await admin.close()


async def make(admin: AIOKafkaAdminClient, plans: Sequence[TopicPlan], settings: Settings) -> list[str]:
    """Create topics, and wait until the broker knows them; give the names of those that were not there.

    Raises as `create` does.
    """
    if not plans:
        return []
    created = await _ask(admin, plans, settings)
    await _all_led(admin, created)
    return created


async def _ask(admin: AIOKafkaAdminClient, plans: Sequence[TopicPlan], settings: Settings) -> list[str]:
    answer = await admin.create_topics(
        [NewTopic(plan.name, plan.partitions, plan.replication, topic_configs=dict(plan.config)) for plan in plans]
    )
    created: list[str] = []
    refused: list[str] = []
    away: list[str] = []
    for name, code, words in answer.topic_errors:
        if code == 0:
            created.append(name)
            continue
        error = for_code(code)(words)
        if isinstance(error, TopicAlreadyExistsError):
            continue  # somebody was quicker: it is compared like any other
        told = as_ours(error, name, settings.kafka)
        (refused if isinstance(told, Misconfigured) else away).append(str(told))
    if refused:
        raise Misconfigured(f"the broker at {settings.kafka.servers} refuses topics:\n" + "\n".join(refused))
    if away:
        raise Unavailable(f"the broker at {settings.kafka.servers} could not create topics:\n" + "\n".join(away))
    order = {plan.name: place for place, plan in enumerate(plans)}
    return sorted(created, key=order.__getitem__)


async def _all_led(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    """Wait until every partition has a leader: the answer to a creation comes before brokers know of the topic."""
    if not names:
        return
    try:
        async with asyncio.timeout(_VISIBLE_WITHIN.total_seconds()):
            while not _led(await admin.describe_topics(list(names))):  # noqa: ASYNC110 - the broker is another process
                await asyncio.sleep(_LOOK_EVERY_SECONDS)
    except TimeoutError:
        raise Unavailable(f"new topics have no leaders yet: {', '.join(names)}; try again") from None


def _led(topics: Iterable[Mapping[str, Any]]) -> bool:
    return all(
        topic["partitions"] and all(partition["leader"] >= 0 for partition in topic["partitions"]) for topic in topics
    )


async def describe(admin: AIOKafkaAdminClient, plans: Sequence[TopicPlan]) -> list[Found]:
    """Give topics that are there, with those settings that their plans name."""
    if not plans:
        return []
    shapes: dict[str, list[dict[str, Any]]] = {}
    for topic in await admin.describe_topics([plan.name for plan in plans]):
        if topic["error_code"]:
            raise for_code(topic["error_code"])(topic["topic"])
        shapes[topic["topic"]] = topic["partitions"]
    answers = await admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, plan.name, dict(plan.config)) for plan in plans]
    )
    configs: dict[str, dict[str, str]] = {}
    for answer in answers:
        for code, words, _, name, entries in answer.resources:
            if code:
                raise for_code(code)(f"{name}: {words}")
            configs[name] = {entry[0]: entry[1] for entry in entries}
    return [
        Found(
            name=plan.name,
            partitions=len(shapes[plan.name]),
            replication=len(shapes[plan.name][0]["replicas"]),
            config=configs.get(plan.name, {}),
        )
        for plan in plans
    ]


def differences(plans: Iterable[TopicPlan], found: Mapping[str, Found]) -> Iterator[Difference]:
    """Say in what topics are not as planned."""
    for plan in plans:
        there = found[plan.name]
        planned = {"partitions": str(plan.partitions), "replication": str(plan.replication), **plan.config}
        is_so = {"partitions": str(there.partitions), "replication": str(there.replication), **there.config}
        for what, wanted in planned.items():
            if not _same(is_so.get(what, ""), wanted):
                yield Difference(plan.name, what, is_so.get(what, "not told"), wanted)


def _same(found: str, planned: str) -> bool:
    """Kafka gives lists such as `compact,delete` in an order of its own."""
    return sorted(found.split(",")) == sorted(planned.split(","))
