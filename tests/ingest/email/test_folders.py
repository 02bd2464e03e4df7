"""Folder names as they go over the wire, by the standard's own examples and servers' own names."""

import pytest

from ingest.email.folders import on_the_wire


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("INBOX", '"INBOX"'),
        ("~peter/mail/台北/日本語", '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'),
        ("Hi Mom -☺-!", '"Hi Mom -&Jjo--!"'),
        ("Reclamações", '"Reclama&AOcA9Q-es"'),
        ("P&D", '"P&-D"'),
        ('a"b\\c', '"a\\"b\\\\c"'),
        ("\U0001f60a", '"&2D3eCg-"'),
        ("[Gmail]/Lixeira", '"[Gmail]/Lixeira"'),
    ],
)
def test_a_name_is_quoted_and_in_modified_utf_7(name: str, written: str):
    assert on_the_wire(name) == written
