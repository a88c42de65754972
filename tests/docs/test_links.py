from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.reading import HOME, anchors, files, links

FILES = files()


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(HOME)))
def test_links_lead_somewhere(path: Path) -> None:
    broken = [link for link in links(path) if not leads_somewhere(path, link)]
    assert broken == []


def leads_somewhere(path: Path, link: str) -> bool:
    if link.startswith(("https://", "http://localhost", "mailto:")):
        return True
    name, _, anchor = link.partition("#")
    target = (path.parent / unquote(name)).resolve() if name else path
    if not target.exists():
        return False
    return not anchor or unquote(anchor) in anchors(target)


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = {HOME / "README.md"}, [HOME / "README.md"]
    while waiting:
        path = waiting.pop()
        local = [link.partition("#")[0] for link in links(path) if "://" not in link]
        targets = {(path.parent / name).resolve() for name in local if name.endswith(".md")}
        waiting += targets - reached
        reached |= targets
    assert {path for path in FILES if "docs" in path.relative_to(HOME).parts[:1]} - reached == set()
