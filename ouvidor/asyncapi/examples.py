"""One case, told from end to end: the example of each event, built of our own models and encoded by our own code.

So no example can drift from what is really sent; a test reads each by the published schema. Nobody in it exists.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from pydantic import BaseModel

from ouvidor.asyncapi.events import EVENTS
from ouvidor.events import encode
from ouvidor.protocol import protocol_number
from ouvidor.records import (
    REPLIES,
    Author,
    CaseAnswered,
    CaseClosingProposed,
    CaseCustomerAsked,
    CaseExtended,
    CaseHandedBack,
    Channel,
    Classified,
    ClassifierVersion,
    Confidence,
    Correction,
    DeadLetter,
    DeadLetterCase,
    Difficulty,
    Dispatch,
    Dispatched,
    Evidence,
    Flag,
    IdentityAccessed,
    Kind,
    Labels,
    Message,
    NetworkEvent,
    Original,
    Place,
    Refused,
    Reply,
    Retried,
    Severity,
    ShadowDifference,
    Term,
    Thread,
    Verdict,
)

__all__ = ["Example", "example"]

_ID: Final = UUID("0b5f8a52-3c4e-5d0a-9a0e-6f7576696430")
_RECEIVED: Final = datetime(2026, 11, 23, 12, 4, 31, tzinfo=UTC)
_DEADLINE: Final = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
_LATER: Final = _DEADLINE + timedelta(days=4)
_PROTOCOL: Final = protocol_number(_ID, _RECEIVED.date())
_TEXT: Final = "O exame da minha mãe foi desmarcado três vezes e ninguém diz para quando. Já liguei três vezes e nada."
_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TRACE: Final = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
_RULE: Final = "area:saude@5f1c2a90"
_JUDGED: Final = Place(topic="ouvidor.classified", partition=1, offset=1730)
_MODEL: Final = ClassifierVersion(name="ouvidor", version="0.1.0", hash=_HASH)

_SOURCES: Final[Mapping[str, str]] = {
    "classified": "/stages/classify",
    "correction": "/corrections",
    "dead-letter": "/stages/route",
    "dead-letter-case": "/stages/route",
    "dispatched": "/stages/route",
    "identity-accessed": "/identity-accesses",
    "message": "/ingest/imap/ouvidoria",
    "network-event": "/ingest/whatsapp/ouvidoria",
    "retried": "/dead-letters",
    "shadow-difference": "/stages/shadow",
}

Example = Mapping[str, Any]
"""`headers`, `key` and `payload`, as JSON has them."""


def example(name: str, *, department: str, topic: str) -> Example:
    """Give an event's example, as it stands on a topic and speaks of a department."""
    event, data = EVENTS[name], _data(EVENTS[name].record, department)
    sent = encode(
        data,
        topic=topic,
        key=getattr(data, "protocol", None) or _PROTOCOL,
        id=data.id if isinstance(data, Reply) else uuid5(_ID, name),
        type=event.type,
        source=f"/departments/{department}" if isinstance(data, Reply) else _SOURCES.get(name, "/sinks/replies"),
        time=getattr(data, "at", _RECEIVED),
        subject=getattr(data, "protocol", _PROTOCOL),
    )
    headers = {key: value.decode() for key, value in (*sent.headers, ("traceparent", _TRACE))}
    payload = json.loads(sent.value or b"null")
    if isinstance(data, Reply):  # its sender need not write what is empty; we do
        payload = {name: value for name, value in payload.items() if value != []}
    return {"headers": headers, "key": (sent.key or b"").decode(), "payload": payload}


def _data(record: str, department: str) -> BaseModel:
    found = _ours(department).get(record)
    return found if found is not None else _reply(record.removeprefix("reply-"), department)


