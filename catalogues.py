"""`python catalogues.py`: brings the catalogues in locale/ up to date with what stands in code, templates and manifest.

Needed when a text changed; a test says so when it was forgotten. New texts come out untranslated, for somebody to fill
in, and texts that are gone are dropped.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from commands.app_texts import readable
from texts import CATALOGUES, LANGUAGES

HOME = Path(__file__).resolve().parent
FOLDERS = ("cards", "handlers", "services", "templates", "appPackage")
METHODS = [
    ("**.py", "python"),
    ("**.html", "jinja2.ext:babel_extract"),
    ("**/manifest.template.json", "catalogues:manifest_texts"),
    ("manifest.template.json", "catalogues:manifest_texts"),
]
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}


def manifest_texts(file: BinaryIO, *_: Any, **__: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield what people read in the template of the manifest, as Babel's methods of extraction do."""
    for _path, text in readable(json.load(file)):
        yield 1, "", text, []


def extracted() -> Catalog:
    """Return all that has to be translated."""
    catalogue = Catalog(charset="utf-8")
    for folder in FOLDERS:
        for found in extract_from_dir(HOME / folder, METHODS, OPTIONS, KEYWORDS):
            path, _line, text, _comments, _context = found
            catalogue.add(text, locations=[(f"{folder}/{path}", 0)])
    return catalogue


def read(language: str) -> Catalog:
    """Return the catalogue of a language as it is stored."""
    with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


def main() -> None:
    """Write every catalogue anew, with its translations."""
    template = extracted()
    for language in LANGUAGES[1:]:
        catalogue = read(language)
        template.creation_date = catalogue.creation_date  # the texts tell what changed
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        with (CATALOGUES / language / "LC_MESSAGES" / "messages.po").open("wb") as file:
            write_po(file, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
        missing = [message.id for message in catalogue if message.id and not message.string]
        sys.stdout.write(f"{language}: {len(catalogue)} texts, {len(missing)} of them not translated\n")


if __name__ == "__main__":
    main()
