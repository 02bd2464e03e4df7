"""How we were called, so that what we tell people to type works where they are: `.venv/bin/ouvidor`, not `ouvidor`."""

import shlex
import shutil
import sys
from pathlib import Path

__all__ = ["invoked"]


def invoked(path: str | None = None) -> str:
    """Give the words that start this program again from this directory; `path` is the program's, if not our own."""
    program = Path(path or sys.argv[0])
    if program.name == "__main__.py":
        return f"{shlex.quote(sys.executable)} -m ouvidor"
    found = shutil.which(program.name)
    if found is not None and Path(found).resolve() == program.resolve():
        return program.name
    try:
        return shlex.quote(str(program.absolute().relative_to(Path.cwd())))
    except ValueError:
        return shlex.quote(str(program))
