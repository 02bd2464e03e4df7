"""Adapters are found by the names of their files; accounts are read by their adapters' own models."""

import sys
from pathlib import Path

import pytest

import ingest
from ingest import registry
from ingest.registry import accounts, adapter, networks
from ouvidor.errors import Misconfigured
from ouvidor.settings import Settings

TELEGRAM = {"network": "telegram", "account": "bot", "token": "1:abc"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of networks as another one of this room."""
    package = tmp_path / "carrier"
    package.mkdir()
    (package / "__init__.py").write_text("")
    monkeypatch.setattr(ingest, "__path__", [*ingest.__path__, str(tmp_path)])
    registry._modules.cache_clear()
    yield package
    for name in [each for each in sys.modules if each.startswith("ingest.carrier")]:
        del sys.modules[name]
    registry._modules.cache_clear()


def test_every_network_of_this_room_is_found_and_bears_its_files_name():
    found = networks()
    assert {"telegram", "webvtt"} <= set(found)
    for name in found:
        assert adapter(name).network == name


def test_a_network_is_one_file_more_and_a_file_without_an_adapter_is_none(folder: Path):
    (folder / "pigeon_post.py").write_text(
        "from ingest.adapter import Account, Adapter\nfrom ouvidor.records import Channel\n"
        "ADAPTER = Adapter(channel=Channel.DESK, network='pigeon-post', settings=Account, read=lambda _: [])\n"
    )
    (folder / "feathers.py").write_text("WEIGHT = 3\n")
    assert "pigeon-post" in networks()
    assert "feathers" not in networks()
    assert adapter("pigeon-post").network == "pigeon-post"


def test_names_are_told_without_importing_what_may_not_be_installed(folder: Path):
    (folder / "raven.py").write_text("import a_library_that_is_not_there\nADAPTER = None\n")
    assert "raven" in networks()
    with pytest.raises(Misconfigured, match=r"needs a_library_that_is_not_there.*pip install 'ouvidor\[carrier\]'"):
        adapter("raven")


def test_a_defect_of_ours_is_not_taken_for_a_missing_installation(folder: Path):
    (folder / "owl.py").write_text("import ingest.nothing_here\nADAPTER = None\n")
    with pytest.raises(ModuleNotFoundError, match=r"ingest\.nothing_here"):
        adapter("owl")


def test_an_unknown_network_is_told_with_the_nearest_known():
    with pytest.raises(Misconfigured, match=r"'telegran' is unknown; did you mean telegram\?"):
        adapter("telegran")
    with pytest.raises(Misconfigured, match=r"known are .*telegram"):
        adapter("zzz")


def test_an_adapter_under_another_name_is_refused(folder: Path):
    (folder / "dove.py").write_text("from ingest.social.telegram import ADAPTER\n# ADAPTER\n")
    assert "dove" not in networks()
    (folder / "swan.py").write_text("from ingest.social.telegram import ADAPTER as found\nADAPTER = found\n")
    registry._modules.cache_clear()
    with pytest.raises(Misconfigured, match="calls itself 'telegram'"):
        adapter("swan")


def settings(*given: dict[str, object]) -> Settings:
    return Settings(ingest={"accounts": given})


def test_accounts_are_read_by_their_adapters(tmp_path: Path):
    folder = {"network": "webvtt", "account": "central", "folder": str(tmp_path)}
    (first, bot), (second, calls) = accounts(settings(TELEGRAM, folder))
    assert (first.network, bot.account, second.network, calls.account) == ("telegram", "bot", "webvtt", "central")


def test_every_fault_of_every_account_is_told_at_once_and_no_secret():
    with pytest.raises(Misconfigured) as caught:
        accounts(
            settings(
                TELEGRAM,
                {"account": "x"},
                {**TELEGRAM, "tokem": "9:segredo"},
                {"network": "telegran", "account": "y"},
                {**TELEGRAM, "account": "Alguém@example.org"},
                TELEGRAM,
            )
        )
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("ouvidor.yaml: ingest.accounts[1].network: missing")
    assert lines[1] == "ouvidor.yaml: ingest.accounts[2].tokem: unknown key; did you mean token?"
    assert lines[2].startswith("ouvidor.yaml: ingest.accounts[2].account: 'bot' of telegram stands in accounts[0]")
    assert lines[3].startswith("ouvidor.yaml: ingest.accounts[3].network: network 'telegran' is unknown")
    assert lines[4].startswith("ouvidor.yaml: ingest.accounts[4].account: ")
    assert lines[5].startswith("ouvidor.yaml: ingest.accounts[5].account: 'bot' of telegram stands in accounts[0]")
    assert "segredo" not in str(caught.value)
