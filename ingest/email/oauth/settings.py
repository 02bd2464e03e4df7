"""How a mailbox is entered with OAuth: which provider, whose grant, and where its servers are.

Google gives no mail scope by device code (its device endpoint answers `invalid_scope` for Gmail), so its way is the
browser; Microsoft 365 takes both. Addresses may be overridden, for national clouds and for other providers.

Source: Microsoft, "Authenticate an IMAP, POP or SMTP connection using OAuth"; Google, "OAuth 2.0 Mechanism" of Gmail,
"OAuth 2.0 for TV and Limited-Input Device Applications" (allowed scopes); RFC 6749, RFC 8628, RFC 8252.
"""

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from ouvidor.config import Section
from ouvidor.secret_files import KEPT
from ouvidor.settings import is_loopback

__all__ = ["OAuth"]

Flow = Literal["device", "browser", "app"]
_USUAL: Final[dict[str, Flow]] = {"microsoft": "device", "google": "browser", "other": "device"}
_MICROSOFT_MAIL: Final = "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
_MICROSOFT_APP: Final = "https://outlook.office365.com/.default"
_GOOGLE_MAIL: Final = "https://mail.google.com/"
_GOOGLE_TOKEN: Final = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
_GOOGLE_AUTHORIZE: Final = "https://accounts.google.com/o/oauth2/v2/auth"
_SHARED_TENANTS: Final = frozenset({"common", "organizations", "consumers"})


class OAuth(Section):
    """How the mailbox is entered without a password. The first grant is given once: `ouvidor mail login ACCOUNT`."""

    provider: Literal["microsoft", "google", "other"]
    """Whose servers give the tokens. `other` needs its addresses and its `scope`."""
    flow: Flow | None = None
    """`device`: a person types a code on any device; `browser`: a person agrees in a browser; `app`: the application's
    own right, without a person (Microsoft: client credentials; Google: a service account with domain-wide delegation).
    Not given: device, with Google browser."""
    client_id: str | None = Field(None, min_length=1, max_length=500)
    """The application's id, as it was registered with the provider. Not for a Google service account."""
    client_secret: SecretStr | None = None
    """The application's secret, where it has one: Google's desktop clients do, Microsoft's public clients do not."""
    client_secret_expires: date | None = None
    """The day on which the secret ends (Microsoft shows it when the secret is made): we warn before it."""
    certificate_file: Annotated[Path | None, KEPT] = None
    """Microsoft's `app` with a certificate instead of a secret: PEM with certificate and private key."""
    key_file: Annotated[Path | None, KEPT] = None
    """Google's `app`: the service account's key, as it was downloaded (JSON)."""
    tenant: str = Field("organizations", pattern=r"^[A-Za-z0-9.-]{1,200}$")
    """Microsoft: the directory's id or domain. `app` needs it."""
    authority: str = "https://login.microsoftonline.com"
    """Microsoft: the cloud's sign-in server (https://login.microsoftonline.us, https://login.partner.microsoftonline.cn)."""
    token_url: str | None = None
    """Where tokens are given. Not given: the provider's."""
    device_url: str | None = None
    """Where device codes are given. Not given: the provider's."""
    authorize_url: str | None = None
    """Where a person agrees. Not given: the provider's."""
    scope: str | None = Field(None, min_length=1, max_length=2000)
    """What is asked for. Not given: reading mail by IMAP, and to stay."""
    redirect_port: int = Field(0, ge=0, le=65535)
    """`browser`: the port on this machine to which the browser returns. 0: any free one."""

    @field_validator("authority", "token_url", "device_url", "authorize_url")
    @classmethod
    def _not_in_the_clear(cls, given: str | None) -> str | None:
        if given is None:
            return None
        parts = urlsplit(given)
        if not parts.hostname or parts.scheme not in {"https", "http"} or parts.username:
            raise ValueError("an address such as https://login.example.org/token is expected")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError("https is expected: tokens would travel in the clear")
        return given.rstrip("/")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> list[str]:
        if self.its_flow == "app":
            return self._faults_of_app()
        faults = []
        if self.client_id is None:
            faults.append("client_id is missing: the id under which the application is registered with the provider")
        if self.provider == "google" and self.its_flow == "device":
            faults.append("flow: Google gives no mail by device code: leave flow out, or set it to browser")
        if self.provider == "other" and not (self.token_url and self.scope):
            faults.append("provider: other needs token_url and scope")
        if self.its_flow == "device" and self.its_device_url is None:
            faults.append("flow: device needs device_url")
        if self.its_flow == "browser" and self.its_authorize_url is None:
            faults.append("flow: browser needs authorize_url")
        strange = [name for name in ("certificate_file", "key_file") if getattr(self, name) is not None]
        return faults + [f"{name} is for flow: app alone: remove it, or set flow: app" for name in strange]

    def _faults_of_app(self) -> list[str]:
        if self.provider == "google":
            return [] if self.key_file else ["flow: app with Google needs key_file, the service account's key"]
        faults = []
        if self.client_id is None:
            faults.append("client_id is missing: the id under which the application is registered with the provider")
        if (self.client_secret is None) == (self.certificate_file is None):
            faults.append("flow: app needs client_secret (or client_secret_file), or certificate_file: one of both")
        if self.provider == "microsoft" and not self.token_url and self.tenant in _SHARED_TENANTS:
            faults.append("tenant: flow: app needs the directory's own id or domain")
        if self.provider == "other" and not (self.token_url and self.scope):
            faults.append("provider: other needs token_url and scope")
        return faults

    @property
    def its_flow(self) -> Flow:
        """The flow, with the default."""
        return self.flow or _USUAL[self.provider]

    @property
    def its_token_url(self) -> str:
        """Where tokens are given."""
        return self.token_url or self._microsoft("token") or _GOOGLE_TOKEN

    @property
    def its_device_url(self) -> str | None:
        """Where device codes are given; None where the provider has no such way."""
        return self.device_url or self._microsoft("devicecode")

    @property
    def its_authorize_url(self) -> str | None:
        """Where a person agrees."""
        return (
            self.authorize_url
            or self._microsoft("authorize")
            or (_GOOGLE_AUTHORIZE if self.provider == "google" else None)
        )

    @property
    def its_scope(self) -> str:
        """What is asked for."""
        if self.scope:
            return self.scope
        if self.provider == "google":
            return _GOOGLE_MAIL
        return _MICROSOFT_APP if self.its_flow == "app" else _MICROSOFT_MAIL

    @property
    def fingerprint(self) -> str:
        """Tell by which application a grant was asked for: another one can do nothing with it. No secret."""
        words = "\n".join((self.its_token_url, self.client_id or "", self.its_scope))
        return sha256(words.encode()).hexdigest()[:16]

    def _microsoft(self, what: str) -> str | None:
        return f"{self.authority}/{self.tenant}/oauth2/v2.0/{what}" if self.provider == "microsoft" else None
