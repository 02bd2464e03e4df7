"""The port for mail servers: what is kept, what is answered, and who is told no."""

import asyncio
import smtplib
import ssl
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import structlog
import trustme

from ingest.adapter import Delivery
from ingest.email.envelope import address_of, hints_of, is_ours
from ingest.email.identity import order_of, own_id
from ingest.email.smtp import ADAPTER
from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.protocol import protocol_number
from tests.ingest.contract import AdapterContract
from tests.ingest.email.post import OURS, Kept, account, hand_over, port, raw

MAIL = b"From: Ana <ana@cliente.test>\r\nMessage-ID: <1@cliente.test>\r\nSubject: x\r\n\r\nFalta luz.\r\n"
ENVELOPE = ("MAIL FROM:<ana@cliente.test>", f"RCPT TO:<{OURS}>")


@pytest.fixture
def kept() -> Kept:
    return Kept()


class TestWhatIsKept:
    async def test_a_mail_is_kept_byte_for_byte_with_its_envelope_beside_it(self, kept: Kept):
        mail = MAIL + b".\r\n..two\r\nbare\nlf and \xff\xfe\x00\r\n"
        async with port(kept) as number:
            assert await asyncio.to_thread(hand_over, number, mail) == {}
        [delivery] = kept.deliveries
        assert delivery.body == mail
        assert delivery.own_id == own_id(delivery.body)
        assert delivery.order == "1@cliente.test"
        assert delivery.hints == {"sender": "ana@cliente.test", "recipients": OURS}

    async def test_bare_line_ends_and_lines_without_end_stay_as_they_came(self, kept: Kept):
        mail = b"Subject: x\n\n" + b"a" * 300_000 + b"\r\n\rb\n.\nc\r\n"
        async with port(kept) as number, raw(number) as talk:
            await talk.say(*ENVELOPE, "DATA")
            assert (await talk.say(mail + b"."))[0].startswith("250 2.0.0 Kept, protocol 20261122-ABCD")
        assert kept.bodies == [mail]

    @pytest.mark.parametrize("end", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r\n\x00.\r\n", b"\r.\r\n"])
    async def test_nothing_but_a_dot_between_two_proper_line_ends_ends_a_mail(self, kept: Kept, end: bytes):
        smuggled = b"MAIL FROM:<x@y.test>\r\nRCPT TO:<ouvidoria@orgao.test>\r\nDATA\r\nforged\r\n"
        mail = MAIL[:-2] + end + smuggled
        async with port(kept) as number, raw(number) as talk:
            await talk.say(*ENVELOPE, "DATA", mail + b".")
        assert kept.bodies == [mail.replace(b"\r\n.", b"\r\n")]

    async def test_mails_follow_one_another_on_a_connection_and_in_one_packet(self, kept: Kept):
        async with port(kept) as number, raw(number) as talk:
            await talk.say(*ENVELOPE, "DATA")
            one = MAIL + b".\r\n" + "\r\n".join(ENVELOPE).encode() + b"\r\nDATA\r\n" + MAIL + b"."
            assert (await talk.say(one))[0].startswith("250 2.0.0")
            assert [(await talk.answer())[:3] for _ in range(4)] == ["250", "250", "354", "250"]
        assert kept.bodies == [MAIL, MAIL]

    @pytest.mark.parametrize(
        ("sender", "hint"),
        [
            ("<>", "<>"),
            ("<a b@x>", "a b@x"),
            ("<josé@x.test> SMTPUTF8", "josé@x.test"),
            ("<@relay.test:a@b.test> BODY=8BITMIME SIZE=100", "a@b.test"),
            ("<a@b.test> AUTH=<> RET=HDRS ENVID=x", "a@b.test"),
            ("a@b.test", "a@b.test"),
            ("<" + "a" * 300 + "@b.test>", "a" * 300 + "@b.test"),
        ],
    )
    async def test_no_sender_is_too_strange(self, kept: Kept, sender: str, hint: str):
        async with port(kept) as number, raw(number) as talk:
            answers = await talk.say(f"MAIL FROM:{sender}", ENVELOPE[1], "DATA", MAIL + b".")
            assert [answer[:3] for answer in answers] == ["250", "250", "354", "250"], answers
        assert kept.deliveries[0].hints["sender"] == hint

    async def test_yes_is_said_only_after_it_was_kept(self, kept: Kept):
        kept.gate = asyncio.Event()
        async with port(kept) as number, raw(number) as talk:
            await talk.say(*ENVELOPE, "DATA")
            answer = asyncio.ensure_future(talk.say(MAIL + b"."))
            done, _ = await asyncio.wait({answer}, timeout=0.3)
            assert not done
            kept.gate.set()
            assert (await answer)[0].startswith("250")


class TestWhoIsToldNo:
    async def test_it_sends_nothing_on(self, kept: Kept):
        others = [
            "alguem@gmail.test",
            "ouvidoria@orgao.test.evil.test",
            "ouvidoria%gmail.test@orgao.test",
            "outra@orgao.test",
        ]
        async with port(kept) as number:
            refused = await asyncio.to_thread(hand_over, number, MAIL, [OURS, *others])
            assert {each: code for each, (code, _) in refused.items()} == dict.fromkeys(others, 550)
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                await asyncio.to_thread(hand_over, number, MAIL, others)
        assert len(kept.deliveries) == 1

    async def test_each_recipient_of_lmtp_is_answered_and_all_of_smtp_at_once(self, kept: Kept):
        lines = (*ENVELOPE, "RCPT TO:<ouvidoria+20261122@orgao.test>", "RCPT TO:<x@y.test>", "DATA", MAIL + b".")
        async with port(kept) as number, raw(number) as talk:
            assert [answer[:3] for answer in await talk.say(*lines)] == ["250", "250", "250", "550", "354", "250"]
            assert (await talk.answer()).startswith("250")
            assert (await talk.say("NOOP"))[0].startswith("250 OK")
        async with port(kept, protocol="smtp") as number, raw(number, greet="EHLO mta.test") as talk:
            assert [answer[:3] for answer in await talk.say(*lines)] == ["250", "250", "250", "550", "354", "250"]
            assert (await talk.say("LHLO x"))[0].startswith("500")
            assert (await talk.say("QUIT"))[0].startswith("221")
        assert len(kept.deliveries) == 2
        assert kept.deliveries[0].hints["recipients"] == f"{OURS} ouvidoria+20261122@orgao.test"

    async def test_what_cannot_be_kept_now_stays_with_its_server(self, kept: Kept):
        kept.error = Unavailable("neither broker nor spool")
        async with port(kept) as number:
            with pytest.raises(smtplib.SMTPDataError) as refused:
                await asyncio.to_thread(hand_over, number, MAIL)
            assert refused.value.smtp_code == 451
            kept.error = None
            assert await asyncio.to_thread(hand_over, number, MAIL) == {}

    async def test_a_defect_of_ours_is_no_reason_to_bounce_a_mail_and_its_words_are_told_to_nobody(self, kept: Kept):
        kept.error = ZeroDivisionError("palavras do cliente")
        with structlog.testing.capture_logs() as logs:
            async with port(kept) as number, raw(number) as talk:
                assert (await talk.say(*ENVELOPE, "DATA", MAIL + b"."))[-1].startswith("451")
        assert [(line["error"], line["network"]) for line in logs] == [("ZeroDivisionError", "smtp")]

    async def test_a_mail_that_is_too_large_is_refused_before_or_after_and_the_next_one_is_taken(self, kept: Kept):
        async with port(kept, size_limit=100_000) as number, raw(number) as talk:
            assert (await talk.say("MAIL FROM:<a@b.test> SIZE=100001"))[0].startswith("552")
            answers = await talk.say(*ENVELOPE, "DATA", MAIL + b"a" * 2_000_000 + b"\r\n.")
            assert answers[-1].startswith("552 5.3.4")
            assert (await talk.say(*ENVELOPE, "DATA", MAIL + b"."))[-1].startswith("250")
        assert kept.bodies == [MAIL]

    async def test_the_size_limit_is_announced(self, kept: Kept):
        def announced(number: int) -> str | None:
            with smtplib.LMTP("127.0.0.1", number, timeout=60) as client:
                client.ehlo_or_helo_if_needed()
                assert not client.has_extn("auth")
                return client.esmtp_features.get("size")

        async with port(kept, size_limit=123_456) as number:
            assert await asyncio.to_thread(announced, number) == "123456"

    async def test_beyond_the_memory_for_all_a_sender_is_asked_to_try_again(self, kept: Kept):
        async with port(kept, size_limit=100_000, memory=150_000) as number, raw(number) as one, raw(number) as other:
            await one.say(*ENVELOPE, "DATA")
            one.writer.write(MAIL + b"a" * 90_000 + b"\r\n")
            await one.writer.drain()
            await other.say(*ENVELOPE, "DATA")
            kept.gate = asyncio.Event()
            first = asyncio.ensure_future(one.say("."))
            assert (await other.say(b"b" * 90_000 + b"\r\n."))[0].startswith("452 4.3.1")
            kept.gate.set()
            assert (await first)[0].startswith("250")
            assert (await other.say(*ENVELOPE, "DATA", b"b" * 90_000 + b"\r\n."))[-1].startswith("250")

    async def test_there_are_no_more_connections_than_are_allowed(self, kept: Kept):
        async with port(kept, connections=2) as number:
            async with raw(number), raw(number), raw(number, greet="") as third:
                assert (await third.answer()).startswith("421")
                assert await third.ended()
            async with asyncio.timeout(60):
                while not await asyncio.to_thread(works, number):
                    pass
        async with port(kept, peer_connections=1) as number, raw(number), raw(number, greet="") as second:
            assert (await second.answer()).startswith("421")

    async def test_a_server_that_falls_silent_is_given_up_wherever_it_is(self, kept: Kept):
        async with (
            port(kept, timeout="PT1S") as number,
            raw(number) as one,
            raw(number) as other,
            raw(number, greet="") as third,
        ):
            await one.say(*ENVELOPE, "DATA")
            one.writer.write(MAIL)
            await one.writer.drain()
            assert await one.ended()
            assert await other.ended()
            await third.answer()
            assert await third.ended()
        assert kept.deliveries == []

    async def test_a_mail_whose_end_never_came_is_not_kept(self, kept: Kept):
        async with port(kept) as number:
            async with raw(number) as talk:
                await talk.say(*ENVELOPE, "DATA")
                talk.writer.write(MAIL + b".\r")
                await talk.writer.drain()
            assert await asyncio.to_thread(hand_over, number, MAIL) == {}
        assert len(kept.deliveries) == 1

    async def test_noise_disturbs_nobody(self, kept: Kept):
        async with port(kept) as number:
            for noise in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01" * 99, b"\r\n" * 99, b"A" * 200_000 + b"\r\n"):
                async with raw(number, greet="") as talk:
                    talk.writer.write(noise)
            assert await asyncio.to_thread(hand_over, number, MAIL) == {}

    async def test_nothing_that_is_said_is_logged(self, kept: Kept, caplog: pytest.LogCaptureFixture):
        caplog.set_level("DEBUG")
        async with port(kept) as number:
            await asyncio.to_thread(hand_over, number, MAIL)
            async with raw(number) as talk:
                await talk.say("XYZZY ana@cliente.test")
        assert "cliente" not in caplog.text

    async def test_when_we_are_told_to_stop_the_mail_in_hand_is_answered(self, kept: Kept):
        kept.gate = asyncio.Event()
        stack = port(kept)
        number = await stack.__aenter__()
        async with raw(number) as talk:
            await talk.say(*ENVELOPE, "DATA")
            talk.writer.write(MAIL + b".\r\n")
            await talk.writer.drain()
            await kept.asked.wait()
            leaving = asyncio.ensure_future(stack.__aexit__(None, None, None))
            await asyncio.sleep(0)
            kept.gate.set()
            assert (await talk.answer()).startswith("250")
            await leaving
            assert await talk.ended()


def works(number: int) -> bool:
    try:
        with smtplib.LMTP("127.0.0.1", number, timeout=60) as client:
            return client.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


class TestWhoMayHandOver:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    @pytest.fixture
    def tls(self, authority: trustme.CA, tmp_path: Path) -> dict[str, str]:
        certificate = authority.issue_cert("localhost")
        certificate.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
        return {"tls_certificate": str(tmp_path / "both.pem"), "protocol": "smtp"}

    def send(self, number: int, authority: trustme.CA | None, login: tuple[str, str] | None = None) -> None:
        with smtplib.SMTP("localhost", number, timeout=60) as client:
            if authority is not None:
                context = ssl.create_default_context()
                authority.configure_trust(context)
                client.starttls(context=context)
            if login is not None:
                client.login(*login)
            client.sendmail("ana@cliente.test", [OURS], MAIL)

    async def test_mail_comes_encrypted_where_there_is_a_certificate(
        self, kept: Kept, authority: trustme.CA, tls: dict[str, str]
    ):
        async with port(kept, **tls) as number:
            await asyncio.to_thread(self.send, number, authority)
            await asyncio.to_thread(self.send, number, None)
        assert kept.bodies == [MAIL, MAIL]

    async def test_a_mail_in_the_clear_is_refused_where_tls_is_required(
        self, kept: Kept, authority: trustme.CA, tls: dict[str, str]
    ):
        async with port(kept, require_tls=True, **tls) as number:
            with pytest.raises(smtplib.SMTPResponseException, match="530"):
                await asyncio.to_thread(self.send, number, None)
            await asyncio.to_thread(self.send, number, authority)
        assert kept.bodies == [MAIL]

    async def test_what_was_said_in_the_clear_before_tls_is_not_taken_for_safe(self, kept: Kept, tls: dict[str, str]):
        async with port(kept, **tls) as number, raw(number, greet="EHLO a") as talk:
            talk.writer.write(b"STARTTLS\r\nMAIL FROM:<a@b.test>\r\n")
            await talk.writer.drain()
            assert await talk.ended()

    async def test_only_who_has_the_password_may_where_there_is_one(
        self, kept: Kept, authority: trustme.CA, tls: dict[str, str]
    ):
        async with port(kept, username="mta", password="segredo", **tls) as number:
            with pytest.raises(smtplib.SMTPResponseException, match="530"):
                await asyncio.to_thread(self.send, number, authority)
            for login in (("mta", "outro"), ("outra", "segredo")):
                with pytest.raises(smtplib.SMTPAuthenticationError):
                    await asyncio.to_thread(self.send, number, authority, login)
            with pytest.raises(smtplib.SMTPNotSupportedError):
                await asyncio.to_thread(self.send, number, None, ("mta", "segredo"))
            await asyncio.to_thread(self.send, number, authority, ("mta", "segredo"))
        assert kept.bodies == [MAIL]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"recipients": []}, "recipients"),
        ({"recipients": ["ouvidoria"]}, "an address is expected"),
        ({"username": "a"}, "username and password belong together"),
        ({"username": "a", "password": "b", "host": "0.0.0.0"}, "in the clear"),
        ({"require_tls": True}, "tls_certificate: missing"),
        ({"memory": 70_000, "size_limit": 80_000}, "less than size_limit"),
    ],
)
def test_a_setting_that_would_not_work_is_refused(given: dict[str, object], words: str):
    with pytest.raises(ValueError, match=words):
        account(**given)


