# noqa: INP001 - a script beside what it draws
"""Draws the app's icons: a speech bubble with a pulse in it. Our own drawing, nobody's trademark.

python appPackage/draw_icons.py
"""

import struct
import zlib
from collections.abc import Callable, Sequence
from itertools import pairwise
from math import hypot
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLES = 4  # a pixel's edge is sampled this often, so that edges are smooth

Point = tuple[float, float]
Pixel = tuple[int, int, int, int]
Shape = Callable[[float, float], bool]

# In units of the icon's edge; the bubble keeps the middle 120 of 192 pixels, the rest is margin that Teams may cut.
BUBBLE = (0.20, 0.22, 0.80, 0.67)
CORNER = 0.11
TAIL = ((0.33, 0.66), (0.33, 0.81), (0.50, 0.66))
PULSE = ((0.28, 0.46), (0.39, 0.46), (0.45, 0.33), (0.54, 0.57), (0.60, 0.46), (0.72, 0.46))
VIOLET: Pixel = (87, 70, 175, 255)  # as static/icon.svg
WHITE: Pixel = (255, 255, 255, 255)
NOTHING: Pixel = (255, 255, 255, 0)


def color_icon() -> tuple[int, Callable[[float, float], Pixel]]:
    """Return the edge in pixels and the color at each point: a white bubble on violet, a violet pulse in it."""
    pulse = _stroke(PULSE, 0.042)
    return 192, lambda x, y: VIOLET if pulse(x, y) else WHITE if _bubble(x, y, 0) else VIOLET


def outline_icon() -> tuple[int, Callable[[float, float], Pixel]]:
    """Return the same in 32 pixels: white lines on nothing, drawn larger because Teams adds the margin."""
    pulse = _stroke(PULSE, 0.05)

    def at(x: float, y: float) -> Pixel:
        x, y = 0.5 + (x - 0.5) * 0.68, 0.515 + (y - 0.5) * 0.68
        edge = _bubble(x, y, 0) and not _bubble(x, y, 0.042)
        return WHITE if edge or pulse(x, y) else NOTHING

    return 32, at


def _bubble(x: float, y: float, inset: float) -> bool:
    left, top, right, bottom = BUBBLE
    inner_x = min(max(x, left + CORNER), right - CORNER)
    inner_y = min(max(y, top + CORNER), bottom - CORNER)
    return hypot(x - inner_x, y - inner_y) <= CORNER - inset or _in_tail(x, y, inset)


def _in_tail(x: float, y: float, inset: float) -> bool:
    (left, top), (_, tip), (right, _) = TAIL
    slope = (right - left) / (tip - top)
    return top - CORNER <= y and x >= left + inset and (x - left) + (y - top) * slope <= (right - left) - inset * 1.5


def _stroke(points: Sequence[Point], width: float) -> Shape:
    return lambda x, y: any(_distance((x, y), start, end) <= width / 2 for start, end in pairwise(points))


def _distance(point: Point, start: Point, end: Point) -> float:
    (x, y), (ax, ay), (bx, by) = point, start, end
    along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
    nearest = min(max(along, 0), 1)
    return hypot(x - ax - nearest * (bx - ax), y - ay - nearest * (by - ay))


def rows(edge: int, at: Callable[[float, float], Pixel]) -> list[bytes]:
    """Return the picture as `edge` rows of RGBA pixels."""
    return [b"".join(bytes(_pixel(edge, at, column, row)) for column in range(edge)) for row in range(edge)]


def _pixel(edge: int, at: Callable[[float, float], Pixel], column: int, row: int) -> Pixel:
    steps = [(step + 0.5) / SAMPLES for step in range(SAMPLES)]
    seen = [at((column + dx) / edge, (row + dy) / edge) for dx in steps for dy in steps]
    weight = sum(alpha for *_, alpha in seen) or 1
    red, green, blue = (round(sum(color[i] * color[3] for color in seen) / weight) for i in range(3))
    return (red, green, blue, round(weight / len(seen))) if weight > 1 else NOTHING


def png(lines: Sequence[bytes]) -> bytes:
    """Return the PNG file of rows of RGBA pixels."""
    header = struct.pack(">IIBBBBB", len(lines[0]) // 4, len(lines), 8, 6, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + line for line in lines), 9)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    for name, (edge, at) in (("color.png", color_icon()), ("outline.png", outline_icon())):
        (HERE / name).write_bytes(png(rows(edge, at)))
