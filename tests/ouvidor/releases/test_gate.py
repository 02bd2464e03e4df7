"""The gate is open as the code stands, and shut for every change that would break somebody; it says how to mend it."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from ouvidor.releases import Kept, Release, bundle, current, releases
from ouvidor.releases.__main__ import main
from ouvidor.releases.gate import Broken, broken, said
from ouvidor.schema_forms import as_written
from ouvidor.schemas import WRITTEN_BY_OTHERS, schema_of

CHANGELOG = (Path(__file__).parents[3] / "CHANGELOG.md").read_text(encoding="utf-8")
NOW = current()
OLD = Release("0.9.0", {name: Kept(schema_of(name), name in WRITTEN_BY_OTHERS) for name in NOW.records}, NOW.events)
Schema = dict[str, Any]
Change = Callable[[Schema], None]


def after(name: str, change: Change) -> list[Broken]:
    """Tell what a change of a record's model breaks of a release that had it as it is."""
    schema = deepcopy(dict(NOW.records[name].schema))
    change(schema)
    kept = NOW.records | {name: Kept(schema, NOW.records[name].by_others)}
    return list(broken([OLD], Release("now", kept, NOW.events)))


def places(schema: Schema) -> Iterator[Schema]:
    """Give each part of a schema that has fields."""
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" in part:
            yield part


def test_nothing_breaks_what_was_released():
    """A fault here says in words how it is mended. Never edit a bundle that was released."""
    assert [said(each) for each in broken(releases(), current())] == []


def test_every_version_of_the_changelog_has_its_bundle():
    told = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", CHANGELOG, re.MULTILINE)
    assert set(told) <= {each.version for each in releases()}
    assert releases()[0].version == "0.1.0"


@pytest.mark.parametrize("name", NOW.records)
def test_a_field_that_goes_changes_its_name_or_its_type_or_must_be_there_is_refused(name: str):
    schema = deepcopy(dict(NOW.records[name].schema))
    for part in places(schema):
        for field, inner in list(part["properties"].items()):
            required = list(part.get("required", ()))
            del part["properties"][field]
            part["required"] = [each for each in required if each != field]
            assert told(name, schema, field)
            part["properties"][f"{field}_2"] = inner
            assert told(name, schema, field)
            del part["properties"][f"{field}_2"]
            part["properties"][field] = {"type": "object", "properties": {"strange": {"type": "null"}}}
            part["required"] = required
            assert told(name, schema, field)
            part["properties"][field] = inner
            if field not in required:
                part["required"] = [*required, field]
                assert told(name, schema, field)
            part["required"] = required
            assert not told(name, schema, field)


def told(name: str, schema: Schema, field: str) -> bool:
    old = Release("0.9.0", {name: OLD.records[name]}, {})
    now = Release("now", {name: Kept(schema, NOW.records[name].by_others)}, {})
    return any(field in each.field for each in broken([old], now))


def may_be_missing(schema: Schema) -> None:
    schema["$defs"]["Message"]["required"].remove("text")


def must_be_sent(schema: Schema) -> None:
    schema["properties"]["mood"] = {"type": "string"}
    schema["required"].append("mood")


def may_be_sent(schema: Schema) -> None:
    schema["properties"]["mood"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}


def new_word(of: str) -> Change:
    return lambda schema: schema["$defs"][of]["enum"].append("new")


def word_less(of: str) -> Change:
    return lambda schema: schema["$defs"][of]["enum"].pop()


def also_null(schema: Schema) -> None:
    schema["$defs"]["Message"]["properties"]["text"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def also_number(schema: Schema) -> None:
    schema["$defs"]["Verdict"]["properties"]["sure"] = {"type": "number"}


def shorter(schema: Schema) -> None:
    schema["properties"]["text"]["maxLength"] = 100


def longer(schema: Schema) -> None:
    schema["properties"]["text"]["maxLength"] = 20_000


def above_one(schema: Schema) -> None:
    schema["$defs"]["Confidence"]["properties"]["kind"]["maximum"] = 100


def not_final(schema: Schema) -> None:
    schema["properties"]["final"]["default"] = False


def said_in_public(schema: Schema) -> None:
    schema["$defs"]["Message"]["properties"]["public"]["default"] = True


def author_with_more(schema: Schema) -> None:
    schema["$defs"]["Author"]["properties"]["mood"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}
    schema["properties"]["author"]["default"] = {"name": None, "address": None, "reference": None, "mood": None}


def no_more(_: Schema) -> None: ...


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("dispatched", may_be_sent),
        ("reply-answer", may_be_sent),
        ("dispatched", new_word("Flag")),
        ("correction", new_word("Severity")),
        ("reply-answer", longer),
        ("message", author_with_more),
        ("message", no_more),
    ],
)
def test_what_is_added_breaks_nobody(name: str, change: Change):
    assert after(name, change) == []