def _ours(department: str) -> Mapping[str, BaseModel]:
    message, verdict = _message(), _verdict()
    case = {"protocol": _PROTOCOL, "at": _RECEIVED + timedelta(hours=5), "owner": department, "deadline": _DEADLINE}
    labels = {"kind": Kind.COMPLAINT, "severity": Severity.HIGH, "difficulty": Difficulty.MODERATE, "area": "saude"}
    dead = {"stage": "route", "topic": "ouvidor.classified", "partition": 1, "offset": 1731, "error": "Rejected"}
    reason = "data does not fit ouvidor.message.classified.v1: message.protocol: Field required"
    made = {
        "answer": CaseAnswered,
        "hand-back": CaseHandedBack,
        "ask-customer": CaseCustomerAsked,
        "extend": CaseExtended,
        "propose-closing": CaseClosingProposed,
    }
    more: Mapping[str, Mapping[str, Any]] = {
        "hand-back": {
            "round": 1,
            "had": (department,),
            "reasons": ("é da ouvidoria do hospital",),
            "profile": "seed",
            "rule": _RULE,
            "judged": _JUDGED,
        },
        "extend": {"deadline": _LATER, "before": _DEADLINE},
    }
    names = {CaseAnswered: "answered", CaseHandedBack: "handed-back", CaseCustomerAsked: "customer-asked"} | {
        CaseExtended: "extended",
        CaseClosingProposed: "closing-proposed",
    }
    cases = {
        f"case-{names[model]}": model(**{**case, "reply": _reply(command, department), **more.get(command, {})})
        for command, model in made.items()
    }
    return {
        "message": message,
        "classified": Classified(message=message, verdict=verdict),
        "dispatched": Dispatched(message=message, verdict=verdict, dispatch=_dispatch(department)),
        "reply-refused": Refused(
            reply=uuid5(_ID, "reply-extend"),
            command="extend",
            protocol=_PROTOCOL,
            department=department,
            field="protocol",
            reason="o prazo deste protocolo não admite prorrogação: responda até 26/11/2026, às 0h",
            at=_RECEIVED + timedelta(hours=6),
        ),
        "correction": Correction(
            protocol=_PROTOCOL,
            severity=Severity.CRITICAL,
            by="ombudsman",
            why="o exame é de urgência, diz o encaminhamento anexado",
            at=_RECEIVED + timedelta(hours=2),
        ),
        "network-event": NetworkEvent(
            id=uuid5(_ID, "network-event"),
            channel=Channel.SOCIAL,
            network="whatsapp",
            account="ouvidoria",
            kind="status",
            received_at=_RECEIVED,
            data={"status": "delivered"},
            original=_original(),
        ),
        "dead-letter": DeadLetter(
            **dead,
            timestamp=_RECEIVED,
            key=b"3f9a0c",
            value=b"{}",
            headers=(("ce_type", b"ouvidor.message.classified.v1"),),
            reason=reason,
            version="0.1.0",
            attempts=1,
        ),
        "dead-letter-case": DeadLetterCase(**dead, protocol=_PROTOCOL, reason=reason),
        "retried": Retried(partition=0, offset=12),
        "identity-accessed": IdentityAccessed(
            protocol=_PROTOCOL,
            role="ouvidoria",
            name="ana.souza",
            user="asouza",
            why="confirmar o endereço da visita com a cidadã",
            at=_RECEIVED + timedelta(hours=3),
            found_in="ouvidor.ombudsman",
        ),
        "shadow-difference": ShadowDifference(
            message=_ID,
            protocol=_PROTOCOL,
            said=Labels(**labels, sure=True, kind_confidence=0.97, classifier=_MODEL),
            shadow=Labels(
                **{**labels, "severity": Severity.MEDIUM}, sure=False, kind_confidence=0.81, classifier=_MODEL
            ),
            since=_RECEIVED - timedelta(days=2),
        ),
        **cases,
    }


def _message() -> Message:
    return Message(
        id=_ID,
        protocol=_PROTOCOL,
        channel=Channel.EMAIL,
        network="imap",
        account="ouvidoria",
        received_at=_RECEIVED,
        sent_at=_RECEIVED - timedelta(seconds=9),
        author=Author(name="Marina Alves", address="marina.alves@example.org", reference="a:5b1f0c77e2d94a10"),
        subject="Exame desmarcado de novo",
        text=_TEXT,
        body=f"{_TEXT}\n\nMarina Alves",
        language="pt",
        thread=Thread(conversation="c:77d0e5a1b2c34f60", message_id="<5f2a91@mail.example.org>"),
        original=_original(),
    )


def _original() -> Original:
    return Original(sha256=_HASH, uri=f"file:///var/lib/ouvidor/blobs/9f/{_HASH}", media_type="message/rfc822")


def _verdict() -> Verdict:
    words = "Já liguei três vezes e nada"
    start = _TEXT.index(words)
    return Verdict(
        kind=Kind.COMPLAINT,
        severity=Severity.HIGH,
        difficulty=Difficulty.MODERATE,
        flags=(Flag.HEALTH, Flag.REPEAT_CONTACT),
        area="saude",
        confidence=Confidence(kind=0.97, severity=0.91, difficulty=0.78, flags=0.94, area=0.96),
        sure=True,
        evidence=(
            Evidence(start=start, end=start + len(words), label="flags:repeat_contact", source="rule:repeat-contact"),
        ),
        classifier=_MODEL,
    )


def _dispatch(department: str) -> Dispatch:
    return Dispatch(
        owner=department,
        informed=(),
        ombudsman=True,
        why=("repeat_contact",),
        deadline=_DEADLINE,
        profile="seed",
        terms=(Term(step="answer", binds="house", until=_DEADLINE, extended_until=_LATER),),
        rule=_RULE,
        extract=False,
    )


def _reply(command: str, department: str) -> Reply:
    words: Mapping[str, Mapping[str, Any]] = {
        "answer": {
            "text": "O exame foi marcado para 2 de dezembro, às 9h, no posto central.",
            "measures": "vaga aberta fora da fila",
        },
        "hand-back": {"reason": "é da ouvidoria do hospital", "proposed": "atendimento"},
        "ask-customer": {"question": "Qual é o número do encaminhamento do exame?"},
        "extend": {"reason": "o hospital só responde na segunda-feira"},
        "propose-closing": {"measures": "exame feito em 2 de dezembro, resultado entregue"},
    }
    return REPLIES[command](
        id=uuid5(_ID, f"reply-{command}"),
        protocol=_PROTOCOL,
        department=department,
        by="plantao",
        at=_RECEIVED + timedelta(hours=4),
        **words[command],
    )
