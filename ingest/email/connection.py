"""imaplib2's connection with its traps taken out: verified TLS, time limits, a limit of bytes, an end that ends.

What imaplib2 3.6 does by itself: it verifies neither a certificate nor its name, it connects without a time limit, it
queues without a limit what a server sends, and its `close` and `logout` wait for a server that may be gone. It is never
given a debug level: from 1 on it prints the password.

Its reader and its writer use the TLS connection at the same time, which OpenSSL forbids and CPython 3.11 lets happen:
two of eight runs of our TLS tests died of a segmentation fault. So the socket does not block, and a lock is held while
TLS works.

An untagged line between IDLE and the server's go-ahead makes imaplib2 give the IDLE up, while the server waits in it:
who writes just then would be heard a minute later. Such lines are held back until the wait has begun, and then end it.

It counts the time that a server has for an answer from the last line that came, not from the command: who asks every 30
seconds gives a server that has 30 seconds none at all. So its handler begins to wait anew before each command goes out.

STARTTLS: what came in the clear before it is forgotten, and a server that says it knows us already (`PREAUTH`) is
refused, since a third party could say so to keep us in the clear (RFC 8314 prefers implicit TLS for such reasons).
"""

import contextlib
import queue
import re
import select
import socket
import ssl
import threading
import time
from pathlib import Path
from typing import Any, Final

import imaplib2
from imaplib2.imaplib2 import _IdleCont

from ingest.email.pieces import Pieces
from ingest.email.unlogged import Unlogged
from ouvidor.errors import Misconfigured, Unavailable

__all__ = ["Connection", "trust"]

_KEEPALIVE: Final = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))
_JOIN_SECONDS: Final = 5
_NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_EARLY: Final = re.compile(rb"\* (?!BYE\b)(?!.*\}\r?\n?\Z)", re.IGNORECASE)
"""An untagged line that may wait: no farewell, and none that a literal follows."""
_ANEW: Final = b"wait anew"
"""Told from what a server sends by being this very object."""


def trust(ca_file: Path | None) -> ssl.SSLContext:
    """Make the TLS context that verifies certificate and host name. Raises `Misconfigured`."""
    try:
        return ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"ca_file: {ca_file}: no certificates can be read there: {error}") from error


