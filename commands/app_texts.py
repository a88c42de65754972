"""What people read in the app package, in every language."""

from collections.abc import Iterator
from typing import Any

from texts import gettext, speaking

_SCHEMA = "https://developer.microsoft.com/en-us/json-schemas/teams/v1.25/MicrosoftTeams.Localization.schema.json"
_READ = {"title", "description", "short", "full"}


def file_of(language: str) -> str:
    """Return the name of a language's file in the package."""
    return f"{language}.json"


def localized(manifest: dict[str, Any], language: str) -> dict[str, str]:
    """Return a language's file: the place in the manifest, as Teams writes it, and what stands there instead."""
    with speaking(language):
        texts = {path: gettext(text) for path, text in readable(manifest)}
    return {"$schema": _SCHEMA, **{f"name.{size}": manifest["name"][size] for size in ("short", "full")}, **texts}


def readable(node: Any, path: str = "", name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the place and the text of all that people read in a manifest.

    The names of commands are left out, as people type them: they are the same in every language. So is the app's name.
    """
    if isinstance(node, dict):
        for key, value in node.items():
            if not (key == "title" and ".commandLists[" in path):
                yield from readable(value, f"{path}.{key}" if path else key, key)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from readable(value, f"{path}[{place}]", name)
    elif name in _READ and isinstance(node, str) and not path.startswith("name."):
        yield path, node
