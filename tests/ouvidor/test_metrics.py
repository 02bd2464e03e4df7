"""The catalogue of metrics: by Prometheus's conventions, few values a label, nobody in it."""

import pytest
from prometheus_client import Counter, Gauge, Histogram

from ouvidor import metrics

CATALOGUE = {name: each for name, each in vars(metrics).items() if isinstance(each, Counter | Gauge | Histogram)}
FEW_VALUES = {
    *("aspect", "channel", "command", "department", "destination", "error", "hash", "kind", "network", "ombudsman"),
    *("outcome", "reason", "rule", "severity", "stage", "state", "status", "sure", "to"),
}


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_label_has_few_values_and_names_nobody(name: str):
    """A new label: can it ever hold an address, an account, a protocol number? Then it must not be."""
    assert set(CATALOGUE[name]._labelnames) <= FEW_VALUES


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_name_is_ours_and_in_base_units(name: str):
    family = next(iter(CATALOGUE[name].collect()))
    assert family.name.startswith("ouvidor_")
    assert not family.name.endswith(("_ms", "_minutes", "_kb", "_percent"))
    assert family.documentation.endswith((".", "0"))


def test_all_that_is_counted_is_in_the_catalogue():
    ours = {family.name for family in metrics.REGISTRY.collect() if family.name.startswith("ouvidor_")}
    assert ours == {next(iter(each.collect())).name for each in CATALOGUE.values()}
