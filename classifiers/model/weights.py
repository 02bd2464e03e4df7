"""A trained model as files: `model.json` (what it is, how it was trained, its thresholds) and `weights.npz`.

Weights are kept in 8 bits with a scale for each output: what is lost is a hundredth of what a single word brings. The
hash that verdicts carry is of both files' bytes; the same data and seed write the same bytes.
"""

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from classifiers.model.features import PIECE_BUCKETS, WORD_BUCKETS
from classifiers.model.heads import Head
from classifiers.model.population import Population
from ouvidor.errors import Misconfigured

__all__ = ["FORMAT", "Floats", "Manifest", "Model", "Thresholds", "load_model", "own_model", "save_model"]

FORMAT: Final = 1
_MANIFEST: Final = "model.json"
_WEIGHTS: Final = "weights.npz"

Floats = NDArray[np.float32]


class Thresholds(BaseModel):
    """What was counted on messages of hands that the model was not trained on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    temperatures: Mapping[str, float]
    """By head: what its outputs are divided by, so that a confidence is a share of right verdicts."""
    shifts: tuple[float, ...]
    """Added to the kinds' outputs: what was trained on holds more suggestions than life sends."""
    severity_cuts: tuple[float, float, float]
    """Where the expected severity (0 low … 3 critical) becomes medium, high, critical."""
    flags: Mapping[str, float]
    """By flag: the probability from which it is raised."""
    sure_kind: float
    """From which probability of the kind on it may stand unread."""
    sure_seen: float
    """Up to which probability of being the ombudsman's a message may pass by."""
    known_words: float
    """The least share of words that training met."""


class Manifest(BaseModel):
    """What a model is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    version: str
    heads: tuple[Head, ...]
    signals: tuple[str, ...]
    thresholds: Thresholds
    data_sha256: str
    rules_sha256: str
    seed: int
    examples: int
    corrections: int
    counted: Mapping[str, float]
    """How it did on hands that were left out: a glance, not the measurement (docs/judgement.md)."""
    area_shares: Mapping[str, float] = Field(default_factory=dict)
    """Each area's share of what it was trained on, by weight; empty in models of earlier releases."""
    areas_corrected: Mapping[str, int] = Field(default_factory=dict)
    """How many of the house's corrections name each area: how often the house hears of it."""
    population: Population | None = None
    """Whom it was trained for; null in models of earlier releases: they cannot tell of drift."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model, ready to judge with. The tables' rows are buckets, their columns outputs."""

    manifest: Manifest
    words: Floats
    word_squares: Floats
    """What a word or pair adds to the square of the message's length."""
    pieces: Floats
    piece_scales: Floats
    signals: Floats
    bias: Floats
    met: NDArray[np.uint8]
    """A bit for each bucket of words that training met (`Model` of 2^18 buckets)."""
    hash: str = ""


def save_model(model: Model, directory: Path) -> None:
    """Write a model's two files."""
    directory.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {
        "word_squares": model.word_squares.astype(np.float16),
        "piece_scales": model.piece_scales.astype(np.float16),
        "signals": model.signals.astype(np.float16),
        "bias": model.bias.astype(np.float32),
        "met": model.met,
    }
    for name, table in (("words", model.words), ("pieces", model.pieces)):
        scale = np.maximum(np.abs(table).max(axis=0), 1e-9) / 127
        arrays[f"{name}_scale"] = scale.astype(np.float32)
        arrays[name] = np.rint(table / scale).astype(np.int8)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    (directory / _WEIGHTS).write_bytes(packed.getvalue())
    (directory / _MANIFEST).write_text(
        json.dumps(model.manifest.model_dump(mode="json"), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def own_model() -> Model:
    """Load the model that comes with the package."""
    return load_model(resources.files("classifiers") / "model" / "trained")


def load_model(directory: Traversable) -> Model:
    """Load a model. Raises `Misconfigured` that names the file."""
    try:
        told = (directory / _MANIFEST).read_bytes()
        packed = (directory / _WEIGHTS).read_bytes()
    except OSError as error:
        raise Misconfigured(
            f"{directory}: no model: {error.strerror}; write one by `ouvidor model train --out {directory}`"
        ) from error
    try:
        manifest = Manifest.model_validate_json(told)
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        model = Model(
            manifest=manifest,
            words=_unpacked(found, "words"),
            word_squares=found["word_squares"].astype(np.float32),
            pieces=_unpacked(found, "pieces"),
            piece_scales=found["piece_scales"].astype(np.float32),
            signals=found["signals"].astype(np.float32),
            bias=found["bias"],
            met=found["met"],
            hash=sha256(told + packed).hexdigest(),
        )
    except (ValidationError, KeyError, ValueError, OSError, EOFError, BadZipFile, zlib.error) as error:
        raise Misconfigured(
            f"{directory}: not a model that can be read ({type(error).__name__}): train anew"
        ) from error
    outputs = sum(len(head.labels) for head in manifest.heads)
    if manifest.format != FORMAT or model.words.shape != (WORD_BUCKETS, outputs) or len(model.pieces) != PIECE_BUCKETS:
        raise Misconfigured(f"{directory}: a model of another release: train anew by `ouvidor model train`")
    return model


def _unpacked(found: Mapping[str, Any], name: str) -> Floats:
    table: Floats = found[name].astype(np.float32) * found[f"{name}_scale"]
    return np.ascontiguousarray(table)
