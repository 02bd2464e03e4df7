"""A trained slow model as files: `slow.json` (what it is, its thresholds), `slow.npz` (layers, heads), `slow.onnx`.

The layers' weights are whole numbers of seven bits, kept in eight: they judge as they are stored. The lower layers are
not here (`base.py`). The hash that verdicts carry is of all three files.
"""

import io
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from classifiers.model.heads import Head
from classifiers.model.weights import Thresholds
from classifiers.slow.layers import Tables
from classifiers.slow.residual import Residual
from classifiers.slow.stacking import Stack
from classifiers.slow.upon import Senses, Upon
from ouvidor.errors import Misconfigured

__all__ = ["FORMAT", "Card", "SlowModel", "has_slow_model", "load_slow_model", "own_slow_model", "save_slow_model"]

FORMAT: Final = 2
_CARD: Final = "slow.json"
_WEIGHTS: Final = "slow.npz"
_GRAPH: Final = "slow.onnx"
_TRAINED: Final = "trained"


class Card(BaseModel):
    """What a slow model is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    version: str
    heads: tuple[Head, ...]
    stack: Stack
    thresholds: Thresholds
    base: str
    base_sha256: str
    layers: int
    """How many of the base's stay as they are, below the tuned ones."""
    taps: tuple[int, ...]
    """Behind which layers the encoder is heard; the last of them is what texts are alike by."""
    data_sha256: str
    rules_sha256: str
    fast_sha256: str
    """The fast model whose outputs are put together with its own."""
    course: Mapping[str, float]
    """How it was tuned."""
    libraries: Mapping[str, str]
    examples: int
    corrections: int
    counted: Mapping[str, float]
    """How it did, behind the fast model, on hands that were left out: a glance, not the measurement."""


@dataclass(frozen=True, slots=True)
class SlowModel:
    """A slow model, ready to be loaded into an encoder."""

    card: Card
    layers: Sequence[Tables]
    upon: Upon
    """Heads upon the means of a text's tokens."""
    graph: bytes
    examples: NDArray[np.int8]
    """The package's own training messages as the tuned encoder hears them: for evidence by what is most alike."""
    names: Sequence[str]
    """Their identifiers."""
    left: NDArray[np.float16]
    """What models said of these messages that had seen no message of that hand: thresholds are counted on it."""
    house: Residual | None = None
    """What a house's corrections add."""
    hash: str = ""


def save_slow_model(model: SlowModel, directory: Path) -> None:
    """Write a model's three files."""
    directory.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {
        "rows": model.upon.rows,
        "near": model.upon.near,
        "bias": model.upon.bias,
        "middle": model.upon.senses.middle,
        "spread": model.upon.senses.spread,
        "landmarks": model.upon.senses.landmarks,
        "examples": model.examples,
        "names": np.array(model.names),
        "left": model.left,
    }
    if model.house is not None:
        arrays |= {f"house.{part}": table for part, table in asdict(model.house).items()}
    for place, layer in enumerate(model.layers):
        arrays |= {f"{place}.{name}": table for name, table in layer.items()}
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    (directory / _WEIGHTS).write_bytes(packed.getvalue())
    (directory / _GRAPH).write_bytes(model.graph)
    told = json.dumps(model.card.model_dump(mode="json"), indent=1, ensure_ascii=False)
    (directory / _CARD).write_text(told + "\n", encoding="utf-8")


def own_slow_model() -> SlowModel:
    """Load the model that comes with the package."""
    return load_slow_model(_own())


def has_slow_model(directory: Traversable | None = None) -> bool:
    """Tell whether a directory, or the package, has one."""
    return ((directory or _own()) / _CARD).is_file()


def _own() -> Traversable:
    return resources.files("classifiers") / "slow" / _TRAINED


def load_slow_model(directory: Traversable) -> SlowModel:
    """Load a model. Raises `Misconfigured` that names the directory."""
    try:
        told, packed, graph = ((directory / name).read_bytes() for name in (_CARD, _WEIGHTS, _GRAPH))
    except OSError as error:
        raise Misconfigured(
            f"{directory}: no slow model: {error.strerror}; write one by `ouvidor model tune --out {directory}`"
        ) from error
    try:
        card = Card.model_validate_json(told)
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            found = {name: arrays[name] for name in arrays.files}
        senses = Senses(found.pop("middle"), found.pop("spread"), found.pop("landmarks"))
        upon = Upon(senses, found.pop("rows"), found.pop("near"), found.pop("bias"))
        examples = found.pop("examples")
        names, left = found.pop("names").tolist(), found.pop("left")
        parts = {name: found.pop(name) for name in list(found) if name.startswith("house.")}
        house = Residual(**{name.partition(".")[2]: table for name, table in parts.items()}) if parts else None
        layers: list[dict[str, NDArray[Any]]] = []
        for name, table in found.items():
            place, _, part = name.partition(".")
            layers += [{} for _ in range(int(place) + 1 - len(layers))]
            layers[int(place)][part] = table
    except (ValidationError, KeyError, ValueError, TypeError, OSError, EOFError, BadZipFile, zlib.error) as error:
        raise Misconfigured(
            f"{directory}: not a slow model that can be read ({type(error).__name__}): train anew"
        ) from error
    if card.format != FORMAT or upon.rows.shape[1] != sum(len(head.labels) for head in card.heads):
        raise Misconfigured(f"{directory}: a slow model of another release: train anew by `ouvidor model tune`")
    model = SlowModel(card, layers, upon, graph, examples, names, left, house)
    return replace(model, hash=sha256(told + packed + graph).hexdigest())
