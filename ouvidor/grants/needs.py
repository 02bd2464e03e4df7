"""What a service of a room needs of the broker: told by the room, since the floor knows no room.

An entry point of the group `ouvidor.needs` is named as its room and is a function of `Topics` that gives its `Needs`.
They do not follow from the settings: what a room may need is granted at once, so that an account that is added later
needs no administrator of the broker. A test holds them against the stages themselves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ouvidor.entry_points import load, offered
from ouvidor.topics import Topics

__all__ = ["Needs", "needs_of_rooms", "of_stage"]

_GROUP = "ouvidor.needs"


@dataclass(frozen=True, slots=True)
class Needs:
    """Of one service. Names are whole, with our prefix; one that ends in a dot is the beginning of names."""

    service: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()
    """Topics that it makes by itself."""
    groups: tuple[str, ...] = ()
    transactional_ids: tuple[str, ...] = ()


def of_stage(
    topics: Topics,
    name: str,
    *,
    reads: Iterable[str],
    writes: Iterable[str] = (),
    remembers: str | None = None,
    creates: Iterable[str] = (),
) -> Needs:
    """Give what a stage of this name needs: beside what it says itself, its group, its fences and its dead letters."""
    remembered = () if remembers is None else (remembers,)
    return Needs(
        service=name,
        reads=(*reads, *remembered),
        writes=tuple(dict.fromkeys((*writes, *remembered, topics.dead_letter, topics.ombudsman))),
        creates=tuple(creates),
        groups=(f"{topics.prefix}{name}",),
        transactional_ids=(f"{topics.prefix}{name}.",),
    )


def needs_of_rooms(topics: Topics) -> Iterator[tuple[str, Needs]]:
    """Give what each service needs, with its room's name. Raises `Misconfigured` where a room does not load."""
    for room, entry in offered(_GROUP).items():
        for needs in load(entry)(topics):
            yield room, needs
