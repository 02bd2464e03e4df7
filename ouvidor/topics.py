"""The topics: their names, and how each is made. Nothing here deletes or shrinks one.

Beside the design's topics there are ten: `originals` (what a channel handed over, byte for byte, before anything was
read in it), `seen` (which ids were received in the last 30 days), `network-events` (what networks say that is no
customer's word), `doubtful` (what waits for the slow lane: `docs/decisions/0021-the-doubtful-wait-elsewhere.md`),
`shadow` (what a second model would have judged otherwise), `identity-accesses` (who read who wrote a message, and for
what reason: `docs/privacy.md`), `mail-answers` (what departments answered to our mail, as it was read), and for replies
`case-commands`, `cases` and `refused.<department>`.
Why: `docs/decisions/0002-originals-first.md`, `0019-replies.md`, `0023-answers-by-mail.md`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from ouvidor.errors import Misconfigured
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
    def doubtful(self) -> str:
        """Messages whose fast verdict is not sure: they wait for the slow lane."""
        return f"{self.prefix}doubtful"

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
    def mail_answers(self) -> str:
        """What departments answered to our mail, before it is a reply."""
        return f"{self.prefix}mail-answers"

    def refused(self, department: str) -> str:
        """What a department is told of its replies that were not taken."""
        return f"{self.prefix}refused.{department}"

    @property
    def case_commands(self) -> str:
        """Dispatches as they are made, and replies that could be read: by protocol, in order."""
        return f"{self.prefix}case-commands"

    @property
    def cases(self) -> str:
        """What is remembered of each protocol: whose it is, which replies there were (compacted)."""
        return f"{self.prefix}cases"

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
    def shadow(self) -> str:
        """What a model in the shadow judges otherwise."""
        return f"{self.prefix}shadow"

    @property
    def identity_accesses(self) -> str:
        """Who read who wrote a message, and for what reason."""
        return f"{self.prefix}identity-accesses"

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
    """Plan all topics. Department feeds and histories stay; what passes through stays as long as it may be replayed.

    Raises `Misconfigured` where the settings name a topic that there is not.
    """
    topics = Topics(kafka.prefix)
    departments = tuple(departments)
    compacted = {"cleanup.policy": "compact", "segment.ms": str(_DAY), "min.cleanable.dirty.ratio": "0.1"}
    month = {"retention.ms": str(30 * _DAY)}
    year = {"retention.ms": str(365 * _DAY)}
    forever = {"retention.ms": "-1"}
    configs: dict[str, dict[str, str]] = {
        topics.originals: month,
        topics.seen: {"cleanup.policy": "compact,delete", "retention.ms": str(31 * _DAY), "segment.ms": str(_DAY)},
        topics.network_events: month,
        # A poller reads all of it at each start; only closed segments are compacted, so they are small.
        topics.checkpoints: {**compacted, "segment.bytes": str(_MEBIBYTE)},
        **{topics.inbound(channel): month for channel in Channel},
        topics.doubtful: month,
        topics.classified: month,
        **{topics.department(name): year for name in departments},
        **{topics.refused(name): month for name in (*departments, "ombudsman")},
        topics.ombudsman: year,
        topics.replies: year,
        topics.mail_answers: month,
        topics.case_commands: month,
        topics.cases: {"cleanup.policy": "compact,delete", "retention.ms": str(401 * _DAY), "segment.ms": str(_DAY)},
        topics.notices: month,
        topics.case_events: forever,
        topics.corrections: forever,
        topics.shadow: month,
        topics.identity_accesses: forever,
        # A dead letter holds its record whole, in base64, so it may be larger than any other record.
        topics.dead_letter: {**forever, "max.message.bytes": str(4 * _MEBIBYTE)},
    }
    partitions = _partitions(kafka, [name.removeprefix(kafka.prefix) for name in configs])
    return [
        TopicPlan(
            name=name,
            partitions=partitions[name.removeprefix(kafka.prefix)],
            replication=kafka.replication,
            config=config,
        )
        for name, config in configs.items()
    ]


def _partitions(kafka: Kafka, names: Sequence[str]) -> dict[str, int]:
    """Give each topic's number. What is remembered of a partition lies in the partition of the same number."""
    given = kafka.topic_partitions
    for name in given:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else "`ouvidor topics create --dry-run` shows all"
            raise Misconfigured(f"kafka.topic_partitions: {name}: there is no such topic; {hint}")
    beside = {"seen": "originals", "cases": "case-commands"}
    for name, its in beside.items():
        number = given.get(its, kafka.partitions)
        if given.get(name, number) != number:
            raise Misconfigured(f"kafka.topic_partitions: {name} must have as many partitions as {its} ({number})")
    likewise = {name: given.get(its, kafka.partitions) for name, its in {**beside, "doubtful": "classified"}.items()}
    return dict.fromkeys(names, kafka.partitions) | {"checkpoints": 1} | likewise | dict(given)
