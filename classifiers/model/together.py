"""Fits side by side: a thread each, whose products of matrices keep to one core.

Two cores at one narrow product take longer than two cores at two, because they wait for each other's ends. Nor do a
fit's bytes depend on how many cores there are then.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from threadpoolctl import threadpool_limits

__all__ = ["together"]

_MOST: Final = 4
"""Each has the products of the messages that it is fitted on before it: 160 MB."""

T = TypeVar("T")


def together(tasks: Sequence[Callable[[], T]]) -> Iterator[T]:
    """Do tasks side by side; give what they give, in their order, as soon as it is there."""
    with (
        threadpool_limits(1, user_api="blas"),
        ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST)) as workers,
    ):
        yield from workers.map(lambda task: task(), tasks)
