"""Amazon SES: mail that a receipt rule publishes to a topic of SNS, at `/ses/<account>`.

With the rule's encoding Base64 a mail comes byte for byte (up to 150 KB: larger ones must go by S3); with UTF-8 Amazon
has made words of it already. Where a rule puts mails into S3 and only tells so, the mail is not fetched: who wrote, and
about what, is heard, and a defect names the object for a person.

Once its signature and topic fit, the call with which Amazon asks whether this address is ours is answered by itself.

Source: Amazon SES Developer Guide, "Notifications for Amazon SES email receiving: contents, examples" (2026).
"""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from pydantic import Field, field_validator

from ingest.adapter import Account, Adapter, Answer, Aside, Call, Delivery, Original, Utterance
from ingest.email.addresses import read_addresses
from ingest.email.deliveries import MEDIA_TYPE
from ingest.email.parse import read
from ingest.email.pushed import as_bytes, mail_inside, words_of
from ingest.email.sns import certificate_url, fetch_certificate, is_signed, visit
from ingest.loose_json import read_json
from ouvidor.errors import Rejected
from ouvidor.records import Channel

__all__ = ["ADAPTER", "Ses"]

_JSON: Final = "application/json"


class Ses(Account):
    """Topics of SNS to which receipt rules of SES publish."""

    topics: tuple[str, ...] = Field(min_length=1)
    """The topics' ARNs: a call of any other is refused, however well Amazon signed it."""

    @field_validator("topics")
    @classmethod
    def _are_topics(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(each.startswith("arn:aws") and ":sns:" in each for each in given):
            raise ValueError("the ARN of a topic is expected, such as arn:aws:sns:sa-east-1:123456789012:mail")
        return given


async def _look_up(call: Call, account: Ses) -> bytes | None:
    data = _envelope(call.body)
    url = certificate_url(data) if data.get("TopicArn") in account.topics else None
    return None if url is None else await fetch_certificate(url)


def _accept(call: Call, account: Ses) -> Delivery | Answer:
    if call.method != "POST":
        return Answer(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    if not call.complete:
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, b"larger than ingest.http.body_limit: raise it\n")
    data = _envelope(call.body)
    if call.known is None or data.get("TopicArn") not in account.topics or not is_signed(data, call.known):
        return Answer(HTTPStatus.UNAUTHORIZED, b"not signed by Amazon SNS for a topic of this account\n")
    if data["Type"] == "SubscriptionConfirmation":
        return Answer(visit=words_of(data.get("SubscribeURL")))
    notice = _notice(data)
    mail, receipt = notice.get("mail"), notice.get("receipt")
    content = notice.get("content")
    if isinstance(content, str) and content and isinstance(mail, Mapping):
        to = receipt.get("recipients") if isinstance(receipt, Mapping) else None
        recipients = [each for each in map(words_of, to if isinstance(to, list) else []) if each]
        return mail_inside(_content(content, receipt), words_of(mail.get("source")), recipients)
    return Delivery(call.body, _JSON, own_id=f"sns {words_of(data.get('MessageId'))}")


def _envelope(body: bytes) -> Mapping[str, Any]:
    try:
        data = read_json(body)
    except Rejected:
        return {}
    return data if isinstance(data, Mapping) else {}


def _notice(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read what SES tells inside of what SNS tells."""
    return _envelope(words_of(data.get("Message")).encode("utf-8", "surrogatepass"))


def _content(content: str, receipt: Any) -> bytes:  # noqa: ANN401 - whatever JSON holds
    action = receipt.get("action") if isinstance(receipt, Mapping) else None
    encoding = words_of(action.get("encoding")) if isinstance(action, Mapping) else ""
    head = content[:1000]
    if encoding.upper() == "BASE64" or (":" not in head and " " not in head):
        try:
            return b64decode(content)
        except (Base64Error, ValueError):
            pass
    return as_bytes(content)


def _read(original: Original) -> Iterable[Utterance | Aside]:
    if original.media_type == MEDIA_TYPE:
        return read(original)
    data = _envelope(original.body)
    notice = _notice(data)
    mail = notice.get("mail")
    if (
        data.get("Type") != "Notification"
        or notice.get("notificationType") != "Received"
        or not isinstance(mail, Mapping)
    ):
        if not data:
            raise Rejected("not what Amazon SNS sends: a JSON object is expected")
        kind = "notification" if data.get("Type") == "Notification" else "subscription"
        return [Aside(kind, words_of(data.get("MessageId")) or sha256(original.body).hexdigest(), dict(data))]
    return [_without_text(mail, notice)]


def _without_text(mail: Mapping[str, Any], notice: Mapping[str, Any]) -> Utterance:
    common = mail.get("commonHeaders")
    common = common if isinstance(common, Mapping) else {}
    first = common.get("from")
    given = words_of(first[0]) if isinstance(first, list) and first else ""
    author = next(read_addresses(as_bytes(given)), None)
    action = notice.get("receipt")
    action = action.get("action") if isinstance(action, Mapping) else None
    action = action if isinstance(action, Mapping) else {}
    place = f"s3://{words_of(action.get('bucketName'))}/{words_of(action.get('objectKey'))}"
    return Utterance(
        text="",
        body="",
        own_id=f"ses {words_of(mail.get('messageId'))}",
        subject=words_of(common.get("subject")) or None,
        author_name=author.name if author else None,
        author_address=(author.address if author else None) or words_of(mail.get("source")) or None,
        message_id=words_of(common.get("messageId")).strip("<>") or None,
        defects=(f"o texto não veio com o aviso e não é buscado: está em {place}",),
    )


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="ses",
    settings=Ses,
    read=_read,
    media_type=_JSON,
    accept=_accept,
    look_up=_look_up,
    visit=visit,
)
