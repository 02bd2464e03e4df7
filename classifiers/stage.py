"""The classifier on the river: `inbound.<channel>` to `classified`, a verdict for every message.

What the fast model is not sure of, and what may wait, goes to `doubtful` instead, where the slow lane takes it up
(`doubt.py`). Ids follow from the message's, the time is the message's own record's: whoever judges a message again with
the same rules writes the same event. A conversation keeps its order within each of the two ways.
"""

from collections.abc import Callable, Iterable
from functools import partial

from classifiers.ahead import Ahead
from classifiers.cascade import Judging
from classifiers.doubt import doubt_of, has_slow_lane, has_somebody
from classifiers.drift import watch_of
from classifiers.in_force import seat_of
from classifiers.judge import Judged
from classifiers.opinion.choices import choices_of
from classifiers.shadow import shadow_of
from classifiers.verdict_events import classified, doubted
from classifiers.waiting import certain_from, is_settled, may_wait
from ouvidor import metrics
from ouvidor.departments import department_words
from ouvidor.events import INBOUND, Incoming, Output, decode
from ouvidor.records import Channel, Classified, Message, Verdict
from ouvidor.service import Service, Stage, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["classifier", "services"]


def services(settings: Settings) -> list[Service]:
    """Give the room's services. Raises `Misconfigured` where a rule or a model is broken."""
    topics = Topics(settings.kafka.prefix)
    departments = department_words(settings)
    seat = seat_of(settings, departments)
    ahead = Ahead(seat)
    slow, choices = has_slow_lane(settings), choices_of(settings.judgement.opinion, departments)
    decides_from = certain_from(departments)

    def also(verdict: Verdict) -> bool:
        return (slow and not is_settled(verdict, decides_from)) or choices.asks(verdict)

    function = classifier(ahead, topics, watch=watch_of(ahead), second_look=has_somebody(settings), also=also)
    found: list[Service] = [
        Stage(
            name="classify",
            function=alone(function),
            topics=tuple(topics.inbound(channel) for channel in Channel),
            prepare=ahead.prepare,
        ),
        doubt_of(settings).stage(),
    ]
    if settings.judgement.shadow is not None:
        found.append(shadow_of(settings).stage())
    return found


def classifier(
    judging: Judging | Ahead,
    topics: Topics,
    *,
    watch: Callable[[Verdict], None] | None = None,
    second_look: bool = False,
    also: Callable[[Verdict], bool] | None = None,
) -> Callable[[Incoming], Iterable[Output]]:
    """Make the stage's function: a message in, the message with its verdict out.

    `second_look`: is there a slow lane, or a third opinion, for what is not sure? `also`: is it to look
    at this one too, that is sure?
    """
    take = judging.take if isinstance(judging, Ahead) else partial(_judged, judging)

    def classify(record: Incoming) -> list[Output]:
        message, verdict = take(record)
        if watch is not None and message.automatic is None:
            watch(verdict)
        both = Classified(message=message, verdict=verdict)
        if second_look and may_wait(verdict, also):
            metrics.DOUBTED.inc()
            return [doubted(both, record, topics)]
        metrics.VERDICTS.labels(verdict.kind, verdict.severity, str(verdict.sure).lower()).inc()
        return [classified(both, record, topics)]

    return classify


def _judged(judging: Judging, record: Incoming) -> tuple[Message, Verdict]:
    message = decode(record, Message, type=INBOUND)
    return message, judging.judge(Judged.of(message))
