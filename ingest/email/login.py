"""Logging in, and what a refusal means: a wrong password is for a person, "not now" is for another try.

`AUTHENTICATE PLAIN` before `LOGIN`, because its words are UTF-8, and because imaplib2 writes the whole LOGIN command,
password included, into the error of a server that does not understand it. No error leaves here with its cause or with
the server's words.

A token that is refused is `TokenRefused`, since a newer one may be let in (`entrance.py`).

Source: RFC 4616 (PLAIN), RFC 5530 (response codes).
"""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from ingest.email.connection import Connection
from ingest.email.responses import backoff, code
from ingest.email.sasl import Bearer, mechanism_of
from ingest.email.settings import ImapAccount
from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["TokenRefused", "log_in"]

_NOT_NOW: Final = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED", "OVERQUOTA"})
_NOT_NOW_IN_WORDS: Final = re.compile(
    rb"temporar|try (?:it )?(?:again|later)|too many|rate.?limit|throttl|exceeded|unavailable|overload"
    rb"|busy|timed? ?out",
    re.IGNORECASE,
)
_STAY_AWAY: Final = timedelta(minutes=1)
"""Who is told that it is too much must not come back in a second."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class TokenRefused(Misconfigured):
    """The server lets the token's bearer not in."""


def log_in(connection: Connection, account: ImapAccount, token: str | None = None) -> None:
    """Log in, unless the server knows us already. Raises `Misconfigured` or `Unavailable`, without secrets."""
    if connection.state == "AUTH":
        return
    refusal = _by_password(connection, account) if token is None else _by_token(connection, account, token)
    if refusal is not None:
        raise refusal  # not where it was caught: what holds the password would stay its context
    connection.forget()
    connection._get_capabilities()  # noqa: SLF001 - others than before the login, and no public way to ask


def _by_password(connection: Connection, account: ImapAccount) -> Misconfigured | Unavailable | None:
    username, password = account.username, account.password.get_secret_value() if account.password else ""
    if _CONTROL.search(password):
        return Misconfigured("the password holds a control character (a line end?): write it anew")
    offered = {str(word) for word in connection.capabilities}
    if "AUTH=PLAIN" in offered:
        return _attempt(
            connection, lambda: connection.authenticate("PLAIN", lambda _: f"\0{username}\0{password}"), _refusal
        )
    if "LOGINDISABLED" in offered:
        mend = "set tls: starttls" if account.tls == "none" else "does it want oauth?"
        return Misconfigured(f"the server takes no password this way: {mend}")
    if not (username + password).isascii():
        return Misconfigured("the server takes only ASCII in user name and password (it offers no AUTH=PLAIN)")
    return _attempt(connection, lambda: connection.login(_quote(username), password), _refusal)


def _by_token(connection: Connection, account: ImapAccount, token: str) -> Misconfigured | Unavailable | None:
    mechanism = mechanism_of({str(word) for word in connection.capabilities})
    if mechanism is None:
        return Misconfigured("the server takes no tokens (neither AUTH=XOAUTH2 nor AUTH=OAUTHBEARER): use a password")
    bearer = Bearer(mechanism, user=account.username, token=token, host=account.host, port=account.its_port)

    def refusal(error: Exception) -> Misconfigured | Unavailable:
        found = _refusal(error)
        if isinstance(found, Unavailable):
            return found
        return TokenRefused(
            f"the server refuses the token ({bearer.status or code(_said(error)) or 'no code'}): check that username "
            "is the mailbox that the grant was given for, that IMAP is on for it, and the application's permissions"
        )

    return _attempt(connection, lambda: connection.authenticate(mechanism, bearer), refusal)


Refusal = Callable[[Exception], Misconfigured | Unavailable]


def _attempt(
    connection: Connection, attempt: Callable[[], object], refusal: Refusal
) -> Misconfigured | Unavailable | None:
    try:
        attempt()
    except connection.abort as error:
        return Unavailable(
            f"the connection ended during the login ({code(error) or 'no code'})", retry_after=backoff(error)
        )
    except connection.error as error:
        return refusal(error)
    except ValueError:
        return Unavailable("the server's challenge cannot be read")
    return None


def _said(error: Exception) -> bytes:
    return error.args[0] if error.args and isinstance(error.args[0], bytes) else b""  # text would hold the command


def _refusal(error: Exception) -> Misconfigured | Unavailable:
    said = _said(error)
    found = code(said)
    if found in _NOT_NOW or (found is None and _NOT_NOW_IN_WORDS.search(said)):
        return Unavailable(
            f"the server lets nobody in just now ({found or 'no code'})", retry_after=backoff(said) or _STAY_AWAY
        )
    return Misconfigured(
        f"the server refuses the login ({found or 'no code'}): check username and password, "
        "and whether the server allows passwords for this mailbox"
    )


def _quote(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
