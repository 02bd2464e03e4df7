"""A reply by mail that was not taken comes back as a mail: to its sender, once, and no machine is to answer it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from ouvidor.events import REFUSED
from ouvidor.records import Refused, ReplyMail
from ouvidor.topics import Topics
from sinks.deliveries.catalogue import sink
from sinks.deliveries.contract import Delivered, Delivery, Destination
from sinks.deliveries.contract import Refused as NeverTaken
from sinks.deliveries.rows import reader
from sinks.mail.bound import Bound
from sinks.mail.destination import Mailbox
from sinks.webhook.settings import Webhook
from tests.sinks.contract import delivery
from tests.sinks.deliveries.events import record
from tests.sinks.mail.box import Box, read
from tests.sinks.webhook.receiver import SECRET

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MAIL = ReplyMail(message_id="abc@casa.test", original="ab" * 32)


def refused(**changes: object) -> Refused:
    usual = {"department": "lamps", "reason": "já foi respondido", "at": NOW, "by": "ana@casa.test", "mail": MAIL}
    return Refused.model_validate(usual | changes)


def told(number: int = 1, **changes: object) -> Delivery:
    its = delivery(number)
    attributes = {**its.attributes, "ce_type": REFUSED}
    return replace(its, attributes=attributes, body=refused(**changes).model_dump_json(exclude_none=True).encode())


def mailbox(name: str = "caixa", **more: object) -> Mailbox:
    given = {"sink": "mail", "name": name, "department": "lamps", "to": "lamps@casa.test"}
    return Mailbox.model_validate(given | more)


async def test_who_wrote_is_told_why_in_the_same_thread_and_may_answer_that(box: Box, tmp_path: Path):
    its = sink("mail")
    destination = box.destination(its, answers_from=["@casa.test"])
    async with its.open(destination, box.settings(tmp_path)) as attempt:
        assert isinstance(await attempt(told()), Delivered)
        strange = MAIL.model_copy(update={"message_id": "a b>\r\nBcc: x"})
        assert isinstance(await attempt(told(2, mail=strange)), Delivered)
    first, second = map(read, box.mails)
    assert first["To"] == "ana@casa.test"
    assert first["Auto-Submitted"] == "auto-replied"
    assert first["In-Reply-To"] == "<abc@casa.test>"
    assert first["References"].endswith(" <abc@casa.test>")
    assert first["Reply-To"].startswith("respostas+20261123-")
    assert "já foi respondido" in first.get_body().get_content()
    assert not list(first.iter_attachments())
    assert second["In-Reply-To"] is None
    assert second["Bcc"] is None


async def test_nobody_but_who_answers_for_the_department_is_written_to(box: Box, tmp_path: Path):
    its = sink("mail")
    async with its.open(box.destination(its), box.settings(tmp_path)) as attempt:
        await attempt(told(by="vitima@example.org"))
    assert read(box.mails[0])["To"] == "lamps@casa.test"


async def test_two_machines_that_answer_each_other_come_to_an_end(box: Box, tmp_path: Path):
    its = sink("mail")
    async with its.open(box.destination(its), box.settings(tmp_path)) as attempt:
        came = [await attempt(told(number)) for number in range(25)]
        assert isinstance(await attempt(told(3)), Delivered)  # tried again, it is the same
    assert [type(each) for each in came] == [Delivered] * 20 + [NeverTaken] * 5


def test_a_day_later_refusals_go_out_again():
    bound = Bound(2)
    assert [bound.lets("a", UUID(int=number), NOW) for number in range(3)] == [True, True, False]
    assert bound.lets("b", UUID(int=3), NOW)
    assert bound.lets("a", UUID(int=4), NOW + timedelta(days=1, seconds=1))


def rows(value: Refused, *destinations: Destination) -> list[str]:
    its = record(topic="o.refused.lamps", value=value.model_dump_json(exclude_none=True).encode())
    return [each.destination for each in reader(Topics("o."), destinations)(its)]


def test_a_refusal_becomes_one_mail_where_the_reply_came_by_mail_from_who_answers_there():
    first, second = mailbox(), mailbox("b", answers_from=["ana@casa.test"])
    third = mailbox("c", answers_from=["@casa.test"])
    assert rows(refused(), first, second, third) == ["b"]
    assert rows(refused(by="lamps@casa.test"), first, second) == ["caixa"]
    assert rows(refused(mail=None), first, second, third) == []
    assert rows(refused(by="x@example.org"), first, second, third) == []
    assert rows(refused(), mailbox(department="roads", answers_from=["ana@casa.test"])) == []


def test_a_system_hears_of_its_refusals_where_it_wants_to_however_the_reply_came():
    common = {"sink": "webhook", "department": "lamps", "url": "https://a.test", "secret": SECRET}
    deaf, hearing, second = (
        Webhook.model_validate(common | {"name": name, "refusals": name != "deaf"}) for name in ("deaf", "ear", "ear2")
    )
    assert rows(refused(mail=None), deaf, hearing, second) == ["ear"]
    assert rows(refused(by="ana@casa.test"), hearing, mailbox(answers_from=["@casa.test"])) == ["ear", "caixa"]
