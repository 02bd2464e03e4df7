"""`python -m ouvidor.reference [DIRECTORY]`: write the reference pages; the directory is `docs` where none is given."""

import sys
from pathlib import Path

from ouvidor.reference import pages


def main(directory: Path) -> None:
    """Write what differs, and name it."""
    for name, text in pages().items():
        path = directory / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path}", file=sys.stderr)  # noqa: T201 - a program


main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs"))
