"""The adapter's contract: read by the intake, and read from a mailbox on the river, killed in between."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from ingest.adapter import Delivery
from ingest.email.deliveries import deliver
from ingest.email.download import Mail
from ingest.email.imap import ADAPTER
from tests.ingest.contract import AdapterContract
from tests.ingest.email.corpus import FOLDER
from tests.ingest.email.mailbox_contract import QUIET_IMAPLIB2, mail
from tests.ingest.email.scripted import ScriptedServer, Talk
from tests.ingest.pull_contract import PullContract

SAMPLES = (
    "charset-utf8",
    "structure-mixed-apple-text-picture-text",
    "own-top-answer-gmail-portuguese",
    "structure-mail-forwarded-inside",
    "automatic-bounce-rfc3464",
    "header-none-just-words",
)


class TestTheMail(AdapterContract):
    adapter = ADAPTER
    samples = tuple((FOLDER / f"{name}.eml").read_bytes() for name in SAMPLES)

    def saying(self, words: str) -> bytes:
        return (
            b"From: Ana <ana@cliente.test>\r\nDate: Fri, 20 Nov 2026 10:00:00 -0300\r\n"
            b"Message-ID: <77@cliente.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words.encode()
        )

    def delivery(self, body: bytes) -> Delivery:
        return deliver(Mail(1, body), "INBOX")

    def test_a_mail_that_lies_in_two_folders_is_one_message(self):
        sample = Mail(7, self.samples[0])
        moved = Mail(3, b"X-Folder-Hint: feitas\r\n" + self.samples[0])
        with self.hearing() as hearing:
            assert len(hearing.messages([deliver(sample, "INBOX"), deliver(moved, "Feitas")])) == 1

    def test_one_message_id_with_two_contents_is_two_messages(self):
        with self.hearing() as hearing:
            deliveries = [self.delivery(self.saying(words)) for words in ("A rua está escura.", "Falta água.")]
            assert [message.text for message in hearing.messages(deliveries)] == ["A rua está escura.", "Falta água."]

    def test_an_answer_belongs_to_the_conversation_of_the_mail_that_it_answers(self):
        answer = self.saying("E agora?").replace(b"<77@", b"<78@", 1)
        answer = b"References: <77@cliente.test>\r\n" + answer
        with self.hearing() as hearing:
            one, other = hearing.messages([self.delivery(self.saying("Falta água.")), self.delivery(answer)])
            assert one.thread.conversation == other.thread.conversation
            assert one.id != other.id

    def test_what_a_mailbox_does_not_give_reaches_a_person(self):
        stand_in = Delivery(b"", ADAPTER.media_type, own_id="x", hints={"unfetched": "UID 7 derruba a conexão"})
        with self.hearing() as hearing:
            [message] = hearing.messages([stand_in])
            assert any("UID 7" in defect for defect in message.defects)


class MailWorld:
    """A mailbox, and customers who write to it."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server
        self.account = server.given()

    def say(self, number: int) -> None:
        uid = max(self._server.mails, default=0) + 1
        self._server.mails[uid] = mail(number)
        self._server.idle_news.put_nowait(f"* {uid} EXISTS")

    def break_(self) -> None:
        async def refuse(talk: Talk, tag: str, _: str) -> bool:
            await talk.say(f"{tag} NO [AUTHENTICATIONFAILED] no more")
            return True

        self._server.on["AUTHENTICATE"] = refuse
        self._server.hang_up()

    def mend(self) -> None:
        self._server.on.clear()


@QUIET_IMAPLIB2
class TestTheMailbox(PullContract):
    @asynccontextmanager
    async def world(self, where: Path) -> AsyncIterator[Any]:
        async with ScriptedServer() as server:
            yield MailWorld(server)
