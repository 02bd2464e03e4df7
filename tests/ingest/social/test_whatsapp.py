"""WhatsApp: calls as Meta signs and sends them, and what the customer is heard to say."""

import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ingest.adapter import Answer, Aside, Call, Delivery, Original, Utterance
from ingest.social.whatsapp import ADAPTER, WhatsApp
from ouvidor.config import read_section
from ouvidor.errors import Misconfigured, Rejected
from tests.ingest.contract import AdapterContract
from tests.ingest.hearing import RECEIVED, Hearing

SECRETS = ("segredo-que-vale", "segredo-que-entra")
ACCOUNT = WhatsApp(network="whatsapp", account="principal", verify_token="palavra", app_secrets=SECRETS)
# As Meta writes it: the emoji is two escapes, the slash is escaped, the accent is one escape.
AS_META_WRITES = (
    b'{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":{"messaging_product":'
    b'"whatsapp","metadata":{"display_phone_number":"551140028922","phone_number_id":"106540352242922"},"contacts":'
    b'[{"profile":{"name":"Jos\\u00e9 da Silva"},"wa_id":"5511987654321"}],"messages":[{"from":"5511987654321","id":'
    b'"wamid.HBgNNTUxMTk4NzY1NDMyMRUCABIYFjNFQjBDMTIzNDU2Nzg5MEFCQ0RFAA==","timestamp":"1795219200","text":{"body":'
    b'"Estou sem luz h\\u00e1 dois dias \\ud83d\\ude22 protocolo 12\\/34"},"type":"text"}]},"field":"messages"}]}]}'
)


def value(*messages: Mapping[str, Any], **more: object) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "551140028922", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": "José da Silva"}, "wa_id": "5511987654321"}],
        **({"messages": list(messages)} if messages else {}),
        **more,
    }


def webhook(*values: Mapping[str, Any], field: str = "messages") -> bytes:
    """A call with one entry for each value."""
    entries = [{"id": "102290129340398", "changes": [{"value": each, "field": field}]} for each in values]
    return json.dumps({"object": "whatsapp_business_account", "entry": entries}).encode()


def message(kind: str | None, content: object = None, *, own_id: str = "wamid.1", **more: object) -> dict[str, Any]:
    return {
        "from": "5511987654321",
        "id": own_id,
        "timestamp": "1795219200",
        **({"type": kind} if kind else {}),
        **({kind: content} if kind and content is not None else {}),
        **more,
    }


def text(words: str, own_id: str = "wamid.1", **more: object) -> dict[str, Any]:
    return message("text", {"body": words}, own_id=own_id, **more)


def read(body: bytes) -> list[Utterance | Aside]:
    original = Original(
        channel=ADAPTER.channel,
        network="whatsapp",
        account="principal",
        body=body,
        media_type="application/json",
        received_at=RECEIVED,
    )
    return list(ADAPTER.read(original))


def heard(*messages: Mapping[str, Any]) -> Utterance:
    [found] = read(webhook(value(*messages)))
    assert isinstance(found, Utterance)
    return found


def signature(body: bytes, secret: str = SECRETS[0]) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()


def post(body: bytes, given: str | None, *, complete: bool = True) -> Delivery | Answer:
    headers = {} if given is None else {"x-hub-signature-256": given}
    return ADAPTER.accept(Call("POST", {}, headers, body, complete=complete), ACCOUNT)


def get(**query: str) -> Answer:
    found = ADAPTER.accept(Call("GET", {f"hub.{key}": each for key, each in query.items()}, {}, b""), ACCOUNT)
    assert isinstance(found, Answer)
    return found


class TestTheContract(AdapterContract):
    adapter = ADAPTER
    samples = (
        AS_META_WRITES,
        webhook(value(text("Bom dia", "wamid.2")), value(text("ninguém responde", "wamid.3"))),
        webhook(value(message("image", {"id": "1", "mime_type": "image/jpeg", "caption": "poste"}, own_id="wamid.4"))),
    )

    def saying(self, words: str) -> bytes:
        return webhook(value(text(words, "wamid.said")))


