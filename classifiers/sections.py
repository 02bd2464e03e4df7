"""Sections of the settings that are not given by default: for the reference page, which is written from them."""

from collections.abc import Mapping

from ouvidor.config import Section
from ouvidor.settings import Opinion

__all__ = ["sections"]


def sections() -> Mapping[str, type[Section]]:
    """Give the sections by their titles."""
    return {"judgement.opinion": Opinion}
