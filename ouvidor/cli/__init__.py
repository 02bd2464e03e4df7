"""The command line: `ouvidor`. Data on stdout, words on stderr, errors in one readable line.

Exit codes are those of BSD's sysexits.h where it has one, so that a supervisor can tell what to do: 78 is not worth a
restart, 75 is. Commands import what they need when they run: `ouvidor --help` answers in a blink.
"""

import sys
from io import TextIOWrapper
from traceback import extract_tb, print_exc
from typing import Final

from ouvidor.errors import Misconfigured, OuvidorError, Rejected, Unavailable

__all__ = ["EXIT_CODES", "main"]

NO: Final = 1
USAGE: Final = 2
REJECTED: Final = 65
DEFECT: Final = 70
UNAVAILABLE: Final = 75
MISCONFIGURED: Final = 78

EXIT_CODES: Final = {
    0: "It is done.",
    NO: "It is done, and the answer is no: what was asked for is not so (a topic differs, a message is missing).",
    USAGE: "The command line is wrong; nothing was done.",
    REJECTED: "The input is wrong and will never work.",
    DEFECT: "A defect of Ouvidor's own: `ouvidor --traceback …` shows where.",
    UNAVAILABLE: "Something that is needed is away (the broker, a mailbox): try again later.",
    MISCONFIGURED: "A setting is wrong; the line on stderr names it. Trying again does not help.",
    130: "Interrupted (Ctrl-C).",
}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; leaves by `SystemExit`."""
    given = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # what a terminal's encoding lacks is escaped, and ends no command
            stream.reconfigure(errors="backslashreplace")
    try:
        from ouvidor.cli.app import app

        app(given, prog_name="ouvidor")
    except Exception as error:  # noqa: BLE001 - the last place where it can be told
        sys.exit(_tell(error, whole="--traceback" in given))


def _tell(error: Exception, *, whole: bool) -> int:
    """Say what happened on stderr, and give the exit code. An unforeseen error's words may quote a customer."""
    if whole:
        print_exc()
    if isinstance(error, OuvidorError):
        words, code = str(error), _code(error)
    else:
        place = extract_tb(error.__traceback__)[-1]
        where = f"{place.filename.rsplit('/', 1)[-1]}:{place.lineno}"
        words, code = f"a defect of ours: {type(error).__name__} at {where}; --traceback shows all of it", DEFECT
    print(f"ouvidor: {words}", file=sys.stderr)  # noqa: T201 - this is the command line
    return code


def _code(error: OuvidorError) -> int:
    codes = {Rejected: REJECTED, Unavailable: UNAVAILABLE, Misconfigured: MISCONFIGURED}
    return next(code for kind, code in codes.items() if isinstance(error, kind))
