"""The Teams app package: the manifest, filled in and checked, and the zip around it."""

import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

from commands.app_texts import file_of, localized
from texts import ENGLISH, LANGUAGES

HERE = Path(__file__).resolve().parents[1] / "appPackage"
ICONS = ("color.png", "outline.png")
BLANK = re.compile(r"\$\{\{(\w+)\}\}")
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say


@dataclass(frozen=True, slots=True)
class Facts:
    """What differs from one manifest to the next. `domain` is the host of the bot's public address.

    sentry_hosts: of those that a place may be connected to; a link to one of them is shown as the issue's card.
    """

    app_id: str
    domain: str
    version: str
    name: str
    developer: str
    website: str
    privacy: str
    terms: str
    sentry_hosts: tuple[str, ...] = ()


def build_manifest(facts: Facts) -> dict[str, Any]:
    """Return the template with every blank filled."""
    values = {
        "APP_ID": facts.app_id,
        "DOMAIN": facts.domain,
        "VERSION": facts.version,
        "APP_NAME": facts.name,
        "DEVELOPER_NAME": facts.developer,
        "WEBSITE_URL": facts.website,
        "PRIVACY_URL": facts.privacy,
        "TERMS_URL": facts.terms,
    }
    manifest: dict[str, Any] = _filled(json.loads((HERE / "manifest.template.json").read_text("utf-8")), values)
    _fill_domains(manifest["composeExtensions"][0], facts.sentry_hosts)
    others = [{"languageTag": language, "file": file_of(language)} for language in LANGUAGES[1:]]
    manifest["localizationInfo"] = {"defaultLanguageTag": ENGLISH, "additionalLanguages": others}
    return manifest


def _fill_domains(extension: dict[str, Any], hosts: Sequence[str]) -> None:
    """Let links to these hosts be shown; Teams takes names with a dot in them only, no addresses."""
    named = [host for host in hosts if "." in host and not host.replace(".", "").isdecimal()]
    # Organizations on sentry.io have a subdomain each, whatever their region.
    sentry_io = ("sentry.io", "*.sentry.io")
    domains = [domain for host in named for domain in (sentry_io if host.endswith("sentry.io") else (host,))]
    if domains:
        extension["messageHandlers"][0]["value"]["domains"] = list(dict.fromkeys(domains))
    else:
        del extension["messageHandlers"]


def _filled(node: Any, values: dict[str, str]) -> Any:
    if isinstance(node, dict):
        return {name: _filled(value, values) for name, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, values) for value in node]
    return BLANK.sub(lambda blank: values[blank[1]], node) if isinstance(node, str) else node


def manifest_problems(manifest: dict[str, Any]) -> list[str]:
    """Return what Teams' schemas do not allow in `manifest` and in the files of the languages, one problem a line."""
    problems = _problems("manifest.json", manifest, "manifest.schema.json")
    if problems:
        return problems
    files = ((file_of(language), localized(manifest, language)) for language in LANGUAGES[1:])
    return [problem for name, texts in files for problem in _problems(name, texts, "localization.schema.json")]


def _problems(file: str, content: dict[str, Any], schema: str) -> list[str]:
    validator = jsonschema.Draft4Validator(json.loads((HERE / schema).read_text("utf-8")))
    return [_told(file, error) for error in _by_place(validator.iter_errors(content))]


def _by_place(errors: Iterable[jsonschema.ValidationError]) -> list[jsonschema.ValidationError]:
    return sorted(errors, key=lambda error: [str(step) for step in error.absolute_path])


def _told(file: str, error: jsonschema.ValidationError) -> str:
    place = ".".join(str(step) for step in error.absolute_path) or "as a whole"
    return f"{file}, {place}: {error.message}"


def zipped(manifest: dict[str, Any]) -> bytes:
    """Return the zip to upload: manifest.json, the icons and a file for each other language at its root.

    The same manifest gives the same bytes.
    """
    texts = {"manifest.json": manifest, **{file_of(each): localized(manifest, each) for each in LANGUAGES[1:]}}
    files = {name: (json.dumps(text, indent=2, ensure_ascii=False) + "\n").encode() for name, text in texts.items()}
    files |= {name: (HERE / name).read_bytes() for name in ICONS}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # deflate differs from one zlib to the next
        for name, content in files.items():
            archive.writestr(_entry(name), content)
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DATE)
    entry.create_system = 3  # as Unix writes it, wherever it is written
    entry.external_attr = 0o644 << 16
    return entry
