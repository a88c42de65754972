"""Who asks which organization: what every call about an organization is given."""

import re
from dataclasses import dataclass, field

from sentry_api.errors import NotFound, UnknownOrganization
from sentry_api.organizations import is_slug

# A leading dot could climb out of the path.
_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Access:
    """A token of the integration or of a person, for one organization (slug) in the Sentry at `sentry_url`."""

    sentry_url: str
    organization: str
    token: str = field(repr=False)

    def path(self, *parts: str) -> str:
        """Return the path below the organization; raises NotFound for a part that cannot be one."""
        return self._path("organizations", (self._slug(), *parts))

    def project_path(self, project: str, *parts: str) -> str:
        """Return the path below a project (slug or id) of the organization; raises NotFound."""
        return self._path("projects", (self._slug(), project, *parts))

    def _slug(self) -> str:
        if not is_slug(self.organization):
            raise UnknownOrganization("not a slug")
        return self.organization

    @staticmethod
    def _path(room: str, parts: tuple[str, ...]) -> str:
        return f"/api/0/{room}/" + "".join(f"{path_part(part)}/" for part in parts)


def path_part(text: str) -> str:
    """Return the text if it can be one part of a path; raises NotFound: nothing in Sentry has such an id."""
    if not _PART.fullmatch(text):
        raise NotFound("not an id")
    return text
