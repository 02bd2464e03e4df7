"""The gate: does the code as it is break anybody who was written for a release? Every release is asked, not the last.

Three readings of one rule, each with its own words. What an earlier release wrote stays on topics for years, so ours
must read it (backward). What we write is read by programs that were written for an earlier release (forward). What
others send us is as they built it then (backward again). So fields may be added where nobody must send them; what goes,
is renamed, changes its type or narrows is refused. The lists on which programs branch (kind, severity, difficulty) get
no further word; all others may, and their published schemas say so (`ouvidor/schema_forms.py`).

Source: Confluent Schema Registry, "Schema Evolution and Compatibility" (FULL_TRANSITIVE, BACKWARD_TRANSITIVE).
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ouvidor.compatibility import Break, Rule, breaks
from ouvidor.releases import Kept, Release
from ouvidor.schema_forms import as_read, as_written

__all__ = ["Broken", "broken", "said"]

_V2: Final = "or give the event a new type (`….v2`) beside the old one"


class Broken(NamedTuple):
    """Somebody who would be broken."""

    release: str
    record: str
    field: str
    what: str
    mend: str


def said(found: Broken) -> str:
    """Say it in a line."""
    return f"{found.record}{found.field} ({found.release}): {found.what}; {found.mend}"


def broken(released: Iterable[Release], now: Release) -> Iterator[Broken]:
    """Give what the code breaks, by release and record; a field is told of once for each way in which it breaks."""
    for release in released:
        yield from _events(release, now)
        for name, kept in release.records.items():
            if name not in now.records:
                what = "the record was taken away"
                yield Broken(release.version, name, "", what, "put it back: who reads it does not know of its end")
                continue
            yield from _record(release.version, name, kept, now.records[name])


def _events(release: Release, now: Release) -> Iterator[Broken]:
    for name, kind in release.events.items():
        if now.events.get(name) != kind:
            what = f"its type was {kind}, and is {now.events.get(name, 'gone')}"
            yield Broken(
                release.version, name, "", what, "leave the type: readers look for it; a new one stands beside it"
            )


def _record(release: str, name: str, kept: Kept, now: Kept) -> Iterator[Broken]:
    told = set()
    for each in breaks(as_written(kept.schema), as_written(now.schema)):
        told.add((each.field, each.rule))
        what, mend = (_of_others if kept.by_others else _of_ours)(each, release)
        yield Broken(release, name, _shown(each.field), what, mend)
    if kept.by_others:
        return
    for each in breaks(as_written(now.schema), as_read(kept.schema)):
        if (each.field, each.rule) not in told:
            what, mend = _of_readers(each, release)
            yield Broken(release, name, _shown(each.field), what, mend)


def _shown(field: str) -> str:
    return "" if field == "(root)" else field


def _of_ours(each: Break, release: str) -> tuple[str, str]:
    """Say what of a release's records we could not read any more."""
    match each.rule:
        case Rule.REQUIRED:
            return f"is required now, and records of {release} may be without it", f"give it a default, {_V2}"
        case Rule.GONE:
            mend = "keep the field; one that is renamed keeps its old name and gets the new one beside it"
            return f"is gone, and records of {release} have it", f"{mend}, {_V2}"
        case Rule.TYPE:
            mend = f"leave it {each.before}, put the new one into a field of another name"
            return f"was {each.before} and is {each.after}", f"{mend}, {_V2}"
        case Rule.WAY | Rule.VALUES:
            mend = "keep it among what may be read, even where nothing writes it any more"
            return f"{each.before} was taken, and records of {release} may hold it", mend
        case Rule.LIMIT | Rule.DEFAULT:
            fate = "be without it" if each.rule is Rule.DEFAULT else "be refused"
            mend = f"leave the {'default' if each.rule is Rule.DEFAULT else 'limit'} as it was for reading, {_V2}"
            return f"{each.key} was {each.before} and is {each.after}: records of {release} may {fate}", mend
        case _:
            return str(each).partition(": ")[2], "teach ouvidor/compatibility.py what it means, then see"


def _of_others(each: Break, release: str) -> tuple[str, str]:
    """Say what a sender that was written for a release could not send any more."""
    what, mend = _of_ours(each, release)
    if each.rule is Rule.REQUIRED:
        return f"is required now, and senders of {release} do not send it", f"make it optional, {_V2}"
    return what.replace(f"records of {release}", f"senders of {release}").replace(" have it", " send it"), mend


def _of_readers(each: Break, release: str) -> tuple[str, str]:
    """Say what a reader that was written for a release would trip over; the newer schema is the release's."""
    match each.rule:
        case Rule.REQUIRED:
            return f"may be missing now, and readers of {release} count on it", f"always write it, {_V2}"
        case Rule.TYPE:
            mend = f"go on writing {each.after}, put the new one into a field of another name"
            return f"was {each.after} and may be {each.before}: readers of {release} don't take that", f"{mend}, {_V2}"
        case Rule.WAY:
            mend = "put the new one into a field of another name"
            return f"may be {each.before} now, and readers of {release} don't take that", f"{mend}, {_V2}"
        case Rule.VALUES:
            mend = "this list is closed for good: put the new word into a field of another name"
            return f"may be {each.before} now, which readers of {release} don't know", f"{mend}, {_V2}"
        case Rule.LIMIT:
            mend = f"stay within it, {_V2}"
            return f"{each.key} was {each.after} and is {each.before}: readers of {release} count on it", mend
        case _:
            return str(each).partition(": ")[2], "teach ouvidor/compatibility.py what it means, then see"