class TestSignatures:
    def test_the_vector_of_a_body_with_an_escaped_emoji(self):
        # Computed with: printf '%s' "$BODY" | openssl dgst -sha256 -hmac segredo-que-vale
        given = "sha256=3e8ba9af204742bfba398e83a7778b66361e29a78331b3e1eb3b54bd4beac816"
        found = post(AS_META_WRITES, given)
        assert isinstance(found, Delivery)
        assert found.body == AS_META_WRITES

    def test_the_same_json_written_in_other_bytes_does_not_fit(self):
        again = json.dumps(json.loads(AS_META_WRITES), ensure_ascii=False).encode()
        assert isinstance(post(again, signature(AS_META_WRITES)), Answer)

    @pytest.mark.parametrize("secret", SECRETS)
    def test_both_live_secrets_fit(self, secret: str):
        assert isinstance(post(AS_META_WRITES, signature(AS_META_WRITES, secret)), Delivery)

    @pytest.mark.parametrize(
        "given",
        [
            None,
            "",
            "sha256=",
            "sha1=" + "0" * 40,
            signature(AS_META_WRITES, "outro segredo"),
            signature(AS_META_WRITES)[:-1],
            signature(AS_META_WRITES).removeprefix("sha256="),
            "sha256=é" + "0" * 63,
        ],
    )
    def test_a_call_that_is_not_signed_by_a_live_secret_is_not_kept(self, given: str | None):
        found = post(AS_META_WRITES, given)
        assert isinstance(found, Answer)
        assert found.status == 401

    def test_one_other_byte_does_not_fit(self):
        assert isinstance(post(AS_META_WRITES + b" ", signature(AS_META_WRITES)), Answer)

    def test_a_body_that_did_not_come_whole_is_asked_for_again(self):
        found = post(AS_META_WRITES, signature(AS_META_WRITES), complete=False)
        assert isinstance(found, Answer)
        assert found.status == 413


class TestTheChallenge:
    def test_the_challenge_is_repeated_when_the_token_is_ours(self):
        assert get(mode="subscribe", verify_token="palavra", challenge="1158201444") == Answer(body=b"1158201444")

    @pytest.mark.parametrize(
        "query",
        [
            {"mode": "subscribe", "verify_token": "outra", "challenge": "1"},
            {"mode": "subscribe", "challenge": "1"},
            {"mode": "unsubscribe", "verify_token": "palavra", "challenge": "1"},
            {},
        ],
    )
    def test_a_stranger_is_not_answered(self, query: dict[str, str]):
        assert get(**query).status == 403


class TestSettings:
    def test_secrets_are_read_from_a_file_one_a_line(self, tmp_path: Path):
        file = tmp_path / "secrets"
        file.write_text("um\ndois\n")
        given = {"network": "whatsapp", "account": "a", "verify_token": "x", "app_secrets_file": str(file)}
        account = read_section(WhatsApp, given, where="ouvidor.yaml")
        assert [secret.get_secret_value() for secret in account.app_secrets] == ["um", "dois"]
        assert "dois" not in repr(account)

    @pytest.mark.parametrize("secrets", [[], [""], ["a", "b", "c"], ""])
    def test_without_a_secret_or_with_three_nothing_starts(self, secrets: object):
        given = {"network": "whatsapp", "account": "a", "verify_token": "x", "app_secrets": secrets}
        with pytest.raises(Misconfigured, match="app_secrets"):
            read_section(WhatsApp, given, where="ouvidor.yaml")


