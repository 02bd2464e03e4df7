"""The picture of `python -m benchmarks.judgement`: quality upwards, speed to the right. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 860, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 30, 50, 60
WORDS = 180
"""A name is no longer than this."""
NEAR = 17
"""Names that would stand closer than this, one under the other, are moved apart."""


@dataclass(frozen=True, slots=True)
class Point:
    """One contestant."""

    name: str
    speed: float
    """Messages a second."""
    quality: float
    ours: bool


def picture(points: Sequence[Point], title: str, upwards: str) -> str:
    """Draw an SVG."""
    first, last = (floor(log10(min(one.speed for one in points))), ceil(log10(max(one.speed for one in points))))
    low = floor(20 * min(one.quality for one in points) - 0.2) / 20
    high = ceil(20 * max(one.quality for one in points) + 0.2) / 20

    def x(speed: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(speed) - first) / max(last - first, 1)

    def y(quality: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (quality - low) / (high - low)

    told = "; ".join(f"{one.name}: {one.quality:.3f} at {one.speed:.0f}" for one in points)
    head = f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Helvetica, Arial, sans-serif" font-size="13"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {head} role="img" aria-labelledby="t d">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">{escape(told)}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16" font-weight="bold" fill="#17384a">{escape(title)}</text>',
    ]
    for power in range(first, last + 1):
        at = x(10.0**power)
        parts.append(f'<path d="M{at:.1f},{TOP} V{HEIGHT - BOTTOM}" stroke="#e3ebef"/>')
        parts.append(_text(at, HEIGHT - BOTTOM + 20, f"{10**power:,}", "middle"))
    for step in range(round(low * 20), round(high * 20) + 1):
        at = y(step / 20)
        parts.append(f'<path d="M{LEFT},{at:.1f} H{WIDTH - RIGHT}" stroke="#e3ebef"/>')
        parts.append(_text(LEFT - 8, at + 4, f"{step / 20:.2f}", "end"))
    parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, "messages a second, one core", "middle"))
    parts.append(_text(LEFT, TOP - 8, upwards, "start"))
    for one, at, down in _placed([(one, x(one.speed), y(one.quality)) for one in points]):
        colour = "#c0392b" if one.ours else "#2a5d78"
        covered = any(0 < x(other.speed) - at < WORDS and abs(y(other.quality) - down) < NEAR for other in points)
        right = at < WIDTH * 0.62 and not (covered and at > WORDS)
        parts.append(f'<circle cx="{at:.1f}" cy="{y(one.quality):.1f}" r="6" fill="{colour}"/>')
        parts.append(_text(at + (11 if right else -11), down + 4, one.name, "start" if right else "end", colour))
    return "\n".join([*parts, "</svg>"]) + "\n"


def _placed(points: Sequence[tuple[Point, float, float]]) -> list[tuple[Point, float, float]]:
    """Move names down that would stand on one another."""
    placed: list[tuple[Point, float, float]] = []
    for one, across, down in sorted(points, key=lambda point: point[2]):
        at = down
        while any(abs(at - other) < NEAR and abs(across - beside) < WIDTH * 0.4 for _, beside, other in placed):
            at += 1
        placed.append((one, across, at))
    return placed


def _text(x: float, y: float, words: str, anchor: str, colour: str = "#31505f") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
