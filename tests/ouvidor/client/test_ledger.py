"""The ledger: what was worked is known after a restart and to the program next to it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ouvidor.client import Broker, Department, Misconfigured, SqliteLedger, Unavailable
from ouvidor.client.ledger import default_path
from ouvidor.client.reading import read_case
from tests.ouvidor.client.samples import incoming


async def test_what_was_worked_is_known_after_a_restart_and_to_the_program_next_to_it(tmp_path: Path):
    one, next_to_it = SqliteLedger(tmp_path / "deep" / "er" / "l.sqlite"), SqliteLedger(tmp_path / "deep/er/l.sqlite")
    assert not await one.seen("a")
    await one.done("a")
    await one.done("a")
    assert await next_to_it.seen("a")
    one.close()
    next_to_it.close()
    again = SqliteLedger(tmp_path / "deep" / "er" / "l.sqlite")
    assert (await again.seen("a"), await again.seen("b")) == (True, False)
    again.close()


async def test_it_forgets_what_is_older_than_the_feed(tmp_path: Path):
    old = SqliteLedger(tmp_path / "l", clock=lambda: 0.0)
    await old.done("old")
    old.close()
    days = timedelta(days=401).total_seconds()
    new = SqliteLedger(tmp_path / "l", clock=lambda: days)
    await new.done("new")
    assert (await new.seen("old"), await new.seen("new")) == (False, True)
    new.close()


async def test_it_keeps_where_a_record_stands_that_could_not_be_read_and_not_what_it_holds(tmp_path: Path):
    ledger = SqliteLedger(tmp_path / "l")
    found = read_case(incoming(b"Zulmira", b"Zulmira", ()))
    await ledger.keep(found)
    await ledger.keep(found)
    (row,) = ledger.unreadable()
    assert row[:3] == ("ouvidor.department.billing", 3, 17)
    assert "no CloudEvent" in row[3]
    ledger.close()
    assert b"ulmira" not in (tmp_path / "l").read_bytes()


@pytest.mark.parametrize("make", [lambda at: at.write_text("no database" * 100), lambda at: at.mkdir()])
def test_a_place_where_no_ledger_can_be_is_told(make: Callable[[Path], object], tmp_path: Path):
    make(tmp_path / "l")
    with pytest.raises((Misconfigured, Unavailable), match=str(tmp_path / "l")):
        SqliteLedger(tmp_path / "l")


def test_by_default_it_is_among_the_user_s_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_path("billing") == tmp_path / "ouvidor" / "billing.sqlite"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert default_path("billing") == Path("/home/somebody/.local/state/ouvidor/billing.sqlite")


def test_programs_of_different_groups_share_no_ledger_by_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Each group is given every case: what one has worked is not done for the other."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    broker = Broker(prefix="casa.")
    alone, named, counting, odd = (
        Department("billing", broker, group=group)._ledger
        for group in (None, "casa.department.billing", "casa.department.billing.counting", "../../a/b")
    )
    assert alone == named == default_path("billing")
    assert counting == tmp_path / "ouvidor" / "casa.department.billing.counting.sqlite"
    assert isinstance(odd, Path)
    assert odd.parent == tmp_path / "ouvidor"
