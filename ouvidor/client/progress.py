"""How far a partition may be committed: up to the first case that is not acknowledged, whatever is done behind."""

__all__ = ["Progress"]


class Progress:
    """One partition, from when it was assigned to us until it is taken away."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._next = -1
        self._committed = -1

    def given(self, offset: int) -> None:
        """Note that a record was read."""
        self._open.add(offset)
        self._next = max(self._next, offset + 1)

    def done(self, offset: int) -> None:
        """Note that nothing more is to be done about a record."""
        self._open.discard(offset)

    def committed(self, position: int) -> None:
        """Note what was committed."""
        self._committed = max(self._committed, position)

    @property
    def waiting(self) -> int:
        """How many records are not done."""
        return len(self._open)

    @property
    def to_commit(self) -> int | None:
        """Where a reader should go on; none where that is known already."""
        position = min(self._open, default=self._next)
        return position if position > self._committed and position >= 0 else None
