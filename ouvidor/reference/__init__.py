"""The reference pages of the manual, written from the code, so that they cannot say anything else.

`python -m ouvidor.reference` writes them into `docs/`; a test fails where what is there differs.
"""

import json
from collections.abc import Mapping

from ouvidor.asyncapi import document, to_yaml
from ouvidor.asyncapi.house import any_house
from ouvidor.reference.commands import commands_page
from ouvidor.reference.metrics import metrics_page
from ouvidor.reference.settings import settings_page
from ouvidor.schemas import RECORDS, schema_of

__all__ = ["pages"]


def pages() -> Mapping[str, str]:
    """Give all pages: their text, by their path under `docs/`."""
    schemas = {
        f"schemas/{name}.json": json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n" for name in RECORDS
    }
    return {
        "reference/cli.md": commands_page(),
        "reference/settings.md": settings_page(),
        "reference/metrics.md": metrics_page(),
        "asyncapi.yaml": to_yaml(document(any_house())),
        **schemas,
    }
