"""One connection of a mail server: aiosmtpd's dialogue, with DATA and addresses read as they come in practice.

aiosmtpd refuses lines of more than 1,001 bytes, keeps a mail as a list of its lines, answers LMTP's DATA once however
many recipients there were, and knows no parameters that servers add unasked; so these are ours. Only CRLF.CRLF ends a
mail: who takes a bare LF for a line's end there can be made to see two mails where their sender's server saw one.

Source: RFC 5321; RFC 2033 (LMTP, 4.2); RFC 3207 (STARTTLS); SEC Consult, "SMTP Smuggling" (2023); aiosmtpd 1.4.6.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, syntax

from ingest.email.envelope import address_of

if TYPE_CHECKING:
    from ingest.email.smtp_server import MailServer

__all__ = ["LmtpSession", "SmtpSession"]

_LONGEST_COMMAND: Final = 4096
_PIECE: Final = 64 * 1024
_DATA_SECONDS: Final = 1800.0
"""For all of one mail."""
_UNASKED: Final = frozenset({"AUTH", "RET", "ENVID", "NOTIFY", "ORCPT"})
_CALLS: Final = {"NOOP": 200, "HELP": 20, "VRFY": 20, "RSET": 10_000, "*": 100_000}


class SmtpSession(SMTP):
    """A connection."""

    command_size_limit = _LONGEST_COMMAND
    line_length_limit = _PIECE
    answers_each_recipient = False

    def __init__(self, server: "MailServer") -> None:
        account = server.account
        self.command_size_limits = defaultdict(lambda: _LONGEST_COMMAND)
        super().__init__(
            server,
            data_size_limit=account.size_limit,
            enable_SMTPUTF8=True,
            hostname=account.hostname,
            ident="Ouvidor",
            tls_context=server.tls,
            require_starttls=account.require_tls,
            timeout=account.timeout.total_seconds(),
            auth_require_tls=server.tls is not None,
            authenticator=server.authenticate,
            command_call_limit=_CALLS,
            loop=asyncio.get_running_loop(),
        )
        self._auth_required = account.username is not None
        self._server = server
        self._admitted = False
        self.peer = ""
        """Whose connection it is."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless there are too many."""
        self._admitted = self._server.admit(self, transport)
        if self._admitted:
            super().connection_made(transport)
        elif isinstance(transport, asyncio.Transport):
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """End."""
        if self._admitted:
            self._server.leave(self)
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        """End too: who hangs up does not hear the answer."""
        return super().eof_received() if self._admitted else False

    def abort(self) -> None:
        """End at once."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def _timeout_cb(self) -> None:
        self.abort()  # `close` would wait for a peer that reads nothing

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return address_of(arg) or (None, None)

    def _getparams(self, params: Sequence[str]) -> dict[str, str | bool] | None:
        found: dict[str, str | bool] | None = super()._getparams(
            [each for each in params if each.partition("=")[0].upper() not in _UNASKED]
        )
        return found

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds it by this name
        """Go on encrypted; all that was said before is forgotten. By asyncio's public way, which uvloop has too."""
        if arg or self.tls_context is None or self._tls_protocol is not None:
            await self.push("503 5.5.1 STARTTLS cannot be used now")
            return
        reader: Any = self._reader
        writer: Any = self._writer
        if reader._buffer:  # noqa: SLF001 - no public look: it was sent in the clear, to be taken for safe
            self.abort()
            return
        await self.push("220 2.0.0 Ready to start TLS")
        try:
            transport = await self.loop.start_tls(writer.transport, self, self.tls_context, server_side=True)
        except OSError:
            transport = None
        if transport is None:
            self.abort()
            return
        # As asyncio's own StreamWriter.start_tls does, and its reader forgets.
        self.transport = self._transport = reader._transport = writer._transport = transport  # noqa: SLF001
        self._over_ssl = True
        self._begin_again(transport)

    def _begin_again(self, transport: asyncio.Transport) -> None:
        self._tls_protocol = cast("Any", transport)  # aiosmtpd asks only whether there is one
        self._set_rset_state()  # type: ignore[no-untyped-call]
        session = self._create_session()
        session.peer = transport.get_extra_info("peername")
        session.ssl = {"cipher": transport.get_extra_info("cipher")}
        self.session = session

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the same
        """Read a mail, keep it, and answer: for each recipient where it is LMTP."""
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        envelope = self.envelope or Envelope()
        if arg or not envelope.rcpt_tos:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 Error: need RCPT command")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        with self._server.room() as room:
            try:
                async with asyncio.timeout(_DATA_SECONDS):
                    mail = await self._read_mail(room)
            except TimeoutError:
                self.abort()
                return
            self._set_post_data_state()  # type: ignore[no-untyped-call]
            status = await self._server.hear(envelope, mail, room, self)
        for _ in envelope.rcpt_tos if self.answers_each_recipient else ("",):
            await self.push(status)

    async def _read_mail(self, room: "Room") -> bytes:
        """Read until the lone dot. What is too much is read and thrown away."""
        mail = bytearray()
        begins = True
        told = 0
        while True:
            try:
                piece = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.read(error.consumed)
            if begins and piece == b".\r\n":
                return bytes(mail)
            if begins and piece.startswith(b"."):
                piece = piece[1:]
            begins = piece.endswith(b"\r\n")
            told += len(piece)
            if told > _PIECE:
                told = 0
                self._reset_timeout()
            if room.take(len(piece)):
                mail += piece
            else:
                mail.clear()


class LmtpSession(SmtpSession, LMTP):
    """A connection that speaks LMTP."""

    answers_each_recipient = True


class Room:
    """What one mail may take of the memory for all."""

    def __init__(self, server: "MailServer") -> None:
        self._server = server
        self.size = 0
        self.too_large = False
        self.too_much = False

    def take(self, size: int) -> bool:
        """Take some more; False: it is too large, or there is too much at once, and all was given back."""
        if self.too_large or self.too_much:
            return False
        self.size += size
        self._server.received += size
        self.too_large = self.size > self._server.account.size_limit
        self.too_much = not self.too_large and self._server.received > self._server.account.memory
        if self.too_large or self.too_much:
            self.give_back()
            return False
        return True

    def give_back(self) -> None:
        """Give back what was taken."""
        self._server.received -= self.size
        self.size = 0
