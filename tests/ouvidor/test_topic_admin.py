"""Topics on the real broker: made as planned, made once, and never touched again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.local.kafka import LocalKafka
from ouvidor.local.ports import free_ports
from ouvidor.settings import Kafka, Settings
from ouvidor.topic_admin import Difference, create, existing
from ouvidor.topics import TopicPlan, Topics, plan

FreshName = Callable[[str], str]


def settings(broker: LocalKafka, prefix: str = "ouvidor.") -> Settings:
    return Settings(kafka=Kafka(bootstrap=broker.bootstrap, prefix=prefix))


async def test_all_planned_topics_are_made_as_planned(kafka: LocalKafka, fresh_name: FreshName):
    here = settings(kafka, prefix=fresh_name("p") + ".")
    plans = plan(here.kafka, ["atendimento", "financeiro"])

    report = await create(here, plans)

    assert report.created == tuple(topic.name for topic in plans)
    assert report.existed == ()
    found = {topic.name: topic for topic in await existing(here)}
    assert set(found) == {topic.name for topic in plans}
    for topic in plans:
        assert found[topic.name].partitions == topic.partitions
        wanted = {key: topic.config[key] for key in ("cleanup.policy", "retention.ms") if key in topic.config}
        told = found[topic.name].config
        assert {key: ",".join(sorted(told[key].split(","))) for key in wanted} == wanted


async def test_a_second_time_nothing_is_made_and_nothing_differs(kafka: LocalKafka, fresh_name: FreshName):
    here = settings(kafka, prefix=fresh_name("p") + ".")
    plans = plan(here.kafka, ["atendimento"])
    await create(here, plans)

    report = await create(here, plans)

    assert report.created == ()
    assert report.existed == tuple(topic.name for topic in plans)
    assert report.differences == ()


async def test_a_topic_that_differs_is_told_and_left_as_it_is(kafka: LocalKafka, fresh_name: FreshName):
    here = settings(kafka, prefix=fresh_name("p") + ".")
    name = here.kafka.prefix + "classified"
    first = TopicPlan(name, partitions=2, replication=1, config={"retention.ms": "60000"})
    await create(here, [first])

    report = await create(here, [replace(first, partitions=4, config={"retention.ms": "120000"})])

    assert report.differences == (
        Difference(name, "partitions", found="2", planned="4"),
        Difference(name, "retention.ms", found="60000", planned="120000"),
    )
    (now,) = await existing(here)
    assert (now.partitions, now.config["retention.ms"]) == (2, "60000")


async def test_a_department_that_comes_later_gets_its_topics(kafka: LocalKafka, fresh_name: FreshName):
    here = settings(kafka, prefix=fresh_name("p") + ".")
    await create(here, plan(here.kafka, ["atendimento"]))

    report = await create(here, plan(here.kafka, ["atendimento", "juridico"]))

    topics = Topics(here.kafka.prefix)
    assert set(report.created) == {topics.department("juridico"), topics.refused("juridico")}


async def test_more_replicas_than_brokers_is_a_setting_at_fault(kafka: LocalKafka, fresh_name: FreshName):
    name = fresh_name("replicated")

    with pytest.raises(Misconfigured, match=rf"(?s)refuses topics:.*{name}: InvalidReplicationFactorError"):
        await create(settings(kafka), [TopicPlan(name, partitions=1, replication=3, config={})])


async def test_a_wrong_topic_configuration_is_named_with_its_topic(kafka: LocalKafka, fresh_name: FreshName):
    name = fresh_name("wrong")

    with pytest.raises(Misconfigured, match=rf"(?s){name}: InvalidConfigurationError.*retention\.ms"):
        await create(settings(kafka), [TopicPlan(name, 1, 1, {"retention.ms": "long"})])


async def test_a_broker_that_is_away_is_unavailable_and_named():
    (port,) = free_ports(1)
    here = Settings(kafka=Kafka(bootstrap=f"127.0.0.1:{port}"))

    with pytest.raises(Unavailable, match=rf"kafka\.bootstrap: 127\.0\.0\.1:{port}: nobody listens there"):
        await create(here, plan(here.kafka, []))
