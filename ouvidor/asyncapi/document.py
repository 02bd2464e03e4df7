"""The document itself: channels, messages, operations and what they refer to, in AsyncAPI 3.0.

Pure: the same house gives the same document, so that the release's own is checked in and compared. Asked for one
department it holds what that department reads and writes, and nothing of the others.

Source: AsyncAPI 3.0.0; AsyncAPI bindings, "kafka" 0.5.0.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import yaml

from ouvidor.asyncapi import door
from ouvidor.asyncapi.channels import CHANNELS, PARAMETERS, FeedChannel
from ouvidor.asyncapi.events import EVENTS
from ouvidor.asyncapi.examples import example
from ouvidor.asyncapi.headers import HEADERS, headers_of_event
from ouvidor.asyncapi.house import ANY_DEPARTMENT, House
from ouvidor.asyncapi.naming import component_of, renaming
from ouvidor.asyncapi.servers import BROKERS, security_schemes, servers
from ouvidor.errors import Misconfigured
from ouvidor.grants.granting import group_of
from ouvidor.schema_forms import as_component
from ouvidor.schemas import schema_of
from ouvidor.topics import TopicPlan, Topics
from ouvidor.version import VERSION

__all__ = ["document", "to_json", "to_yaml"]

_KAFKA: Final = {"bindingVersion": "0.5.0"}
_OMBUDSMAN: Final = "ombudsman"
_ABOUT: Final = """What Ouvidor writes for departments and outside systems, and what it takes from them. The document \
describes the program at the other end: it *receives* from a department's topic and *sends* to `replies`.

**Reading.** Read with `isolation.level=read_committed`: each record is then there exactly once. Keep `ce_id` all the \
same, for what happens at your own end. A field without a value is left out. The key is the protocol number: all of \
one protocol stays in order.

**What does not change within `v1`** of an event's type. Fields are added; none goes, or changes its type or \
meaning. Ignore those that you do not know. Lists marked `x-extensible-enum` get further words: take an unknown one as \
"something else". `kind`, `severity` and `difficulty` never get one. What you send stays right.

**Personal data.** Where `dispatch.extract` is true the author is withheld and what identifies somebody is masked in \
the text. No key and no header holds personal data."""


def document(house: House, department: str | None = None) -> dict[str, Any]:
    """Give a house's document, or one department's part of it. Raises `Misconfigured` where there is none such."""
    if department is not None and house.department(department) is None:
        known = ", ".join(each.name for each in house.departments or ()) or "none: the document is any house's"
        raise Misconfigured(f"{department}: there is no such department; known are {known}")
    shown = _channels(house, department)
    names = dict.fromkeys(event for _, channel, _ in shown for event in channel.events)
    speaker = department or (house.departments[0].name if house.departments else ANY_DEPARTMENT)
    found: dict[str, Any] = {
        "asyncapi": "3.0.0",
        "id": "urn:ouvidor:feed" if department is None else f"urn:ouvidor:feed:{department}",
        "info": _info(house, department),
        "defaultContentType": "application/json",
        "servers": servers(house),
        "channels": {name: _channel(house, channel, whose) for name, channel, whose in shown},
        "operations": dict(_operations(shown, house)),
        "components": {
            "messages": {name: _message(name, house, speaker) for name in names},
            "schemas": _schemas(names),
            "securitySchemes": security_schemes(house),
        },
    }
    if house.door is not None:
        found["channels"][door.CHANNEL] = door.door_channel()
        found["operations"]["write.replies-http"] = door.door_operation()
        found["components"]["messages"] |= door.door_messages(speaker)
        found["components"]["schemas"] |= door.door_schemas()
    return found


def to_json(found: Mapping[str, Any]) -> str:
    """Write a document as JSON."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def to_yaml(found: Mapping[str, Any]) -> str:
    """Write a document as YAML."""
    return yaml.dump(found, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)


