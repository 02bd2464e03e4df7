"""Dovecot of Debian's package, started by a test with a configuration of its own: Maildir, plain users, free ports.

As root its mail processes run as `nobody`, since Dovecot serves no mail as root; else all of it runs as whoever tests.

Source: Dovecot 2.3, "Rootless installation".
"""

import asyncio
import grp
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ouvidor.errors import Misconfigured
from ouvidor.local.ports import HOST, free_ports
from ouvidor.local.server import LocalServer

_PROGRAM = Path("/usr/sbin/dovecot")
_CONFIG = """
protocols = imap
listen = {host}
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 0
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 100
auth_failure_delay = 0
auth_mechanisms = plain login{mechanisms}
disable_plaintext_auth = no
ssl = {ssl}
{certificate}
{oauth}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/homes/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = {ssl}
  }}
}}
service anvil {{
  chroot =
}}
"""

_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.conf
}}
"""
_OAUTH_CONFIG = """
introspection_mode = post
introspection_url = {url}
active_attribute = active
active_value = true
username_attribute = username
force_introspection = yes
"""


class Dovecot(LocalServer):
    """A Dovecot with these `users`: address to password. `certificate` is a PEM file with key and certificate.

    `introspection` is where it asks whose a token is (RFC 7662).
    """

    def __init__(
        self, users: Mapping[str, str], *, certificate: Path | None = None, introspection: str | None = None
    ) -> None:
        super().__init__("Dovecot")
        self._users = dict(users)
        self._certificate = certificate
        self._introspection = introspection
        self._home: Path | None = None
        self.imap_port = self.imaps_port = 0

    async def stop(self, **_: object) -> None:  # type: ignore[override]  # as long as it takes by default
        await super().stop()
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def maildir(self, user: str) -> Path:
        """Give a user's mailbox, to be filled before anybody looks."""
        return (self._home or Path()) / "mail" / user

    def own(self) -> None:
        """Make what was put into mailboxes Dovecot's own."""
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            for path in (self._home or Path()).joinpath("mail").rglob("*"):
                os.chown(path, user.pw_uid, user.pw_gid)

    def freeze(self) -> None:
        """Stop all its processes: the master alone answers nobody anyway."""
        self._send_all(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send_all(signal.SIGCONT)

    def kill(self) -> None:
        """Kill all its processes, as a power cut does."""
        self._send_all(signal.SIGKILL)
        super().kill()

    def _send_all(self, sign: signal.Signals) -> None:
        for pid in _descendants(self.pid):
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                continue

    @property
    def _logs(self) -> Sequence[Path]:
        home = self._home or Path()
        return home / "dovecot.log", home / "output"

    async def _prepare(self) -> None:
        if not _PROGRAM.exists():  # noqa: ASYNC240 - a test may block
            raise Misconfigured(f"{_PROGRAM}: not there; as root: make system")
        if self._home is None:
            self._home = Path(tempfile.mkdtemp(prefix="ouvidor-dovecot-"))
            self.imap_port, self.imaps_port = free_ports(2)
            self._write(self._home)

    def _write(self, home: Path) -> None:
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        (home / "users").write_text("".join(f"{name}:{{PLAIN}}{word}\n" for name, word in self._users.items()))
        certificate = ""
        if self._certificate is not None:
            certificate = f"ssl_cert = <{self._certificate}\nssl_key = <{self._certificate}"
        if self._introspection is not None:
            (home / "oauth2.conf").write_text(_OAUTH_CONFIG.format(url=self._introspection))
        (home / "dovecot.conf").write_text(
            _CONFIG.format(
                host=HOST,
                home=home,
                user=user.pw_name,
                group=grp.getgrgid(user.pw_gid).gr_name,
                uid=user.pw_uid,
                gid=user.pw_gid,
                ssl="yes" if certificate else "no",
                certificate=certificate,
                mechanisms=" xoauth2 oauthbearer" if self._introspection else "",
                oauth=_OAUTH.format(home=home) if self._introspection else "",
                imap=self.imap_port,
                imaps=self.imaps_port,
            )
        )
        for folder in ("mail", "homes", "run", "state"):
            (home / folder).mkdir()
        if os.geteuid() == 0:
            home.chmod(0o755)
            for path in (home / "mail", home / "homes"):
                os.chown(path, user.pw_uid, user.pw_gid)

    async def _launch(self) -> None:
        home = self._home or Path()
        self._spawn([str(_PROGRAM), "-F", "-c", str(home / "dovecot.conf")])

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection(HOST, self.imap_port)
            try:
                return (await reader.readline()).startswith(b"* OK")
            finally:
                writer.close()
                await writer.wait_closed()
        except OSError:
            return False


def _descendants(pid: int) -> list[int]:
    """Give a process and all below it, as /proc tells."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found
