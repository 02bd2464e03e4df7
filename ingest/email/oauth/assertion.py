"""Signed words in the place of a person or a secret: Microsoft's certificates, Google's service accounts.

This alone needs a library of its own (`ouvidor[mail-oauth]`): signing is not to be written by hand.

Source: RFC 7523; Microsoft, "Certificate credentials" (PS256, `x5t#S256`); Google, "Using OAuth 2.0 for Server to
Server Applications" (`sub` is the mailbox's user, by domain-wide delegation).
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from ingest.email.oauth.settings import OAuth
from ouvidor.errors import Misconfigured

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = ["ends_at", "for_certificate", "for_service_account"]

_LIFE: Final = timedelta(minutes=10)


def for_certificate(oauth: OAuth, now: datetime) -> str:
    """Say who the application is, signed with its certificate's key. Raises `Misconfigured`."""
    path = oauth.certificate_file or Path()
    pem = _read(path, "certificate_file")
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - an extra, wanted by few

    thumb = base64.urlsafe_b64encode(_certificate(path, pem).fingerprint(SHA256())).rstrip(b"=").decode()
    claims = {"iss": oauth.client_id, "sub": oauth.client_id, "aud": oauth.its_token_url, "jti": str(uuid4())}
    return _sign(claims, _key(path, pem), "PS256", {"x5t#S256": thumb}, now, where=f"certificate_file: {path}")


def for_service_account(oauth: OAuth, user: str, now: datetime) -> str:
    """Say that the service account acts for a user, signed with its key. Raises `Misconfigured`."""
    path = oauth.key_file or Path()
    try:
        account = json.loads(_read(path, "key_file"))
        key, issuer, number = account["private_key"], account["client_email"], account.get("private_key_id")
    except (ValueError, KeyError, TypeError):
        raise Misconfigured(f"key_file: {path}: not the key of a service account (JSON, as it is downloaded)") from None
    claims = {"iss": issuer, "sub": user, "scope": oauth.its_scope, "aud": oauth.its_token_url}
    return _sign(claims, key, "RS256", {"kid": number} if number else {}, now, where=f"key_file: {path}")


def ends_at(oauth: OAuth) -> datetime | None:
    """Give the day on which the application's own right ends, as far as it can be known. Raises `Misconfigured`."""
    if oauth.certificate_file is not None:
        pem = _read(oauth.certificate_file, "certificate_file")
        return _certificate(oauth.certificate_file, pem).not_valid_after_utc
    day = oauth.client_secret_expires
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _sign(
    claims: dict[str, Any], key: object, algorithm: str, headers: dict[str, Any], now: datetime, *, where: str
) -> str:
    jwt = _library()
    times = {"iat": int(now.timestamp()), "nbf": int(now.timestamp()), "exp": int((now + _LIFE).timestamp())}
    try:
        signed: str = jwt.encode({**claims, **times}, key, algorithm=algorithm, headers=headers)
    except (ValueError, TypeError, jwt.PyJWTError):
        raise Misconfigured(
            f"{where}: its private key cannot be used: an RSA key without a password is wanted"
        ) from None
    return signed


def _key(path: Path, pem: bytes) -> object:
    _library()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - an extra

    try:
        return load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        raise Misconfigured(f"certificate_file: {path}: holds no private key without a password, in PEM") from None


def _certificate(path: Path, pem: bytes) -> "Certificate":
    _library()
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - an extra

    try:
        return load_pem_x509_certificate(pem)
    except ValueError:
        raise Misconfigured(f"certificate_file: {path}: holds no certificate in PEM") from None


def _library() -> Any:  # noqa: ANN401 - a module
    try:
        import cryptography  # noqa: F401, PLC0415 - an extra
        import jwt  # noqa: PLC0415 - the same
    except ModuleNotFoundError as error:
        raise Misconfigured(
            f"flow: app with a certificate or a key needs {error.name}, which is not installed: "
            "pip install 'ouvidor[mail-oauth]'"
        ) from error
    return jwt


def _read(path: Path, key: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{key}: cannot read {path}: {error.strerror or type(error).__name__}") from error
