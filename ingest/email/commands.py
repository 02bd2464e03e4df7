"""`ouvidor mail`: the first grant of a mailbox that is entered with OAuth, and how all mailboxes stand.

Tokens are never printed. What is kept after a login serves at once: a running pipeline reads it at its next try.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from ingest.email.daemon import in_daemon
from ingest.email.oauth.assertion import ends_at
from ingest.email.oauth.first_grant import Invitation, by_browser, by_device
from ingest.email.oauth.grant import Grant, ends_soon
from ingest.email.oauth.tokens import Tokens, tokens_of
from ingest.email.rest.settings import RestAccount
from ingest.email.settings import ImapAccount
from ingest.registry import accounts, adapter
from ouvidor.cli import NO
from ouvidor.cli.context import say, settings_of
from ouvidor.errors import Misconfigured

__all__ = ["app"]

app = typer.Typer(
    help="Log in to mailboxes that take no passwords, and see how their grants stand.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)

Mailbox = ImapAccount | RestAccount
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


@app.command()
def login(
    context: typer.Context,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="Its name in ouvidor.yaml.")],
    as_json: AsJson = False,
    check: Annotated[bool, typer.Option("--check/--no-check", help="Open the mailbox afterwards.")] = True,
) -> None:
    """Give Ouvidor the right to read a mailbox: by a code typed on any device, or in a browser.

    \b
    Examples:
      ouvidor mail login ouvidoria
      ouvidor mail login ouvidoria --json | jq -r 'select(.event == "invitation") | .address, .code'

    The right is kept in the data directory (secret/grants), readable by its owner alone. A running pipeline takes it up
    at its next try, within six minutes.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    its = _account(_mailboxes(context), account)
    tokens = _tokens(its)
    if tokens is None:
        raise Misconfigured(f"{its.where}: it is entered with a password: there is no grant to give")
    teller = _Teller(account, as_json=as_json)
    asyncio.run(_login(its, tokens, teller, check=check))


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Tell how each mailbox is entered, and until when its grant holds. Exit code 1 where one does not.

    \b
    Examples:
      ouvidor mail status
      ouvidor mail status --json | jq -r 'select(.state != "ok") | .mend'

    It asks no server: `ouvidor check --connect` does.
    """  # noqa: D301 - the same
    rows = [_row(each, datetime.now(UTC)) for each in _mailboxes(context)]
    for row in rows:
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            ends = f" until {row['ends_at']}" if row["ends_at"] else ""
            mend = f"; {row['mend']}" if row["mend"] else ""
            typer.echo(f"{row['account']:<24} {row['way']:<18} {row['state']}{ends}{mend}")
    if not rows:
        say("no mailbox is in the settings")
    if any(row["state"] not in {"ok", "ends soon"} for row in rows):
        raise typer.Exit(NO)


async def _login(account: Mailbox, tokens: Tokens, teller: "_Teller", *, check: bool) -> None:
    oauth = tokens.oauth
    if oauth.its_flow == "app":
        await tokens.current()
        teller.tell("granted", "the application has its own right, and needs no person", ends_at=_iso(ends_at(oauth)))
    else:
        with teller.waiting():
            if oauth.its_flow == "device":
                answer = await by_device(oauth, teller.invite)
            else:
                pasted = _line() if sys.stdin.isatty() else None
                answer = await by_browser(oauth, teller.invite, pasted=pasted)
        grant = tokens.keep(answer)
        if grant.refresh_token is None:
            say("ouvidor: the provider gave no refresh token: this grant ends soon; scope needs offline_access")
        teller.tell("granted", "granted, and kept", ends_at=_iso(grant.ends_at))
    if check and (opens := adapter(account.network).check) is not None:
        await opens(account)
        teller.tell("opened", "the mailbox opens, and all its folders")


class _Teller:
    """Says how a login goes: words on stderr, or events on stdout."""

    def __init__(self, account: str, *, as_json: bool) -> None:
        self._account = account
        self._as_json = as_json
        self._status = Console(stderr=True).status("waiting until somebody agrees…")

    def waiting(self) -> Any:  # noqa: ANN401 - rich's own
        """Show on a terminal that we wait."""
        return self._status

    def invite(self, invitation: Invitation) -> None:
        """Tell the person what to do."""
        if self._as_json:
            its = {"address": invitation.address, "code": invitation.code, "seconds": invitation.seconds}
            self._emit({"event": "invitation", "account": self._account, **its})
            return
        say(f"Open this address, on whichever device:\n\n    {invitation.address}\n")
        if invitation.code is not None:
            say(f"and type this code:\n\n    {invitation.code}\n")
        elif sys.stdin.isatty():
            say("Does the browser, on another machine, end at a page that it cannot show? Paste its address here.\n")
        say(f"It is valid for {invitation.seconds // 60} min.")

    def tell(self, event: str, words: str, **data: Any) -> None:  # noqa: ANN401 - what JSON takes
        """Tell of progress."""
        if self._as_json:
            self._emit({"event": event, "account": self._account, **data})
        else:
            say(f"{self._account}: {words}" + (f" (until {data['ends_at']})" if data.get("ends_at") else ""))

    def _emit(self, event: Mapping[str, Any]) -> None:
        typer.echo(json.dumps(event, ensure_ascii=False))
        sys.stdout.flush()


async def _line() -> str:
    """Read a line that a person types: in a thread that nobody has to wait for."""
    return await in_daemon(sys.stdin.readline, within=86400, give_up=lambda: None)


def _mailboxes(context: typer.Context) -> list[Mailbox]:
    return [account for _, account in accounts(settings_of(context)) if isinstance(account, ImapAccount | RestAccount)]


def _tokens(account: Mailbox) -> Tokens | None:
    if isinstance(account, RestAccount):
        return tokens_of(account, account.its_oauth)
    return tokens_of(account, account.oauth) if account.oauth is not None else None


def _account(mailboxes: list[Mailbox], name: str) -> Mailbox:
    for each in mailboxes:
        if each.account == name:
            return each
    known = ", ".join(each.account for each in mailboxes) or "none"
    raise Misconfigured(f"ACCOUNT: no mailbox {name!r} is in the settings; known are {known}")


def _row(account: Mailbox, now: datetime) -> dict[str, Any]:
    tokens = _tokens(account)
    row: dict[str, Any] = {"account": account.account, "network": account.network, "ends_at": None, "mend": None}
    if tokens is None:
        return row | {"way": "password", "state": "ok"}
    row["way"] = f"{tokens.oauth.provider}, {tokens.oauth.its_flow}"
    try:
        if tokens.oauth.its_flow == "app":
            end = ends_at(tokens.oauth)
            return row | {"ends_at": _iso(end), **_state(end, None, now, "a new secret or certificate is needed")}
        return row | _standing(tokens.file.read(), tokens, now)
    except Misconfigured as error:
        return row | {"state": "broken", "mend": str(error)}


def _standing(grant: Grant | None, tokens: Tokens, now: datetime) -> dict[str, Any]:
    if grant is None:
        return {"state": "missing", "mend": tokens.login}
    if grant.client != tokens.oauth.fingerprint:
        return {"state": "of another application", "mend": tokens.login}
    if grant.refused is not None:
        return {"state": f"over ({grant.refused})", "ends_at": _iso(grant.refused_at), "mend": tokens.login}
    return {"ends_at": _iso(grant.ends_at), **_state(grant.ends_at, grant.renewed_at, now, tokens.login)}


def _state(end: datetime | None, begun: datetime | None, now: datetime, mend: str) -> dict[str, Any]:
    if end is not None and end <= now:
        return {"state": "over", "mend": mend}
    if ends_soon(end, begun or datetime(1970, 1, 1, tzinfo=UTC), now):
        return {"state": "ends soon", "mend": mend}
    return {"state": "ok"}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
