"""The Markdown files, and what stands in them."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

HOME = Path(__file__).resolve().parents[2]


def files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=HOME, capture_output=True, check=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    return sorted(HOME / name for name in listed if (HOME / name).is_file())


@cache
def tokens(path: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(path.read_text("utf-8"))


def inline(path: Path) -> Iterator[Token]:
    for token in tokens(path):
        yield from token.children or ()


def links(path: Path) -> list[str]:
    return [str(token.attrs["href"]) for token in inline(path) if token.type == "link_open"]


def anchors(path: Path) -> set[str]:
    """Where GitHub lets a link lead to: headings in small letters, without punctuation, with hyphens."""
    found = tokens(path)
    headings = [found[index + 1].content for index, token in enumerate(found) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def fences(path: Path) -> list[str]:
    return [token.content for token in tokens(path) if token.type == "fence"]


def code(path: Path) -> list[str]:
    """Everything that is set as code: fenced lines (joined where they go on), and code within text."""
    lines = [line for fence in fences(path) for line in fence.replace("\\\n", " ").splitlines()]
    return lines + [token.content for token in inline(path) if token.type == "code_inline"]


def rows(path: Path, heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    text = path.read_text("utf-8").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]
