"""The store on SQLite and on PostgreSQL: each delivery once, leased, settled, in order where that is asked for."""

import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.engine import URL

from ouvidor.errors import Misconfigured, Unavailable
from ouvidor.settings import Settings
from sinks.deliveries.engine import address
from sinks.deliveries.leasing import Leased, Room, Settlement, _due
from sinks.deliveries.store import REMEMBERED, Store
from sinks.deliveries.tables import State, deliveries, metadata
from tests.sinks.deliveries.events import HOUR, MINUTE, NOW, SECOND, row

LEASE = 2 * MINUTE


def lease(
    store: Store, free: int = 10, *, at: datetime = NOW, ordered: bool = False, destination: str = "panel"
) -> list[Leased]:
    return store.turn([], [Room(destination, free, LEASE, ordered)], at)


def settle(
    store: Store,
    leased: Leased,
    state: State = State.DELIVERED,
    *,
    at: datetime = NOW,
    due: datetime | None = None,
    untried: bool = False,
):
    came = Settlement(leased.delivery.id, leased.lease, state, at, due or at, untried=untried)
    store.turn([came], [], at)


def numbers(found: list[Leased]) -> list[int]:
    return [int(each.delivery.attributes["number"]) for each in found]


def numbered(number: int, **more: str):
    its = row(number, **more)
    its.attributes["number"] = str(number)  # type: ignore[index]
    return its


def states(store: Store) -> dict[str, int]:
    with store.engine.connect() as connection:
        found = connection.execute(select(deliveries.c.state)).scalars().all()
    return {state: found.count(state) for state in found}


def test_an_event_that_is_consumed_twice_makes_one_row(store: Store):
    store.add([row(1), row(2), row(1)], NOW)
    store.add([row(2), row(3)], NOW + HOUR)
    assert states(store) == {"waiting": 3}


def test_it_gives_back_what_was_put_in(store: Store):
    store.add([row(1)], NOW)
    (found,) = lease(store)
    its = found.delivery
    assert (its.id, its.body, its.attributes) == (row(1).id, row(1).body, row(1).attributes)
    assert (its.destination, its.department, its.protocol, its.number, its.at) == (
        "panel", "lamps", "20261123-0000-0000-00E", 1, NOW,
    )  # fmt: skip


def test_what_is_leased_is_nobody_else_s_until_the_lease_ends(store: Store):
    store.add([numbered(1), numbered(2), numbered(3)], NOW)
    assert numbers(lease(store, 2)) == [1, 2]
    assert numbers(lease(store)) == [3]
    assert lease(store, at=NOW + LEASE - SECOND) == []
    again = lease(store, at=NOW + LEASE)
    assert numbers(again) == [1, 2, 3]
    assert [each.delivery.number for each in again] == [2, 2, 2]  # the first try was begun, whoever died over it


def test_two_connections_that_lease_at_once_share_the_rows(store: Store, url: URL):
    other = Store(url)
    store.add([numbered(number) for number in range(40)], NOW)
    try:
        found = [numbers(lease(each, 5)) for _ in range(4) for each in (store, other)]
    finally:
        other.close()
    assert sorted(number for some in found for number in some) == list(range(40))


def test_what_was_delivered_is_due_no_more(store: Store):
    store.add([row(1)], NOW)
    settle(store, *lease(store))
    assert states(store) == {"delivered": 1}
    assert lease(store, at=NOW + 1000 * HOUR) == []


def test_what_is_to_be_tried_again_is_due_then_and_not_before(store: Store):
    store.add([row(1)], NOW)
    settle(store, *lease(store), State.WAITING, due=NOW + HOUR)
    assert lease(store, at=NOW + HOUR - SECOND) == []
    assert len(lease(store, at=NOW + HOUR)) == 1


def test_a_try_that_does_not_count_is_not_counted(store: Store):
    store.add([row(1)], NOW)
    settle(store, *lease(store), State.WAITING, untried=True)
    (found,) = lease(store)
    assert found.delivery.number == 1


def test_of_a_lease_that_ended_only_good_news_counts(store: Store):
    store.add([numbered(1), numbered(2)], NOW)
    late = lease(store)
    again = lease(store, at=NOW + LEASE)
    settle(store, late[0], State.REFUSED, at=NOW + LEASE)
    settle(store, late[1], State.DELIVERED, at=NOW + LEASE)
    assert states(store) == {"waiting": 1, "delivered": 1}
    settle(store, again[1], State.FAILED, at=NOW + LEASE)  # the second try of what had arrived by the first
    assert states(store) == {"waiting": 1, "delivered": 1}


def test_where_order_is_asked_for_a_protocol_waits_for_its_former_event_and_others_do_not(store: Store):
    rows = [(1, "20261123-A"), (2, "20261123-A"), (3, "20261123-B"), (4, "20261123-A")]
    store.add([numbered(number, protocol=protocol) for number, protocol in rows], NOW)
    first, other = lease(store, ordered=True)
    assert numbers([first, other]) == [1, 3]
    assert lease(store, ordered=True) == []
    settle(store, other)
    settle(store, first, State.WAITING, due=NOW + HOUR)
    assert lease(store, ordered=True) == []
    (first,) = lease(store, ordered=True, at=NOW + HOUR)
    settle(store, first)
    (second,) = lease(store, ordered=True, at=NOW + HOUR)
    assert numbers([second]) == [2]


