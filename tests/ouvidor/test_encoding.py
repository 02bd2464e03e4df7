"""What an output's encoding lacks is escaped: no command ends in the middle for it."""

import io

import pytest

from ouvidor.cli import main


def test_a_letter_that_the_terminal_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch):
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    monkeypatch.setattr("sys.stdout", stream)
    with pytest.raises(SystemExit):
        main(["--version"])
    stream.write("ção")
    stream.flush()
    assert written.getvalue().endswith(rb"\xe7\xe3o")
