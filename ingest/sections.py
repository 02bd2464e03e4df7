"""What an account of each network is told in the settings: for the reference page, which is written from it."""

from collections.abc import Iterator, Mapping
from typing import get_args

from ingest.registry import adapter, networks
from ouvidor.config import Section

__all__ = ["sections"]


def sections() -> Mapping[str, type[Section]]:
    """Give the accounts' models by the titles of their sections, and after each the optional ones within it."""
    return dict(each for network in networks() for each in _of(f"ingest.accounts[]: {network}", network))


def _of(title: str, network: str) -> Iterator[tuple[str, type[Section]]]:
    model = adapter(network).settings
    yield title, model
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            continue  # its keys stand in the account's own table
        for kind in get_args(field.annotation):
            if isinstance(kind, type) and issubclass(kind, Section):
                yield f"{title}, {name}", kind
