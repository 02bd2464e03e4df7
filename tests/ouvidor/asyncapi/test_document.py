"""The document says what is so: every topic, every type that is written, examples that fit, one department's part."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jsonschema
import pytest
import yaml
from jsonschema.protocols import Validator

from ouvidor.asyncapi import document, to_json, to_yaml
from ouvidor.asyncapi.channels import CHANNELS, INTERNAL
from ouvidor.asyncapi.events import EVENTS
from ouvidor.asyncapi.house import any_house
from ouvidor.errors import Misconfigured
from ouvidor.grants.acl import Operation, Pattern, Resource
from ouvidor.grants.granting import acls
from ouvidor.grants.settings import Grants
from ouvidor.records import CASE_EVENTS, REPLIES, Channel
from ouvidor.schemas import RECORDS, WRITTEN_BY_OTHERS, schema_of
from ouvidor.settings import Kafka
from ouvidor.topics import Topics, plan
from sinks.replies.reading import Fault, check_reply, command_of, read_reply
from tests.ouvidor.asyncapi.houses import house

ANY = document(any_house())
HOUSE = document(house())
MESSAGES = ANY["components"]["messages"]
FED = [name for name in MESSAGES if not name.startswith("http-")]


def validator(schema: dict[str, Any]) -> Validator:
    """A reader of AsyncAPI's dialect: draft-07, with the document's components."""
    whole = {**schema, "components": ANY["components"]}
    return jsonschema.Draft7Validator(whole, format_checker=jsonschema.FormatChecker())


def test_every_topic_is_told_of_or_has_a_reason_why_not():
    planned = {each.name.removeprefix("ouvidor.") for each in plan(Kafka(), ["saude"])}
    names = {"department": ["saude"], "channel": [str(each) for each in Channel]}
    told = {
        channel.topic.replace(f"{{{parameter}}}", value)
        for channel in CHANNELS.values()
        for parameter, values in names.items()
        for value in values
        if f"{{{parameter}}}" in channel.topic or "{" not in channel.topic
    }
    assert {name for name in planned if not name.startswith("refused.ombudsman")} == told | INTERNAL.keys()


def test_every_type_is_the_one_that_is_written_and_every_record_is_somewhere():
    assert {event.record for event in EVENTS.values()} == RECORDS.keys() - {"case-dispatched", "mail-answer"}
    assert {f"ouvidor.case.{name}.v1" for name in CASE_EVENTS} == {
        event.type for name, event in EVENTS.items() if name.startswith("case-")
    }
    assert {command_of(event.type) for name, event in EVENTS.items() if name in CHANNELS["replies"].events} == set(
        REPLIES
    )


@pytest.mark.parametrize("name", MESSAGES)
def test_an_example_fits_its_schemas(name: str):
    (shown,) = MESSAGES[name]["examples"]
    validator(MESSAGES[name]["payload"]).validate(shown["payload"])
    if name in FED:
        validator(MESSAGES[name]["headers"]).validate(shown["headers"])
        record = EVENTS[name].record
        checker = jsonschema.FormatChecker()
        jsonschema.Draft202012Validator(schema_of(record), format_checker=checker).validate(shown["payload"])
        RECORDS[record].model_validate_json(json.dumps(shown["payload"]))


@pytest.mark.parametrize("name", FED)
def test_both_dialects_take_and_refuse_the_same(name: str):
    """Each field is taken away, and each is made something else: what 2020-12 says of it, draft-07 says too."""
    record = EVENTS[name].record
    checker = jsonschema.FormatChecker()
    one = jsonschema.Draft202012Validator(schema_of(record), format_checker=checker)
    other = validator(MESSAGES[name]["payload"])
    (shown,) = MESSAGES[name]["examples"]
    verdicts = set()
    for changed in changes(shown["payload"]):
        assert one.is_valid(changed) == other.is_valid(changed), changed
        verdicts.add(one.is_valid(changed))
    assert False in verdicts


def changes(payload: Any) -> Any:  # noqa: ANN401 - JSON
    """Give a payload in many ways that may be wrong, a field at a time, at every depth."""
    if isinstance(payload, dict):
        yield {**payload, "unknown": 1}
        for key, value in payload.items():
            yield {name: each for name, each in payload.items() if name != key}
            yield {**payload, key: {"of": ["another", "kind"]}}
            yield {**payload, key: 17}
            for inner in changes(value):
                yield {**deepcopy(payload), key: inner}
    elif isinstance(payload, list):
        yield [*payload, *payload, 5]
        for place, value in enumerate(payload):
            for inner in changes(value):
                yield [*payload[:place], inner, *payload[place + 1 :]]


def test_what_we_write_may_grow_and_what_others_write_may_not():
    dispatched = deepcopy(MESSAGES["dispatched"]["examples"][0]["payload"])
    dispatched["message"]["channel"], dispatched["verdict"]["novelty"] = "fax", 1
    validator(MESSAGES["dispatched"]["payload"]).validate(dispatched)
    dispatched["verdict"]["severity"] = "catastrophic"
    assert not validator(MESSAGES["dispatched"]["payload"]).is_valid(dispatched)
    for name in WRITTEN_BY_OTHERS:
        given = MESSAGES[name]["examples"][0]["payload"]
        assert not validator(MESSAGES[name]["payload"]).is_valid({**given, "novelty": 1})


@pytest.mark.parametrize("command", REPLIES)
def test_the_replies_that_are_shown_are_taken(command: str):
    (by_kafka,), (by_http,) = (MESSAGES[name]["examples"] for name in (f"reply-{command}", f"http-{command}"))
    found = read_reply(command_of(by_kafka["headers"]["ce_type"]), json.dumps(by_kafka["payload"]).encode())
    assert not isinstance(found, Fault)
    told = {"id": str(uuid4()), "department": "saude", "at": datetime.now(UTC)}
    body = dict(by_http["payload"])
    assert body.pop("command") == command
    assert not isinstance(check_reply(command, told | body), Fault)


def test_a_department_is_told_of_its_own_topics_alone():
    told = document(house(), "saude")
    assert [each["address"] for each in told["channels"].values()] == [
        "ouvidor.department.saude",
        "ouvidor.replies",
        "ouvidor.refused.saude",
        "/v1/replies",
    ]
    assert "educacao" not in to_json(told)
    assert told["operations"]["write.replies.saude"]["reply"]["channel"] == {"$ref": "#/channels/refused.saude"}
    assert told["components"]["messages"]["dispatched"]["examples"][0]["payload"]["dispatch"]["owner"] == "saude"
    group = told["operations"]["read.refused.saude"]["bindings"]["kafka"]["groupId"]
    (granted,) = (
        each
        for each in acls(Grants(), Topics(), ["saude"], [])
        if each.operation is Operation.READ
        and each.resource is Resource.GROUP
        and each.pattern is Pattern.LITERAL
        and "saude" in each.name
    )
    assert group["examples"] == [granted.name]
    assert re.match(group["pattern"], f"{granted.name}.second")
    assert not re.match(group["pattern"], f"{granted.name}-mental")


def test_the_house_has_a_channel_for_each_department_and_one_of_refusals_for_the_ombudsman():
    departments = [each.name for each in house().departments or ()]
    assert [name for name in HOUSE["channels"] if name.startswith("department.")] == [
        f"department.{name}" for name in departments
    ]
    assert HOUSE["channels"]["refused.ombudsman"]["address"] == "ouvidor.refused.ombudsman"
    assert HOUSE["channels"]["department.saude"]["bindings"]["kafka"]["partitions"] == 4


def test_how_the_broker_is_entered_is_as_the_settings_say():
    secure = document(
        house(
            kafka={
                "bootstrap": "k1:9094,[fd00::1]:9094",
                "security": "SASL_SSL",
                "sasl_mechanism": "SCRAM-SHA-256",
                "username": "ouvidor",
                "password": "s3cret-of-the-house",
                "prefix": "casa.",
            }
        )
    )
    assert [each["host"] for name, each in secure["servers"].items() if name != "door"] == ["k1:9094", "[fd00::1]:9094"]
    assert secure["servers"]["kafka-1"]["protocol"] == "kafka-secure"
    assert secure["components"]["securitySchemes"]["scram-sha-256"]["type"] == "scramSha256"
    assert secure["channels"]["department.saude"]["address"] == "casa.department.saude"
    assert "s3cret" not in to_json(secure)
    assert "security" not in HOUSE["servers"]["kafka"]
    assert "door" not in document(house(replies={}))["servers"]


def test_a_schema_registry_is_told_of_where_there_is_one():
    told = document(house(kafka={"schema_registry": {"url": "https://r.example.org"}}))
    assert told["servers"]["kafka"]["bindings"]["kafka"]["schemaRegistryUrl"] == "https://r.example.org"
    found = {name: each["bindings"]["kafka"] for name, each in told["components"]["messages"].items() if name in FED}
    assert found["dispatched"]["schemaIdLocation"] == "header"
    assert "schemaIdLocation" not in found["reply-answer"]  # what others write may be without
    assert "r.example.org" not in to_json(HOUSE)


def test_an_unknown_department_is_named_with_those_that_there_are():
    with pytest.raises(Misconfigured, match=r"saúde: there is no such department; known are atendimento, .*saude"):
        document(house(), "saúde")


def test_yaml_and_json_hold_the_same():
    assert yaml.safe_load(to_yaml(HOUSE)) == json.loads(to_json(HOUSE)) == HOUSE
    assert "&id" not in to_yaml(HOUSE)