class TestMessages:
    def test_a_text_is_heard_with_who_when_and_where(self):
        [found] = read(AS_META_WRITES)
        assert isinstance(found, Utterance)
        assert found.text == found.body == "Estou sem luz há dois dias 😢 protocolo 12/34"
        assert found.own_id == "wamid.HBgNNTUxMTk4NzY1NDMyMRUCABIYFjNFQjBDMTIzNDU2Nzg5MEFCQ0RFAA=="
        assert (found.author_name, found.author_address) == ("José da Silva", "5511987654321")
        assert found.sent_at == datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
        assert found.conversation == "5511987654321"
        assert [recipient.address for recipient in found.recipients] == ["551140028922"]
        assert found.defects == ()

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            (message("button", {"text": "Sim, resolveu", "payload": "yes"}), "Sim, resolveu"),
            (
                message(
                    "interactive", {"type": "button_reply", "button_reply": {"id": "b1", "title": "Falar com gente"}}
                ),
                "Falar com gente",
            ),
            (
                message(
                    "interactive",
                    {
                        "type": "list_reply",
                        "list_reply": {"id": "r", "title": "Água", "description": "Falta ou vazamento"},
                    },
                ),
                "Água",
            ),
            (
                message(
                    "interactive",
                    {
                        "type": "nfm_reply",
                        "nfm_reply": {
                            "name": "flow",
                            "body": "Sent",
                            "response_json": '{"rua":"Flores","n":12,"flow_token":"t"}',
                        },
                    },
                ),
                "rua: Flores\nn: 12",
            ),
            (
                message("location", {"latitude": -23.55, "longitude": -46.63, "name": "Praça da Sé"}),
                "localização: -23.55, -46.63, Praça da Sé",
            ),
            (
                message(
                    "contacts",
                    [{"name": {"formatted_name": "Síndica Ana"}, "phones": [{"phone": "+55 11 5555-0000"}]}],
                ),
                "contato: Síndica Ana, +55 11 5555-0000",
            ),
            (message("reaction", {"message_id": "wamid.0", "emoji": "😡"}), "😡"),
            (message("image", {"id": "9", "mime_type": "image/jpeg", "caption": "o poste caiu"}), "o poste caiu"),
            (message("document", {"id": "9", "filename": "conta.pdf", "caption": "a conta"}), "a conta"),
            (message("order", {"text": "quero isto", "product_items": [{"quantity": 1}]}), "quero isto"),
            (
                message("edit", {"original_message_id": "wamid.0", "message": text("na verdade são três dias")}),
                "na verdade são três dias",
            ),
        ],
    )
    def test_what_a_person_says_in_any_way_is_words(self, sent: dict[str, Any], words: str):
        assert heard(sent).text == words

    @pytest.mark.parametrize("kind", ["image", "video", "document", "audio", "sticker"])
    def test_a_file_without_words_is_named_in_the_body_and_said_to_be_missing(self, kind: str):
        found = heard(message(kind, {"id": "1013859600285441", "mime_type": "x/y", "sha256": "abc"}))
        assert found.text == ""
        assert "1013859600285441" in found.body
        assert "não foi baixado" in found.defects[0]

    def test_a_reply_names_what_it_replies_to(self):
        found = heard(text("isso mesmo", context={"from": "551140028922", "id": "wamid.0"}))
        assert found.in_reply_to == "wamid.0"

    def test_what_was_forwarded_or_came_from_an_advertisement_says_so(self):
        found = heard(
            text("veja", context={"forwarded": True}, referral={"headline": "Promo", "source_url": "https://fb.me/x"})
        )
        assert "[encaminhada]" in found.body
        assert "[veio de um anúncio: Promo, https://fb.me/x]" in found.body
        assert found.text == "veja"

    def test_who_hides_the_number_is_known_by_the_user_id(self):
        sent = {
            **{key: each for key, each in text("sem número").items() if key != "from"},
            "from_user_id": "BR.1349120865530274",
        }
        contacts = [{"profile": {"name": "Ana", "username": "ana.s"}, "user_id": "BR.1349120865530274"}]
        [found] = read(webhook(value(sent, contacts=contacts)))
        assert isinstance(found, Utterance)
        assert (found.author_address, found.conversation) == ("BR.1349120865530274", "BR.1349120865530274")
        assert found.author_name == "Ana"

    @pytest.mark.parametrize(
        "sent",
        [
            message("unsupported", {"type": "poll_update"}, errors=[{"code": 131051, "title": "Message type unknown"}]),
            message("hologram", {"body": "futuro"}),
            message(None),
            message("text"),
            message("text", ["no mapping"]),
            {"id": "wamid.1"},
        ],
    )
    def test_what_a_person_sent_and_nobody_can_read_is_a_message_with_a_defect_or_empty(self, sent: dict[str, Any]):
        found = heard(sent)
        assert found.own_id == "wamid.1"
        assert found.defects or found.text == ""

    def test_the_error_of_a_message_that_is_not_supported_is_told(self):
        found = heard(
            message("unsupported", {"type": "pin"}, errors=[{"code": 131051, "title": "Message type unknown"}])
        )
        assert any("131051" in defect for defect in found.defects)
        assert any("pin" in defect for defect in found.defects)

    @pytest.mark.parametrize("timestamp", [None, "", "ontem", 10**30, {"a": 1}])
    def test_a_time_that_is_none_is_a_defect(self, timestamp: object):
        found = heard({**text("oi"), "timestamp": timestamp})
        assert found.sent_at is None
        assert found.defects == ("sem hora de envio legível",)


