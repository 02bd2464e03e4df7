"""The profiles, listed: for people in Portuguese, for programs as an object each."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from routers.clocks.profile import Profile
from routers.clocks.words import BINDS, amount_of, counting_of
from routers.portuguese import listed

__all__ = ["listed_as_json", "listed_profile"]

_WIDTH = 100


def listed_profile(name: str, profile: Profile, *, own: bool, used: bool) -> Iterator[str]:
    """Tell a profile, each a line."""
    marks = [*(["da tabela"] if own else []), *(["o usual"] if used else [])]
    title = f": {profile.title}" if profile.title else ""
    yield f"{name}{title}{f' ({listed(marks)})' if marks else ''}"
    for key, step in profile.steps.items():
        words = f"{key}: {step.title}, {amount_of(step)}; {counting_of(step)}; obriga {BINDS[step.binds]}."
        yield from _wrapped(words, "      ", "  ")
    for source in profile.source:
        yield from _wrapped(
            f"{'' if source.confirmed else '(não confirmado) '}{source.norm}: {source.says}", "    ", "  § "
        )
    if profile.notes:
        yield from _wrapped(profile.notes, "    ", "  * ")


def listed_as_json(name: str, profile: Profile, *, own: bool) -> dict[str, Any]:
    """Tell a profile to a program."""
    return {
        "name": name,
        "title": profile.title,
        "own": own,
        "answer": profile.answer,
        "steps": {
            key: {
                "title": step.title,
                "within": amount_of(step),
                "counted": counting_of(step),
                **step.model_dump(mode="json", include={"binds", "starts", "first_day", "end", "ends_at", "vacations"}),
            }
            for key, step in profile.steps.items()
        },
        "source": [source.model_dump(mode="json") for source in profile.source],
        "notes": profile.notes,
    }


def _wrapped(words: str, indent: str, first: str | None = None) -> Iterator[str]:
    yield from wrap(words, _WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent)
