"""Ten tries over 76 hours, whatever the chance; a receiver may ask for more time and not for less."""

from datetime import timedelta

import pytest

from sinks.deliveries.tries import LONGEST_ASKED, TRIES, next_try
from tests.sinks.deliveries.events import HOUR, MINUTE, NOW, SECOND


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_the_last_of_ten_is_after_the_76th_hour_and_within_84(chance: float):
    now = NOW
    for tries in range(1, TRIES):
        due = next_try(tries, now, chance=chance)
        assert due is not None
        assert due > now
        now = due
    assert TRIES == 10
    assert 76 * HOUR <= now - NOW <= 84 * HOUR
    assert next_try(TRIES, now, chance=chance) is None


def test_the_first_pauses_are_short():
    assert next_try(1, NOW, chance=0) == NOW + 5 * SECOND
    assert next_try(2, NOW, chance=0) == NOW + 5 * MINUTE


@pytest.mark.parametrize(
    ("tries", "asked", "pause"),
    [
        (1, timedelta(hours=1), timedelta(hours=1)),
        (1, timedelta(seconds=1), timedelta(seconds=5)),
        (1, timedelta(days=400), LONGEST_ASKED),
        (9, timedelta(hours=1), timedelta(hours=24, minutes=25)),
    ],
)
def test_the_longer_of_both_pauses_counts_up_to_a_day(tries: int, asked: timedelta, pause: timedelta):
    assert next_try(tries, NOW, chance=0, asked=asked) == NOW + pause
