"""What one message of Telegram says, in our words.

Only what the customer wrote is `text`; what a person must see beside it (a quoted message, a place, a phone number that
was shared, a forwarder) is in `body`. Files stay at Telegram for now: a defect names each, so that a person can ask.
A service message (somebody joined, a title changed) is an aside; a content that is not known here is never taken for
one: a person gets it.

Source: Telegram Bot API, "Message", "MessageEntity" (offsets are in UTF-16 code units).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ingest.adapter import Aside, Utterance

__all__ = ["read_message"]

_FILES: Final = {
    "animation": "animação",
    "audio": "áudio",
    "document": "documento",
    "live_photo": "foto animada",
    "photo": "foto",
    "sticker": "figurinha",
    "video": "vídeo",
    "video_note": "mensagem de vídeo",
    "voice": "mensagem de voz",
}
# fmt: off
_CHANGES: Final = (
    "boost_added", "channel_chat_created", "chat_background_set", "chat_owner_changed", "chat_owner_left",
    "connected_website", "delete_chat_photo", "forum_topic_closed", "forum_topic_created", "forum_topic_edited",
    "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden", "giveaway",
    "giveaway_completed", "giveaway_created", "giveaway_winners", "group_chat_created",
    "message_auto_delete_timer_changed", "new_chat_photo", "new_chat_title", "proximity_alert_triggered",
    "supergroup_chat_created", "video_chat_ended", "video_chat_participants_invited", "video_chat_scheduled",
    "video_chat_started", "write_access_allowed",
)
# fmt: on
_SERVICE: Final = {
    "new_chat_members": "joined",
    "left_chat_member": "left",
    "migrate_to_chat_id": "migrated",
    "migrate_from_chat_id": "migrated",
    "pinned_message": "pinned",
    **dict.fromkeys(_CHANGES, "service"),
}
# fmt: off
_FRAME: Final = frozenset((
    "author_signature", "business_connection_id", "chat", "date", "direct_messages_topic", "edit_date", "effect_id",
    "entities", "caption_entities", "external_reply", "forward_date", "forward_from", "forward_from_chat",
    "forward_from_message_id", "forward_origin", "forward_sender_name", "forward_signature", "from",
    "has_media_spoiler", "has_protected_content", "is_automatic_forward", "is_from_offline", "is_topic_message",
    "link_preview_options", "media_group_id", "message_id", "message_thread_id", "paid_star_count", "quote",
    "reply_markup", "reply_to_checklist_task_id", "reply_to_message", "reply_to_story", "sender_boost_count",
    "sender_business_bot", "sender_chat", "sender_tag", "show_caption_above_media", "suggested_post_info", "via_bot",
))
# fmt: on
"""What stands around a content and is none."""
_MOST_LINKS: Final = 1000  # Telegram allows 100
_GREATEST_TIME: Final = 253_402_128_000  # of the year 9999, the last that a record holds


def read_message(message: Mapping[str, Any], *, own_id: str, edited: bool, business: bool) -> Utterance | Aside:
    """Turn a message into what the customer said.

    An edited message is a new utterance of the same conversation: the department must see both. `business` says that
    it comes from a chat of our own account, in which we speak too.
    """
    for key, kind in _SERVICE.items():
        if key in message:
            return Aside(kind, own_id, message)
    sender, chat = _of(message.get("from")), _of(message.get("chat"))
    if _is_ours(message, sender, chat, business=business):
        return Aside("own", own_id, message)
    text = _text(message.get("text")) or _text(message.get("caption"))
    if text == "/start" or text.startswith("/start "):
        return Aside("start", own_id, message)  # Telegram sends it when a chat with the bot is opened

    told, defects = _contents(message)
    linked = _with_links(text, message.get("entities") or message.get("caption_entities"))
    parts = [_forwarded(message), _quoted(message), linked, *told, "[mensagem editada]" if edited else ""]
    author, address = _author(message, sender)
    conversation = str(chat.get("id", ""))
    if message.get("is_topic_message") is True:
        conversation += f"/{message.get('message_thread_id', '')}"
    reply = _of(message.get("reply_to_message"))
    return Utterance(
        text=text,
        body="\n\n".join(part for part in parts if part),
        sent_at=_moment(message.get("edit_date")) if edited else _moment(message.get("date")),
        author_name=author or None,
        author_address=address or None,
        conversation=conversation or None,
        message_id=_text(message.get("message_id")) or None,
        in_reply_to=_text(reply.get("message_id")) or None,
        public=_text(chat.get("type")) in {"group", "supergroup", "channel"},
        defects=tuple(defects),
    )


def _is_ours(message: Mapping[str, Any], sender: Mapping[str, Any], chat: Mapping[str, Any], *, business: bool) -> bool:
    """Tell our own words: of a bot, of our account in a business chat, of our channel, of a group's hidden admin."""
    speaker = _of(message.get("sender_chat"))
    if message.get("is_automatic_forward") is True or "sender_business_bot" in message:
        return True
    if speaker:
        return speaker.get("id") == chat.get("id") and chat.get("type") != "channel"
    return sender.get("is_bot") is True or (business and bool(sender) and sender.get("id") != chat.get("id"))


