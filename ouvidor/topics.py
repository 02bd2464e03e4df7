"""The topics: their names, and how each is made. Nothing here deletes or shrinks one.

Beside the design's topics there are three: `originals` (what a channel handed over, byte for byte, before anything was
read in it), `seen` (which ids were received in the last 30 days) and `network-events` (what networks say that is no
customer's word). Why: `docs/decisions/0002-originals-first.md`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ouvidor.records import Channel
from ouvidor.settings import Kafka

__all__ = ["TopicPlan", "Topics", "plan"]

_DAY = 24 * 60 * 60 * 1000
_MEBIBYTE = 2**20


@dataclass(frozen=True, slots=True)
class Topics:
    """Names of topics under a prefix."""

    prefix: str = "ouvidor."

    @property
    def originals(self) -> str:
        """What channels handed over, byte for byte."""
        return f"{self.prefix}originals"

    @property
    def seen(self) -> str:
        """Which ids were received in the last 30 days (compacted)."""
        return f"{self.prefix}seen"

    @property
    def network_events(self) -> str:
        """What networks say that is no customer's word: delivery statuses, unknown events."""
        return f"{self.prefix}network-events"

    @property
    def checkpoints(self) -> str:
        """Where each pull adapter's account is (compacted)."""
        return f"{self.prefix}checkpoints"

    def inbound(self, channel: Channel) -> str:
        """Messages of a channel."""
        return f"{self.prefix}inbound.{channel}"

    @property
    def classified(self) -> str:
        """Messages with their verdicts."""
        return f"{self.prefix}classified"

    def department(self, name: str) -> str:
        """A department's feed."""
        return f"{self.prefix}department.{name}"

    @property
    def departments(self) -> str:
        """A pattern that every department's feed matches."""
        return "^" + self.prefix.replace(".", r"\.") + r"department\..+"

    @property
    def ombudsman(self) -> str:
        """The ombudsman's queue."""
        return f"{self.prefix}ombudsman"

    @property
    def replies(self) -> str:
        """What departments answer."""
        return f"{self.prefix}replies"

    @property
    def notices(self) -> str:
        """What customers are told."""
        return f"{self.prefix}notices"

    @property
    def case_events(self) -> str:
        """The history of each protocol."""
        return f"{self.prefix}case-events"

    @property
    def corrections(self) -> str:
        """What people corrected in verdicts."""
        return f"{self.prefix}corrections"

    @property
    def dead_letter(self) -> str:
        """Records that a stage could not handle."""
        return f"{self.prefix}dead-letter"


@dataclass(frozen=True, slots=True)
class TopicPlan:
    """How one topic is made."""

    name: str
    partitions: int
    replication: int
    config: Mapping[str, str]


def plan(kafka: Kafka, departments: Iterable[str]) -> list[TopicPlan]:
    """Plan all topics. Department feeds and histories stay; what passes through stays as long as it may be replayed."""
    topics = Topics(kafka.prefix)
    compacted = {"cleanup.policy": "compact", "segment.ms": str(_DAY), "min.cleanable.dirty.ratio": "0.1"}
    month = {"retention.ms": str(30 * _DAY)}
    year = {"retention.ms": str(365 * _DAY)}
    forever = {"retention.ms": "-1"}
    configs: dict[str, dict[str, str]] = {
        topics.originals: month,
        topics.seen: {"cleanup.policy": "compact,delete", "retention.ms": str(31 * _DAY), "segment.ms": str(_DAY)},
        topics.network_events: month,
        topics.checkpoints: compacted,
        **{topics.inbound(channel): month for channel in Channel},
        topics.classified: month,
        **{topics.department(name): year for name in departments},
        topics.ombudsman: year,
        topics.replies: year,
        topics.notices: month,
        topics.case_events: forever,
        topics.corrections: forever,
        # A dead letter holds its record whole, in base64, so it may be larger than any other record.
        topics.dead_letter: {**forever, "max.message.bytes": str(4 * _MEBIBYTE)},
    }
    one = {topics.checkpoints: 1}
    return [
        TopicPlan(
            name=name,
            partitions=kafka.topic_partitions.get(name.removeprefix(kafka.prefix), one.get(name, kafka.partitions)),
            replication=kafka.replication,
            config=config,
        )
        for name, config in configs.items()
    ]
