"""How far a partition is committed: never past what is in hand, and as far as that allows."""

from hypothesis import given
from hypothesis import strategies as st

from ouvidor.client.progress import Progress


def test_nothing_is_committed_before_anything_was_read():
    assert Progress().to_commit is None


def test_one_that_is_not_acknowledged_holds_those_behind_it():
    progress = Progress()
    for offset in (4, 5, 9):
        progress.given(offset)
    progress.done(5)
    progress.done(9)
    assert progress.to_commit == 4
    progress.done(4)
    assert progress.to_commit == 10
    progress.committed(10)
    assert progress.to_commit is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=60), st.integers(0, 5))
def test_it_is_what_a_slow_count_says(steps: list[tuple[bool, int]], every: int):
    """Records are read in order, with gaps; they are acknowledged in any order, twice or before they were read."""
    progress, read, acknowledged, committed = Progress(), [], set(), -1
    for number, (reads, jump) in enumerate(steps):
        if reads:
            read.append((read[-1] if read else 0) + 1 + jump)
            progress.given(read[-1])
        elif read:
            acknowledged.add(read[jump % len(read)])
            progress.done(read[jump % len(read)])
        left = [offset for offset in read if offset not in acknowledged]
        expected = min(left) if left else read[-1] + 1 if read else -1
        assert progress.waiting == len(left)
        assert progress.to_commit == (expected if expected > committed else None)
        if every and number % every == 0 and progress.to_commit is not None:
            committed = progress.to_commit
            progress.committed(committed)
