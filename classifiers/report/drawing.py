"""The report's drawings, as SVG in the page: how honest confidence is, and where a share lies.

Colours are the page's own (`currentColor` and its variables), so that they follow the reader's light or dark.
"""

from collections.abc import Sequence
from typing import Final

from classifiers.report.making import Bin, Figure

__all__ = ["interval_bar", "reliability"]

_SIDE: Final = 300
_EDGE: Final = 34
_WIDE: Final = 120


def _x(share: float) -> float:
    return round(_EDGE + share * _SIDE, 1)


def _y(share: float) -> float:
    return round(8 + (1 - share) * _SIDE, 1)


def reliability(bins: Sequence[Bin], titles: tuple[str, str]) -> str:
    """Draw how many verdicts of each confidence are right. On the diagonal confidence says what it means."""
    grid = "".join(
        f'<path class="grid" d="M{_x(0)} {_y(share)}H{_x(1)}M{_x(share)} {_y(0)}V{_y(1)}"/>'
        f'<text x="{_x(share)}" y="{_y(0) + 16}" text-anchor="middle">{share:.1f}</text>'
        f'<text x="{_EDGE - 6}" y="{_y(share) + 4}" text-anchor="end">{share:.1f}</text>'
        for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    )
    most = max((one.right.count for one in bins), default=1)
    points = "".join(
        f'<path class="reach" d="M{_x(one.confidence)} {_y(one.right.low)}V{_y(one.right.high)}"/>'
        f'<circle cx="{_x(one.confidence)}" cy="{_y(one.right.value)}" '
        f'r="{3 + 7 * (one.right.count / most) ** 0.5:.1f}">'
        f"<title>{one.confidence:.2f} → {one.right.value:.2f} ({one.right.count})</title></circle>"
        for one in bins
    )
    across, up = titles
    return (
        f'<svg class="reliability" viewBox="0 0 {_SIDE + _EDGE + 12} {_SIDE + 50}" role="img">'
        f'{grid}<path class="even" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>{points}'
        f'<foreignObject x="{_EDGE}" y="{_SIDE + 28}" width="{_SIDE}" height="20"><p>{across}</p></foreignObject>'
        f'<foreignObject x="{_EDGE + 6}" y="10" width="{_SIDE - 12}" height="20"><p class="up">{up}</p>'
        "</foreignObject></svg>"
    )


def interval_bar(figure: Figure) -> str:
    """Draw where a share lies: its interval, and the share in it."""
    low, high, value = (round(share * _WIDE, 1) for share in (figure.low, figure.high, figure.value))
    return (
        f'<svg class="bar" viewBox="0 0 {_WIDE} 12" role="img" preserveAspectRatio="none">'
        f'<path class="grid" d="M0 6H{_WIDE}"/><path class="reach" d="M{low} 6H{high}"/>'
        f'<path class="mark" d="M{value} 1V11"/></svg>'
    )
