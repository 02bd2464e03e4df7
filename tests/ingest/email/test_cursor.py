"""The cursor of a mailbox: which UIDs are settled, and that none is passed over."""

import json
import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.email.cursor import (
    WINDOW,
    FolderCursor,
    begin,
    criteria,
    pending,
    read_cursor,
    settle,
    uid_set,
    write_cursor,
)
from ouvidor.errors import Misconfigured

TODAY = date(2026, 11, 20)


def fresh(**others: object) -> FolderCursor:
    return FolderCursor(validity=7, looked=TODAY, **others)  # type: ignore[arg-type]


def test_a_new_folder_is_searched_from_its_first_mail():
    cursor = begin(7, highest=900, today=TODAY, first_day=None, before=None)
    assert criteria(cursor) == ["UID 1:*"]
    assert pending(cursor, [3, 1, 2]) == [1, 2, 3]


def test_what_is_settled_is_not_pending_though_every_search_finds_the_last_mail():
    cursor = settle(fresh(), [1, 2, 3], today=TODAY)
    assert pending(cursor, [3]) == []
    assert pending(cursor, [3, 4]) == [4]


def test_a_number_that_shows_late_is_pending_as_long_as_it_is_among_the_newest():
    cursor = settle(fresh(), [uid for uid in range(1, 1000) if uid not in {500, 990}], today=TODAY)
    assert criteria(cursor) == [f"UID {999 - WINDOW + 1}:*"]
    assert pending(cursor, [500, 990, 999]) == [990]


def test_with_a_first_day_only_what_was_there_before_is_searched_by_its_day():
    cursor = begin(7, highest=50, today=TODAY, first_day=date(2026, 1, 5), before=None)
    assert criteria(cursor) == ["UID 1:50 SINCE 5-Jan-2026", "UID 51:*"]
    later = settle(cursor, range(40, 600), today=TODAY)
    assert later.since is None
    assert criteria(later) == [f"UID {599 - WINDOW + 1}:*"]


def test_a_folder_whose_numbers_begin_anew_is_read_as_far_back_as_its_mails_would_be_recognised():
    before = fresh(floor=100_000)
    cursor = begin(8, highest=30, today=TODAY, first_day=None, before=before)
    assert cursor.validity == 8
    assert cursor.since == TODAY - timedelta(days=28)
    assert criteria(cursor)[0].startswith("UID 1:30 SINCE 23-Oct-2026")


def test_after_a_long_absence_it_is_read_from_shortly_before_the_last_look():
    before = FolderCursor(validity=7, looked=TODAY - timedelta(days=100), floor=5)
    cursor = begin(8, highest=30, today=TODAY, first_day=None, before=before)
    assert cursor.since == before.looked - timedelta(days=2)


def test_a_first_day_holds_after_the_numbers_began_anew():
    cursor = begin(8, highest=30, today=TODAY, first_day=date(2026, 11, 18), before=fresh())
    assert cursor.since == date(2026, 11, 18)


@given(
    st.sets(st.integers(1, 4_000), max_size=120),
    st.integers(0, 2**32),
)
@settings(derandomize=True)
def test_every_mail_is_taken_once_in_whatever_order_they_show_within_the_window(uids: set[int], seed: int):
    draw = random.Random(seed)
    cursor, taken, visible = fresh(), [], set()
    hidden = sorted(uids)
    while hidden or pending(cursor, visible):
        lowest = hidden[0] if hidden else 0
        near = [uid for uid in hidden if uid < lowest + WINDOW]
        for uid in draw.sample(near, min(len(near), 5)):
            visible.add(uid)
            hidden.remove(uid)
        batch = pending(cursor, {uid for uid in visible if uid > cursor.floor})[: draw.randint(1, 7)]
        taken += batch
        cursor = read_cursor(write_cursor({"f": settle(cursor, batch, today=TODAY)}))["f"]
    assert sorted(taken) == sorted(uids)


def test_a_cursor_is_read_as_it_was_written():
    folders = {
        "INBOX": fresh(floor=10, seen=frozenset({12, 13, 14, 20}), since=TODAY, until=99, postponed={15: 3}),
        "Reclamações": fresh(),
    }
    assert read_cursor(write_cursor(folders)) == folders
    assert read_cursor(None) == {}


def test_the_largest_cursor_stays_under_the_limit():
    worst = fresh(
        floor=4_294_967_000,
        seen=frozenset(range(4_294_967_001, 4_294_967_001 + WINDOW, 2)),
        since=TODAY,
        until=4_294_967_295,
        postponed={4_294_967_000 - number: 59 for number in range(100)},
    )
    assert len(write_cursor({f"{number:02}" + "ç" * 60: worst for number in range(20)})) < 64 * 1024


@pytest.mark.parametrize("cursor", [b"", b"[]", b"{}", b'{"version":1}', b'{"version":1,"folders":{"a":{}}}', b"\xff"])
def test_a_cursor_of_something_else_says_so(cursor: bytes):
    with pytest.raises(Misconfigured, match="cursor"):
        read_cursor(cursor)


def test_a_cursor_of_a_newer_version_says_so():
    newer = json.loads(write_cursor({})) | {"version": 2}
    with pytest.raises(Misconfigured, match="version 2"):
        read_cursor(json.dumps(newer).encode())


@pytest.mark.parametrize(("uids", "written"), [([], ""), ([5], "5"), ([3, 1, 2], "1:3"), ([9, 1, 2, 4], "1:2,4,9")])
def test_uids_are_written_as_imap_writes_sets(uids: list[int], written: str):
    assert uid_set(uids) == written
