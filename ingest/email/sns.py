"""Amazon SNS: is a call from Amazon, and for our topic? Its certificate is fetched from Amazon alone.

Who calls names the address of the certificate, so the address is what must be trusted first: HTTPS, Amazon's own host
for SNS, and the form of name that these files have. Fetched ones are kept; Amazon changes them once a year or so.

Source: Amazon SNS Developer Guide, "Verifying the signatures of Amazon SNS messages" (2026).
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.x509 import load_pem_x509_certificate

from ouvidor.errors import Unavailable

__all__ = ["certificate_url", "fetch_certificate", "is_signed", "visit"]

_HOST: Final = r"https://sns\.[a-z0-9-]{3,30}\.amazonaws\.com(?:\.cn)?"
_CERTIFICATE: Final = re.compile(_HOST + r"/SimpleNotificationService-[0-9a-zA-Z]{1,64}\.pem")
_CONFIRMATION: Final = re.compile(_HOST + r"/\?Action=ConfirmSubscription&[!-~]{1,2000}")
_LARGEST: Final = 64 * 1024
_MOST_KEPT: Final = 32
_PATIENCE: Final = aiohttp.ClientTimeout(total=10)

# The order is Amazon's: of names by the alphabet.
_SIGNED: Final = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}

_kept: dict[str, bytes] = {}


def certificate_url(data: Mapping[str, Any]) -> str | None:
    """Give the address of a call's certificate, if it is one of Amazon's."""
    url = data.get("SigningCertURL")
    return url if isinstance(url, str) and _CERTIFICATE.fullmatch(url) else None


async def fetch_certificate(url: str) -> bytes:
    """Fetch a certificate, or give it from the last time. Raises `Unavailable`."""
    if (known := _kept.get(url)) is None:
        known = await _get(url)
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[url] = known
    return known


async def visit(url: str) -> None:
    """Confirm a subscription. Raises `Unavailable`."""
    if _CONFIRMATION.fullmatch(url):
        await _get(url)


def is_signed(data: Mapping[str, Any], certificate: bytes) -> bool:
    """Tell whether a call's signature is that of the certificate's owner."""
    names = _SIGNED.get(str(data.get("Type")))
    if names is None:
        return False
    words = "".join(f"{name}\n{data[name]}\n" for name in names if isinstance(data.get(name), str))
    try:
        key = load_pem_x509_certificate(certificate).public_key()
        signature = b64decode(str(data.get("Signature")), validate=True)
        if not isinstance(key, RSAPublicKey):
            return False
        # The first version is Amazon's default still.
        algorithm = SHA256() if data.get("SignatureVersion") == "2" else SHA1()  # noqa: S303
        key.verify(signature, words.encode("utf-8", "surrogatepass"), PKCS1v15(), algorithm)
    except (InvalidSignature, ValueError, Base64Error):
        return False
    return True


def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=_PATIENCE)


async def _get(url: str) -> bytes:
    try:
        async with _session() as session, session.get(url, allow_redirects=False) as answer:
            body = await answer.content.read(_LARGEST)
            if answer.status != 200:  # noqa: PLR2004 - HTTP's yes
                raise Unavailable(f"Amazon SNS: {answer.status} where its certificate or confirmation is expected")
            return body
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable(
            f"Amazon SNS: its certificate or confirmation cannot be had: {type(error).__name__}"
        ) from None
