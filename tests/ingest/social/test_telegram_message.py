"""Telegram: the contract, and what its updates become. The payloads have the Bot API's own shape."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.adapter import Aside, Delivery, Original, Utterance
from ingest.social.telegram import ADAPTER, _delivery, read
from ouvidor.errors import Rejected
from ouvidor.records import Channel
from tests.ingest.contract import AdapterContract

JOANA = {"id": 900000001, "is_bot": False, "first_name": "Joana", "last_name": "Prado", "language_code": "pt-br"}
PRIVATE = {"id": 900000001, "first_name": "Joana", "last_name": "Prado", "type": "private"}
GROUP = {"id": -1001234567890, "title": "Moradores do Centro", "type": "supergroup"}
SAID_AT = 1763647200


def message(**content: object) -> dict[str, Any]:
    return {"message_id": 41, "from": JOANA, "chat": PRIVATE, "date": SAID_AT, **content}


def update(kind: str = "message", **content: object) -> dict[str, Any]:
    return {"update_id": 760546623, kind: message(**content)}


def said(found: dict[str, Any]) -> Utterance | Aside:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    body = json.dumps(found).encode()
    [one] = read(Original(Channel.SOCIAL, "telegram", "bot", body, "application/json", now))
    return one


def utterance(kind: str = "message", **content: object) -> Utterance:
    one = said(update(kind, **content))
    assert isinstance(one, Utterance)
    return one


class TestTelegram(AdapterContract):
    adapter = ADAPTER
    samples = tuple(
        json.dumps(each).encode()
        for each in (
            {"update_id": 1, "message": message(text="Sem luz há dois dias 😡")},
            {"update_id": 2, "message": message(message_id=42, caption="olhem", photo=[{"file_id": "a"}])},
            {"update_id": 3, "edited_message": message(text="Sem luz há três dias", edit_date=SAID_AT + 60)},
            {"update_id": 4, "message": message(message_id=43, chat=GROUP, text="e aqui?", reply_to_message=message())},
        )
    )

    def saying(self, words: str) -> bytes:
        return json.dumps({"update_id": 9, "message": message(text=words)}).encode()

    def delivery(self, body: bytes) -> Delivery:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            return super().delivery(body)
        made = _delivery(found)
        return Delivery(body, made.media_type, own_id=made.own_id, order=made.order)


def test_a_text_tells_who_said_what_and_when():
    one = utterance(text="Bom dia!\nA luz não voltou.")
    assert (one.text, one.body) == ("Bom dia!\nA luz não voltou.", "Bom dia!\nA luz não voltou.")
    assert one.sent_at == datetime(2025, 11, 20, 14, 0, tzinfo=UTC)
    assert (one.author_name, one.author_address) == ("Joana Prado", "900000001")
    assert one.message_id == "41"
    assert one.public is False
    assert one.defects == ()


def test_an_edit_is_a_second_utterance_of_the_same_conversation():
    first, second = utterance(text="um"), utterance("edited_message", text="dois", edit_date=SAID_AT + 60)
    assert second.conversation == first.conversation
    assert second.sent_at == datetime(2025, 11, 20, 14, 1, tzinfo=UTC)
    assert second.body == "dois\n\n[mensagem editada]"
    assert _delivery(update(text="um")).own_id == "760546623.41"
    assert _delivery({**update("edited_message", text="dois"), "update_id": 760546624}).own_id == "760546624.41"


def test_an_id_that_begins_anew_after_a_silent_week_is_another_message():
    assert _delivery(update(text="um")).own_id != _delivery(update(message_id=99, text="um")).own_id


def test_a_caption_is_the_customers_words_and_the_photo_is_missed_aloud():
    one = utterance(
        caption="olhem o buraco",
        photo=[{"file_id": "small", "file_size": 900}, {"file_id": "large", "file_size": 90_000}],
    )
    assert one.text == "olhem o buraco"
    assert one.body == "olhem o buraco\n\n[foto]"
    assert one.defects == ("arquivo não trazido do Telegram: foto (90000 bytes), file_id large",)


def test_a_voice_message_alone_is_heard_although_nobody_can_read_it_yet():
    one = utterance(voice={"file_id": "v", "duration": 7, "mime_type": "audio/ogg", "file_size": 1200})
    assert one.text == ""
    assert one.body == "[mensagem de voz]"
    assert one.defects == ("arquivo não trazido do Telegram: mensagem de voz (audio/ogg, 1200 bytes), file_id v",)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ({"contact": {"phone_number": "+5511900000000", "first_name": "Rui"}}, "[contato] Rui +5511900000000"),
        ({"location": {"latitude": -23.5, "longitude": -46.6}}, "[localização] -23.5, -46.6"),
        (
            {"venue": {"title": "UPA", "address": "Rua A, 1"}, "location": {"latitude": 1.0, "longitude": 2.0}},
            "[local] UPA, Rua A, 1\n\n[localização] 1.0, 2.0",
        ),
        ({"poll": {"question": "Quem?", "options": [{"text": "eu"}, {"text": "nós"}]}}, "[enquete] Quem?: eu / nós"),
    ],
)
def test_what_is_shared_stands_where_a_person_sees_it(content: dict[str, Any], line: str):
    assert utterance(**content).body == line


def test_a_reply_shows_what_it_replies_to_but_those_are_not_the_customers_new_words():
    one = utterance(text="não resolveu", reply_to_message=message(message_id=40, text="Já foi\nresolvido."))
    assert one.text == "não resolveu"
    assert one.body == "> Já foi\n> resolvido.\n\nnão resolveu"
    assert one.in_reply_to == "40"


def test_a_forward_says_from_whom():
    origin = {"type": "hidden_user", "sender_user_name": "Vizinho", "date": SAID_AT - 9}
    assert utterance(text="acabou a água", forward_origin=origin).body == "[encaminhada de Vizinho]\n\nacabou a água"


def test_hidden_links_are_shown_and_offsets_are_counted_as_telegram_counts_them():
    one = utterance(
        text="😡 veja aqui e ali",
        entities=[
            {"type": "text_link", "offset": 8, "length": 4, "url": "https://a.example/"},
            {"type": "text_link", "offset": 15, "length": 3, "url": "https://b.example/"},
            {"type": "bold", "offset": 0, "length": 2},
        ],
    )
    assert one.text == "😡 veja aqui e ali"
    assert one.body == "😡 veja aqui <https://a.example/> e ali <https://b.example/>"


def test_what_is_said_in_a_group_is_public_and_a_topic_is_a_conversation_of_its_own():
    one = utterance(chat=GROUP, text="oi", is_topic_message=True, message_thread_id=7)
    assert one.public is True
    assert one.conversation == "-1001234567890/7"
    assert utterance(chat=GROUP, text="oi").conversation == "-1001234567890"


def test_a_channel_speaks_by_its_name():
    channel = {"id": -100777, "title": "Jornal do Bairro", "type": "channel"}
    found = {"message_id": 5, "sender_chat": channel, "chat": channel, "date": SAID_AT, "text": "Falta água"}
    one = said({"update_id": 1, "channel_post": found})
    assert isinstance(one, Utterance)
    assert (one.author_name, one.author_address, one.public) == ("Jornal do Bairro", "-100777", True)


@pytest.mark.parametrize(
    ("kind", "content", "aside"),
    [
        ("message", {"new_chat_members": [JOANA]}, "joined"),
        ("message", {"left_chat_member": JOANA}, "left"),
        ("message", {"migrate_to_chat_id": -100999}, "migrated"),
        ("message", {"pinned_message": {"message_id": 1}}, "pinned"),
        ("message", {"new_chat_title": "Outro"}, "service"),
        ("message", {"text": "/start promo"}, "start"),
        ("message", {"text": "resposta", "from": {"id": 1, "is_bot": True, "first_name": "Ouvidoria"}}, "own"),
        ("message", {"text": "aviso", "chat": GROUP, "sender_chat": GROUP}, "own"),
        ("message", {"text": "aviso", "chat": GROUP, "is_automatic_forward": True}, "own"),
        ("business_message", {"text": "resposta nossa", "from": {"id": 5, "is_bot": False}}, "own"),
    ],
)
def test_what_is_no_customers_word_is_kept_apart(kind: str, content: dict[str, Any], aside: str):
    one = said(update(kind, **content))
    assert isinstance(one, Aside)
    assert one.kind == aside


def test_a_customer_of_a_business_chat_is_heard():
    assert utterance("business_message", text="oi").text == "oi"


@pytest.mark.parametrize("kind", ["message_reaction", "my_chat_member", "callback_query"])
def test_updates_that_are_no_messages_are_asides(kind: str):
    one = said({"update_id": 3, kind: {"chat": PRIVATE}})
    assert isinstance(one, Aside)
    assert one.kind == kind.replace("_", "-")


def test_an_update_of_an_unknown_kind_is_kept_under_one_name():
    one = said({"update_id": 3, "telepathy": {"text": "…"}})
    assert isinstance(one, Aside)
    assert one.kind == "unknown"
    assert one.data["telepathy"] == {"text": "…"}


def test_a_content_that_nobody_knows_yet_is_never_taken_for_a_service_message():
    one = utterance(hologram={"file_id": "h"})
    assert one.defects == ("conteúdo de tipo desconhecido, só no original: hologram",)


@pytest.mark.parametrize("body", [b"", b"null", b"[1]", b'"x"', b'{"message": 3}', b"[" * 200_000])
def test_what_is_no_update_is_refused(body: bytes):
    now = datetime(2026, 11, 20, tzinfo=UTC)
    with pytest.raises(Rejected):
        list(read(Original(Channel.SOCIAL, "telegram", "bot", body, "application/json", now)))


@pytest.mark.parametrize("date", [None, "ontem", -1, 10**30, 1.5, True, [SAID_AT]])
def test_a_date_that_is_none_costs_no_word(date: object):
    assert utterance(text="oi", date=date).text == "oi"