class Connection(Unlogged):
    """One connection, connected when it is made. All of it blocks: call it in a thread (`daemon.py`)."""

    def __init__(self, host: str, port: int, *, context: ssl.SSLContext | None, implicit: bool, timeout: float) -> None:
        self._context = context
        self._implicit = implicit
        self._seconds = timeout
        self._allowance = 2**20
        self._early: list[bytes] | None = None
        self._early_lock = threading.Lock()
        self._waits_anew = threading.Event()
        self._socket_lock = threading.Lock()
        super().__init__(host, port, identifier="imap", timeout=timeout)
        if context is not None and not implicit:
            self._turn_to_tls()

    def allow(self, count: int) -> None:
        """Let the server send so many bytes from now on: more than it owes breaks the connection, not our memory."""
        self._allowance = count

    def forget(self) -> set[str]:
        """Forget what the server said that nobody asked for: imaplib2 would keep it for the next who asks.

        Gives the words by which it began (`EXISTS`, `EXPUNGE`).
        """
        with self.commands_lock:
            said = {str(word) for word, _ in self.untagged_responses}
            self.untagged_responses = []
        return said

    def kill(self) -> None:
        """Break the connection now, from any thread, without waiting: whoever waits for an answer gets an error."""
        self.Terminate = True
        self._shut()
        self.inq.put((self.abort, "given up"))
        with contextlib.suppress(queue.Full):
            self.ouq.put_nowait(None)
        threading.Thread(target=self._bury, name="ouvidor-imap-end", daemon=True).start()

    def _bury(self) -> None:
        for thread in (self.wrth, self.rdth, self.inth):
            thread.join(_JOIN_SECONDS)
        with self.commands_lock:
            left = list(self.tagged_commands.values())  # pushed after the handler gave up: nobody else will tell them
            self.tagged_commands.clear()
        for request in left:
            request.abort(self.abort, "given up")
        self._close_socket()

    def _close_socket(self) -> None:
        with self._socket_lock:
            self.sock.close()

    def _shut(self) -> None:
        with contextlib.suppress(OSError):
            # not the TLS socket's own way, which drops its TLS layer while the reader still uses it
            socket.socket.shutdown(self.sock, socket.SHUT_RDWR)

    def _turn_to_tls(self) -> None:
        try:
            self._require_starttls()
            self.starttls()
            self.forget()
            self._get_capabilities()
        except BaseException:
            self.kill()
            raise

    def _require_starttls(self) -> None:
        if self.state != imaplib2.imaplib2.NONAUTH:
            raise Unavailable("the server calls us logged in before TLS, which anybody on the way could have said")
        if "STARTTLS" not in self.capabilities:
            raise Misconfigured("the server offers no STARTTLS: set tls: implicit and its port")

    # What imaplib2 lets one override, by its own names.

    def open(self, host: str | None = None, port: int | None = None) -> None:
        """Connect; with implicit TLS, verify the server."""
        self.host, self.port = host, port
        self.sock = self.open_socket()
        try:
            if self._implicit and self._context is not None:
                self.ssl_wrap_socket()
        except BaseException:
            self.sock.close()
            raise
        self.sock.setblocking(False)
        self.read_fd = self.sock.fileno()

    def open_socket(self) -> socket.socket:
        """Connect in time; let the kernel notice a peer that is gone."""
        its = socket.create_connection((self.host, self.port), self._seconds)
        its.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE:
            if (option := getattr(socket, name, None)) is not None:
                its.setsockopt(socket.IPPROTO_TCP, option, value)
        return its

    def ssl_wrap_socket(self) -> None:
        """Verify certificate and host name: the default does neither."""
        if self._context is None:
            raise Misconfigured("TLS is off in the settings")
        self.sock.settimeout(self._seconds)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)
        self.sock.setblocking(False)
        self.read_fd = self.sock.fileno()

    def idle(self, timeout: float | None = None, **options: Any) -> Any:  # noqa: ANN401 - as imaplib2 has it
        """Wait until the server tells of a change, even if it does so before it says that it waits."""
        self._wait = _IdleCont(self, timeout)
        with self._early_lock:
            self._early = []
        self.literal = self._waiting
        try:
            return self._simple_command("IDLE", **options)
        finally:
            self._hear_early()
            self._release_state_change()

    def _waiting(self, data: Any, request: Any) -> None:  # noqa: ANN401 - the same
        self._wait.process(data, request)
        self._hear_early()

    def _hear_early(self) -> None:
        with self._early_lock:
            early, self._early = self._early, None
        for line in early or ():
            self.inq.put(line)

    def _command(self, name: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the same
        """Send a command, whose answer has all of its time."""
        self._waits_anew.clear()
        if not self.Terminate:  # else the handler is gone, or about to tell that it goes
            self.inq.put(_ANEW)
            self._waits_anew.wait(self._seconds)
        return super()._command(name, *arguments, **options)

    def _handler(self) -> None:
        try:
            super()._handler()
        finally:
            self._waits_anew.set()

    def _put_response(self, line: bytes) -> None:
        if line is _ANEW:
            self._waits_anew.set()
            return
        with self._early_lock:
            if self._early is not None and _EARLY.match(line) and not self._expecting_data:
                self._early.append(line)
                return
        super()._put_response(line)

    def _reader(self) -> None:
        """Hand over what the server sends; the end of the connection at once, not after six looks."""
        threading.current_thread().name = "imap reader"
        pieces = Pieces()
        poll = select.poll()
        poll.register(self.read_fd, select.POLLIN)
        ends = False
        try:
            while not (ends or self.Terminate):
                if not poll.poll(self.read_poll_timeout * 1000):
                    continue
                leaves = self.TerminateReader  # asked before: the answer to the last command is no reason to leave
                for piece in pieces.cut(self.read(self.read_size)):
                    self.inq.put(piece)
                    ends = leaves and not piece.startswith(b"* ")  # it is STARTTLS's: a new reader goes on in TLS
        except Exception as error:  # noqa: BLE001 - it ends the connection, and who waits for an answer is told
            self.inq.put((self.abort, f"socket error: {type(error)} - {error}"))

    def read(self, size: int) -> bytes:
        """Read what is there, within what was allowed."""
        while not self.Terminate:
            with self._socket_lock, contextlib.suppress(*_NOT_NOW):
                data: bytes = self.sock.recv(size)
                if not data:
                    raise ConnectionResetError("the server closed the connection")
                self._allowance -= len(data)
                if self._allowance < 0:
                    raise OSError("the server sends more than was asked for")
                return data
            self._wait_for(select.POLLIN, self.read_poll_timeout)  # half a TLS record came, or one that is no data
        raise OSError("given up")

    def send(self, data: bytes) -> None:
        """Send all, in time."""
        left = memoryview(data)
        until = time.monotonic() + self._seconds
        while left:
            with self._socket_lock, contextlib.suppress(*_NOT_NOW):
                left = left[self.sock.send(left) :]
                continue
            if self.Terminate or time.monotonic() >= until:
                raise TimeoutError("the server takes nothing more")
            self._wait_for(select.POLLOUT, 1)

    def _wait_for(self, event: int, seconds: float) -> None:
        poll = select.poll()
        poll.register(self.read_fd, event)
        poll.poll(seconds * 1000)

    def _mesg(self, *_: object) -> None:
        """Print nothing: without a debug level too it writes to the standard error after a command was refused."""

    def shutdown(self) -> None:
        """Close the socket, whatever state it is in."""
        self._shut()
        self._close_socket()
