"""`ouvidor mask`: what an extract of a text leaves of it, and why, for whoever answers for privacy."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Final

import typer

from ouvidor.cli.context import say
from ouvidor.errors import Rejected

if TYPE_CHECKING:
    from ouvidor.masking import Known, Masked

__all__ = ["mask"]

_STDIN: Final = "-"
_REJECTED: Final = 65
_WHY: Final = {
    "known": "de quem escreve ou recebe cópia, como a mensagem os traz",
    "checked": "os dígitos verificadores conferem",
    "labelled": "a palavra que vem antes diz o que é",
    "shaped": "nada mais se escreve assim",
    "long": "sete dígitos ou mais",
    "spoken": "ditado, palavra por palavra ou letra por letra",
    "home": "alguém mora ali",
    "announced": "as palavras ao redor ou a assinatura anunciam um nome",
    "listed": "as palavras são nomes",
    "working": "citado pelo que faz no serviço",
    "again": "já apareceu na mesma mensagem",
}


def mask(  # noqa: PLR0917 - a command has as many options as it needs
    file: Annotated[str, typer.Argument(metavar="[FILE|-]", help="A text, UTF-8; - is standard input.")] = _STDIN,
    why: Annotated[
        bool, typer.Option("--why", help="Show below what stood in each mask, and why it is there.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object: text, masks, kept.")] = False,
    ndjson: Annotated[
        bool, typer.Option("--ndjson", help="Each line is an object with text (a message): one object a line.")
    ] = False,
    names: Annotated[
        list[str] | None, typer.Option("--author", metavar="NAME", help="Who wrote it: masked however it is written.")
    ] = None,
    addresses: Annotated[
        list[str] | None, typer.Option("--address", metavar="ADDRESS", help="Their mail, phone or handle.")
    ] = None,
    leaving: Annotated[
        bool, typer.Option("--leaving", help="As for what leaves the house: staff and places of defects too.")
    ] = False,
) -> None:
    """Mask the personal data in a text, as a department reads it that may not know who wrote.

    \b
    Examples:
      ouvidor mask letter.txt > extract.txt
      echo "Sou a Rosa, CPF 529.982.247-25, e a atendente Ana gritou comigo" | ouvidor mask --why
      ouvidor mask letter.txt --author "José Roberto Lima" --address ze@example.org
      ouvidor ingest parse --channel email *.eml | ouvidor mask --ndjson | jq .masks

    Nothing is asked of a broker or of any settings, and nothing is kept. What is masked and what is not, and how much
    of it is found, stands in docs/privacy.md. With --ndjson the author and their address are the message's own; a
    line that cannot be read is told on stderr, the others are masked all the same, and the exit code is 65.
    """
    from ouvidor.masking import Known

    known = Known(tuple(names or ()), tuple(addresses or ()))
    with _opened(file) as opened:
        if ndjson:
            _each_line(opened, known, leaving=leaving)
            return
        masked = _masked(_text(opened.read(), file), known, leaving=leaving)
    if as_json:
        typer.echo(_object(masked, leaving=leaving))
        return
    typer.echo(masked.text if leaving else _kept(masked), nl=not masked.text.endswith("\n"))
    if why:
        typer.echo(_table(masked, leaving=leaving))


def _opened(file: str) -> BinaryIO:
    if file == _STDIN:
        return typer.get_binary_stream("stdin")
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise Rejected(f"{file}: cannot be read: {error.strerror}; give a file of text, or - for a pipe") from error


def _text(read: bytes, file: str) -> str:
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = "standard input" if file == _STDIN else file
        raise Rejected(
            f"{where}: byte {error.start} is not UTF-8; convert it first: iconv -f latin1 -t utf-8"
        ) from error


def _each_line(lines: BinaryIO, known: "Known", *, leaving: bool) -> None:
    wrong = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = _row(line)
        except ValueError as error:
            wrong += 1
            say(f"ouvidor mask: line {number}: {error}; a line is an object with text")
            continue
        typer.echo(_object(_masked(row["text"], _known(row, known), leaving=leaving), leaving=leaving, about=row))
    if wrong:
        raise typer.Exit(_REJECTED)


def _row(line: bytes) -> dict[str, Any]:
    """Read a line; its words are in no error's."""
    import json

    try:
        row = json.loads(line)
    except ValueError:
        raise ValueError("not JSON") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError("no text in it")  # noqa: TRY004 - the input's fault, not the program's
    return row


def _known(row: dict[str, Any], known: "Known") -> "Known":
    from ouvidor.masking import Known

    author = row.get("author")
    told = author if isinstance(author, dict) else {}
    name, address = told.get("name"), told.get("address")
    return Known(
        (*known.names, *([name] if isinstance(name, str) else ())),
        (*known.addresses, *([address] if isinstance(address, str) else ())),
    )


def _masked(text: str, known: "Known", *, leaving: bool) -> "Masked":
    from ouvidor import masking

    return masking.mask(text, known, leaving=leaving)


def _kept(masked: "Masked") -> str:
    """Give the text with its masks, but for staff, who stay in an extract."""
    pieces: list[str] = []
    at = 0
    for each in masked.masks:
        pieces += (
            masked.original[at : each.start],
            masked.original[each.start : each.end] if _stays(each) else each.words,
        )
        at = each.end
    return "".join((*pieces, masked.original[at:]))


def _stays(each: Any) -> bool:  # noqa: ANN401 - a Mask, which is imported when it is needed
    return bool(each.kind.name == "STAFF")


def _rows(masked: "Masked", *, leaving: bool) -> Iterator[tuple[bool, dict[str, Any]]]:
    for each in masked.masks:
        yield (
            _stays(each) and not leaving,
            {
                "mask": each.words,
                "kind": each.kind.name.lower(),
                "start": each.start,
                "end": each.end,
                "stood": masked.original[each.start : each.end],
                "why": str(each.why),
            },
        )


def _object(masked: "Masked", *, leaving: bool, about: dict[str, Any] | None = None) -> str:
    import json

    rows = list(_rows(masked, leaving=leaving))
    whose = about or {}
    told: dict[str, Any] = {
        **{key: whose[key] for key in ("id", "protocol") if key in whose},
        "text": masked.text if leaving else _kept(masked),
        "masks": [row for stays, row in rows if not stays],
        "kept": [row for stays, row in rows if stays],
    }
    return json.dumps(told, ensure_ascii=False)


def _table(masked: "Masked", *, leaving: bool) -> str:
    lines = []
    for stays, row in _rows(masked, leaving=leaving):
        name = "fica" if stays else row["mask"]
        lines.append(f"{name:24} {row['stood'].replace(chr(10), ' ')[:40]:42} {_WHY[row['why']]}")
    return "\n" + ("\n".join(lines) if lines else "nada a mascarar: nenhum dado pessoal encontrado")