class _Dumper(yaml.SafeDumper):
    """Repeats what stands twice: an alias would name it by a number, and tools disagree on them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - the library's signature
        return True


Shown = tuple[str, FeedChannel, str | None]
"""A channel's name in the document, what it is, and whose where it is one department's."""


def _channels(house: House, department: str | None) -> list[Shown]:
    found: list[Shown] = []
    for name, channel in CHANNELS.items():
        if department is not None and channel.role != "department":
            continue
        if "{department}" not in channel.topic or house.departments is None:
            found.append((name, channel, None))
            continue
        names = [each.name for each in house.departments if department in {None, each.name}]
        if department is None and name == "refused":
            names.append(_OMBUDSMAN)  # it replies too
        found.extend((f"{name}.{whose}", channel, whose) for whose in names)
    return found


def _info(house: House, department: str | None) -> dict[str, Any]:
    desk = None if department is None else house.department(department)
    return {
        "title": f"{house.name}: {'the feed' if desk is None else desk.title}",
        "version": VERSION,
        "description": _ABOUT,
        "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        "tags": [{"name": role} for role in dict.fromkeys(each.role for each in CHANNELS.values())],
    }


def _channel(house: House, channel: FeedChannel, whose: str | None) -> dict[str, Any]:
    topic = channel.topic if whose is None else channel.topic.format(department=whose)
    desk = None if whose is None else house.department(whose)
    parameters = {name: dict(words) for name, words in PARAMETERS.items() if f"{{{name}}}" in topic}
    found: dict[str, Any] = {
        "address": house.prefix + topic,
        "title": channel.title if desk is None else f"{channel.title}: {desk.title}",
        "description": channel.says,
        "servers": [{"$ref": f"#/servers/{name}"} for name in servers(house) if name.startswith(BROKERS)],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in channel.events},
        "tags": [{"name": channel.role}],
        "bindings": {"kafka": _topic(house, topic)},
    }
    if parameters:
        found["parameters"] = parameters
    return found


def _topic(house: House, topic: str) -> dict[str, Any]:
    """Tell how a topic is made; of any house's, what no setting changes."""
    plan = house.topics.get(house.prefix + topic) or next(
        (each for name, each in house.topics.items() if "{" in topic and _fits(name, house.prefix + topic)), None
    )
    if plan is None:
        return dict(_KAFKA)
    made = {} if house.departments is None else {"partitions": plan.partitions, "replicas": plan.replication}
    return {**made, "topicConfiguration": _configuration(plan), **_KAFKA}


def _fits(name: str, pattern: str) -> bool:
    return name.startswith(pattern.partition("{")[0])


def _configuration(plan: TopicPlan) -> dict[str, Any]:
    found: dict[str, Any] = {"cleanup.policy": plan.config.get("cleanup.policy", "delete").split(",")}
    return found | {key: int(plan.config[key]) for key in ("retention.ms", "max.message.bytes") if key in plan.config}


def _operations(shown: Iterable[Shown], house: House) -> Iterator[tuple[str, dict[str, Any]]]:
    refused = {whose: name for name, channel, whose in shown if channel is CHANNELS["refused"]}
    for name, channel, owner in shown:
        verb = "read" if channel.action == "receive" else "write"
        told = _operation(name, channel)
        if owner is not None:
            told["bindings"] = {"kafka": {"groupId": _group(group_of(Topics(house.prefix), owner)), **_KAFKA}}
        if channel is not CHANNELS["replies"]:
            yield f"{verb}.{name}", told
            continue
        for whose, answers in refused.items():
            reply = {
                "channel": {"$ref": f"#/channels/{answers}"},
                "messages": [{"$ref": f"#/channels/{answers}/messages/reply-refused"}],
            }
            yield f"{verb}.{name}" + ("" if whose is None else f".{whose}"), {**told, "reply": reply}


def _operation(name: str, channel: FeedChannel) -> dict[str, Any]:
    return {
        "action": channel.action,
        "title": channel.title,
        "channel": {"$ref": f"#/channels/{name}"},
        "messages": [{"$ref": f"#/channels/{name}/messages/{event}"} for event in channel.events],
        "tags": [{"name": channel.role}],
    }


def _group(name: str) -> dict[str, Any]:
    return {
        "type": "string",
        "pattern": f"^{re.escape(name)}(\\..+)?$",
        "examples": [name],
        "description": "This one, or one that begins with it and a dot: each group gets every record",
    }


def _message(name: str, house: House, department: str) -> dict[str, Any]:
    event = EVENTS[name]
    channel = next(each for each in CHANNELS.values() if name in each.events)
    topic = house.prefix + channel.topic.format(department=department, channel="email")
    by_header = {"schemaIdLocation": "header"} if house.registry is not None and channel.action == "receive" else {}
    shown = example(name, department=department, topic=topic)
    return {
        "name": event.type,
        "title": event.title,
        "summary": event.says,
        "contentType": "application/json",
        "correlationId": {"location": "$message.header#/ce_subject", "description": "The protocol number"},
        "headers": headers_of_event(event.type, channel.action),
        "payload": {"$ref": f"#/components/schemas/{component_of(EVENTS[name].record)}"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": channel.key, "examples": [shown["key"]]},
                **by_header,
                **_KAFKA,
            }
        },
        "examples": [{"name": name, "headers": shown["headers"], "payload": shown["payload"]}],
    }


def _schemas(events: Iterable[str]) -> dict[str, Any]:
    found: dict[str, Any] = {"CloudEvent": HEADERS}
    for event in events:
        record = EVENTS[event].record
        schema, parts = as_component(schema_of(record), renaming(record))
        found |= parts
        found[component_of(record)] = {**schema, "x-json-schema": f"urn:ouvidor:{record}:v1"}
    return dict(sorted(found.items()))
