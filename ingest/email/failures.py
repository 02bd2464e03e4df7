"""What a failure of a mail server's connection means: is something away, or does a setting have to change?

Nothing that a server says is repeated but its response code: the words may hold an address.
"""

import re
import socket
import ssl

from ingest.email.connection import Connection
from ingest.email.login import TokenRefused
from ingest.email.responses import Garbled, Throttled, code, throttled
from ouvidor.errors import Misconfigured, OuvidorError, Unavailable

__all__ = ["as_ours"]


def as_ours(error: Exception, where: str) -> OuvidorError:  # noqa: C901, PLR0911 - a table of failures and their meanings
    """Say what a failure at `where` means for us: is something away, or does a setting have to change?"""
    match error:
        case TokenRefused():
            return TokenRefused(f"{where}: {error}")
        case Misconfigured():
            return Misconfigured(f"{where}: {error}")
        case Throttled():
            return Throttled(f"{where}: {error}", retry_after=error.retry_after)
        case Unavailable():
            return Unavailable(f"{where}: {error}", retry_after=error.retry_after)
        case ssl.SSLCertVerificationError():
            return Misconfigured(
                f"{where}: the server's certificate is not accepted: {error.verify_message}; "
                "set host to a name that it holds, or ca_file to the authority that issued it"
            )
        case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "HTTP_REQUEST" | "PACKET_LENGTH_TOO_LONG"):
            return Misconfigured(f"{where}: no TLS is spoken at this port: set tls: starttls, or port to the TLS port")
        case socket.gaierror():
            return Unavailable(f"{where}: no address is known for this host ({error.strerror})")
        case Garbled():
            return Unavailable(f"{where}: the server's answer cannot be read: {error}")
        case Connection.error():
            if (found := throttled(error)) is not None:
                return Throttled(f"{where}: {found}", retry_after=found.retry_after)
            return Unavailable(f"{where}: {_told(error)}")
        case OSError():
            return Unavailable(f"{where}: {type(error).__name__}: {error.strerror or error}")
        case _:
            return Unavailable(f"{where}: unforeseen {type(error).__name__} in a command")


def _told(error: Exception) -> str:
    """Say what imaplib2 says, without what the server said."""
    words = str(error)
    if silent := re.search(r"no response after [\d.]+ secs", words):
        return silent[0]
    if broken := re.search(r"socket error: (?:<class '([\w.]+)'>)? ?-? ?([^'\"@]{0,120})", words):
        return f"the connection broke ({broken[1] or ''} {broken[2]})"
    found = code(words)
    return f"the server ended the connection or refused a command ({found or 'no code'})"
