"""The seat: another model sits down between batches, and one that cannot be read leaves the old one there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from classifiers.in_force import Seat, lanes_of, registry_of, seat_of
from classifiers.judge import Judged
from classifiers.model.gate import Comparison
from classifiers.model.registry import Registry
from classifiers.rulebook import RuleBook
from classifiers.seats import cascade
from ouvidor import metrics
from ouvidor.departments import department_words
from ouvidor.errors import Misconfigured
from ouvidor.records import Kind
from ouvidor.settings import Settings
from tests.classifiers.registered import another_model

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
SAME = Comparison(messages=1, confidence=0.95, changes=())
SAID = Judged("Solicito a poda da árvore da rua Bahia, número 12, por favor")


def _count(outcome: str) -> float:
    return float(metrics.MODEL_CHANGES.labels(outcome)._value.get())


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models")


async def test_a_promoted_model_judges_from_the_next_look_on_and_a_rollback_too(
    registry: Registry, book: RuleBook, tmp_path: Path
):
    seat = Seat(registry, book=book)
    before = seat.judge(SAID)
    blind = another_model(tmp_path / "blind", shifts=(30, 0, 0, 0, 0))
    registry.promote(blind, NOW, SAME, None)
    assert seat.judge(SAID) == before, "not before somebody looked"
    taken = _count("taken")
    assert await seat.look([]) == []
    after = seat.judge(SAID)
    assert (before.kind, after.kind) == (Kind.REQUEST, Kind.COMPLAINT)
    assert after.classifier.hash == cascade(blind, book).version.hash
    registry.roll_back(NOW)
    await seat.look([])
    assert seat.judge(SAID) == before
    assert _count("taken") == taken + 2


async def test_a_broken_model_leaves_the_old_one_in_force_and_is_told_once(
    registry: Registry, book: RuleBook, tmp_path: Path
):
    name = registry.promote(another_model(tmp_path / "one"), NOW, SAME, None)
    seat = Seat(registry, book=book)
    sitting = seat.now
    other = registry.promote(another_model(tmp_path / "other", seed=3), NOW, SAME, None)
    (registry.directory / other / "weights.npz").write_bytes(b"PK\x03\x04")
    broken = _count("broken")
    with capture_logs() as logs:
        for _ in range(3):
            await seat.look([])
    assert seat.now is sitting
    assert _count("broken") == broken + 1
    assert [entry["event"] for entry in logs] == ["model not taken, the old one judges on"]
    registry.roll_back(NOW)
    await seat.look([])
    assert (registry.pointer().model, seat.now) == (name, sitting)


async def test_a_broken_pointer_leaves_the_old_one_in_force(registry: Registry, book: RuleBook, tmp_path: Path):
    registry.promote(another_model(tmp_path / "one"), NOW, SAME, None)
    seat = Seat(registry, book=book)
    sitting = seat.now
    registry.pointer_file.write_text("half a pointer")
    await seat.look([])
    assert seat.now is sitting


async def test_what_was_broken_is_tried_again_later(
    registry: Registry, book: RuleBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seat = Seat(registry, book=book)
    sitting = seat.now
    name = registry.promote(another_model(tmp_path / "one"), NOW, SAME, None)
    home, away = registry.directory / name, tmp_path / "away"
    home.rename(away)
    await seat.look([])
    away.rename(home)
    await seat.look([])
    assert seat.now is sitting, "not at once: each try would read the disk"
    monkeypatch.setattr("classifiers.in_force._AGAIN_SECONDS", 0.0)
    await seat.look([])
    assert seat.now is not sitting


def test_at_the_start_a_broken_registry_is_a_wrong_setting(registry: Registry, book: RuleBook, tmp_path: Path):
    name = registry.promote(another_model(tmp_path / "one"), NOW, SAME, None)
    (registry.directory / name / "model.json").unlink()
    with pytest.raises(Misconfigured, match="no model"):
        Seat(registry, book=book)


async def test_settings_name_a_model_a_registry_or_none(tmp_path: Path, book: RuleBook):
    trained = another_model(tmp_path / "one")
    own = Settings(data=tmp_path / "var")
    departments = department_words(own)
    assert registry_of(own).directory == tmp_path / "var" / "models"
    elsewhere = Registry(tmp_path / "shared")
    elsewhere.promote(another_model(tmp_path / "other", seed=3), NOW, SAME, None)
    named = Settings(data=tmp_path / "var", judgement={"model": elsewhere.directory})
    assert registry_of(named).directory == elsewhere.directory
    assert seat_of(named).now.version.hash == cascade(tmp_path / "other", book, departments).version.hash
    fixed = seat_of(Settings(data=tmp_path / "var", judgement={"model": trained}))
    registry_of(own).promote(tmp_path / "other", NOW, SAME, None)
    await fixed.look([])
    assert fixed.now.version.hash == cascade(trained, book, departments).version.hash


async def test_the_slow_lane_follows_a_promoted_model_or_stays_as_it_was(tmp_path: Path, book: RuleBook):
    settings = Settings(data=tmp_path / "var", judgement={"lane": "both"})  # type: ignore[arg-type]
    registry = registry_of(settings)
    both = lanes_of(settings)
    before = both.now
    registry.promote(another_model(tmp_path / "one"), NOW, SAME, None)
    await both.look([])
    one = both.now
    expected = cascade(tmp_path / "one", book, department_words(settings))
    assert one.cascade.version.hash == expected.version.hash != before.cascade.version.hash
    assert one.slow is not None
    half = another_model(tmp_path / "half", seed=3)
    (half / "slow.json").write_text("half a card")
    registry.promote(half, NOW, SAME, None)
    await both.look([])
    assert both.now is one, "the fast lane alone was not asked for"
    with capture_logs() as logs:
        either = lanes_of(Settings(data=tmp_path / "var"))
    assert either.now.slow is None
    assert [entry["event"] for entry in logs] == ["the slow lane is left out"]
