"""A small chart as a PNG in a data URI: no file, no third party, a few hundred bytes.

Colours have to do on light, dark and black cards, so they are of middle brightness, on a transparent ground.
"""

import base64
import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from itertools import pairwise

WIDTH, HEIGHT = 320, 64
MOST_POINTS = WIDTH // 2
_MARGIN = 3
_CLEAR, _AREA, _LINE, _THRESHOLD = range(4)
# Red, green, blue and opacity of each.
_PALETTE = ((0, 0, 0, 0), (110, 125, 230, 90), (110, 125, 230, 255), (222, 70, 80, 255))
_DASH = 4

_Canvas = list[bytearray]


def sparkline(points: Sequence[float], threshold: float | None = None) -> str:
    """Return the data URI of the chart, "" when there is too little to draw. `threshold` is a dashed line."""
    values = [float(point) for point in points[-MOST_POINTS:] if math.isfinite(point)]
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return ""
    limit = threshold if threshold is not None and math.isfinite(threshold) else None
    canvas: _Canvas = [bytearray(WIDTH) for _ in range(HEIGHT)]
    low, high = _range([*values, limit] if limit is not None else values)
    _draw_values(canvas, [_row(value, low, high) for value in values])
    if limit is not None:
        _draw_threshold(canvas, _row(limit, low, high))
    return f"data:image/png;base64,{base64.b64encode(_png(canvas)).decode()}"


def _range(values: Sequence[float]) -> tuple[float, float]:
    return min(0.0, *values), max(0.0, *values)


def _row(value: float, low: float, high: float) -> int:
    # Halved, so that even the largest numbers have a difference; of the smallest nothing is left then.
    height = high / 2 - low / 2
    share = (value / 2 - low / 2) / height if height else 0
    return HEIGHT - 1 - _MARGIN - round(share * (HEIGHT - 1 - 2 * _MARGIN))


def _draw_values(canvas: _Canvas, rows: Sequence[int]) -> None:
    previous = rows[0]
    for x, row in enumerate(_rows_by_column(rows)):
        top, bottom = min(previous, row), max(previous, row)
        for y in range(top - 1, bottom + 1):
            canvas[y][x] = _LINE
        for y in range(bottom + 1, HEIGHT):
            canvas[y][x] = _AREA
        previous = row


def _rows_by_column(rows: Sequence[int]) -> Iterator[int]:
    """Yield the row of the line in each column, on straight lines between the points."""
    steps = len(rows) - 1
    ends = [round(index * (WIDTH - 1) / steps) for index in range(len(rows))]
    yield rows[0]
    for (left, right), (start, end) in zip(pairwise(ends), pairwise(rows), strict=True):
        for x in range(left + 1, right + 1):
            yield round(start + (end - start) * (x - left) / (right - left))


def _draw_threshold(canvas: _Canvas, row: int) -> None:
    for x in range(WIDTH):
        if x // _DASH % 2 == 0:
            canvas[row][x] = canvas[row - 1][x] = _THRESHOLD


def _png(canvas: _Canvas) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    colors = bytes(part for color in _PALETTE for part in color[:3])
    opacity = bytes(color[3] for color in _PALETTE)
    pixels = zlib.compress(b"".join(b"\0" + row for row in canvas), 9)
    chunks = ((b"IHDR", header), (b"PLTE", colors), (b"tRNS", opacity), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