async def test_a_port_that_is_taken_and_a_certificate_that_is_none_are_named(kept: Kept, tmp_path: Path):
    async with port(kept) as number:
        with pytest.raises(Misconfigured, match="another program has it"):
            async with port(kept, port=number):
                pass
    (tmp_path / "no.pem").write_text("nothing")
    for name in ("no.pem", "gone.pem"):
        with pytest.raises(Misconfigured, match="tls_certificate"):
            async with port(kept, tls_certificate=str(tmp_path / name)):
                pass


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("Ouvidoria@Orgao.Test", True),
        ("ouvidoria+20261122-abcd@orgao.test", True),
        ("postmaster", True),
        ("postmaster@orgao.test", True),
        ("qualquer@sac.orgao.test", True),
        ("outra@orgao.test", False),
        ("ouvidoria@sub.orgao.test", False),
        ("x@y.sac.orgao.test", False),
        ("", False),
        ("<>", False),
    ],
)
def test_which_addresses_are_ours(address: str, ours: bool):
    assert is_ours(address, [OURS, "@sac.orgao.test"]) is ours


def test_an_address_that_cannot_be_told_is_none():
    assert address_of("<a@b.test> X=1") == ("a@b.test", "X=1")
    assert address_of("<a@b.test") is None
    assert address_of("") is None


