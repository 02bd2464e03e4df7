"""What an account of each network is told in the settings: for the reference page, which is written from it."""

from collections.abc import Mapping

from ingest.adapter import Account
from ingest.registry import adapter, networks

__all__ = ["sections"]


def sections() -> Mapping[str, type[Account]]:
    """Give the accounts' models by the titles of their sections."""
    return {f"ingest.accounts[]: {network}": adapter(network).settings for network in networks()}
