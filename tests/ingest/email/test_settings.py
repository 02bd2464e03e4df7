"""An account's settings: TLS unless at home, nothing that could be smuggled into a command."""

from pathlib import Path
from typing import Any

import pytest

from ingest.email.settings import ImapAccount
from ouvidor.config import read_section
from ouvidor.errors import Misconfigured

GIVEN = {
    "network": "imap",
    "account": "ouvidoria",
    "host": "imap.prefeitura.test",
    "username": "o@p.test",
    "password": "x",
}


def read(**others: Any) -> ImapAccount:  # noqa: ANN401 - settings
    return read_section(ImapAccount, GIVEN | others, where="ouvidor.yaml")


def test_what_is_not_given_is_the_safe_way():
    account = read()
    assert (account.tls, account.its_port, account.folders) == ("implicit", 993, ("INBOX",))
    assert read(tls="starttls").its_port == 143
    assert read(port=1993).its_port == 1993


def test_the_clear_is_for_this_machine_alone():
    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        assert read(tls="none", host=host).tls == "none"
    with pytest.raises(Misconfigured, match="in the clear"):
        read(tls="none")
    assert read(tls="none", unencrypted=True).tls == "none"


def test_the_password_may_be_in_a_file_and_is_never_shown(tmp_path: Path):
    (tmp_path / "senha").write_text("tão secreta\n")
    given = {key: value for key, value in GIVEN.items() if key != "password"}
    account = read_section(ImapAccount, given | {"password_file": str(tmp_path / "senha")}, where="ouvidor.yaml")
    assert account.password.get_secret_value() == "tão secreta"
    assert "secreta" not in repr(account)
    assert "prefeitura" in account.where
    assert "o@p.test" not in account.where


@pytest.mark.parametrize(
    "wrong",
    [
        {"folders": ["a\r\nA1 DELETE INBOX"]},
        {"folders": [""]},
        {"folders": []},
        {"folders": ["INBOX", "inbox"]},
        {"username": "a\nb"},
        {"host": "a b"},
        {"idle": 0},
        {"idle": 540},
        {"pasword": "x"},
    ],
)
def test_what_cannot_work_is_named(wrong: dict[str, Any]):
    with pytest.raises(Misconfigured, match=next(iter(wrong))):
        read(**wrong)
