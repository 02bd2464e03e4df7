"""Layers as tables of whole numbers: the package's, made from its 4-bit groups, and tuned ones."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifiers.slow.base import Base, Floats

__all__ = ["PRODUCTS", "Tables", "full_layer", "whole_layer"]

PRODUCTS: Final = ("qkv", "ao", "fi", "fo")
_PARTS: Final = {"qkv": ("q", "k", "v"), "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}
_LIMIT: Final = 63
Tables = Mapping[str, NDArray[Any]]
"""By name: products have whole numbers `.w` (inputs by outputs), a scale `.s` for each output and a bias `.b`, the
norms `aln` and `oln` a scale `.s` and a shift `.b`."""


def full_layer(base: Base, place: int) -> dict[str, Floats]:
    """Give one of the package's layers in full precision: it is what tuning begins with."""
    found: dict[str, Floats] = {}
    for name in PRODUCTS:
        inputs = base.inner if name == "fo" else base.width
        parts = [f"l{place}.{part}" for part in _PARTS[name]]
        found[f"{name}.w"] = np.concatenate([base.matrix(f"{part}.w", inputs) for part in parts], axis=1)
        found[f"{name}.b"] = np.concatenate([base.floats(f"{part}.b") for part in parts])
    for name in ("aln", "oln"):
        found[f"{name}.s"], found[f"{name}.b"] = base.floats(f"l{place}.{name}.w"), base.floats(f"l{place}.{name}.b")
    return found


def whole_layer(layer: Mapping[str, Floats]) -> dict[str, NDArray[Any]]:
    """Make a layer's products whole numbers of seven bits, with a scale for each output."""
    found: dict[str, NDArray[Any]] = dict(layer)
    for name in PRODUCTS:
        table = layer[f"{name}.w"]
        scale = np.maximum(np.abs(table).max(axis=0), 1e-9) / _LIMIT
        found[f"{name}.w"] = np.rint(table / scale).astype(np.int8)
        found[f"{name}.s"] = scale.astype(np.float32)
    return found
