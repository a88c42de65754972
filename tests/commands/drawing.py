"""Rows of the icons, drawn anew by the script that lies beside them."""

import runpy

from commands.app_package import HERE

ICON = {"color.png": "color_icon", "outline.png": "outline_icon"}


def rows(name: str, first: int, every: int) -> list[bytes]:
    script = runpy.run_path(str(HERE / "draw_icons.py"))
    edge, at = script[ICON[name]]()
    return [
        b"".join(bytes(script["_pixel"](edge, at, column, row)) for column in range(edge))
        for row in range(first, edge, every)
    ]
