"""`ouvidor ingest parse`: what the intake makes of an original, told without a broker.

The same reader and the same intake as on the river, so what is printed is what would be published; nothing is written,
so addresses of blobs say where they would be. The key of pseudonyms is this organisation's where there is one already,
else one of no use that all such runs share: a person's messages are known as theirs, and no secret is made by the way.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

import typer
from obstore.store import MemoryStore

from ingest.adapter import Adapter, Original
from ingest.import_command import import_
from ingest.intake import Heard, Intake
from ingest.registry import adapter, networks
from ouvidor.blobs import BlobStore
from ouvidor.cli import REJECTED
from ouvidor.cli.context import say, settings_of
from ouvidor.errors import Misconfigured, Rejected
from ouvidor.identity import Pseudonyms, message_id
from ouvidor.records import Channel, Message
from ouvidor.settings import Settings

__all__ = ["app"]

_USUAL: Final = {Channel.EMAIL: "imap", Channel.WEBFORM: "form", Channel.PHONE: "webvtt"}
_NO_KEY: Final = b"ouvidor ingest parse: not a secret key"

app = typer.Typer(
    help="Import mail that lies in files; show what the intake makes of a mail, a webhook's body or a transcript.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@app.callback()
def root() -> None:
    """Import mail that lies in files; show what the intake makes of a mail, a webhook's body or a transcript."""


app.command("import")(import_)


@app.command()
def parse(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE…", help="Originals, one a file; - is stdin.")],
    channel: Annotated[Channel, typer.Option("--channel", help="By which way they came.")],
    network: Annotated[
        str | None,
        typer.Option("--network", help="Whose form they have. Not given: imap, form or webvtt, by the channel."),
    ] = None,
) -> None:
    """Turn originals into messages: one JSON object a line, in the order of the files.

    \b
    Examples:
      ouvidor ingest parse --channel email letter.eml
      ouvidor ingest parse --channel phone calls/*.vtt | ouvidor classify
      ouvidor ingest parse --channel social --network whatsapp webhook.json

    A mail, a form or a transcript always gives a line, whatever it holds: what could not be read stands in `defects`.
    A webhook's body gives a line for each message in it, and none where it holds none.
    """  # noqa: D301 - the backspace is the character that keeps typer from wrapping the examples
    settings = settings_of(context)
    its = _adapter(channel, network)
    intake = _intake(settings)
    asides: Counter[str] = Counter()
    missed = False
    for file in files:
        try:
            body = _read(file)
        except Rejected as error:
            missed = True
            say(f"ouvidor: {error}")
            continue
        for heard in _heard(file, body, its, intake):
            if isinstance(heard.said, Message):
                typer.echo(heard.said.__pydantic_serializer__.to_json(heard.said, exclude_none=True))
            else:
                asides[heard.said.kind] += 1
    if asides:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(asides.items()))
        say(f"no customer's words, and so no line: {kinds}")
    if missed:
        raise typer.Exit(REJECTED)


def _heard(file: str, body: bytes, its: Adapter, intake: Intake) -> Iterator[Heard]:
    original = Original(
        channel=its.channel,
        network=its.network,
        account="parse",
        body=body,
        media_type=its.media_type,
        received_at=datetime.now(UTC),
        hints={} if file == "-" else {"filename": Path(file).name},
    )
    its_id = message_id(its.channel, its.network, "parse", sha256(body).hexdigest())
    return intake.read(original, its_id, its)


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Rejected(f"{file}: cannot be read: {error.strerror or type(error).__name__}") from error


def _adapter(channel: Channel, network: str | None) -> Adapter:
    name = network or _USUAL.get(channel)
    if name is None:
        raise Misconfigured(f"--network: channel {channel} has no usual one; networks are {', '.join(networks())}")
    its = adapter(name)
    if its.channel is not channel:
        raise Misconfigured(f"--network: {name} belongs to the channel {its.channel}, not to {channel}")
    return its


def _intake(settings: Settings) -> Intake:
    there = settings.pseudonym_key.exists()
    pseudonyms = Pseudonyms.from_file(settings.pseudonym_key) if there else Pseudonyms(_NO_KEY)
    url = settings.blobs.url or (settings.data / "blobs").absolute().as_uri()
    blobs = BlobStore(MemoryStore(), url)  # only its addresses are asked for: no folder is made, no cloud is reached
    return Intake(pseudonyms, settings.organisation.tz, blobs.uri_of)
