"""What people read is marked for translation, wherever it stands, and Babel finds all that is marked."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

import catalogues

HOME = Path(__file__).resolve().parents[2]
MARKS = {"_", "gettext", "marked", "ngettext"}
# Sentry's rule editor tells no language; the sample's facts are code; names of elements and looks are no words.
NOT_READ = {"__init__.py", "adaptive.py", "rule_texts.py", "sample.py", "sparkline.py", "escape.py"}
PROSE = re.compile(r"[A-Z][a-z]+ |[a-z]+ [a-z]+|^[A-Z][a-z]+$")
LOOKS = re.compile(r"^(Action|AdaptiveCard|Large|Small|Bolder|Monospace|Accent|Attention)")
PRODUCTS = {"Sentry", "Sentry for Teams", "Sentry for Microsoft Teams", "Group chat"}


def texts_found() -> set[str]:
    found: set[str] = set()
    for message in catalogues.extracted():
        found |= {message.id} if isinstance(message.id, str) else set(message.id)
    return found


def marked_in(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument


def docstrings_in(tree: ast.AST) -> set[int]:
    bodies = [getattr(node, "body", []) for node in ast.walk(tree)]
    lone = [each for body in bodies if isinstance(body, list) for each in body if isinstance(each, ast.Expr)]
    return {id(each.value) for each in lone}


def annotations_in(tree: ast.AST) -> set[int]:
    named = [getattr(node, part, None) for node in ast.walk(tree) for part in ("returns", "annotation")]
    return {id(each) for each in named if each is not None}


def unmarked_in(source: str) -> list[str]:
    """Return the texts that look like words for people and stand in no mark."""
    tree = ast.parse(source)
    known = {id(constant) for constant in marked_in(tree)} | docstrings_in(tree)
    known |= annotations_in(tree)
    known |= {id(node) for call in ast.walk(tree) if isinstance(call, ast.Raise) for node in ast.walk(call)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in known]
    texts = [node.value for node in constants if isinstance(node.value, str)]
    return [text for text in texts if PROSE.search(text) and not LOOKS.match(text) and text not in PRODUCTS]


@pytest.mark.parametrize("path", sorted((HOME / "cards").glob("*.py")), ids=lambda path: path.name)
def test_no_card_has_an_unmarked_text(path: Path) -> None:
    if path.name not in NOT_READ:
        assert unmarked_in(path.read_text("utf-8")) == []


@pytest.mark.parametrize("name", ["commands.py", "acting/reasons.py", "acting/wishes.py"])
def test_no_answer_of_a_service_has_an_unmarked_text(name: str) -> None:
    assert unmarked_in((HOME / "services" / name).read_text("utf-8")) == []


def test_the_texts_of_the_pages_are_marked() -> None:
    assert unmarked_in((HOME / "handlers" / "setup_texts.py").read_text("utf-8")) == []


def test_an_unmarked_text_is_noticed() -> None:
    source = 'paragraph(_("Said well."))\nparagraph("Said badly.")\nparagraph(f"Said {worse} still.")\n'
    assert unmarked_in(source) == ["Said badly.", "Said "]


@pytest.mark.parametrize("folder", ["cards", "handlers", "services"])
def test_babel_finds_every_text_that_is_marked(folder: str) -> None:
    found = texts_found()
    for path in (HOME / folder).rglob("*.py"):
        marked = [constant.value for constant in marked_in(ast.parse(path.read_text("utf-8")))]
        assert [text for text in marked if text and text not in found] == [], f"{path}: in an f-string?"


def unmarked_on(template: str) -> str:
    """Return the words of a template that stand outside {% trans %}; tags, and what is to be copied, are left out."""
    outside, depth, expected = [], 0, ""
    for _line, kind, value in Environment(extensions=["jinja2.ext.i18n"], autoescape=True).lex(template):
        if kind == "name" and expected == "block_begin" and value in {"trans", "endtrans"}:
            depth += 1 if value == "trans" else -1
        if kind == "data" and depth == 0:
            outside.append(value)
        if kind == "string" and depth == 0 and expected != "_(":
            outside.append(" " + value.strip("\"'") + " " if PROSE.search(value.strip("\"'")) else "")
        if kind != "whitespace":
            expected = "_(" if (expected, value) == ("_", "(") else "_" if value == "_" else kind
    text = re.sub(r"<(code|tbody)\b.*?</\1>", " ", "".join(outside), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>|&\w+;|\bautofocus\b|[\w-]+=\"[^\"]*\"?", " ", text, flags=re.DOTALL).split())


@pytest.mark.parametrize("path", sorted((HOME / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_template_has_an_unmarked_text(path: Path) -> None:
    text = unmarked_on(path.read_text("utf-8"))
    for product in sorted(PRODUCTS, key=len, reverse=True):
        text = text.replace(product, "")
    assert re.findall(r"[A-Za-z]{2,}", text) == []


def test_an_unmarked_text_on_a_page_is_noticed() -> None:
    page = '<p>{% trans %}Said well.{% endtrans %} {{ _("Said well") }} Said badly {{ "also bad" if x }}</p>'
    assert unmarked_on(page) == "Said badly also bad"
