"""The comparison sees every way in which one schema takes less than another."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from ouvidor.compatibility import breaks
from ouvidor.schemas import RECORDS, model_schema

Schema = dict[str, Any]


@pytest.mark.parametrize("name", RECORDS)
def test_every_record_is_compatible_with_itself(name: str):
    assert breaks(model_schema(name), model_schema(name)) == []


def properties(schema: Schema, of: str | None = None) -> Schema:
    found: Schema = schema["$defs"][of]["properties"] if of else schema["properties"]
    return found


def add_optional(schema: Schema) -> None:
    properties(schema)["mood"] = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}


def add_a_label(schema: Schema) -> None:
    schema["$defs"]["Channel"]["enum"].append("fax")


def make_optional(schema: Schema) -> None:
    schema["required"].remove("protocol")


def widen(schema: Schema) -> None:
    properties(schema, "Turn")["start"].pop("minimum")
    properties(schema)["account"].pop("type")


def document(schema: Schema) -> None:
    schema["title"], properties(schema)["account"]["description"] = "x", "y"


@pytest.mark.parametrize("change", [add_optional, add_a_label, make_optional, widen, document])
def test_what_an_older_record_passes_is_no_break(change: Callable[[Schema], None]):
    old = model_schema("message")
    new = deepcopy(old)
    change(new)
    assert new != old
    assert breaks(old, new) == []


def add_required(schema: Schema) -> None:
    properties(schema)["mood"] = {"type": "string"}
    schema["required"].append("mood")


def require(schema: Schema) -> None:
    schema["required"].append("subject")


def remove(schema: Schema) -> None:
    del properties(schema)["defects"]


def rename_within(schema: Schema) -> None:
    of = properties(schema, "Author")
    of["alias"] = of.pop("name")


def retype(schema: Schema) -> None:
    properties(schema)["account"]["type"] = "integer"


def no_longer_null(schema: Schema) -> None:
    properties(schema)["subject"] = {"type": "string"}


def remove_a_label(schema: Schema) -> None:
    schema["$defs"]["Channel"]["enum"].remove("desk")


def tighten(schema: Schema) -> None:
    properties(schema, "Turn")["start"]["minimum"] = 1


def bound(schema: Schema) -> None:
    properties(schema)["text"]["maxLength"] = 1000


def demand_a_form(schema: Schema) -> None:
    properties(schema)["protocol"]["pattern"] = "^2"


def retype_an_item(schema: Schema) -> None:
    properties(schema)["defects"]["items"] = {"type": "integer"}


def mean_another_thing_by_nothing(schema: Schema) -> None:
    properties(schema)["public"]["default"] = True


def use_what_the_check_does_not_know(schema: Schema) -> None:
    properties(schema)["text"]["not"] = {"const": ""}


def bound_beside_the_ways(schema: Schema) -> None:
    properties(schema)["subject"]["maxLength"] = 3


def use_what_it_does_not_know_beside_the_ways(schema: Schema) -> None:
    properties(schema)["subject"]["not"] = {"const": ""}


def make_it_a_pair(schema: Schema) -> None:
    of = properties(schema)["defects"]
    of["prefixItems"] = [{"type": "integer"}]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (bound_beside_the_ways, ".subject: maxLength: this check does not know it; teach it"),
        (use_what_it_does_not_know_beside_the_ways, ".subject: not: this check does not know it; teach it"),
        (make_it_a_pair, ".defects[0]: string became integer"),
        (add_required, ".mood: became required"),
        (require, ".subject: became required"),
        (remove, ".defects: is no longer known, and unknown fields are refused"),
        (rename_within, ".author.name: is no longer known, and unknown fields are refused"),
        (retype, ".account: string became integer"),
        (no_longer_null, ".subject: null became string"),
        (remove_a_label, ".channel: desk is no longer taken"),
        (tighten, ".turns[].start: minimum 0 became 1"),
        (bound, ".text: maxLength none became 1000"),
        (demand_a_form, ".protocol: pattern none became ^2"),
        (retype_an_item, ".defects[]: string became integer"),
        (mean_another_thing_by_nothing, ".public: default False became True"),
        (use_what_the_check_does_not_know, ".text: not: this check does not know it; teach it"),
    ],
)
def test_what_an_older_record_would_not_pass_is_told(change: Callable[[Schema], None], told: str):
    old = model_schema("message")
    new = deepcopy(old)
    change(new)
    assert [str(each) for each in breaks(old, new)] == [told]
