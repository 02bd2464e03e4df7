"""A port at which mail servers hand mail over: who may, for whom, how much at once, and what each is answered.

250 says that the mail is durable, and nothing else does. What we cannot keep now is answered with 4xx: the server then
has it still, and tries again. 5xx is for what no trying again would mend: an address that is not ours, a mail that is
larger than was announced.
"""

import asyncio
import hmac
import logging
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import Any, Final

import structlog
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from ingest.adapter import Delivery, Keep
from ingest.email.authenticity import HINT_FOUND, HINT_SERVER
from ingest.email.deliveries import MEDIA_TYPE
from ingest.email.envelope import hints_of, is_ours
from ingest.email.identity import order_of, own_id
from ingest.email.smtp_session import LmtpSession, Room, SmtpSession
from ingest.email.smtp_settings import SmtpAccount
from ouvidor.errors import Misconfigured, OuvidorError
from ouvidor.metrics import INTAKE_REFUSED

__all__ = ["MailServer", "listening", "tls_of"]

_NETWORK: Final = "smtp"
_MOST_RECIPIENTS: Final = 1000
_LAST_MAILS: Final = 5.0
"""Seconds for the mails in hand when we are told to stop."""

_log = structlog.get_logger(__name__)
logging.getLogger("mail.log").disabled = True  # it would tell every address


class MailServer:
    """The port's state, and the handler of aiosmtpd's sessions."""

    def __init__(self, account: SmtpAccount, keep: Keep) -> None:
        self.account = account
        self.tls = tls_of(account)
        self.received = 0
        """Bytes of mails that are in memory."""
        self._keep = keep
        self._look = _looker(account) if account.verify else None
        self._sessions: set[SmtpSession] = set()
        self._peers: Counter[str] = Counter()
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def admit(self, session: SmtpSession, transport: asyncio.BaseTransport) -> bool:
        """Take a connection, unless there are too many; one that begins anew after STARTTLS is there already."""
        peer = _peer(transport)
        if len(self._sessions) >= self.account.connections or self._peers[peer] >= self.account.peer_connections:
            INTAKE_REFUSED.labels(_NETWORK, "busy").inc()
            return False
        session.peer = peer
        self._sessions.add(session)
        self._peers[peer] += 1
        return True

    def leave(self, session: SmtpSession) -> None:
        """Let go of a connection."""
        if session in self._sessions:
            self._sessions.discard(session)
            self._peers[session.peer] -= 1
            self._peers += Counter()  # those of nobody are forgotten

    @contextmanager
    def room(self) -> Iterator[Room]:
        """Give room for one mail, for as long as it is in hand."""
        room = Room(self)
        self._in_hand += 1
        self._idle.clear()
        try:
            yield room
        finally:
            room.give_back()
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()

    async def hear(self, envelope: Envelope, mail: bytes, room: Room, session: SmtpSession) -> str:
        """Make a mail durable, and say so."""
        if room.too_large:
            return self._refuse("large", f"552 5.3.4 Larger than {self.account.size_limit} bytes")
        if room.too_much:
            return self._refuse("busy", "452 4.3.1 Too much mail at once, try again later")
        hints = hints_of(envelope.mail_from or "", envelope.rcpt_tos)
        if self.account.authserv_id is not None:
            hints[HINT_SERVER] = self.account.authserv_id
        if self._look is not None:
            hints[HINT_FOUND] = await self._look(mail, envelope.mail_from or "", session)
        try:
            protocol = await self._keep(
                Delivery(mail, MEDIA_TYPE, own_id=own_id(mail), order=order_of(mail), hints=hints)
            )
        except OuvidorError:  # told by the outlet
            return self._refuse("unavailable", "451 4.3.0 It cannot be kept now, try again later")
        return f"250 2.0.0 Kept, protocol {protocol}"

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SmtpSession, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer AUTH only where there is a password to ask for."""
        session.host_name = hostname
        return [each for each in responses if self.account.username or not each.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802 - the same
        self, _server: SmtpSession, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take what is for us, and nothing else."""
        if not is_ours(address, self.account.recipients):
            return "550 5.7.1 No mail is taken for this address"
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        """Answer a defect of ours: who sends again finds it mended."""
        _log.error("a mail could not be handled", network=_NETWORK, error=type(error).__name__)
        return self._refuse("defect", "451 4.3.0 A defect of ours, try again later")

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        """Compare name and password in a time that tells nothing."""
        name, password = self.account.username, self.account.password
        if not isinstance(given, LoginPassword) or name is None or password is None:
            return AuthResult(success=False, handled=False)
        fits = hmac.compare_digest(given.login, name.encode())
        fits &= hmac.compare_digest(given.password, password.get_secret_value().encode())
        return AuthResult(success=fits, handled=False)

    def session(self) -> SmtpSession:
        """Make the dialogue of a new connection."""
        return LmtpSession(self) if self.account.protocol == "lmtp" else SmtpSession(self)

    async def finish(self) -> None:
        """Let the mails in hand be answered, and end all."""
        try:
            async with asyncio.timeout(_LAST_MAILS):
                await self._idle.wait()
        except TimeoutError:
            _log.warning("mails were cut off: their servers have them still", network=_NETWORK, mails=self._in_hand)
        for session in list(self._sessions):
            session.abort()

    def _refuse(self, reason: str, status: str) -> str:
        INTAKE_REFUSED.labels(_NETWORK, reason).inc()
        return status


@asynccontextmanager
async def listening(account: SmtpAccount, keep: Keep) -> AsyncIterator[int]:
    """Listen, and give the port. Raises `Misconfigured` where it cannot be had."""
    server = MailServer(account, keep)
    try:
        port = await asyncio.get_running_loop().create_server(server.session, account.host, account.port)
    except OSError as error:
        raise Misconfigured(
            f"smtp {account.account}: {account.host}:{account.port} cannot be listened at: {error.strerror}; "
            "another program has it, or it is no address of this machine"
        ) from error
    try:
        yield port.sockets[0].getsockname()[1]
    finally:
        port.close()
        await server.finish()


def _looker(account: SmtpAccount) -> Callable[[bytes, str, SmtpSession], Awaitable[str]]:
    """Make what looks DKIM and SPF up. Raises `Misconfigured` where what it needs is not installed."""
    try:
        verify = import_module("ingest.email.verify")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in {"ingest", "ouvidor"}:
            raise  # a defect of ours
        raise Misconfigured(
            f"smtp {account.account}: verify needs {error.name}, which is not installed: pip install "
            "'ouvidor[mail-verify]'"
        ) from error
    lookup = verify.Dns(account.name_servers)

    async def look(mail: bytes, sender: str, session: SmtpSession) -> str:
        peer = session.peer if account.protocol == "smtp" else None
        helo = str(session.session.host_name or "") if session.session is not None else ""
        found: str = await verify.found_by(lookup, mail, peer=peer, sender=sender, helo=helo)
        return found

    return look


def tls_of(account: SmtpAccount) -> ssl.SSLContext | None:
    """Read the certificate. Raises `Misconfigured` where it cannot be used."""
    if account.tls_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(account.tls_certificate, account.tls_key)
    except OSError as error:  # an SSLError is one
        why = error.strerror or str(error)
        raise Misconfigured(
            f"smtp {account.account}: tls_certificate, tls_key: cannot be used: {why}; PEM files that belong together "
            "and that we may read are wanted"
        ) from error
    return context


def _peer(transport: asyncio.BaseTransport) -> str:
    given: Any = transport.get_extra_info("peername")
    return str(given[0]) if given else ""
