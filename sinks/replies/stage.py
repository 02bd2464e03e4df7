"""Replies on the river: two stages, and the door for those who would rather speak HTTP.

`replies` reads what departments write, with any client and under any key, and passes on what can be read to
`case-commands`, by protocol. There the routers tell, in the transaction of each dispatch, whose the protocol is: so a
reply never comes before the dispatch that it answers, whatever lags. `cases` reads those in order, remembers each
protocol, and writes the history (`case-events`) or the refusal. Why so: `docs/decisions/0019-replies.md`.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta, tzinfo
from typing import Final

from ouvidor.departments import department_names
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.events import CASE_DISPATCHED, Incoming, Output, decode, encode, event_id, header
from ouvidor.metrics import REPLIES
from ouvidor.records import CASE_EVENTS, CaseDispatched, CaseEvent
from ouvidor.reply_event import name_of, reply_event
from ouvidor.service import Function, Memory, Service, Stage, alone
from ouvidor.settings import Settings
from ouvidor.topics import Topics
from sinks.replies.case import Case, case_key, dispatched, fingerprint, reply_key
from sinks.replies.check import check
from sinks.replies.door import task
from sinks.replies.reading import Fault, command_of, hints_in, hints_of, read_reply
from sinks.replies.rules import House, decide
from sinks.replies.telling import Departments, Refusals, moment_of

__all__ = ["forwarder", "keeper", "services"]

_SOURCE: Final = "/sinks/replies"
_REMEMBERED: Final = timedelta(days=400)
_NAMES: Final = {model: name for name, model in CASE_EVENTS.items()}
_REUSED: Final = Fault("id", "este id já é de outra resposta a este protocolo; use um UUID novo para cada resposta")


def services(settings: Settings) -> list[Service]:
    """Give the services. Raises `Misconfigured` where the departments cannot be told, or the door opens for nobody."""
    topics = Topics(settings.kafka.prefix)
    departments = Departments(lambda: department_names(settings))
    found: list[Service] = [
        Stage(name="replies", function=alone(forwarder(topics, departments)), topics=(topics.replies,)),
        Stage(
            name="cases",
            function=keeper(topics, departments, settings.organisation.tz),
            topics=(topics.case_commands,),
            remembers=topics.cases,
            forget_after_seconds=int(_REMEMBERED.total_seconds()),
        ),
    ]
    if settings.replies.port is not None:
        if faults := check(settings):
            raise Misconfigured("\n".join(faults))
        found.append(task(settings))
    return found


def forwarder(topics: Topics, departments: Departments) -> Callable[[Incoming], Iterable[Output]]:
    """Make the function of `replies`: what can be read goes on by its protocol, the rest is refused."""
    refusals = Refusals(topics, departments)

    def forward(record: Incoming) -> list[Output]:
        command = command_of(header(record, "ce_type"))
        reply = read_reply(command, record.value)
        if isinstance(reply, Fault):
            return [refusals.tell(record, reply, hints_of(record.value), command)]
        return [reply_event(reply, topics.case_commands, _SOURCE, header(record, "traceparent"))]

    return forward


def keeper(topics: Topics, departments: Departments, zone: tzinfo) -> Function:
    """Make the function of `cases`."""
    refusals = Refusals(topics, departments)

    def keep(record: Incoming, memory: Memory) -> list[Output]:
        if header(record, "ce_type") == CASE_DISPATCHED:
            told = decode(record, CaseDispatched, type=CASE_DISPATCHED)
            _remember(memory, told.protocol, dispatched(_recall(memory, told.protocol), told))
            return []
        reply = read_reply(command_of(header(record, "ce_type")), record.value)
        if isinstance(reply, Fault):
            raise Rejected(f"{reply.field or 'data'}: no reply, where only our own stages write")
        command, content, before = name_of(reply), fingerprint(reply), memory.get(reply_key(reply))
        if before == content:
            REPLIES.labels(command, "repeated").inc()
            return []
        house = House(departments.knows, departments.names, zone)
        case = _recall(memory, reply.protocol)
        found = _REUSED if before is not None else decide(reply, case, moment_of(record), house)
        if isinstance(found, Fault):
            return [refusals.tell(record, found, hints_in(reply), command)]
        memory.put(reply_key(reply), content)
        _remember(memory, reply.protocol, found.case)
        REPLIES.labels(command, "accepted").inc()
        return [_event(found.event, found.case, record, topics)]

    return keep


def _event(event: CaseEvent, case: Case, record: Incoming, topics: Topics) -> Output:
    name = _NAMES[type(event)]
    return encode(
        event,
        topic=topics.case_events,
        key=event.protocol,
        id=event_id(case.message, f"case:{name}:{event.reply.id}"),
        type=f"ouvidor.case.{name}.v1",
        source=_SOURCE,
        time=event.at,
        subject=event.protocol,
        cause=record,
    )


def _recall(memory: Memory, protocol: str) -> Case | None:
    known = memory.get(case_key(protocol))
    return None if known is None else Case.model_validate_json(known)


def _remember(memory: Memory, protocol: str, case: Case) -> None:
    memory.put(case_key(protocol), case.model_dump_json(exclude_none=True).encode())