@pytest.mark.parametrize("state", [State.FAILED, State.REFUSED])
def test_in_order_nothing_passes_one_that_a_person_has_to_look_at(store: Store, state: State):
    store.add([numbered(1), numbered(2)], NOW)
    (first,) = lease(store, ordered=True)
    settle(store, first, state)
    assert lease(store, ordered=True) == []
    assert numbers(lease(store, ordered=False)) == [2]


def test_what_came_before_is_looked_up_in_its_index_and_not_in_all_rows(tmp_path: Path):
    """SQLite's planner takes a partial index only where its condition stands in the query: with parameters in its
    place, each lease read every row."""
    store = Store(address(Settings(data=tmp_path)))
    asked = _due(Room("panel", 8, MINUTE, ordered=True), NOW)
    with closing(store), store.engine.connect() as connection:
        its = asked.compile(connection, compile_kwargs={"render_postcompile": True})
        values = tuple(its.params[name] for name in its.positiontup or ())
        values = tuple(f"{value}" if isinstance(value, datetime) else value for value in values)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {its}", values).all()
    steps = [step[-1] for step in plan]
    assert any("INDEX deliveries_order (destination=? AND protocol=? AND place<?)" in step for step in steps), steps


def test_a_destination_that_is_gone_keeps_its_rows_and_others_go_on(store: Store):
    store.add([row(1), row(2, "other")], NOW)
    store.turn([], [], NOW, {"panel": "410 Gone"})
    found = store.turn([], [Room("panel", 5, LEASE), Room("other", 5, LEASE)], NOW)
    assert [each.delivery.destination for each in found] == ["other"]
    assert store.disabled() == {"panel": "410 Gone"}


def test_what_has_not_arrived_is_counted_with_its_oldest(store: Store):
    store.add([row(1), row(4, "other")], NOW)
    store.add([row(2), row(3)], NOW + HOUR)
    settle(store, lease(store)[0], State.REFUSED)
    settle(store, *lease(store, destination="other"))
    found = {(each.destination, each.state): (each.count, each.oldest) for each in store.counted()}
    assert found == {("panel", State.REFUSED): (1, NOW), ("panel", State.WAITING): (2, NOW + HOUR)}


def test_what_arrived_is_forgotten_in_two_steps_and_what_did_not_is_kept(store: Store):
    store.add([row(1), row(2)], NOW)
    first, second = lease(store)
    settle(store, first)
    settle(store, second, State.FAILED)
    keep = timedelta(days=30)

    def bodies() -> list[bool]:
        with store.engine.connect() as connection:
            rows = connection.execute(select(deliveries.c.body).order_by(deliveries.c.place)).scalars()
            return [body is not None for body in rows]

    store.sweep(NOW + keep, keep)
    assert bodies() == [True, True]
    store.sweep(NOW + keep + SECOND, keep)
    assert bodies() == [False, True]
    store.add([row(1)], NOW + keep)  # still known: it is not delivered anew
    assert lease(store, at=NOW + keep) == []
    store.sweep(NOW + REMEMBERED + SECOND, keep)
    assert bodies() == [True]


def test_the_steps_of_the_migrations_lead_to_the_tables_that_the_code_knows(store: Store):
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": "deliveries_version"})
        assert compare_metadata(context, metadata) == []


def test_what_a_newer_version_has_written_is_not_touched(store: Store, url: URL):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE deliveries_version SET version_num = '9999'"))
    other = Store(url)
    with pytest.raises(Misconfigured, match="was written by a newer Ouvidor"):
        other.add([row(1)], NOW)


def test_services_that_start_together_migrate_once(url: URL):
    stores = [Store(url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda number: stores[number].add([row(number)], NOW), range(4)))
    assert [states(store) for store in stores] == [{"waiting": 4}] * 4
    for store in stores:
        store.close()


def test_only_the_owner_may_read_the_file(tmp_path: Path):
    store = Store(address(Settings(data=tmp_path)))
    store.add([row(1)], NOW)
    folder = tmp_path / "deliveries"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    store.close()


def test_a_spoilt_file_is_named_with_its_mend(tmp_path: Path):
    path = tmp_path / "deliveries" / "deliveries.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"spoilt" * 1000)
    with pytest.raises(Misconfigured, match=r"deliveries\.sqlite\): file is not a database; move the file away"):
        Store(address(Settings(data=tmp_path))).add([row(1)], NOW)


def test_a_data_base_that_is_away_is_waited_for_and_its_password_is_not_told():
    settings = Settings(deliveries={"store": "postgresql://ouvidor:segredo@127.0.0.1:1/deliveries"})  # type: ignore[arg-type]
    with pytest.raises(Unavailable) as told:
        Store(address(settings)).add([row(1)], NOW)
    assert "127.0.0.1" in str(told.value)
    assert "segredo" not in str(told.value)


@pytest.mark.parametrize("given", ["mysql://host/x", "postgresql://host", "no address", "sqlite:///x"])
def test_a_store_that_is_neither_is_refused_without_repeating_it(given: str):
    settings = Settings(deliveries={"store": given})  # type: ignore[arg-type]
    with pytest.raises(Misconfigured, match=r"deliveries\.store: postgresql://user:password@host/database is expected"):
        address(settings)
