"""Is a mail a department's answer to one of ours? Then it is no customer's message, and goes another way.

Two things together are the proof: the seal of a mail that we sent (in an address that it is to, or among the ids that
it answers), and a sender who answers for that department by the settings, whom no check of the mail belies. The seal
alone is not enough: whoever is handed our mail, or copied in on the answer, has it, a customer too. A sender alone is
nothing: anybody can write it. What has the seal and no such sender is heard as anybody's message, and says so.

What a machine wrote in answer (an absence, a bounce) is no answer and no message: it would be dispatched, mailed to a
department, and answered by the same machine, for ever. It is kept as a network event.

Why so: `docs/decisions/0023-answers-by-mail.md`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ingest.email.headers import SENDER_IN_DOUBT
from ingest.email.own_words import WHOLE_COUNTS
from ingest.email.reply_words import ABSENCE
from ingest.fitting import without_cuts
from ouvidor.department_boxes import answers_for, department_boxes
from ouvidor.errors import Misconfigured
from ouvidor.metrics import MAIL_ANSWERS
from ouvidor.records import AuthenticityCheck, Channel, MailAnswer, Message, NetworkEvent
from ouvidor.reply_address import ReplyAddresses, Sealed
from ouvidor.settings import Settings

__all__ = ["DepartmentAnswers", "is_belied"]

_BEGINNING: Final = 600
_STRANGER: Final = (
    "responde a um e-mail nosso ao departamento {department}, mas o remetente não está entre os que respondem por ele "
    "(`to` e `answers_from` em deliveries.destinations): tratada como mensagem de qualquer pessoa"
)


class DepartmentAnswers:
    """Tells answers apart. Pure."""

    def __init__(self, addresses: ReplyAddresses, boxes: Mapping[str, frozenset[str]]) -> None:
        self._addresses = addresses
        self._boxes = boxes

    @classmethod
    def from_settings(cls, settings: Settings, key: Path) -> "DepartmentAnswers | None":
        """Make it. None where no department is to answer by mail. Raises `Misconfigured`."""
        try:
            boxes = department_boxes(settings)
        except Misconfigured as error:
            raise Misconfigured(f"who answers by mail cannot be told: {error}") from error
        return cls(ReplyAddresses.from_file(key), boxes) if boxes else None

    def read(self, said: Message) -> Message | MailAnswer | NetworkEvent:
        """Give what a mail is: a department's answer, a machine's, or a message such as any other."""
        if said.channel is not Channel.EMAIL:
            return said
        sealed = self._addresses.read(_places(said), self._boxes)
        if sealed is None:
            return said
        if said.automatic is not None:
            MAIL_ANSWERS.labels("automatic").inc()
            return _by_a_machine(said, sealed, said.automatic.kind, said.automatic.status)
        if not self._is_proven(said, sealed.department):
            MAIL_ANSWERS.labels("stranger").inc()
            defects = (*said.defects, _STRANGER.format(department=sealed.department))
            return said.model_copy(update={"defects": defects})
        MAIL_ANSWERS.labels("answer").inc()
        return _answer(said, sealed)

    def _is_proven(self, said: Message, department: str) -> bool:
        if any(defect.startswith(SENDER_IN_DOUBT) for defect in said.defects):
            return False  # the checks may be about another
        address = said.author.address
        return answers_for(address, self._boxes[department]) and not is_belied(said.authenticity, address or "")


def is_belied(checks: Sequence[AuthenticityCheck], address: str) -> bool:
    """Tell whether a mail is known not to be from its sender's domain. Where nobody has looked, nothing is known.

    DMARC's word decides, where it has one: a domain without a policy, or one that could not be asked, gives none.
    Without it: a server's address or a signature failed, or is another domain's, and none that fits passed.
    """
    domain = address.rpartition("@")[2].casefold()
    if by_dmarc := [each for each in checks if each.method == "dmarc" and each.result in {"pass", "fail"}]:
        return not any(each.result == "pass" and _fits(each.domain or domain, domain) for each in by_dmarc)
    others = [each for each in checks if each.method in {"dkim", "spf"}]
    if any(each.result == "pass" and _fits(each.domain, domain) for each in others):
        return False
    return any(
        each.result in {"fail", "softfail"} or (each.result == "pass" and each.domain is not None) for each in others
    )


def _fits(checked: str | None, domain: str) -> bool:
    """Is one of them the other, or under it?"""
    return checked is not None and (f".{checked}".endswith(f".{domain}") or f".{domain}".endswith(f".{checked}"))


def _places(said: Message) -> Iterator[str]:
    """Give where a seal may stand: an address that the mail is to first, since a person may answer an older mail."""
    yield from (each.address for each in said.recipients if each.address and each.role != "reply_to")
    yield from (f"<{its}>" for its in (said.thread.in_reply_to, *reversed(said.thread.references)) if its)


def _answer(said: Message, sealed: Sealed) -> MailAnswer:
    files, is_cut = without_cuts(said)
    is_empty = any(defect in WHOLE_COUNTS for defect in said.defects)
    return MailAnswer(
        id=said.id,
        protocol=sealed.protocol,
        department=sealed.department,
        address=(said.author.address or "").casefold(),
        received_at=said.received_at,
        sent_at=said.sent_at,
        message_id=said.thread.message_id,
        text="" if is_empty else said.text,
        cut=is_cut,
        looks_automatic=ABSENCE.search(f"{said.subject}\n{said.text[:_BEGINNING]}") is not None,
        attachments=files,
        original=said.original,
    )


def _by_a_machine(said: Message, sealed: Sealed, kind: str, status: str | None) -> NetworkEvent:
    told = {"department": sealed.department, "protocol": sealed.protocol, "status": status}
    return NetworkEvent(
        id=said.id,
        channel=said.channel,
        network=said.network,
        account=said.account,
        kind=f"department-{kind}",
        received_at=said.received_at,
        data={name: each for name, each in told.items() if each is not None},
        original=said.original,
        conversation=said.thread.conversation,
    )
