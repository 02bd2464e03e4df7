"""A server's `Retry-After` is read in both its forms, within bounds, and nonsense is none."""

from datetime import UTC, datetime, timedelta

import pytest

from ouvidor.retry_after import retry_after

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("0", timedelta(0)),
        (" 60 ", timedelta(seconds=60)),
        ("99999999999999999999", HOUR),
        ("Fri, 20 Nov 2026 10:01:00 GMT", timedelta(minutes=1)),
        ("Fri, 20 Nov 2020 10:01:00 GMT", timedelta(0)),
        ("Mon, 23 Nov 2099 11:00:00 GMT", HOUR),
        ("Mon, 99 Nov 2099 11:00:00 GMT", None),
        ("Mon, 23 Nov 99999999999999999999 11:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("\u0663", None),
        ("", None),
        (None, None),
    ],
)
def test_it_is_bounded_and_nonsense_is_none(asked: str | None, wanted: timedelta | None):
    assert retry_after(asked, NOW, HOUR) == wanted
