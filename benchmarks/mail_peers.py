# ruff: noqa: ARG001 - all cutters are asked alike
"""The libraries that others read mail with, each asked in its own way for what ours is asked for.

None is a dependency of ours: `pip install --group peers` brings them. One that is missing is left out of the tables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from importlib.metadata import PackageNotFoundError, version

from ingest.adapter import Original, Utterance
from ingest.email.own_words import own_words
from ingest.email.parse import read
from ouvidor.records import Channel

__all__ = ["BOUNCES", "CUTTERS", "READERS", "Read", "installed"]


@dataclass(frozen=True)
class Read:
    """What a reader gives of a mail."""

    subject: str | None
    author: str | None
    sent_at: datetime | None
    text: str
    files: list[str | None]


def installed(package: str) -> str | None:
    """Give a contestant's name and version; None where it is not installed."""
    try:
        return "ours" if package == "ours" else f"{package} {version(package)}"
    except PackageNotFoundError:
        return None


def heard(mail: bytes) -> Utterance:
    """Read a mail as the adapter does."""
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    [found] = read(Original(Channel.EMAIL, "imap", "caixa", mail, "message/rfc822", at))
    assert isinstance(found, Utterance)
    return found


def _read_ours(mail: bytes) -> Read:
    found = heard(mail)
    return Read(found.subject, found.author_address, found.sent_at, found.body, [file.name for file in found.files])


def _read_mail_parser(mail: bytes) -> Read:
    import mailparser

    found = mailparser.parse_from_bytes(mail)
    sent_at = found.date if found.date is None or found.date.tzinfo else found.date.replace(tzinfo=UTC)
    author = found.from_[0][1] if found.from_ else None
    text = "\n".join([*found.text_plain, *found.text_html])
    return Read(found.subject or None, author or None, sent_at, text, [each["filename"] for each in found.attachments])


def _read_imap_tools(mail: bytes) -> Read:
    import imap_tools

    found = imap_tools.MailMessage.from_bytes(mail)
    sent_at = None if found.date.year == 1900 else found.date  # its word for "none"
    text = f"{found.text}\n{found.html}"
    return Read(
        found.subject or None, found.from_ or None, sent_at, text, [each.filename for each in found.attachments]
    )


def _cut_ours(text: str, subject: str | None) -> str:
    return own_words(text, [], subject).text


def _cut_mail_parser_reply(text: str, subject: str | None) -> str:
    from mailparser_reply import EmailReplyParser
    from mailparser_reply.constants import MAIL_LANGUAGES

    return EmailReplyParser(languages=list(MAIL_LANGUAGES)).parse_reply(text) or ""


def _cut_quotequail(text: str, subject: str | None) -> str:
    import quotequail

    return "\n".join(part for is_shown, part in quotequail.quote(text) if is_shown)


def _cut_unquotemail(text: str, subject: str | None) -> str:
    from unquotemail import Unquote

    return Unquote(html=None, text=text).get_text() or ""


def _bounce_ours(mail: bytes) -> tuple[str, set[str]] | None:
    found = heard(mail).automatic
    return (found.kind, set(found.recipients)) if found and found.kind in {"bounce", "delay"} else None


def _bounce_flufl(mail: bytes) -> tuple[str, set[str]] | None:
    from flufl.bounce import all_failures

    temporary, permanent = all_failures(message_from_bytes(mail))
    if permanent:
        return "bounce", {address.decode("ascii", "replace") for address in permanent}
    return ("delay", {address.decode("ascii", "replace") for address in temporary}) if temporary else None


READERS: dict[str, Callable[[bytes], Read]] = {
    "ours": _read_ours,
    "mail-parser": _read_mail_parser,
    "imap-tools": _read_imap_tools,
}
CUTTERS: dict[str, Callable[[str, str | None], str]] = {
    "ours": _cut_ours,
    "mail-parser-reply": _cut_mail_parser_reply,
    "quotequail": _cut_quotequail,
    "unquotemail": _cut_unquotemail,
}
BOUNCES: dict[str, Callable[[bytes], tuple[str, set[str]] | None]] = {
    "ours": _bounce_ours,
    "flufl.bounce": _bounce_flufl,
}
