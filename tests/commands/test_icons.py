import struct
import zlib
from pathlib import Path

import pytest

from commands.app_package import HERE
from tests.commands import drawing

RGBA = 4


def pixels(path: Path) -> tuple[int, list[bytes]]:
    """The width and the rows of a PNG as draw_icons.py writes it: RGBA, no filter."""
    content = path.read_bytes()
    width, height, depth, color, *_ = struct.unpack(">IIBBBBB", content[16:29])
    assert (depth, color) == (8, 6)
    start = content.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", content[start - 8 : start - 4])
    lines = zlib.decompress(content[start : start + length])
    return width, [lines[row * (width * RGBA + 1) + 1 :][: width * RGBA] for row in range(height)]


@pytest.mark.parametrize(("name", "edge"), [("color.png", 192), ("outline.png", 32)])
def test_an_icon_has_the_size_that_teams_demands(name: str, edge: int) -> None:
    width, rows = pixels(HERE / name)
    assert (width, len(rows)) == (edge, edge)


def test_the_outline_is_white_on_nothing() -> None:
    _, rows = pixels(HERE / "outline.png")
    seen = [row[at : at + RGBA] for row in rows for at in range(0, len(row), RGBA)]
    assert {pixel[:3] for pixel in seen if pixel[3]} == {b"\xff\xff\xff"}
    assert {0, 255} <= {pixel[3] for pixel in seen}


def test_the_color_icon_has_no_hole_and_the_accent_colors_background() -> None:
    _, rows = pixels(HERE / "color.png")
    assert {row[at] for row in rows for at in range(3, len(row), RGBA)} == {255}
    assert f'"accentColor": "#{rows[0][:3].hex().upper()}"' in (HERE / "manifest.template.json").read_text("utf-8")


@pytest.mark.parametrize(("name", "every"), [("color.png", 16), ("outline.png", 4)])
def test_the_icons_are_the_drawing(name: str, every: int) -> None:
    _, rows = pixels(HERE / name)
    assert rows[every // 2 :: every] == drawing.rows(name, every // 2, every)
