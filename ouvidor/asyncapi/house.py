"""Whose feed is described: any house's, as the release's document does, or this one's, by its settings and table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ouvidor.departments import DepartmentWords, department_words
from ouvidor.settings import Kafka, Replies, Settings
from ouvidor.topics import TopicPlan, plan

__all__ = ["ANY_DEPARTMENT", "Broker", "House", "any_house", "house_of"]

ANY_DEPARTMENT: Final = "saude"
"""Whose name stands in examples where no department is meant."""

_EVERYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared


@dataclass(frozen=True, slots=True)
class Broker:
    """How Kafka is reached."""

    servers: tuple[str, ...]
    security: str
    mechanism: str | None
    """None: nobody logs in."""


@dataclass(frozen=True, slots=True)
class House:
    """What a document must know of a house."""

    name: str
    prefix: str
    broker: Broker
    door: str | None
    """Host and port of `POST /v1/replies`; None where it is closed."""
    door_is_secure: bool = False
    departments: tuple[DepartmentWords, ...] | None = None
    """None: any; their topics have a parameter then."""
    registry: str | None = None
    """The schema registry's address."""
    topics: Mapping[str, TopicPlan] = field(default_factory=dict)

    def department(self, name: str) -> DepartmentWords | None:
        """Give a department; None where there is none of this name."""
        return next((each for each in self.departments or () if each.name == name), None)


def any_house() -> House:
    """Give the house of the release's own document: what is its own are examples."""
    return House(
        name="Ouvidor",
        prefix="ouvidor.",
        broker=Broker(("kafka.example.org:9093",), "SASL_SSL", "SCRAM-SHA-512"),
        door="ouvidoria.example.org",
        door_is_secure=True,
        topics={each.name: each for each in plan(Kafka(), ())},
    )


def house_of(settings: Settings) -> House:
    """Give the house of the settings. Raises `Misconfigured` where the routing table is broken."""
    departments = department_words(settings)
    kafka = settings.kafka
    return House(
        name=settings.organisation.name,
        prefix=kafka.prefix,
        broker=Broker(
            tuple(kafka.servers.split(",")),
            kafka.security,
            kafka.sasl_mechanism if kafka.security.startswith("SASL") else None,
        ),
        door=_door(settings.replies),
        departments=departments,
        registry=None if kafka.schema_registry is None else kafka.schema_registry.url,
        topics={each.name: each for each in plan(kafka, [each.name for each in departments])},
    )


def _door(replies: Replies) -> str | None:
    if replies.port is None:
        return None
    host = "127.0.0.1" if replies.host in _EVERYWHERE else replies.host
    return f"[{host}]:{replies.port}" if ":" in host else f"{host}:{replies.port}"
