"""Running the encoder: texts in, a row of numbers for each out, on one core and without padding to speak of.

Texts are sorted by length and run some hundred tokens at a time. ONNX Runtime was chosen by measurement, messages of 45
tokens a second on one core (Zen 4): the package's own engine 20, ONNX Runtime in full precision 44, with the package's
4 bits 50, with whole numbers as in `graph.py` 92.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from classifiers.slow.base import Base, Floats
from classifiers.slow.layers import Tables
from classifiers.slow.pieces import Pieces

__all__ = ["Encoder", "means_of"]

_AT_ONCE: Final = 512
"""Tokens: as many as the processor's cache holds while they pass through a layer."""


class Encoder:
    """An encoder with some layers."""

    def __init__(self, base: Base, graph: bytes, layers: Sequence[Tables], threads: int = 1) -> None:
        self._base = base
        self._pieces = Pieces(base)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        given = {f"l{place}.{name}": table for place, layer in enumerate(layers) for name, table in layer.items()}
        # the session reads them where they are: they must live as long as it does
        self._tables = [onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(one)) for one in given.values()]
        options.add_external_initializers(list(given), self._tables)
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def cut(self, texts: Sequence[str]) -> list[list[int]]:
        """Cut texts into tokens."""
        return [self._pieces(text) for text in texts]

    def encoded(self, cut: Sequence[Sequence[int]]) -> Iterator[tuple[int, Floats]]:
        """Give each text's place and its tokens' rows, in the order that is quickest."""
        for places in _batches([len(one) for one in cut]):
            tokens = np.full((len(places), len(cut[places[-1]])), self._base.last, np.int64)
            for row, place in enumerate(places):
                tokens[row, : len(cut[place])] = cut[place]
            yield from self._run(places, [len(cut[place]) for place in places], self._base.embedded(tokens))

    def upwards(self, kept: Sequence[NDArray[np.floating[Any]]]) -> Iterator[tuple[int, Floats]]:
        """Go on from what layers below these gave."""
        for places in _batches([len(one) for one in kept]):
            rows = np.zeros((len(places), *kept[places[-1]].shape), np.float32)
            for row, place in enumerate(places):
                rows[row, : len(kept[place])] = kept[place]
            yield from self._run(places, [len(kept[place]) for place in places], rows)

    def _run(self, places: Sequence[int], lengths: Sequence[int], rows: Floats) -> Iterator[tuple[int, Floats]]:
        mask = (np.arange(rows.shape[1]) < np.array(lengths)[:, None]).astype(np.int32)
        (found,) = self._session.run(None, {"rows": rows, "mask": mask})
        for row, (place, length) in enumerate(zip(places, lengths, strict=True)):
            yield place, found[row, :length]


def means_of(found: Iterable[tuple[int, Floats]], count: int, width: int) -> Floats:
    """Give a row of numbers for each text: the mean of its tokens' rows. `width`: of all layers that are tapped."""
    means = np.zeros((count, width), np.float32)
    for place, rows in found:
        means[place] = rows.mean(axis=0)
    return means


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Put texts of like length together, the shortest first."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and lengths[place] * (len(batch) + 1) > _AT_ONCE:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch
