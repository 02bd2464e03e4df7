"""Two made-up messages with their verdicts: one has every field there is, one has none that may be missing.

Conditions are tried on them when a table is read, so each new field of a record belongs here too; a test holds that.
"""

from datetime import UTC, datetime
from uuid import UUID

from ouvidor.records import (
    Attachment,
    AuthenticityCheck,
    Author,
    Automatic,
    Channel,
    ClassifierVersion,
    Confidence,
    Consent,
    Difficulty,
    Evidence,
    Flag,
    Kind,
    Message,
    Original,
    Recipient,
    Severity,
    Thread,
    Turn,
    Verdict,
)

__all__ = ["EMPTY", "FULL"]

_AT = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)
_HASH = "0" * 64
_CLASSIFIER = ClassifierVersion(name="sample", version="1", hash=_HASH)

FULL = (
    Message(
        id=UUID("5b2b2b3e-3f6f-5d0a-8f57-000000000001"),
        protocol="20261124-0000-0000-000",
        channel=Channel.EMAIL,
        network="imap",
        account="ouvidoria",
        received_at=_AT,
        sent_at=_AT,
        author=Author(name="Maria", address="maria@exemplo.test", reference="0" * 32),
        recipients=(Recipient(role="to", name="Ouvidoria", address="ouvidoria@exemplo.test"),),
        subject="Poste apagado",
        text="O poste da minha rua está apagado há um mês.",
        body="O poste da minha rua está apagado há um mês.\n-- \nMaria",
        language="pt-BR",
        turns=(Turn(speaker="cliente", start=0, end=2.5, text="Boa tarde.", confidence=0.9),),
        attachments=(Attachment(name="poste.jpg", media_type="image/jpeg", size=1, sha256=_HASH, uri="blob:poste"),),
        thread=Thread(
            conversation="0" * 32,
            message_id="<2@exemplo.test>",
            in_reply_to="<1@exemplo.test>",
            references=("<1@exemplo.test>",),
            protocol="20261124-0000-0000-000",
            index="0" * 44,
            new_matter=True,
        ),
        automatic=Automatic(kind="bounce", recipients=("maria@exemplo.test",), status="5.1.1"),
        public=True,
        authenticity=(AuthenticityCheck(method="dkim", result="pass", domain="exemplo.test", by="mx.exemplo.test"),),
        consent=Consent(purposes=("answer",), given_at=_AT, evidence="ticked"),
        original=Original(sha256=_HASH, uri="blob:original", media_type="message/rfc822"),
        defects=("no date",),
    ),
    Verdict(
        kind=Kind.COMPLAINT,
        severity=Severity.HIGH,
        difficulty=Difficulty.COMPLEX,
        flags=tuple(Flag),
        area="iluminacao-publica",
        confidence=Confidence(kind=0.9, severity=0.9, difficulty=0.9, flags=0.9, area=0.9),
        sure=True,
        evidence=(Evidence(start=0, end=7, label="area:iluminacao-publica", source="sample"),),
        classifier=_CLASSIFIER,
    ),
)

EMPTY = (
    Message(
        id=UUID("5b2b2b3e-3f6f-5d0a-8f57-000000000002"),
        protocol="20261124-0000-0000-001",
        channel=Channel.WEBFORM,
        network="form",
        account="site",
        received_at=_AT,
        text="",
        body="",
        original=Original(sha256=_HASH, uri="blob:original", media_type="application/json"),
    ),
    Verdict(
        kind=Kind.OTHER,
        severity=Severity.LOW,
        difficulty=Difficulty.SIMPLE,
        confidence=Confidence(kind=0, severity=0, difficulty=0, flags=0, area=0),
        sure=False,
        classifier=_CLASSIFIER,
    ),
)