@pytest.mark.parametrize(
    ("name", "change", "field", "what", "mend"),
    [
        ("dispatched", may_be_missing, ".message.text", "may be missing now, and readers of 0.9.0", "always write it"),
        ("dispatched", must_be_sent, ".mood", "required now, and records of 0.9.0 may be without", "give it a default"),
        ("reply-answer", must_be_sent, ".mood", "senders of 0.9.0 do not send it", "make it optional"),
        ("dispatched", new_word("Severity"), ".verdict.severity", "may be new now", "this list is closed for good"),
        ("dispatched", word_less("Flag"), ".verdict.flags[]", "asks_for_ombudsman was taken", "keep it among what may"),
        ("correction", word_less("Kind"), ".kind", "senders of 0.9.0 may hold it", "keep it among what may be read"),
        ("dispatched", also_null, ".message.text", "was string and may be null: readers", "go on writing"),
        ("dispatched", also_number, ".verdict.sure", "was boolean and is number", "leave it boolean"),
        ("reply-answer", shorter, ".text", "maxLength was 10000 and is 100: senders of", "leave the limit as it was"),
        ("reply-answer", not_final, ".final", "default was True and is False: senders of", "leave the default"),
        ("dispatched", said_in_public, ".message.public", "is True: records of 0.9.0 may be without", "leave"),
        ("dispatched", above_one, ".verdict.confidence.kind", "maximum was 1 and is 100: readers", "stay within it"),
    ],
)
def test_what_breaks_somebody_is_told_with_its_field_its_release_and_a_mend(
    name: str, change: Change, field: str, what: str, mend: str
):
    found = [each for each in after(name, change) if each.record == name]
    (one,) = found
    assert (one.release, one.field) == ("0.9.0", field)
    assert what in one.what
    assert one.mend.startswith(mend) or mend in one.mend
    assert said(one).startswith(f"{name}{field} (0.9.0): ")


def test_records_and_types_that_go_are_told():
    records = {name: kept for name, kept in NOW.records.items() if name != "message"}
    events = {name: f"{kind}x" if name == "dispatched" else kind for name, kind in NOW.events.items()}
    found = list(broken([OLD], Release("now", records, events)))
    assert [(each.record, each.what) for each in found] == [
        ("dispatched", "its type was ouvidor.message.dispatched.v1, and is ouvidor.message.dispatched.v1x"),
        ("message", "the record was taken away"),
    ]


def test_every_release_is_asked_and_not_the_last_alone():
    younger = Release("0.10.0", {"message": OLD.records["message"]}, {})
    found = [
        *broken([OLD, younger], Release("now", NOW.records | {"message": Kept({"type": "array"}, False)}, NOW.events))
    ]
    assert {each.release for each in found if each.record == "message"} == {"0.9.0", "0.10.0"}


def test_a_release_is_kept_once_and_reads_back_as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr("ouvidor.releases.__main__.__file__", str(tmp_path / "__main__.py"))
    assert main("0.2") == 1
    assert main("0.2.0") == 0
    assert (tmp_path / "0.2.0.json").read_text(encoding="utf-8") == bundle("0.2.0")
    assert main("0.2.0") == 1
    monkeypatch.setattr("ouvidor.releases._HERE", tmp_path)
    (found,) = releases()
    assert found.version == "0.2.0"
    assert found.records == {name: Kept(schema_of(name), name in WRITTEN_BY_OTHERS) for name in NOW.records}
    assert as_written(found.records["dispatched"].schema) == as_written(NOW.records["dispatched"].schema)
