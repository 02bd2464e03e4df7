"""The alerts: each asks for metrics that there are, and says what to do."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ouvidor.metrics import REGISTRY

FILE = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"
RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_metrics_that_there_are(rule: dict[str, Any]):
    asked = set(re.findall(r"\bouvidor_\w+", rule["expr"]))
    assert asked
    assert asked <= set(REGISTRY._names_to_collectors)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_what_to_do(rule: dict[str, Any]):
    assert rule["annotations"].keys() == {"summary", "action"}
