"""LMTP and SMTP: mail that servers hand over at a port of ours.

The usual way is LMTP from your own mail server: it speaks with the world, knows spam and TLS, and keeps a mail in its
queue until we have said 250, which we do when the mail is durable. What the envelope tells travels as hints beside the
bytes, which stay as they came.

Source: RFC 2033, RFC 5321.
"""

from ingest.adapter import Adapter
from ingest.email.deliveries import MEDIA_TYPE
from ingest.email.parse import read
from ingest.email.smtp_server import listening, tls_of
from ingest.email.smtp_settings import SmtpAccount
from ouvidor.records import Channel

__all__ = ["ADAPTER"]


async def _check(account: SmtpAccount) -> None:
    tls_of(account)


ADAPTER = Adapter(
    channel=Channel.EMAIL,
    network="smtp",
    settings=SmtpAccount,
    read=read,
    media_type=MEDIA_TYPE,
    listen=listening,
    check=_check,
)
