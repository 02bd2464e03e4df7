"""The demo's own books: which sample was seen on which topic, and how often.

They are kept from the topics alone, as a `read_committed` consumer sees them, never from what our processes say of
themselves; and by the reference in the customer's words, so that a message that arrives emptied has not arrived.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ouvidor.demo.sample import NETWORKS, Sample, reference_in
from ouvidor.topics import Topics

__all__ = ["Arrival", "Ledger", "Verdict"]

_RATE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record on a department's topic, as its owner reads it."""

    ref: str
    department: str
    at: float
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Is every sample in its department's topic exactly once? Each list names what is not so, in words."""

    missing: tuple[str, ...]
    doubled: tuple[str, ...]
    strange: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Tell whether all is as promised."""
        return not (self.missing or self.doubled or self.strange)


@dataclass(slots=True)
class Ledger:
    """Counts what was sent and what was seen. Times are seconds of one clock, given by whoever calls."""

    samples: Sequence[Sample]
    topics: Topics
    sent: dict[str, float] = field(default_factory=dict)
    received: Counter[str] = field(default_factory=Counter)
    judged: Counter[str] = field(default_factory=Counter)
    arrivals: list[Arrival] = field(default_factory=list)
    copies: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a department that is only informed, or the ombudsman, got a sample: (place, reference)."""
    dead: int = 0
    asides: int = 0
    strangers: list[str] = field(default_factory=list)
    last_progress: float = 0.0

    def send(self, ref: str, at: float) -> None:
        """Note that a sample's network has taken it."""
        self.sent[ref] = at
        self.last_progress = at

    def see(self, topic: str, event: Mapping[str, Any], at: float) -> Arrival | None:
        """Note a record of a topic; give the arrival, if it is one."""
        self.last_progress = at
        topics, ombudsman = self.topics, topic == self.topics.ombudsman
        if topic == topics.dead_letter:
            self.dead += 1
            return None
        if topic == topics.network_events:
            self.asides += 1
            return None
        ref = reference_in(_text_of(event))
        if topic.startswith(f"{topics.prefix}inbound."):
            self.received[ref or ""] += 1
        elif topic == topics.classified:
            self.judged[ref or ""] += 1
        elif ref is None:
            self.strangers.append(topic)
        elif ombudsman:
            self.copies["ombudsman", ref] += 1
        else:
            department = topic.removeprefix(topics.department(""))
            if event["dispatch"]["owner"] != department:
                self.copies[department, ref] += 1
                return None
            arrival = Arrival(ref, department, at, event)
            self.arrivals.append(arrival)
            return arrival
        return None

    @property
    def arrived(self) -> Counter[str]:
        """Tell how often each sample is in an owner's topic."""
        return Counter(arrival.ref for arrival in self.arrivals)

    @property
    def complete(self) -> bool:
        """Tell whether every sample has arrived, once or more often, and the ombudsman has what was promised."""
        arrived = self.arrived
        promised = {arrival.ref for arrival in self.arrivals if arrival.event["dispatch"]["ombudsman"]}
        return all(arrived[sample.ref] for sample in self.samples) and all(
            self.copies["ombudsman", ref] for ref in promised
        )

    @property
    def departments(self) -> Counter[str]:
        """Tell how many samples each department owns."""
        return Counter(arrival.department for arrival in self.arrivals)

    @property
    def ombudsman(self) -> int:
        """Tell how many samples are in the ombudsman's queue."""
        return sum(1 for place, _ in self.copies if place == "ombudsman")

    @property
    def unsure(self) -> int:
        """Tell of how many samples the classifier was not sure."""
        return sum(not arrival.event["verdict"]["sure"] for arrival in self.arrivals)

    def by_network(self) -> dict[str, tuple[int, int, int, int]]:
        """Give for each network how many samples there are, were sent, received and dispatched."""
        arrived = self.arrived
        counts = dict.fromkeys(NETWORKS, (0, 0, 0, 0))
        for sample in self.samples:
            total, sent, received, there = counts[sample.network]
            counts[sample.network] = (
                total + 1,
                sent + (sample.ref in self.sent),
                received + bool(self.received[sample.ref]),
                there + bool(arrived[sample.ref]),
            )
        return counts

    def per_second(self, now: float) -> float:
        """Give how many have arrived a second, of late."""
        return sum(now - arrival.at < _RATE_SECONDS for arrival in self.arrivals) / _RATE_SECONDS

    def oldest_waiting(self, now: float) -> float | None:
        """Give for how many seconds the oldest has waited that was sent and has not arrived; None: none waits."""
        arrived = self.arrived
        return max((now - at for ref, at in self.sent.items() if not arrived[ref]), default=None)

    def verdict(self, faults: Iterable[str] = ()) -> Verdict:
        """Judge: is every sample in exactly one owner's topic, once, and in every other place at most once?

        `faults` are further things that are not as they should be.
        """
        arrived = self.arrived
        promised = {arrival.ref for arrival in self.arrivals if arrival.event["dispatch"]["ombudsman"]}
        return Verdict(
            missing=tuple(
                [f"{_name(sample)}: {self._last_seen(sample)}" for sample in self.samples if not arrived[sample.ref]]
                + [
                    f"{ref}: not in the ombudsman's queue"
                    for ref in sorted(promised)
                    if not self.copies["ombudsman", ref]
                ]
            ),
            doubled=tuple(
                [f"{ref}: {self._places(ref)}" for ref, times in sorted(arrived.items()) if times > 1]
                + [f"{ref}: {place} {times} times" for (place, ref), times in sorted(self.copies.items()) if times > 1]
            ),
            strange=tuple(
                f"{topic}: {times} messages without the reference of a sample"
                for topic, times in sorted(Counter(self.strangers).items())
            )
            + tuple(faults),
        )

    def _last_seen(self, sample: Sample) -> str:
        if self.judged[sample.ref]:
            return "judged, but in no department's topic"
        if self.received[sample.ref]:
            return "received, but not judged"
        return "sent, but not received" if sample.ref in self.sent else "not even sent"

    def _places(self, ref: str) -> str:
        return ", ".join(arrival.department for arrival in self.arrivals if arrival.ref == ref)


def _name(sample: Sample) -> str:
    return f"{sample.ref} ({NETWORKS[sample.network]}, {sample.manner})"


def _text_of(event: Mapping[str, Any]) -> str:
    """Give what the customer said: the words themselves, else all of the body."""
    message: Mapping[str, Any] = event.get("message", event)
    words: Iterable[Any] = (message.get("text"), message.get("body"))
    return "\n".join(each for each in words if isinstance(each, str))
