"""Mail providers' webhooks, with calls as their documents show them: whose calls are taken, and what is heard."""

import hmac
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ingest.adapter import Adapter, Answer, Call, Delivery, Original
from ingest.email import mailgun, postmark, sendgrid
from ingest.email.identity import own_id
from ouvidor.records import Channel
from tests.ingest.contract import AdapterContract

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MAIL = (
    b"From: Ana <ana@cliente.test>\r\nTo: ouvidoria@orgao.test\r\nMessage-ID: <1@cliente.test>\r\nSubject: Luz\r\n"
    b"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\nN\xe3o h\xe1 luz.\r\n"
)
ASCII = MAIL.replace(b"\xe3", b"a").replace(b"\xe1", b"a")


def post(body: bytes, media_type: str, *, complete: bool = True, now: datetime = NOW, **headers: str) -> Call:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Call("POST", {}, {"content-type": media_type, **named}, body, complete=complete, received_at=now)


def multipart(fields: Mapping[str, bytes]) -> tuple[bytes, str]:
    lines = [
        b'--xYzZY\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (name.encode(), value)
        for name, value in fields.items()
    ]
    return b"".join(lines) + b"--xYzZY--\r\n", "multipart/form-data; boundary=xYzZY"


def basic(words: str) -> str:
    return "Basic " + b64encode(words.encode()).decode()


def read(adapter: Adapter, delivery: Delivery | Answer) -> Any:  # noqa: ANN401 - an utterance or an aside
    assert isinstance(delivery, Delivery), delivery
    original = Original(
        Channel.EMAIL, adapter.network, "main", delivery.body, delivery.media_type, NOW, dict(delivery.hints)
    )
    [said] = adapter.read(original)
    return said


class WebhookContract(AdapterContract):
    """What every provider's adapter promises beside the contract of all."""

    account: Any
    samples = (MAIL, MAIL.replace(b"<1@", b"<2@"), b"no header at all")
    without_mail: Call

    def saying(self, words: str) -> bytes:
        return MAIL.partition(b"\r\n\r\n")[0].replace(b"iso-8859-1", b"utf-8") + b"\r\n\r\n" + words.encode()

    def call(self, mail: bytes, **changed: Any) -> Call:  # noqa: ANN401 - of a call
        raise NotImplementedError

    def accept(self, call: Call) -> Delivery | Answer:
        assert self.adapter.accept is not None
        return self.adapter.accept(call, self.account)

    def status(self, call: Call) -> int:
        found = self.accept(call)
        return found.status if isinstance(found, Answer) else 200

    def delivery(self, body: bytes) -> Delivery:
        return Delivery(body, "message/rfc822", own_id=own_id(body))

    def test_the_mail_itself_is_what_is_kept(self):
        delivery = self.accept(self.call(ASCII))
        assert isinstance(delivery, Delivery)
        assert (delivery.body, delivery.media_type, delivery.own_id) == (ASCII, "message/rfc822", own_id(ASCII))
        assert delivery.order == "1@cliente.test"
        assert delivery.hints["recipients"] == "ouvidoria@orgao.test"
        said = read(self.adapter, delivery)
        assert (said.text, said.subject, said.author_address) == ("Nao ha luz.", "Luz", "ana@cliente.test")

    def test_a_call_without_the_mail_is_heard_as_far_as_it_goes_and_says_what_to_switch_on(self):
        delivery = self.accept(self.without_mail)
        assert isinstance(delivery, Delivery)
        assert delivery.body == self.without_mail.body
        said = read(self.adapter, delivery)
        assert (said.text, said.subject, said.author_name) == ("Não há luz.", "Luz", "Ana")
        assert said.author_address == "ana@cliente.test"
        assert any("ligue" in defect for defect in said.defects)

    def test_what_is_too_large_is_asked_for_again_and_nothing_but_a_post_is_taken(self):
        call = self.call(ASCII)
        assert self.status(Call("POST", {}, call.headers, call.body, complete=False, received_at=NOW)) == 413
        assert self.status(Call("GET", {}, call.headers, b"", received_at=NOW)) == 405


