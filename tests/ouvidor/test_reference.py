"""The reference pages say what the code says."""

from pathlib import Path

import pytest

from ouvidor.reference import pages

DOCS = Path(__file__).parents[2] / "docs"
PAGES = pages()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_the_code_says(name: str):
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name], "run python -m ouvidor.reference"


def test_no_page_is_left_over():
    there = {str(path.relative_to(DOCS)) for folder in ("reference", "schemas") for path in (DOCS / folder).iterdir()}
    assert there == set(PAGES) - {"asyncapi.yaml"}


def test_every_setting_and_metric_says_what_it_is():
    for name in ("reference/settings.md", "reference/metrics.md"):
        rows = [line for line in PAGES[name].partition("## ingest.accounts")[0].splitlines() if line.startswith("| `")]
        assert len(rows) > 20
        assert [row for row in rows if row.endswith("|  |")] == []


def test_every_command_has_an_example():
    page = PAGES["reference/cli.md"]
    for part in page.split("\n### ")[1:]:
        title = part.partition("\n")[0]
        if "COMMAND [ARGS]" not in part and title != "ouvidor version":
            assert "```sh\nouvidor" in part.partition("\n### ")[0], title