def test_an_envelope_with_thousands_of_recipients_stays_small():
    assert len(hints_of("a" * 9999, ["b" * 9999] * 9999)["recipients"]) < 7000


class TestTheMail(AdapterContract):
    adapter = ADAPTER
    samples = (MAIL, MAIL.replace(b"<1@", b"<2@"), b"no header at all", b"\xff\x00" * 50)

    def saying(self, words: str) -> bytes:
        return MAIL.replace(b"Falta luz.\r\n", words.encode())

    def delivery(self, body: bytes) -> Delivery:
        hints = hints_of("ana@cliente.test", [OURS])
        return Delivery(body, ADAPTER.media_type, own_id=own_id(body), order=order_of(body), hints=hints)

    def test_what_has_no_sender_is_a_bounce_unless_it_says_that_it_is_something_else(self):
        bounced = replace(self.delivery(MAIL), hints=hints_of("<>", [OURS]))
        away = MAIL.replace(b"Subject", b"Auto-Submitted: auto-replied\r\nSubject").replace(b"<1@", b"<2@")
        with self.hearing() as hearing:
            found = hearing.messages([bounced, replace(self.delivery(away), hints=hints_of("<>", [OURS]))])
            assert [one.automatic and one.automatic.kind for one in found] == ["bounce", "auto-reply"]

    def test_a_protocol_number_in_the_envelope_alone_is_found(self):
        number = protocol_number(UUID(int=7), date(2026, 11, 22))
        copied = replace(self.delivery(MAIL), hints=hints_of("a@b.test", [OURS, f"ouvidoria+{number}@orgao.test"]))
        with self.hearing() as hearing:
            [message] = hearing.messages([copied])
            assert message.thread.protocol == number
