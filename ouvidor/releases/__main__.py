"""`python -m ouvidor.releases VERSION`: keep what stands in the code now as a release's bundle. Before tagging it.

It writes beside this file, so it is run in a clone. A bundle that is there is never written again, and none is written
while the gate is shut.
"""

import re
import sys
from pathlib import Path

from ouvidor.releases import bundle, current, releases
from ouvidor.releases.gate import broken, said

_VERSION = re.compile(r"\d+\.\d+\.\d+")


def main(version: str) -> int:
    """Write the bundle. Gives the exit code."""
    path = Path(__file__).with_name(f"{version}.json")
    if not _VERSION.fullmatch(version):
        return _no(f"{version!r} is no version such as 0.2.0")
    if path.exists():
        return _no(f"{version} was released: its bundle is never written again; raise the version")
    if found := [said(each) for each in broken(releases(), current())]:
        return _no("\n".join(found))
    path.write_text(bundle(version), encoding="utf-8")
    return _no(f"wrote {path}", code=0)


def _no(words: str, code: int = 1) -> int:
    print(words, file=sys.stderr)  # noqa: T201 - a program
    return code


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its one argument
        sys.exit("usage: python -m ouvidor.releases VERSION")
    sys.exit(main(sys.argv[1]))
