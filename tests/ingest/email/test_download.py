"""How fetching is planned: commands of bounded size, and when a mail is given up."""

import pytest

from ingest.email.download import PART, groups
from ingest.email.postponed import GIVEN_UP, asked_again, hopeless


@pytest.mark.parametrize(
    ("uids", "sizes", "alone", "planned"),
    [
        ([1, 2, 3], {1: 10, 2: 10, 3: 10}, [], [[1, 2, 3]]),
        ([1, 2, 3], {1: PART, 2: 10, 3: 10}, [], [[1], [2, 3]]),
        ([1, 2, 3], {1: 10, 2: 50 * PART, 3: 10}, [], [[1], [2], [3]]),
        ([1, 2, 3], {1: 10, 2: 10, 3: 10}, [2], [[1], [2], [3]]),
        ([1, 2, 3], {1: 10, 3: 10}, [], [[1], [2], [3]]),
        ([], {}, [], []),
    ],
)
def test_a_command_fetches_about_one_part_of_bytes(uids, sizes, alone, planned):  # noqa: ANN001 - see above
    assert list(groups(uids, sizes, alone=alone)) == planned


def looks(*, others_come: bool) -> int:
    postponed, count = {9: 0}, 0
    while not hopeless(postponed):
        postponed = asked_again(postponed, settled=[], missing=[9], others_came=others_come)
        count += 1
    return count


def test_a_mail_is_given_up_soon_while_the_server_gives_others_and_late_while_it_gives_none():
    assert looks(others_come=True) == 5
    assert looks(others_come=False) == GIVEN_UP


def test_what_was_given_or_is_gone_is_not_asked_for_again_and_what_was_not_asked_for_does_not_age():
    assert asked_again({1: 3, 2: 3, 3: 3}, settled=[1], missing=[2], others_came=False) == {2: 4, 3: 3}
