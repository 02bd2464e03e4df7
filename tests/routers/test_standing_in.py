"""While a department is away its deputy answers, and it is told all the same."""

from datetime import UTC, date, datetime

import pytest

from ouvidor.business_time import BusinessCalendar
from ouvidor.records import Message
from routers.reading import Table
from routers.route import copies, route
from routers.telling import told
from tests.routers.conftest import PLAIN, Tables
from tests.routers.samples import message, verdict

VACATION = "closed: [2026-11-23, {first: 2026-12-07, last: 2026-12-18, why: Férias}], hours: [08:00-17:00]"


def table_with(tables: Tables, lamps: str, roads: str = "") -> Table:
    text = PLAIN.replace("title: Luz", f"title: Luz, {lamps}")
    return tables(instead=text.replace("title: Vias", f"title: Vias, {roads}" if roads else "title: Vias"))


def received(month: int, day: int, hour: int = 12) -> Message:
    """At that hour in UTC: three less in São Paulo."""
    return message(received_at=datetime(2026, month, day, hour, tzinfo=UTC))


LAMPS = verdict(area="iluminacao-publica")


@pytest.mark.parametrize(
    ("said", "owner"),
    [
        (received(11, 23), "lamps"),  # a single closed day: the message waits
        (received(12, 4), "lamps"),  # the Friday before
        (received(12, 4, 19), "lamps"),  # at 16:00, within their hours
        (received(12, 4, 20), "roads"),  # at 17:00, when they have left: they would see it on Monday
        (received(12, 5), "roads"),  # Saturday
        (received(12, 10), "roads"),
        (received(12, 18), "roads"),  # the last day is in it
        (received(12, 19), "lamps"),  # the Saturday after
    ],
)
def test_the_deputy_answers_what_the_department_would_first_see_while_away(
    table_of: Tables, calendar: BusinessCalendar, said: Message, owner: str
):
    found = route(said, LAMPS, table_with(table_of, f"{VACATION}, deputy: roads"), calendar)
    assert found.owner == owner
    assert found.informed == (() if owner == "lamps" else ("lamps",))
    assert found.deputy_for == (None if owner == "lamps" else "lamps")
    assert found.rule.startswith("area:iluminacao-publica@")


def test_who_is_absent_until_a_day_is_so_on_that_day_too(table_of: Tables, calendar: BusinessCalendar):
    table = table_with(table_of, "absent_until: 2026-12-10, deputy: roads")
    assert [route(received(12, day), LAMPS, table, calendar).owner for day in (9, 10, 11)] == [
        "roads",
        "roads",
        "lamps",
    ]


def test_a_deputy_who_is_away_hands_on_and_a_circle_leaves_it_where_it_was(
    table_of: Tables, calendar: BusinessCalendar
):
    away = "absent_until: 2026-12-31, deputy:"
    assert route(received(12, 9), LAMPS, table_with(table_of, f"{away} roads", f"{away} counter"), calendar).owner == (
        "counter"
    )
    found = route(received(12, 9), LAMPS, table_with(table_of, f"{away} roads", f"{away} lamps"), calendar)
    assert (found.owner, found.deputy_for) == ("lamps", None)


def test_without_a_deputy_the_department_keeps_what_is_its_own(table_of: Tables, calendar: BusinessCalendar):
    assert route(received(12, 9), LAMPS, table_with(table_of, VACATION), calendar).owner == "lamps"


def test_a_deputy_sees_no_more_than_the_department_would(table_of: Tables, calendar: BusinessCalendar):
    table = table_with(table_of, f"identity: extract, {VACATION}, deputy: roads")
    found = route(received(12, 9), LAMPS, table, calendar)
    seen = {name: copy.message.author.name for name, copy in copies(received(12, 9), LAMPS, found, table)}
    assert found.extract
    assert seen == {"roads": None, "lamps": None}
    own = route(received(12, 9), verdict(area="vias"), table, calendar)
    assert not own.extract


def test_it_is_told_who_stands_in_for_whom_and_until_when(table_of: Tables, calendar: BusinessCalendar):
    table = table_with(table_of, f"identity: extract, {VACATION}, deputy: roads")
    sentences = "\n".join(told(received(12, 9), LAMPS, table, calendar))
    assert "Responde: Vias (roads)." in sentences
    assert f"Substitui: Luz (lamps), que está ausente até {date(2026, 12, 18):%d/%m/%Y}." in sentences
    assert "Fica sabendo: Luz (lamps), porque é o dono e está ausente." in sentences
    assert "o setor que ele substitui recebe sempre o extrato" in sentences
