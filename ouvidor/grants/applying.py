"""The edges to the broker: look at what is there, and make what is missing. Nothing is removed, twice is as once.

What was made is waited for until the broker that we ask knows it: its answer comes from the controller, and a program
that starts after us would be refused for a moment.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from ouvidor.departments import department_names
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable
from ouvidor.grants import wire
from ouvidor.grants.acl import Acl
from ouvidor.grants.comparing import Finding, State, Subject, There, Wanted
from ouvidor.grants.granting import acls
from ouvidor.grants.needs import needs_of_rooms
from ouvidor.grants.quotas import Quota, quotas
from ouvidor.kafka import as_ours
from ouvidor.settings import Settings
from ouvidor.topic_admin import administer, describe, make
from ouvidor.topics import TopicPlan, Topics, plan

__all__ = ["Outcome", "apply", "look", "wanted"]

_VISIBLE_WITHIN = timedelta(seconds=20)
_LOOK_EVERY_SECONDS = 0.1
Told = Callable[["Outcome"], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that was to be made; `error` where it was refused."""

    finding: Finding
    error: OuvidorError | None = None


def wanted(settings: Settings) -> Wanted:
    """Plan all. Raises `Misconfigured` where the table or the settings are wrong."""
    departments, topics = department_names(settings), Topics(settings.kafka.prefix)
    return Wanted(
        prefix=settings.kafka.prefix,
        topics=plan(settings.kafka, departments),
        acls=acls(settings.grants, topics, departments, list(needs_of_rooms(topics))),
        quotas=quotas(settings.grants, departments),
    )


async def look(settings: Settings, plans: Sequence[TopicPlan]) -> There:
    """Look at what is there. Raises `Misconfigured` where we may not see it, `Unavailable` where the broker is away."""
    async with administer(settings) as admin:
        return await _look(admin, settings, plans)


async def apply(settings: Settings, found: Sequence[Finding], told: Told) -> list[Outcome]:
    """Make what is missing, and set quotas that differ; `told` hears of each as it is done.

    Raises `Unavailable` where the broker is away; what was refused stands in the outcomes.
    """
    outcomes: list[Outcome] = []

    def done(finding: Finding, error: OuvidorError | None = None) -> None:
        outcomes.append(Outcome(finding, error))
        told(outcomes[-1])

    async with administer(settings) as admin:
        for finding in found:
            if isinstance(finding.subject, TopicPlan) and finding.state is State.MISSING:
                done(finding, await _make(admin, settings, finding.subject))
        grants = {each.subject: each for each in found if isinstance(each.subject, Acl) and each.state is State.MISSING}
        async for acl, refused in wire.create_acls(admin, list(grants)):
            done(grants[acl], _ours(refused, settings))
        to_set = {State.MISSING, State.DIFFERS}
        limits = {each.subject: each for each in found if isinstance(each.subject, Quota) and each.state in to_set}
        if limits:
            refusals = await wire.alter_quotas(admin, list(limits))
            for quota, finding in limits.items():
                done(finding, _ours(refusals.get(quota.user), settings))
        await _until_seen(admin, [each.finding.subject for each in outcomes if each.error is None])
    return outcomes


async def _make(admin: AIOKafkaAdminClient, settings: Settings, topic: TopicPlan) -> Misconfigured | None:
    try:
        await make(admin, [topic], settings)
    except Misconfigured as error:
        return error
    return None


def _ours(refused: KafkaError | None, settings: Settings) -> OuvidorError | None:
    return None if refused is None else as_ours(refused, "refused", settings.kafka)


async def _until_seen(admin: AIOKafkaAdminClient, made: Sequence[Subject]) -> None:
    grants, limits = (
        {each for each in made if isinstance(each, Acl)},
        {each for each in made if isinstance(each, Quota)},
    )
    try:
        async with asyncio.timeout(_VISIBLE_WITHIN.total_seconds()):
            while grants or limits:
                grants -= set(await wire.describe_acls(admin) or ())
                limits -= set(await wire.describe_quotas(admin))
                if grants or limits:
                    await asyncio.sleep(_LOOK_EVERY_SECONDS)
    except TimeoutError:
        raise Unavailable(f"{len(grants) + len(limits)} grants were made and are not seen yet; look again") from None


async def _look(admin: AIOKafkaAdminClient, settings: Settings, plans: Sequence[TopicPlan]) -> There:
    names = {
        topic["topic"]
        for topic in await admin.describe_topics()
        if topic["topic"].startswith(settings.kafka.prefix) and not topic["is_internal"]
    }
    planned = {each.name: each for each in plans}
    shown = [planned.get(name) or TopicPlan(name, 1, 1, {"retention.ms": ""}) for name in sorted(names)]
    return There(await describe(admin, shown), await wire.describe_acls(admin), await wire.describe_quotas(admin))
