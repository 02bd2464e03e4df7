"""The registry: whole models, a pointer that changes at once, a way back, and reasons that are kept."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog
from typer.testing import CliRunner

from classifiers.examples import own_examples
from classifiers.model.gate import Comparison
from classifiers.model.registry import PACKAGE, Registry
from ouvidor.cli.app import app
from ouvidor.errors import Misconfigured, Rejected, Unavailable
from tests.classifiers.registered import another_model

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SAME = Comparison(messages=1, confidence=0.95, changes=())


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models")


@pytest.fixture
def make(tmp_path: Path) -> Callable[[int], Path]:
    return lambda seed: another_model(tmp_path / f"trained-{seed}", seed=seed)


def test_where_nothing_was_promoted_the_packages_own_is_in_force(registry: Registry):
    assert registry.pointer().model == PACKAGE
    assert registry.place(PACKAGE) is None
    assert registry.names() == []


def test_promotions_are_taken_back_one_by_one_to_the_packages_own(registry: Registry, make: Callable[[int], Path]):
    with registry.changing():
        first = registry.promote(make(2), NOW, SAME, None)
        second = registry.promote(make(3), NOW, SAME, "we know better")
    assert first != second
    assert registry.pointer().model == second
    assert [registry.roll_back(NOW), registry.roll_back(NOW)] == [first, PACKAGE]
    with pytest.raises(Rejected, match="nothing was promoted"):
        registry.roll_back(NOW)
    assert [(entry.event, entry.model, entry.forced) for entry in registry.history()] == [
        ("promoted", first, None),
        ("promoted", second, "we know better"),
        ("rolled-back", first, None),
        ("rolled-back", PACKAGE, None),
    ]
    assert set(registry.names()) == {first, second}, "nothing is taken away"


def test_the_same_model_has_the_same_name_and_a_copy_of_its_own(registry: Registry, make: Callable[[int], Path]):
    trained = make(2)
    name = registry.promote(trained, NOW, SAME, None)
    (trained / "weights.npz").unlink()
    assert (registry.directory / name / "weights.npz").is_file()
    assert registry.promote(registry.directory / name, NOW, SAME, None) == name
    assert len(registry.history()) == 1


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut off", b"nothing"])
def test_what_is_no_model_is_not_taken_in(registry: Registry, make: Callable[[int], Path], damage: bytes):
    trained = make(2)
    (trained / "weights.npz").write_bytes(damage)
    with pytest.raises(Misconfigured, match="not a model that can be read"):
        registry.promote(trained, NOW, SAME, None)
    assert registry.pointer().model == PACKAGE
    assert registry.names() == []


def test_two_cannot_change_it_at_once(registry: Registry):
    with (
        registry.changing(),
        pytest.raises(Unavailable, match="another promotion"),
        Registry(registry.directory).changing(),
    ):
        pass


def test_a_promotion_that_was_cut_off_is_begun_anew(registry: Registry, make: Callable[[int], Path]):
    name = registry.promote(make(2), NOW, SAME, None)
    registry.roll_back(NOW)
    (registry.directory / name).rename(registry.directory / f".{name}")
    (registry.directory / f".{name}" / "weights.npz").write_bytes(b"half")
    assert registry.promote(registry.directory.parent / "trained-2", NOW, SAME, None) == name
    assert registry.names() == [name]


def test_a_pointer_that_cannot_be_read_is_told(registry: Registry, make: Callable[[int], Path]):
    registry.promote(make(2), NOW, SAME, None)
    registry.pointer_file.write_text("{}broken")
    with pytest.raises(Misconfigured, match="current: cannot be read"):
        registry.pointer()


def test_models_are_found_by_name_beginning_or_directory(registry: Registry, make: Callable[[int], Path]):
    trained = make(2)
    name = registry.promote(trained, NOW, SAME, None)
    assert registry.find(name[:4]) == registry.find("current") == registry.directory / name
    assert registry.find(str(trained)) == trained
    assert registry.find("package") is None
    with pytest.raises(Rejected, match="no model is there"):
        registry.find("elsewhere")


def _run(home: Path, *arguments: str) -> tuple[int, str]:
    (home / "ouvidor.yaml").write_text(f"data: {home / 'var'}\n")
    result = CliRunner().invoke(app, ["--config", str(home / "ouvidor.yaml"), "model", *arguments])
    structlog.reset_defaults()  # the command's log was its own stderr's
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_a_worse_model_is_refused_and_can_be_forced_with_a_reason(tmp_path: Path):
    blind = another_model(tmp_path / "blind", shifts=(9, 0, 0, 0, 0))
    code, told = _run(tmp_path, "promote", str(blind), "--lane", "fast")
    assert code == 1
    assert "refused, for kind_accuracy" in told
    assert Registry(tmp_path / "var" / "models").pointer().model == PACKAGE
    code, told = _run(tmp_path, "promote", str(blind), "--force", "to see it fail", "--lane", "fast", "--json")
    found = json.loads(told)
    assert (code, found["promoted"], found["before"]) == (0, True, PACKAGE)
    assert "kind_accuracy" in found["refused"]
    code, told = _run(tmp_path, "list", "--json")
    listed = [json.loads(line) for line in told.splitlines()]
    assert [(one["in_force"], one["forced"]) for one in listed] == [(False, None), (True, "to see it fail")]
    assert _run(tmp_path, "rollback") == (0, "package\n")


def test_a_model_that_judges_the_same_passes(tmp_path: Path):
    same = another_model(tmp_path / "same")
    few = tmp_path / "few.ndjson"
    few.write_text("".join(one.model_dump_json() + "\n" for one in own_examples("apart")[::20]))
    code, told = _run(tmp_path, "compare", "package", str(same), str(few), "--json")
    found = json.loads(told)
    assert (code, found["lane"], found["refused"]) == (0, "both", [])
    fast, both = ({one["figure"]: one["old"] for one in found[part]} for part in ("fast", "changes"))
    assert fast["sure_share"] < both["sure_share"], "the slow lane has had its say"
    assert _run(tmp_path, "promote", str(same), str(few), "--lane", "fast")[0] == 0
    assert Registry(tmp_path / "var" / "models").pointer().model != PACKAGE
