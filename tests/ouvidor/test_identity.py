"""Ids are the same at every redelivery; pseudonyms say nothing to who has no key."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ouvidor.errors import Misconfigured
from ouvidor.identity import Pseudonyms, message_id

KEY = bytes(range(32))


def test_an_id_stays_what_it_is():
    """Changing this makes every redelivery a new message."""
    assert message_id("email", "imap", "contact", "<a@b>") == UUID("2db5e106-e6c3-5a42-b3cb-28b72c4275ad")


@given(st.text(), st.text())
def test_an_id_is_a_uuid5_of_where_it_came_from(account: str, own: str):
    namespace = UUID("5f0c3f0e-6c3d-5d0a-9d0b-6f7576696472")
    assert message_id("email", "imap", account, own) == uuid5(namespace, f"email\x1fimap\x1f{account}\x1f{own}")


def test_an_id_of_bytes_that_are_no_text_is_an_id():
    broken = b"<caf\xe9@host>".decode("utf-8", "surrogateescape")
    assert message_id("email", "imap", "contact", broken) != message_id("email", "imap", "contact", "<caf@host>")


def test_each_part_counts():
    ids = {message_id(*parts) for parts in [("a", "b", "c", "d"), ("a", "b", "cd", ""), ("ab", "", "c", "d")]}
    assert len(ids) == 3


def test_one_address_has_one_pseudonym_however_it_is_written():
    names = Pseudonyms(KEY)
    assert names.reference(" Maria@Example.COM ") == names.reference("maria@example.com")
    assert names.reference("maria@example.com") != names.reference("mario@example.com")


def test_a_pseudonym_stays_what_it_is_under_its_key_and_differs_under_another():
    assert Pseudonyms(KEY).reference("maria@example.com") == "69da30b2c199f03f71592a9e85019d19"
    assert Pseudonyms(KEY[::-1]).reference("maria@example.com") != Pseudonyms(KEY).reference("maria@example.com")


def test_an_author_and_a_conversation_of_the_same_words_differ():
    names = Pseudonyms(KEY)
    assert names.reference("a\x1fb\x1fc") != names.conversation("a", "b", "c")


@given(st.text(alphabet=st.characters(), max_size=30))
def test_any_words_have_a_pseudonym(words: str):
    assert len(Pseudonyms(KEY).reference(words)) == 32


def test_a_short_key_is_refused():
    with pytest.raises(Misconfigured, match="31 bytes: it needs at least 32"):
        Pseudonyms(KEY[:31])


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path: Path):
    path = tmp_path / "secret" / "pseudonyms.key"
    first = Pseudonyms.from_file(path).reference("x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert Pseudonyms.from_file(path).reference("x") == first
    assert [each.name for each in path.parent.iterdir()] == ["pseudonyms.key"]


def test_those_who_start_together_have_one_key(tmp_path: Path):
    path = tmp_path / "secret" / "pseudonyms.key"
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: Pseudonyms.from_file(path).reference("x"), range(32)))
    assert len(found) == 1


def test_a_key_that_cannot_be_made_is_named(tmp_path: Path):
    (tmp_path / "secret").write_text("a file, not a directory")
    with pytest.raises(Misconfigured, match=r"pseudonyms\.key: the key of pseudonyms cannot be read or made"):
        Pseudonyms.from_file(tmp_path / "secret" / "pseudonyms.key")
