"""A department on a broker with TLS, SCRAM and ACLs: it may what is its own, and is refused all else."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    for_code,
)
from pydantic import SecretStr

from ouvidor.client import Broker, Department
from ouvidor.errors import Misconfigured
from ouvidor.events import DIFFERED, encode
from ouvidor.grants import wire
from ouvidor.grants.acl import Acl, Operation, Pattern, Resource
from ouvidor.grants.applying import apply, look, wanted
from ouvidor.grants.comparing import Finding, State, compare
from ouvidor.grants.quotas import Quota
from ouvidor.kafka import reach
from ouvidor.records import ClassifierVersion, Difficulty, Kind, Labels, Severity, ShadowDifference
from ouvidor.settings import Routing, Settings
from ouvidor.tail import Span, tail
from ouvidor.topic_admin import administer, create
from ouvidor.topics import TopicPlan, Topics
from tests.ouvidor.client.samples import dispatched, event
from tests.secured import ADMIN, SecuredKafka, password

TABLE = """
profile: seed
default: atendimento
departments:
  - {name: atendimento, title: Atendimento}
  - {name: saude, title: Saúde}
"""
Sender = Callable[[str, bytes], Awaitable[object]]


class House(NamedTuple):
    """A house of two departments on the shared broker, with all its grants."""

    broker: SecuredKafka
    prefix: str
    table: Path

    @property
    def topics(self) -> Topics:
        return Topics(self.prefix)

    def settings(self, user: str, **more: Any) -> Settings:  # noqa: ANN401 - settings of many types
        kafka = self.broker.kafka(user, prefix=self.prefix, partitions=1)
        return Settings(kafka=kafka, routing=Routing(table=self.table), **more)


async def findings(settings: Settings) -> list[Finding]:
    planned = wanted(settings)
    return compare(planned, await look(settings, planned.topics))


@pytest.fixture(scope="module")
async def house(secured_kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory) -> House:
    table = tmp_path_factory.mktemp("grants") / "table.yaml"
    table.write_text(TABLE, encoding="utf-8")
    found = House(secured_kafka, "casa.", table)
    admin = found.settings(ADMIN)
    assert all(each.error is None for each in await apply(admin, await findings(admin), lambda _: None))
    return found


@asynccontextmanager
async def producer(house: House, user: str, **more: object) -> AsyncIterator[AIOKafkaProducer]:
    client = AIOKafkaProducer(**house.broker.options(user), request_timeout_ms=5000, **more)
    try:
        await client.start()
        yield client
    finally:
        await client.stop()


async def write(house: House, user: str, topic: str, value: bytes = b"{}") -> None:
    async with producer(house, user, enable_idempotence=True) as client:
        await client.send_and_wait(topic, value)


async def read(house: House, user: str, topic: str, group: str | None = None) -> bytes | None:
    client = AIOKafkaConsumer(
        topic,
        **house.broker.options(user),
        group_id=group,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
        request_timeout_ms=5000,
    )
    try:
        await client.start()
        async with asyncio.timeout(60):
            found = (await client.getone()).value
        if group is not None:
            await client.commit()
        return found  # type: ignore[no-any-return]
    finally:
        await client.stop()


async def test_a_department_reads_its_feed_and_its_refusals_in_its_own_groups_and_writes_replies(house: House):
    topics, group = house.topics, house.topics.department("saude")
    for topic in (topics.department("saude"), topics.refused("saude")):
        await write(house, ADMIN, topic, b"para a saude")
        for name in (group, f"{group}.painel"):
            assert await read(house, "dept-saude", topic, name) == b"para a saude"
    await write(house, "dept-saude", topics.replies, b"resposta")
    assert await read(house, "ouvidor-sinks", topics.replies) == b"resposta"


@pytest.mark.parametrize(
    "topic",
    [
        "department.atendimento",
        "refused.atendimento",
        "originals",
        "classified",
        "case-commands",
        "replies",
        "ombudsman",
    ],
)
async def test_a_department_reads_no_other_topic(house: House, topic: str):
    await write(house, ADMIN, house.prefix + topic)
    with pytest.raises(TopicAuthorizationFailedError):
        await read(house, "dept-saude", house.prefix + topic)


@pytest.mark.parametrize("topic", ["department.saude", "refused.saude", "department.atendimento", "case-commands"])
async def test_a_department_writes_to_no_other_topic_its_own_feed_among_them(house: House, topic: str):
    with pytest.raises(TopicAuthorizationFailedError):
        await write(house, "dept-saude", house.prefix + topic)


@pytest.mark.parametrize("group", ["department.atendimento", "department.saude-mental", "route", "saude"])
async def test_a_department_joins_no_other_group(house: House, group: str):
    with pytest.raises(GroupAuthorizationFailedError):
        await read(house, "dept-saude", house.topics.department("saude"), house.prefix + group)


async def test_a_department_takes_no_stages_fence(house: House):
    fence = f"{house.prefix}route.{house.topics.classified}.0"
    with pytest.raises(TransactionalIdAuthorizationFailed):
        async with producer(house, "dept-saude", transactional_id=fence):
            pass


async def test_a_department_makes_no_topic_and_grants_itself_nothing(house: House):
    settings = house.settings("dept-saude")
    admin = AIOKafkaAdminClient(**house.broker.options("dept-saude"))
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(f"{house.prefix}department.mine", 1, 1)])
        assert for_code(answer.topic_errors[0][1]) is TopicAuthorizationFailedError
        mine = Acl("User:dept-saude", Resource.TOPIC, Pattern.LITERAL, house.topics.originals, Operation.READ)
        assert [type(error) async for _, error in wire.create_acls(admin, [mine])] == [ClusterAuthorizationFailedError]
        refused = await wire.alter_quotas(admin, [Quota("dept-saude", "producer_byte_rate", 1e9)])
        assert isinstance(refused["dept-saude"], ClusterAuthorizationFailedError)
    finally:
        await admin.close()
    with pytest.raises(Misconfigured, match=r"User:dept-saude"):
        await look(settings, [])


async def test_a_second_time_nothing_is_missing_and_nothing_is_made(house: House):
    found = await findings(house.settings(ADMIN))
    assert {each.state for each in found} == {State.PLANNED}
    assert await apply(house.settings(ADMIN), found, lambda _: None) == []


async def test_two_who_apply_at_once_both_end_well(secured_kafka: SecuredKafka, house: House):
    admin = House(secured_kafka, "duas.", house.table).settings(ADMIN)
    found = await findings(admin)
    outcomes = await asyncio.gather(*(apply(admin, found, lambda _: None) for _ in range(2)))
    assert [each.error for some in outcomes for each in some if each.error is not None] == []
    assert {each.state for each in await findings(admin)} == {State.PLANNED}


async def test_a_quota_that_differs_is_set_and_a_strangers_grant_stays(secured_kafka: SecuredKafka, house: House):
    other = House(secured_kafka, "alheia.", house.table)
    await _restored(other.settings(ADMIN))
    strange = Acl("User:bi", Resource.TOPIC, Pattern.LITERAL, other.topics.originals, Operation.READ)
    more = other.settings(ADMIN, grants={"departments": {"saude": {"consume": 123_456}}})
    async with administer(more) as admin:
        assert [error async for _, error in wire.create_acls(admin, [strange])] == [None]
    try:
        before = await findings(more)
        told = {str(each.subject): each for each in before if each.state is not State.PLANNED}
        assert told[str(strange)].state is State.STRANGE
        (quota,) = [each for each in before if each.state is State.DIFFERS]
        assert (str(quota.subject), quota.words) == (
            "User:dept-saude consumer_byte_rate=123456",
            "it is 10485760, planned is 123456",
        )
        await apply(more, before, lambda _: None)
        after = await findings(more)
        assert [str(each.subject) for each in after if each.state is not State.PLANNED] == [str(strange)]
    finally:
        await _restored(house.settings(ADMIN))


async def _restored(settings: Settings) -> None:
    await apply(settings, await findings(settings), lambda _: None)


async def test_a_departments_program_works_under_its_own_user_and_not_on_anothers_feed(
    secured_kafka: SecuredKafka, house: House, tmp_path: Path
):
    here = House(secured_kafka, "programa.", house.table)
    await _restored(here.settings(ADMIN))
    feed = here.topics.department("saude")
    output = event(dispatched(1, owner="saude"), feed)
    async with producer(here, "ouvidor-route") as client:
        await client.send_and_wait(feed, output.value, key=output.key, headers=list(output.headers))
    kafka = here.settings("dept-saude").kafka
    broker = Broker(
        kafka.servers,
        username=kafka.username,
        password=password("dept-saude"),
        ca_file=kafka.ca_file,
        prefix="programa.",
    )
    async with asyncio.timeout(60), Department("saude", broker, ledger=tmp_path / "saude.sqlite") as department:
        async for case in department:
            await case.answer("Foi consertado ontem.")
            await case.ack()
            break
    assert b"Foi consertado ontem." in (await read(here, "ouvidor-sinks", here.topics.replies) or b"")
    with pytest.raises(Misconfigured):
        async with Department("atendimento", broker, ledger=tmp_path / "other.sqlite"):
            pass


# --- what our own say when they are refused ---


async def test_a_wrong_password_is_a_setting_at_fault_that_names_the_user(house: House):
    kafka = house.broker.kafka("ouvidor-route").model_copy(update={"password": SecretStr("uma-palavra-errada")})
    with pytest.raises(
        Misconfigured, match=r"the user ouvidor-route, or not with this password.*password_file"
    ) as told:
        await reach(kafka)
    assert "uma-palavra-errada" not in str(told.value)


async def test_a_certificate_that_is_not_trusted_is_a_setting_at_fault(house: House):
    kafka = house.broker.kafka("ouvidor-route").model_copy(update={"ca_file": None})
    with pytest.raises(Misconfigured, match=r"its certificate is not trusted.*kafka\.ca_file"):
        await reach(kafka)


async def _tailed(settings: Settings, topic: str) -> None:
    async for _ in tail(settings, topic, Span(follow=False)):
        pass


REFUSED: list[tuple[str, Callable[[House], Coroutine[Any, Any, Any]], str]] = [
    (
        "tail of a topic that may not be read",
        lambda house: _tailed(house.settings("ouvidor-route"), "originals"),
        r"User:ouvidor-route use the topic \S*originals; `ouvidor topics plan`",
    ),
    (
        "tail of a topic that may not be seen",
        lambda house: _tailed(house.settings("dept-saude"), "department.atendimento"),
        r"no such topic \(or User:dept-saude may not see it\)",
    ),
    (
        "topics that may not be made",
        lambda house: create(house.settings("ouvidor-sinks"), [TopicPlan(f"{house.prefix}new", 1, 1, {})]),
        r"new: .*User:ouvidor-sinks",
    ),
]


@pytest.mark.parametrize(("doing", "words"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
async def test_a_refusal_names_what_and_who_and_the_mend(
    house: House, doing: Callable[[House], Coroutine[Any, Any, Any]], words: str
):
    await write(house, ADMIN, house.topics.originals)
    with pytest.raises(Misconfigured, match=words):
        await doing(house)


@pytest.mark.parametrize(
    ("user", "service", "words"),
    [
        ("ouvidor-route", "sinks.ndjson", "User:ouvidor-route use the group casa.ndjson"),
        ("dept-saude", "route.route", "User:dept-saude use the topic casa.classified"),
    ],
)
def test_a_service_under_a_wrong_name_ends_and_says_why(
    house: House, tmp_path: Path, user: str, service: str, words: str
):
    environment = house.broker.environment(user, PREFIX=house.prefix)
    done = subprocess.run(
        [sys.executable, "-m", "ouvidor", "run", service],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 78
    assert words in done.stderr


def command(house: House, tmp_path: Path, user: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = house.broker.environment(user, PREFIX=house.prefix, PARTITIONS="1")
    environment["OUVIDOR__ROUTING__TABLE"] = str(house.table)
    return subprocess.run(
        [sys.executable, "-m", "ouvidor", *arguments],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_commands_tell_it_by_words_and_by_exit_code(house: House, tmp_path: Path):
    settled = command(house, tmp_path, ADMIN, "topics", "plan", "--json")
    assert settled.returncode == 0, settled.stderr
    rows = [json.loads(line) for line in settled.stdout.splitlines()]
    assert {row["kind"] for row in rows} == {"topic", "acl", "quota"}
    assert {row["state"] for row in rows} == {"as planned"}
    forbidden = command(house, tmp_path, "ouvidor-ops", "topics", "plan")
    assert forbidden.returncode == 78
    assert "User:ouvidor-ops may not administer this broker" in forbidden.stderr
    checked = command(house, tmp_path, "ouvidor-route", "check", "--connect")
    assert checked.returncode == 0, checked.stdout


async def test_ops_learns_how_far_the_shadow_is(house: House, tmp_path: Path):
    labels = Labels(
        kind=Kind.REQUEST, severity=Severity.LOW, difficulty=Difficulty.SIMPLE, sure=True, kind_confidence=0.9,
        classifier=ClassifierVersion(name="words", version="1", hash="0" * 64),
    )  # fmt: skip
    found = ShadowDifference(message=UUID(int=1), protocol="P-1", said=labels, shadow=labels)
    event = encode(
        found, topic=house.topics.shadow, key="P-1", id=UUID(int=2), type=DIFFERED, source="/t",
        time=datetime(2026, 11, 22, 7, 0, tzinfo=UTC), subject="P-1",
    )  # fmt: skip
    async with producer(house, "ouvidor-classify", enable_idempotence=True) as client:
        await client.send_and_wait(event.topic, event.value, key=event.key, headers=list(event.headers))
    told = await asyncio.to_thread(command, house, tmp_path, "ouvidor-ops", "model", "shadow", "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["differ"] == 1
