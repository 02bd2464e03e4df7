"""The encoder's layers as an ONNX graph without weights: written when the model is trained, run by `encoder.py`.

Weights are whole numbers, and so are a layer's inputs while they are multiplied: each token's row is divided by its
largest value first. ONNX Runtime's own dynamic quantisation takes one scale for a whole batch, with which a message's
verdict would depend on its neighbours; a scale for each row costs a tenth of the speed and is more exact (cosine with
full precision 0.998 instead of 0.993). Weights have seven bits: with eight, sums overflow on processors without VNNI.
"""

from collections.abc import Sequence
from typing import Any, Final

import onnx
from onnx import TensorProto, helper

from classifiers.slow.base import Base

__all__ = ["write_graph"]

_OPSET: Final = 17
_MICROSOFT: Final = "com.microsoft"
_TYPES: Final = {"w": TensorProto.INT8, "s": TensorProto.FLOAT, "b": TensorProto.FLOAT}


class _Writer:
    def __init__(self, base: Base) -> None:
        self.base = base
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = [
            helper.make_tensor("step", TensorProto.FLOAT, (), [1 / 127]),
            helper.make_tensor("zero", TensorProto.UINT8, (), [128]),
            helper.make_tensor("thirds", TensorProto.INT64, (3,), [base.width] * 3),
        ]

    def add(self, kind: str, inputs: list[str], outputs: list[str], domain: str = "", **more: Any) -> None:  # noqa: ANN401 - a node's own
        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **more))

    def given(self, name: str, *shape: int) -> str:
        """Declare a table that is handed over when the graph is loaded."""
        sign = name.rpartition(".")[2]
        table = TensorProto(name=name, data_type=_TYPES[sign], dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", "elsewhere"), ("offset", "0"), ("length", "0")):
            table.external_data.add(key=key, value=value)
        self.weights.append(table)
        return name

    def product(self, rows: str, largest: str, name: str, inputs: int, outputs: int) -> str:
        """Multiply rows, whole numbers now, by a table."""
        tables = [self.given(f"{name}.w", inputs, outputs), "step", self.given(f"{name}.s", outputs), "zero"]
        self.add("MatMulIntegerToFloat", [rows, *tables], [f"{name}.scaled"], _MICROSOFT)
        self.add("Mul", [f"{name}.scaled", largest], [name])
        return name

    def whole(self, name: str) -> tuple[str, str]:
        """Make rows whole numbers; give them and each row's largest value."""
        self.add("Abs", [name], [f"{name}.size"])
        self.add("ReduceMax", [f"{name}.size"], [f"{name}.largest"], axes=[-1], keepdims=1)
        self.add("Div", [name, f"{name}.largest"], [f"{name}.share"])
        self.add("QuantizeLinear", [f"{name}.share", "step", "zero"], [f"{name}.whole"])
        return f"{name}.whole", f"{name}.largest"

    def layer(self, rows: str, at: str) -> str:
        width, inner = self.base.width, self.base.inner
        self.product(*self.whole(rows), f"{at}.qkv", width, 3 * width)
        parts = [f"{at}.q", f"{at}.k", f"{at}.v"]
        self.add("Split", [f"{at}.qkv", "thirds"], parts, axis=2)
        attention = [*parts, self.given(f"{at}.qkv.b", 3 * width), "mask"]
        self.add("MultiHeadAttention", attention, [f"{at}.heard"], _MICROSOFT, num_heads=self.base.heads)
        self.product(*self.whole(f"{at}.heard"), f"{at}.ao", width, width)
        middle = self.normal(rows, f"{at}.ao", f"{at}.aln")
        self.product(*self.whole(middle), f"{at}.fi", width, inner)
        self.add("BiasGelu", [f"{at}.fi", self.given(f"{at}.fi.b", inner)], [f"{at}.bent"], _MICROSOFT)
        self.product(*self.whole(f"{at}.bent"), f"{at}.fo", inner, width)
        return self.normal(middle, f"{at}.fo", f"{at}.oln")

    def normal(self, rows: str, more: str, name: str) -> str:
        width = self.base.width
        scale, shift, bias = (self.given(one, width) for one in (f"{name}.s", f"{name}.b", f"{more}.b"))
        self.add("SkipLayerNormalization", [rows, more, scale, shift, bias], [name], _MICROSOFT, epsilon=1e-12)
        return name


def write_graph(base: Base, layers: int, taps: Sequence[int] = ()) -> bytes:
    """Give the graph of the first layers: `rows` (batch by length by width) and `mask` in, `encoded` out.

    `taps`: behind which layers `encoded` is taken, one after the other; not given: behind the last.
    """
    writer = _Writer(base)
    rows = ["rows"]
    for place in range(layers):
        rows.append(writer.layer(rows[-1], f"l{place}"))
    heard = [rows[place] for place in taps or (layers,)]
    writer.add("Concat", heard, ["encoded"], axis=2)
    floating = TensorProto.FLOAT
    shape: list[str | int | None] = ["batch", "length", base.width]
    graph = helper.make_graph(
        writer.nodes,
        "encoder",
        [
            helper.make_tensor_value_info("rows", floating, shape),
            helper.make_tensor_value_info("mask", TensorProto.INT32, shape[:2]),
        ],
        [helper.make_tensor_value_info("encoded", floating, [*shape[:2], len(heard) * base.width])],
        writer.weights,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_MICROSOFT, 1)]
    model: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()
    return model
