"""The records that travel on topics: what a customer said, how it was judged, whose it is, what could not be read.

Frozen, closed (`extra="forbid"`), with aware UTC datetimes. Each event's data carries the records before it, so that
a department needs nothing but its own topic. JSON Schemas are generated from these models (`ouvidor schema`).
"""

from ouvidor.records.base import Record, Utc
from ouvidor.records.case import (
    CASE_EVENTS,
    CaseAnswered,
    CaseClosingProposed,
    CaseCustomerAsked,
    CaseDispatched,
    CaseEvent,
    CaseExtended,
    CaseHandedBack,
    Place,
)
from ouvidor.records.correction import Correction
from ouvidor.records.dead_letter import DeadLetter, DeadLetterCase, Retried
from ouvidor.records.dispatch import Classified, Dispatch, Dispatched, Team, Term
from ouvidor.records.identity_access import IdentityAccessed
from ouvidor.records.mail_answer import MailAnswer
from ouvidor.records.message import (
    Attachment,
    AuthenticityCheck,
    Author,
    Automatic,
    Channel,
    Consent,
    Message,
    Original,
    Recipient,
    Thread,
    Turn,
)
from ouvidor.records.network_event import NetworkEvent
from ouvidor.records.reply import (
    REPLIES,
    Answer,
    AskCustomer,
    DepartmentName,
    Extend,
    HandBack,
    ProposeClosing,
    Protocol,
    Refused,
    Reply,
    ReplyFile,
    ReplyMail,
)
from ouvidor.records.shadow import Labels, ShadowDifference
from ouvidor.records.verdict import (
    OPINION,
    ClassifierVersion,
    Confidence,
    Difficulty,
    Evidence,
    Flag,
    Kind,
    Severity,
    Verdict,
)

__all__ = [
    "CASE_EVENTS",
    "OPINION",
    "REPLIES",
    "Answer",
    "AskCustomer",
    "Attachment",
    "AuthenticityCheck",
    "Author",
    "Automatic",
    "CaseAnswered",
    "CaseClosingProposed",
    "CaseCustomerAsked",
    "CaseDispatched",
    "CaseEvent",
    "CaseExtended",
    "CaseHandedBack",
    "Channel",
    "Classified",
    "ClassifierVersion",
    "Confidence",
    "Consent",
    "Correction",
    "DeadLetter",
    "DeadLetterCase",
    "DepartmentName",
    "Difficulty",
    "Dispatch",
    "Dispatched",
    "Evidence",
    "Extend",
    "Flag",
    "HandBack",
    "IdentityAccessed",
    "Kind",
    "Labels",
    "MailAnswer",
    "Message",
    "NetworkEvent",
    "Original",
    "Place",
    "ProposeClosing",
    "Protocol",
    "Recipient",
    "Record",
    "Refused",
    "Reply",
    "ReplyFile",
    "ReplyMail",
    "Retried",
    "Severity",
    "ShadowDifference",
    "Team",
    "Term",
    "Thread",
    "Turn",
    "Utc",
    "Verdict",
]
