"""@mentions: the tag in a card's text, and the entity that tells Teams whom it means."""

import re
from collections.abc import Iterable
from typing import Any

from cards.escape import plain
from issue_model import TeamsPerson
from texts import gettext as _

# A tag's text and its entity must be the same; so whatever Markdown would change between them is left out.
_MARKUP = re.compile(r"[<>&\[\]()*_`~\\{}#\u2060-\u2069]")
_LONGEST_ID = 200


def tag(person: TeamsPerson) -> str:
    """Return what stands in the text: "<at>Ada Lovelace</at>"."""
    return f"<at>{_name(person)}</at>"


def entities(people: Iterable[TeamsPerson]) -> list[dict[str, Any]]:
    """Return the entities of the people whose tags are in the text, each once."""
    known = {person.id: person for person in people if 0 < len(person.id) <= _LONGEST_ID}
    return [_entity(person) for person in known.values()]


def _entity(person: TeamsPerson) -> dict[str, Any]:
    mentioned = {"id": person.id, "name": _name(person)}
    return {"type": "mention", "text": tag(person), "mentioned": mentioned}


def _name(person: TeamsPerson) -> str:
    somebody = _("somebody")
    return plain(_MARKUP.sub(" ", person.name[:300]), somebody, 60).strip("\u2068\u2069") or somebody
