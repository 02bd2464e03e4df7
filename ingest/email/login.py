"""Logging in, and what a refusal means: a wrong password is for a person, "not now" is for another try.

`AUTHENTICATE PLAIN` before `LOGIN`, because its words are UTF-8, and because imaplib2 writes the whole LOGIN command,
password included, into the error of a server that does not understand it. No error leaves here with its cause or with
the server's words.

Source: RFC 4616 (PLAIN), RFC 5530 (response codes).
"""

import re
from datetime import timedelta
from typing import Final

from ingest.email.connection import Connection
from ingest.email.responses import code
from ingest.email.settings import ImapAccount
from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["log_in"]

_NOT_NOW: Final = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "THROTTLED", "OVERQUOTA"})
_NOT_NOW_IN_WORDS: Final = re.compile(
    rb"temporar|try (?:it )?(?:again|later)|too many|rate.?limit|throttl|exceeded|unavailable|overload"
    rb"|busy|timed? ?out",
    re.IGNORECASE,
)
_STAY_AWAY: Final = timedelta(minutes=1)
"""Who is told that it is too much must not come back in a second."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def log_in(connection: Connection, account: ImapAccount) -> None:
    """Log in, unless the server knows us already. Raises `Misconfigured` or `Unavailable`, without secrets."""
    if connection.state == "AUTH":
        return
    if (refusal := _attempt(connection, account)) is not None:
        raise refusal  # not where it was caught: what holds the password would stay its context
    connection.forget()
    connection._get_capabilities()  # noqa: SLF001 - others than before the login, and no public way to ask


def _attempt(connection: Connection, account: ImapAccount) -> Misconfigured | Unavailable | None:
    username, password = account.username, account.password.get_secret_value()
    if _CONTROL.search(password):
        return Misconfigured("the password holds a control character (a line end?): write it anew")
    offered = {str(word) for word in connection.capabilities}
    try:
        if "AUTH=PLAIN" in offered:
            connection.authenticate("PLAIN", lambda _: f"\0{username}\0{password}")
        elif "LOGINDISABLED" in offered:
            mend = "set tls: starttls" if account.tls == "none" else "it wants a way to log in that is not built yet"
            return Misconfigured(f"the server takes no password this way: {mend}")
        elif not (username + password).isascii():
            return Misconfigured("the server takes only ASCII in user name and password (it offers no AUTH=PLAIN)")
        else:
            connection.login(_quote(username), password)
    except connection.abort as error:
        return Unavailable(f"the connection ended during the login ({code(error) or 'no code'})")
    except connection.error as error:
        return _refusal(error)
    return None


def _refusal(error: Exception) -> Misconfigured | Unavailable:
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else b""  # text would hold the command
    found = code(said)
    if found in _NOT_NOW or (found is None and _NOT_NOW_IN_WORDS.search(said)):
        return Unavailable(f"the server lets nobody in just now ({found or 'no code'})", retry_after=_STAY_AWAY)
    return Misconfigured(
        f"the server refuses the login ({found or 'no code'}): check username and password, "
        "and whether the server allows passwords for this mailbox"
    )


def _quote(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
