"""The chart is a picture that any PNG reader takes, and shows the values."""

import base64
import math
import struct
import zlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.sparkline import HEIGHT, WIDTH, sparkline

CLEAR, AREA, LINE, THRESHOLD = range(4)
Rows = list[bytes]


def pixels_of(uri: str) -> Rows:
    data = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, offset = {}, 8
    while offset < len(data):
        (length,) = struct.unpack_from(">I", data, offset)
        kind, body = data[offset + 4 : offset + 8], data[offset + 8 : offset + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, offset + 8 + length)
        assert checksum == zlib.crc32(kind + body)
        chunks[kind], offset = body, offset + 12 + length
    assert struct.unpack(">IIBBBBB", chunks[b"IHDR"]) == (WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    assert len(chunks[b"PLTE"]) == 3 * len(chunks[b"tRNS"]) == 12
    raw = zlib.decompress(chunks[b"IDAT"])
    assert len(raw) == HEIGHT * (WIDTH + 1)
    return [raw[row * (WIDTH + 1) + 1 : (row + 1) * (WIDTH + 1)] for row in range(HEIGHT)]


def tops_of(rows: Rows) -> list[int]:
    """In each column, the row where the line begins."""
    return [next(y for y in range(HEIGHT) if rows[y][x] == LINE) for x in range(WIDTH)]


def test_line_follows_the_values() -> None:
    tops = tops_of(pixels_of(sparkline([0, 10, 0])))
    assert tops[0] > HEIGHT - 8
    assert tops[WIDTH // 2] < 8
    assert tops[-1] > HEIGHT - 8
    assert tops[: WIDTH // 2] == sorted(tops[: WIDTH // 2], reverse=True)


def test_threshold_is_a_dashed_line_at_its_height() -> None:
    rows = pixels_of(sparkline([0, 0, 0, 100], threshold=50))
    drawn = {y for y in range(HEIGHT) if THRESHOLD in rows[y]}
    assert len(drawn) == 2
    assert all(HEIGHT // 2 - 2 <= y <= HEIGHT // 2 + 2 for y in drawn)
    assert Counter(rows[min(drawn)])[THRESHOLD] == WIDTH // 2


def test_threshold_above_all_values_is_seen() -> None:
    assert any(THRESHOLD in row for row in pixels_of(sparkline([1, 2], threshold=1000))[:6])


def test_steady_values_make_a_level_line() -> None:
    assert len(set(tops_of(pixels_of(sparkline([7, 7, 7]))))) == 1
    assert len(set(tops_of(pixels_of(sparkline([0, 0]))))) == 1


@pytest.mark.parametrize("points", [[], [1], [math.nan, math.inf, 3]])
def test_too_little_to_draw(points: list[float]) -> None:
    assert sparkline(points) == ""


def test_only_the_latest_values_are_drawn() -> None:
    assert sparkline([*[10**6] * 1000, *range(160)]) == sparkline(range(160))


@given(st.lists(st.floats(), max_size=400), st.one_of(st.none(), st.floats()))
def test_any_numbers_make_a_small_picture(points: list[float], threshold: float | None) -> None:
    uri = sparkline(points, threshold)
    assert len(uri) < 10_000
    assert not uri or pixels_of(uri)