def _author(message: Mapping[str, Any], sender: Mapping[str, Any]) -> tuple[str, str]:
    """Give who spoke: name and Telegram's id. Who speaks as a channel is that channel."""
    if speaker := _of(message.get("sender_chat")):
        return _text(message.get("author_signature")) or _text(speaker.get("title")), _text(speaker.get("id"))
    name = " ".join(part for part in (_text(sender.get("first_name")), _text(sender.get("last_name"))) if part)
    return name or _text(sender.get("username")), _text(sender.get("id"))


def _contents(message: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Give what a message holds beside words: lines for a person, and what is missing."""
    lines: list[str] = []
    defects: list[str] = []
    for key, name in _FILES.items():
        if key in message:
            found = message[key]
            file = _of(found[-1] if isinstance(found, list) and found else found)  # of a photo the last is the largest
            lines.append(f"[{name}]" + (f" {_text(file.get('emoji'))}" if file.get("emoji") else ""))
            about = (_text(file.get(each)) for each in ("file_name", "mime_type"))
            size = f"{file['file_size']} bytes" if isinstance(file.get("file_size"), int) else ""
            told = ", ".join(each for each in (*about, size) if each)
            defects.append(f"arquivo não trazido do Telegram: {name} ({told}), file_id {_text(file.get('file_id'))}")
    if contact := _of(message.get("contact")):
        told = " ".join(_text(contact.get(each)) for each in ("first_name", "last_name", "phone_number"))
        lines.append(f"[contato] {' '.join(told.split())}")
    if venue := _of(message.get("venue")):
        lines.append(f"[local] {_text(venue.get('title'))}, {_text(venue.get('address'))}")
    if place := _of(message.get("location")):
        lines.append(f"[localização] {_text(place.get('latitude'))}, {_text(place.get('longitude'))}")
    if poll := _of(message.get("poll")):
        options = poll.get("options")
        choices = [_text(_of(each).get("text")) for each in options] if isinstance(options, list) else []
        lines.append(f"[enquete] {_text(poll.get('question'))}: {' / '.join(choices)}")
    if dice := _of(message.get("dice")):
        lines.append(f"[dado] {_text(dice.get('emoji'))} {_text(dice.get('value'))}")
    known = {"text", "caption", "contact", "venue", "location", "poll", "dice", *_FILES, *_FRAME}
    defects.extend(
        f"conteúdo de tipo desconhecido, só no original: {_text(key)[:60]}" for key in message if key not in known
    )
    return lines, defects


def _forwarded(message: Mapping[str, Any]) -> str:
    origin = _of(message.get("forward_origin"))
    if not origin:
        return ""
    person = _of(origin.get("sender_user"))
    chat = _of(origin.get("sender_chat")) or _of(origin.get("chat"))
    name = (
        " ".join(part for part in (_text(person.get("first_name")), _text(person.get("last_name"))) if part)
        or _text(origin.get("sender_user_name"))
        or _text(chat.get("title"))
    )
    return f"[encaminhada de {name}]" if name else "[encaminhada]"


def _quoted(message: Mapping[str, Any]) -> str:
    """Give what the customer replies to, as mail quotes it."""
    reply = _of(message.get("reply_to_message"))
    said = _text(_of(message.get("quote")).get("text")) or _text(reply.get("text")) or _text(reply.get("caption"))
    return "\n".join(f"> {line}" for line in said.splitlines())


def _with_links(text: str, entities: Any) -> str:  # noqa: ANN401 - whatever the network gives
    """Write the addresses of linked words behind them."""
    if not isinstance(entities, list):
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    links = []
    for entity in map(_of, entities[:_MOST_LINKS]):
        offset, length, url = entity.get("offset"), entity.get("length"), entity.get("url")
        if entity.get("type") == "text_link" and isinstance(offset, int) and isinstance(length, int) and url:
            links.append((2 * (offset + length), f" <{_text(url)}>"))
    for at, link in sorted(links, reverse=True):
        if 0 <= at <= len(units):
            units = units[:at] + link.encode("utf-16-le", "surrogatepass") + units[at:]
    return units.decode("utf-16-le", "replace")


def _moment(seconds: Any) -> datetime | None:  # noqa: ANN401 - whatever the network gives
    if not isinstance(seconds, int) or not 0 < seconds <= _GREATEST_TIME:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _of(value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the network gives
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:  # noqa: ANN401 - whatever the network gives
    return value if isinstance(value, str) else str(value) if isinstance(value, int | float) else ""
