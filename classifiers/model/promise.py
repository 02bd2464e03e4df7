"""What is promised of verdicts that stand unread: training keeps to it, the report counts it."""

from typing import Final

__all__ = ["PROMISE"]

PROMISE: Final = 0.05
"""Of the kinds that are sure, at most so many wrong."""