class TestMailgun(WebhookContract):
    adapter = mailgun.ADAPTER
    account = mailgun.Mailgun.model_validate(
        {"network": "mailgun", "account": "ouvidoria-mime", "signing_keys": "chave-nova\nchave-velha"}
    )

    @staticmethod
    def signed(at: datetime = NOW, key: str = "chave-nova", token: str = "0f" * 25) -> dict[str, bytes]:
        timestamp = str(int(at.timestamp()))
        signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), sha256).hexdigest()
        return {"timestamp": timestamp.encode(), "token": token.encode(), "signature": signature.encode()}

    def call(self, mail: bytes, **changed: Any) -> Call:  # noqa: ANN401 - the same
        fields = {
            "recipient": b"ouvidoria@orgao.test",
            "sender": b"ana@cliente.test",
            "from": b"Ana <ana@cliente.test>",
            "subject": b"Luz",
            "Message-Id": b"<1@cliente.test>",
            **self.signed(),
            "body-mime": mail,
            **changed,
        }
        return post(*multipart(fields))

    without_mail = post(
        urlencode(
            {
                **signed(),
                "body-plain": "Não há luz.",
                "subject": "Luz",
                "from": "Ana <ana@cliente.test>",
            }
        ).encode(),
        "application/x-www-form-urlencoded",
    )

    def test_a_signature_that_another_program_computed_fits(self):
        # printf 1763640000aaaaaaaaaa | openssl dgst -sha256 -hmac chave-nova
        signature = b"97874f766458cb239496fbaaaccc672b0bcdfe475f431bad2ade636560260f8f"
        fields = {"timestamp": b"1763640000", "token": b"a" * 10, "signature": signature, "body-mime": MAIL}
        assert self.status(post(*multipart(fields), now=datetime.fromtimestamp(1763640000, UTC))) == 200

    def test_both_live_keys_fit_and_no_other(self):
        assert self.status(self.call(MAIL, **self.signed(key="chave-velha"))) == 200
        assert self.status(self.call(MAIL, **self.signed(key="outra"))) == 401
        assert self.status(self.call(MAIL, signature=b"")) == 401
        assert self.status(self.call(MAIL, token=b"1" * 50)) == 401

    @pytest.mark.parametrize(
        ("age", "status"),
        [
            (timedelta(hours=8), 200),
            (timedelta(hours=10), 401),
            (timedelta(minutes=-5), 200),
            (-timedelta(hours=1), 401),
        ],
    )
    def test_a_signature_is_good_for_as_long_as_mailgun_tries(self, age: timedelta, status: int):
        assert self.status(self.call(MAIL, **self.signed(NOW - age))) == status

    def test_a_time_that_is_none_is_no_signature(self):
        for timestamp in (b"soon", b"9" * 400, b""):
            signature = hmac.new(b"chave-nova", timestamp + b"t", sha256).hexdigest().encode()
            assert self.status(self.call(MAIL, timestamp=timestamp, token=b"t", signature=signature)) == 401

    def test_bytes_of_any_charset_come_as_they_were_in_both_kinds_of_forms(self):
        delivery = self.accept(self.call(MAIL))
        assert isinstance(delivery, Delivery)
        assert delivery.body == MAIL
        fields = urlencode({**self.signed(), "body-mime": MAIL, "recipient": "a@b.test, c@d.test"})
        form = post(fields.encode(), "application/x-www-form-urlencoded")
        delivery = self.accept(form)
        assert isinstance(delivery, Delivery)
        assert delivery.body == MAIL
        assert delivery.hints["recipients"] == "a@b.test c@d.test"

    def test_an_account_whose_address_mailgun_would_send_no_mail_to_is_refused(self):
        with pytest.raises(ValueError, match="account"):
            mailgun.Mailgun.model_validate({"network": "mailgun", "account": "ouvidoria", "signing_keys": "a"})
        with pytest.raises(ValueError, match="signing_keys"):
            mailgun.Mailgun.model_validate({"network": "mailgun", "account": "mime", "signing_keys": ""})


AUTHORIZED = {"authorization": basic("postmark:segredo:com:sinais")}


class TestPostmark(WebhookContract):
    adapter = postmark.ADAPTER
    account = postmark.Postmark.model_validate(
        {"network": "postmark", "account": "main", "username": "postmark", "password": "segredo:com:sinais"}
    )

    def call(self, mail: bytes, **changed: Any) -> Call:  # noqa: ANN401 - the same
        fields = {
            "FromName": "Ana",
            "MessageStream": "inbound",
            "From": "ana@cliente.test",
            "FromFull": {"Email": "ana@cliente.test", "Name": "Ana", "MailboxHash": ""},
            "To": "ouvidoria@orgao.test",
            "OriginalRecipient": "ouvidoria@orgao.test",
            "Subject": "Luz",
            "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
            "TextBody": "Não há luz.",
            "RawEmail": mail.decode("utf-8", "surrogateescape"),
            **changed,
        }
        return post(json.dumps(fields).encode(), "application/json", **AUTHORIZED)

    without_mail = post(
        json.dumps({"From": "Ana <ana@cliente.test>", "Subject": "Luz", "TextBody": "Não há luz."}).encode(),
        "application/json",
        **AUTHORIZED,
    )

    @pytest.mark.parametrize(
        "given", ["", "Basic", "Basic !!!", basic("postmark:outra"), basic("outra:segredo:com:sinais"), "Bearer x"]
    )
    def test_without_the_name_and_password_of_the_address_nothing_is_taken(self, given: str):
        call = self.call(ASCII)
        assert self.status(post(call.body, "application/json", authorization=given)) == 401

    def test_what_is_no_json_or_another_goes_to_a_person(self):
        for body in (b"{", b"[]", b"null", b'{"RawEmail": 7}', b'{"RawEmail": ""}'):
            delivery = self.accept(post(body, "application/json", **AUTHORIZED))
            assert isinstance(delivery, Delivery)
            assert delivery.body == body

    def test_text_that_is_no_unicode_is_taken(self):
        body = json.dumps({"RawEmail": "Subject: x\r\n\r\n\ud800 \udce9"}).encode()
        delivery = self.accept(post(body, "application/json", **AUTHORIZED))
        assert isinstance(delivery, Delivery)
        assert delivery.body.startswith(b"Subject: x\r\n\r\n")