class TestBatches:
    def test_all_messages_of_all_entries_and_changes_are_heard_in_order(self):
        body = webhook(value(text("um", "wamid.1"), text("dois", "wamid.2")), value(text("três", "wamid.3")))
        assert [found.text for found in read(body) if isinstance(found, Utterance)] == ["um", "dois", "três"]

    def test_messages_and_statuses_of_one_call_are_told_apart(self):
        status = {"id": "wamid.9", "status": "delivered", "timestamp": "1", "recipient_id": "5511987654321"}
        [said, aside] = read(webhook(value(text("oi"), statuses=[status])))
        assert isinstance(said, Utterance)
        assert isinstance(aside, Aside)
        assert (aside.kind, aside.own_id) == ("status", "wamid.9:delivered")
        assert aside.data["status"] == status

    def test_a_message_that_comes_again_in_another_batch_is_one_message(self, tmp_path: Path):
        hearing = Hearing(ADAPTER, tmp_path)
        first = webhook(value(text("um", "wamid.1")), value(text("dois", "wamid.2")))
        again = webhook(value(text("dois", "wamid.2"), text("três", "wamid.3")))
        found = hearing.messages([Delivery(body, "application/json") for body in (first, again)])
        assert [each.text for each in found] == ["um", "dois", "três"]

    def test_calls_of_one_account_stay_in_one_order(self):
        keys = set()
        for body in (AS_META_WRITES, webhook(value(text("outro", "wamid.7")))):
            found = post(body, signature(body))
            assert isinstance(found, Delivery)
            keys.add(found.order)
        assert keys == {None}

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (webhook({"event": "PHONE_NUMBER_QUALITY"}, field="phone_number_quality_update"), "change"),
            (webhook(value(errors=[{"code": 130429, "title": "Rate limit hit"}])), "error"),
            (webhook(value(message("system", {"body": "changed number", "type": "user_changed_number"}))), "system"),
            (webhook(value(message("request_welcome"))), "opened"),
            (webhook(value(message("revoke", {"original_message_id": "wamid.0"}))), "revoked"),
            (webhook(value(message("reaction", {"message_id": "wamid.0"}))), "reaction-removed"),
            (webhook(value(novelty=[{"a": 1}])), "unknown"),
            (b'{"object":"page","entry":[{"id":"1"}]}', "unknown"),
            (b'{"object":"whatsapp_business_account","entry":[7]}', "unknown"),
            (b"[]", "unknown"),
            (b"7", "unknown"),
        ],
    )
    def test_what_is_no_customers_word_is_kept_apart_with_all_its_data(self, body: bytes, kind: str):
        [found] = read(body)
        assert isinstance(found, Aside)
        assert found.kind == kind
        assert found.own_id
        assert found.data

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}"])
    def test_what_is_no_json_goes_to_a_person(self, body: bytes):
        with pytest.raises(Rejected):
            read(body)
