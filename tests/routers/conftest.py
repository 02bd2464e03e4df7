"""Tables and calendars that the routers' tests share."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

from ouvidor.business_time import BusinessCalendar
from ouvidor.settings import Organisation
from routers.reading import Table, read_table

PLAIN = """
default: counter
departments:
  - {name: counter, title: Balcão}
  - {name: lamps, title: Luz, areas: [iluminacao-publica]}
  - {name: roads, title: Vias, areas: [vias]}
  - {name: board, title: Corregedoria, identity: extract}
profile: seed
profiles:
  seed: {critical: 24 h, high: 24 h, medium: 48 h, low: 72 h}
"""

Tables = Callable[..., Table]


@pytest.fixture
def table_of(tmp_path: Path) -> Tables:
    """`table_of("rules: …")` is a table of four departments with more YAML after it, or with other YAML instead."""

    def make(more: str = "", *, instead: str | None = None) -> Table:
        path = tmp_path / "table.yaml"
        path.write_text(instead if instead is not None else PLAIN + more, encoding="utf-8")
        return read_table(path)

    return make


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings here; and a command's log, which goes to the runner's stderr, ends with the test."""
    monkeypatch.chdir(tmp_path)
    root, log = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**log)


@pytest.fixture(scope="session")
def calendar() -> BusinessCalendar:
    """Brazil's, in São Paulo's zone."""
    return BusinessCalendar.from_settings(Organisation())
