"""What a conversation subscribes to: written by people, kept as JSON, held against what happens."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alert_model import SubscriptionFacts
from services.alerts.kept import Kept
from texts import gettext as _

_MOST_WORDS = 40
_LONGEST = 200
_FILTER = re.compile(r"(project|level|environment|env|tag|organization|org):(.+)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"([^:=]+)[:=](.+)", re.DOTALL)
_LEVELS = ("fatal", "error", "warning", "info", "debug", "sample")


class Kind(StrEnum):
    """What can be subscribed to."""

    ISSUES = "issues"
    METRICS = "metrics"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Every filter that is not empty must match; of its values one is enough."""

    kinds: tuple[Kind, ...] = (Kind.ISSUES,)
    projects: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()

    def facts(self, organization_name: str) -> SubscriptionFacts:
        """Return this as cards show it."""
        kinds = tuple(kind.value for kind in self.kinds)
        filters = (self.projects, self.levels, self.environments)
        projects, levels, environments = filters
        return SubscriptionFacts(
            organization=organization_name,
            kinds=kinds,
            projects=projects,
            levels=levels,
            environments=environments,
            tags=self.tags,
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What happened, as far as filters look at it. `environment` None: that is not known, nor are tags."""

    kind: Kind
    projects: tuple[str, ...]
    level: str = ""
    environment: str | None = None
    tags: Mapping[str, str] | None = None


class NotUnderstood(Exception):
    """A word of a subscription means nothing; the text says which, and what would."""


_WANTED = Kept(Wanted)


def written(wanted: Wanted) -> str:
    """Return it as the store keeps it: the same for the same."""
    return _WANTED.written(wanted)


def read(text: str) -> Wanted:
    """Return what was written; raises ValueError."""
    return _WANTED.read(text)


def understood(words: Sequence[str]) -> tuple[Wanted, str]:
    """Return what words like `issues project:web,api level:error` want, and the organization that they name ("").

    Raises NotUnderstood.
    """
    kinds: list[Kind] = []
    filters: dict[str, list[str]] = {"project": [], "level": [], "environment": [], "tag": [], "organization": []}
    for word in words[:_MOST_WORDS]:
        if word.lower() in set(Kind):
            kinds.append(Kind(word.lower()))
        else:
            name, values = _filter(word)
            filters[name] += values
    levels = [level.lower() for level in filters["level"]]
    wrong = next((level for level in levels if level not in _LEVELS), None)
    if wrong is not None:
        raise NotUnderstood(
            _("“{text}” is no level: there are {levels}.").format(text=wrong, levels=", ".join(_LEVELS[:-1]))
        )
    wanted = Wanted(
        _sorted(kinds) or (Kind.ISSUES, Kind.METRICS),
        _sorted(project.lower() for project in filters["project"]),
        _sorted(levels),
        _sorted(filters["environment"]),
        _sorted(_tag(tag) for tag in filters["tag"]),
    )
    return wanted, next(iter(filters["organization"]), "").lower()


def matches(wanted: Wanted, subject: Subject) -> bool:
    """Tell whether somebody who wants this wants to hear of that."""
    if subject.kind not in wanted.kinds:
        return False
    if wanted.projects and not set(wanted.projects) & {project.lower() for project in subject.projects}:
        return False
    if subject.kind is Kind.METRICS:
        return not wanted.environments or subject.environment in wanted.environments
    if wanted.levels and subject.level.lower() not in wanted.levels:
        return False
    if wanted.environments and subject.environment not in wanted.environments:
        return False
    return all((subject.tags or {}).get(name) == value for name, value in wanted.tags)


def _filter(word: str) -> tuple[str, list[str]]:
    found = _FILTER.fullmatch(word[: _LONGEST * 2])
    if found is None:
        raise NotUnderstood(
            _("I do not understand “{text}”. Write for example: {examples}").format(
                text=word[:60],
                examples="subscribe issues project:web level:error environment:production tag:region=eu",
            )
        )
    name = {"env": "environment", "org": "organization"}.get(found[1].lower(), found[1].lower())
    values = [found[2]] if name == "tag" else found[2].split(",")
    return name, [value.strip()[:_LONGEST] for value in values if value.strip()]


def _tag(text: str) -> tuple[str, str]:
    found = _TAG.fullmatch(text)
    if found is None:
        raise NotUnderstood(
            _("“{text}” is no tag with a value. Write for example: {examples}").format(
                text=text[:60], examples="tag:region=eu"
            )
        )
    return found[1].strip(), found[2].strip()


def _sorted(values: object) -> tuple:  # type: ignore[type-arg]
    return tuple(sorted(set(values)))  # type: ignore[call-overload]
