"""The live table as an SVG, for a README: without a font from elsewhere, and with its spaces kept by every renderer."""

import io
import re
from pathlib import Path

from rich.console import Console, RenderableType

__all__ = ["draw_picture"]

_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)


def draw_picture(drawn: RenderableType, path: Path, width: int) -> None:
    """Write what is drawn, `width` letters wide."""
    paper = Console(record=True, width=width, file=io.StringIO(), force_terminal=True)
    paper.print(drawn)
    svg = _FONT.sub("", paper.export_svg(title="ouvidor demo"))
    path.write_text(svg.replace("<svg class=", '<svg xml:space="preserve" class=', 1), "utf-8")
