"""A mail's own date, where it cannot be told."""

import pytest

from ingest.email.dates import read_date


@pytest.mark.parametrize(
    "written",
    [
        "0001-01-01T00:00:00+00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59Z",
        "Fri, 31 Dec 9999 23:59:59 -1200",
    ],
)
def test_a_date_at_the_ends_of_the_calendar_is_none(written: str):
    """In some zone it has no name: whoever shows it would fail."""
    assert read_date(written) == (None, "data: ilegível")