KEY = generate_private_key(SECP256R1())
PUBLIC = b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


class TestSendGrid(WebhookContract):
    adapter = sendgrid.ADAPTER
    account = sendgrid.SendGrid.model_validate({"network": "sendgrid", "account": "main", "public_key": PUBLIC})

    @staticmethod
    def signed(body: bytes, media_type: str) -> Call:
        signature = KEY.sign(b"1763640000" + body, ECDSA(SHA256()))
        return post(
            body,
            media_type,
            x_twilio_email_event_webhook_signature=b64encode(signature).decode(),
            x_twilio_email_event_webhook_timestamp="1763640000",
        )

    def call(self, mail: bytes, **changed: Any) -> Call:  # noqa: ANN401 - the same
        fields = {
            "dkim": b"{@cliente.test : pass}",
            "email": mail,
            "to": b"ouvidoria@orgao.test",
            "from": b"Ana <ana@cliente.test>",
            "sender_ip": b"192.0.2.1",
            "envelope": b'{"to":["ouvidoria@orgao.test"],"from":"ana@cliente.test"}',
            "subject": b"Luz",
            "charsets": b'{"to":"UTF-8","from":"UTF-8","subject":"UTF-8"}',
            "SPF": b"pass",
            **changed,
        }
        return self.signed(*multipart(fields))

    without_mail = signed(
        *multipart({"text": "Não há luz.".encode(), "subject": b"Luz", "from": b"Ana <ana@cliente.test>"})
    )

    def test_a_call_that_was_changed_or_not_signed_is_not_taken(self):
        call = self.call(MAIL)
        good = dict(call.headers)
        assert self.status(call) == 200
        for headers, body in (
            (good, call.body + b" "),
            ({**good, "x-twilio-email-event-webhook-timestamp": "1763640001"}, call.body),
            ({**good, "x-twilio-email-event-webhook-signature": ""}, call.body),
            ({**good, "x-twilio-email-event-webhook-signature": "AAAA"}, call.body),
            ({"content-type": good["content-type"]}, call.body),
        ):
            assert self.status(Call("POST", {}, headers, body)) == 401

    def test_the_password_of_the_address_serves_where_there_is_no_policy_and_both_are_needed_where_both_are_given(self):
        password = {"username": "sg", "password": "segredo"}
        base = {"network": "sendgrid", "account": "main", **password}
        call = self.call(MAIL)
        shown = Call("POST", {}, {**call.headers, "authorization": basic("sg:segredo")}, call.body)
        only_password = Call(
            "POST", {}, {"content-type": call.headers["content-type"], "authorization": basic("sg:segredo")}, call.body
        )
        accept = sendgrid.ADAPTER.accept
        assert accept is not None
        by_password = sendgrid.SendGrid.model_validate(base)
        by_both = sendgrid.SendGrid.model_validate({**base, "public_key": PUBLIC})
        found = [
            isinstance(accept(each, account), Delivery)
            for account in (by_password, by_both)
            for each in (shown, only_password, call)
        ]
        assert found == [True, True, False, True, False, False]

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({}, "anybody could call otherwise"),
            ({"username": "a"}, "belong together"),
            ({"public_key": "MFkw"}, "not a public key"),
            ({"public_key": "-----BEGIN"}, "not a public key"),
        ],
    )
    def test_settings_by_which_nobody_would_be_known_are_refused(self, given: dict[str, str], words: str):
        with pytest.raises(ValueError, match=words):
            sendgrid.SendGrid.model_validate({"network": "sendgrid", "account": "main", **given})

    def test_an_envelope_that_is_none_costs_nothing(self):
        for envelope in (b"", b"{", b"[]", b'{"to":"a@b.test","from":7}', b'{"to":[7]}', b"[" * 100_000):
            delivery = self.accept(self.call(MAIL, envelope=envelope))
            assert isinstance(delivery, Delivery)
            assert delivery.body == MAIL
