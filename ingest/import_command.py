"""`ouvidor ingest import`: mail that lies in files is heard as if it had come today.

What a person sees: a bar on a terminal, a line now and then in a pipe, and at the end what was done. Names of files may
be names of people, so only the first few that were not read are told; `--json` has them all.
"""

import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from ingest.adapter import Account
from ingest.email.archive import Archive, open_archive
from ingest.email.authenticity import HINT_SERVER
from ingest.email.import_cursor import Place
from ingest.email.mbox import Dialect
from ingest.importing import Import, Tally, batches, job_name
from ingest.originals import Originals
from ingest.registry import accounts, adapter
from ouvidor.blobs import BlobStore
from ouvidor.cli import REJECTED
from ouvidor.cli.context import say, settings_of
from ouvidor.config import read_section
from ouvidor.errors import Misconfigured
from ouvidor.identity import Pseudonyms
from ouvidor.interrupts import INTERRUPTED, run_until_interrupted
from ouvidor.records import Channel
from ouvidor.running import at_running_broker
from ouvidor.settings import Settings
from ouvidor.topics import Topics

__all__ = ["import_"]

_LINE_EVERY_SECONDS: Final = 10.0
_TOLD: Final = 5
_MEBIBYTE: Final = 2**20


def import_(  # noqa: PLR0917 - a command's options are called by name
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, and folders of files.")],
    channel: Annotated[Channel, typer.Option("--channel", help="By which way it came: email.")],
    account: Annotated[str, typer.Option("--account", metavar="NAME", help="Of which account it counts as.")],
    network: Annotated[str, typer.Option("--network", help="Whose account that is.")] = "imap",
    mbox: Annotated[Dialect, typer.Option("--mbox", help="The dialect of mailboxes in one file.")] = Dialect.AUTO,
    again: Annotated[bool, typer.Option("--again", help="Read all anew, whatever was imported before.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what there is; hand nothing over.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object at the end, on stdout.")] = False,
) -> None:
    """Hand over mail that lies in files: .eml, .msg, mbox, Maildir; also compressed by gzip.

    \b
    Examples:
      ouvidor ingest import --channel email --account ouvidoria archive.mbox
      ouvidor ingest import --channel email --account ouvidoria ~/Maildir exported/ letter.eml
      ouvidor ingest import --channel email --account ouvidoria --dry-run old-mail/

    Stopped in whatever way, the same command goes on where it ended. A mail that is imported twice within 30 days, or
    also comes by the mailbox `--account`, is one message. All deadlines count from the import.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    if channel is not Channel.EMAIL or adapter(network).channel is not Channel.EMAIL:
        raise Misconfigured("ouvidor ingest import: only mail is imported: --channel email, and a network of mail")
    read_section(Account, {"network": network, "account": account}, where="--account")
    settings = settings_of(context)
    _look_for(settings, network, account)
    archive = open_archive(paths)
    if dry_run:
        _finish(_counted(archive, mbox), archive, as_json=as_json, verb="found")
        return
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # it tells its failures by errors
    its = _import(at_running_broker(settings), archive, paths, network, account, mbox, again=again)
    with _shown() as tell:
        tally = run_until_interrupted(its.run(tell))
    if tally is None:
        say("ouvidor: interrupted; the same command goes on from here")
        raise typer.Exit(INTERRUPTED)
    _finish(tally, archive, as_json=as_json, verb="handed over")


def _look_for(settings: Settings, network: str, account: str) -> None:
    """Tell where no such account is read: mail that comes by another one's name as well would be heard twice."""
    named = [its.account for found, its in accounts(settings) if found.network == network]
    if account not in named:
        known = f"; there are {', '.join(named)}" if named else ""
        say(
            f"ouvidor: no account {account!r} of {network} stands in {settings.file}{known}: mail that also comes by "
            "an account of another name will be heard twice"
        )


def _import(  # noqa: PLR0917 - all of what an import is made of
    settings: Settings,
    archive: Archive,
    paths: list[Path],
    network: str,
    account: str,
    mbox: Dialect,
    *,
    again: bool,
) -> Import:

    blobs = BlobStore.from_settings(settings)
    originals = Originals(
        channel=Channel.EMAIL,
        network=network,
        account=account,
        topics=Topics(settings.kafka.prefix),
        pseudonyms=Pseudonyms.from_file(settings.pseudonym_key),
        zone=settings.organisation.tz,
        uri_of=blobs.uri_of,
    )
    return Import(
        archive=archive,
        dialect=mbox,
        kafka=settings.kafka,
        originals=originals,
        blobs=blobs,
        job=job_name(network, account, paths, mbox),
        again=again,
        hints=_hints(settings, network, account),
    )


def _hints(settings: Settings, network: str, account: str) -> dict[str, str]:
    """Give what the reader is told of this account's mail: which server's findings are believed."""
    for found, its in accounts(settings):
        if (found.network, its.account) == (network, account) and (server := getattr(its, "authserv_id", None)):
            return {HINT_SERVER: server}
    return {}


def _counted(archive: Archive, mbox: Dialect) -> Tally:

    tally = Tally(total=archive.size)
    with _shown() as tell:
        for batch in batches(archive.units, mbox, Place()):
            tally.add(batch)
            tell(tally)
    return tally


@contextmanager
def _shown() -> Iterator[Callable[[Tally], None]]:
    """Give what shows how far it is: a bar on a terminal, lines in a pipe; both on stderr."""
    if not sys.stderr.isatty():
        yield _Lines()
        return

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("looking", total=None)

        def tell(tally: Tally) -> None:
            bar.update(task, description=f"{tally.mails:,} mails", completed=tally.read, total=tally.total)

        yield tell


class _Lines:
    """Tells a line now and then."""

    def __init__(self) -> None:
        self._told = monotonic()

    def __call__(self, tally: Tally) -> None:
        if monotonic() - self._told >= _LINE_EVERY_SECONDS:
            self._told = monotonic()
            say(f"{tally.mails:,} mails, {_size(tally.read)} of {_size(tally.total)}")


def _finish(tally: Tally, archive: Archive, *, as_json: bool, verb: str) -> None:
    """Say what was done. A file that could not be read makes the exit code another."""
    if as_json:
        told = {
            "mails": tally.mails,
            "bytes": tally.size,
            "cut": tally.cut,
            "files": len(archive.units),
            "resumed": tally.resumed,
            "unread": [{"path": path, "why": why} for path, why in tally.unread],
            "passed_over": [{"path": path, "why": why} for path, why in archive.passed_over],
        }
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        since = ", beside those of an earlier run" if tally.resumed else ""
        say(f"{tally.mails:,} mails {verb} ({_size(tally.size)}){since}")
        for words, paths in (("not read", tally.unread), ("passed over", archive.passed_over)):
            for path, why in paths[:_TOLD]:
                say(f"{words}: {path}: {why}")
            if len(paths) > _TOLD:
                say(f"{words}: {len(paths) - _TOLD:,} more (--json names them)")
    if tally.unread:
        raise typer.Exit(REJECTED)


def _size(size: int) -> str:
    return f"{size / _MEBIBYTE:,.1f} MiB"
