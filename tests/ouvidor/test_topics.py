"""Topics as planned: names under the prefix, nothing personal, what is remembered beside what it is remembered of."""

import re

import pytest

from ouvidor.errors import Misconfigured
from ouvidor.records import Channel
from ouvidor.settings import Kafka
from ouvidor.topics import Topics, plan


def planned(kafka: Kafka | None = None) -> dict[str, tuple[int, dict[str, str]]]:
    plans = plan(kafka or Kafka(), ["saude", "financeiro"])
    assert len({each.name for each in plans}) == len(plans)
    return {each.name: (each.partitions, dict(each.config)) for each in plans}


def test_every_topic_of_the_design_is_planned():
    channels = {f"ouvidor.inbound.{channel}" for channel in ("email", "webform", "social", "phone", "desk")}
    assert planned().keys() >= channels | {
        "ouvidor.originals",
        "ouvidor.seen",
        "ouvidor.network-events",
        "ouvidor.checkpoints",
        "ouvidor.doubtful",
        "ouvidor.classified",
        "ouvidor.department.saude",
        "ouvidor.department.financeiro",
        "ouvidor.ombudsman",
        "ouvidor.replies",
        "ouvidor.mail-answers",
        "ouvidor.case-commands",
        "ouvidor.cases",
        "ouvidor.refused.saude",
        "ouvidor.refused.ombudsman",
        "ouvidor.notices",
        "ouvidor.case-events",
        "ouvidor.corrections",
        "ouvidor.dead-letter",
        "ouvidor.identity-accesses",
    }


def test_cursors_and_what_is_remembered_are_compacted_and_nothing_else_is():
    compacted = {name for name, (_, config) in planned().items() if "compact" in config.get("cleanup.policy", "")}
    assert compacted == {"ouvidor.checkpoints", "ouvidor.seen", "ouvidor.cases"}


def test_histories_and_dead_letters_stay_for_ever():
    forever = {name for name, (_, config) in planned().items() if config.get("retention.ms") == "-1"}
    assert forever == {"ouvidor.case-events", "ouvidor.corrections", "ouvidor.dead-letter", "ouvidor.identity-accesses"}


def test_a_dead_letter_may_hold_the_largest_record_whole():
    _, config = planned()["ouvidor.dead-letter"]
    assert int(config["max.message.bytes"]) > 2 * 2**20 * 4 / 3


def test_another_prefix_is_every_topics():
    assert all(name.startswith("teste.") for name in planned(Kafka(prefix="teste.")))


def test_one_topic_may_have_its_own_number_of_partitions():
    found = planned(Kafka(partitions=12, topic_partitions={"classified": 24, "department.saude": 1}))
    assert found["ouvidor.classified"][0] == found["ouvidor.doubtful"][0] == 24
    assert found["ouvidor.department.saude"][0] == 1
    assert found["ouvidor.ombudsman"][0] == 12


def test_what_was_seen_has_as_many_partitions_as_the_originals():
    assert planned(Kafka(topic_partitions={"originals": 7}))["ouvidor.seen"][0] == 7
    with pytest.raises(Misconfigured, match=r"seen must have as many partitions as originals \(4\)"):
        plan(Kafka(topic_partitions={"seen": 5}), [])


def test_what_is_remembered_of_cases_has_as_many_partitions_as_their_commands():
    assert planned(Kafka(topic_partitions={"case-commands": 7}))["ouvidor.cases"][0] == 7
    with pytest.raises(Misconfigured, match=r"cases must have as many partitions as case-commands \(4\)"):
        plan(Kafka(topic_partitions={"cases": 5}), [])


def test_a_topic_that_there_is_not_is_told():
    with pytest.raises(
        Misconfigured, match=r"kafka\.topic_partitions: clasified: there is no such topic; did you mean"
    ):
        plan(Kafka(topic_partitions={"clasified": 5}), [])


def test_the_departments_pattern_matches_them_alone():
    pattern = Topics("ouvidor.").departments
    matched = {name for name in planned() if re.match(pattern, name)}
    assert matched == {"ouvidor.department.saude", "ouvidor.department.financeiro"}
    assert not re.match(pattern, "ouvidorXdepartment.saude")


def test_each_channel_has_its_topic():
    topics = Topics()
    assert {topics.inbound(channel) for channel in Channel} <= planned().keys()
