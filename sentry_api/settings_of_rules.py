"""The settings that people gave our action in an alert rule of Sentry."""

from collections.abc import Iterator, Mapping
from typing import Any

from sentry_api.values import items, key, line, mapping

_LONGEST = 1000
_MOST = 20
_OURS = frozenset({"sentry_app", ""})


def settings_from(data: Any) -> Mapping[str, str]:
    """Read a list of name and value; the first value of each name, texts only."""
    settings: dict[str, str] = {}
    for setting in items(data, _MOST):
        name, value = key(mapping(setting).get("name")), line(mapping(setting).get("value"), _LONGEST)
        if name and value:
            settings.setdefault(name, value)
    return settings


def our_settings(triggers: Any, state: str, installation: str) -> tuple[Mapping[str, str], ...]:
    """Return the settings of our own actions among those of a metric alert rule, each once.

    An action is ours if it is an integration's action and does not name another installation (Sentry leaves that name
    out of its webhooks at times; then the webhook's own installation speaks for it). `state` picks the trigger with
    that label; where none has it (resolved, open) every trigger counts.
    """
    known = [mapping(trigger) for trigger in items(triggers, _MOST)]
    concerned = [trigger for trigger in known if trigger.get("label") == state] or known
    found = [settings for trigger in concerned for settings in _ours(trigger, installation)]
    return tuple(settings for i, settings in enumerate(found) if settings not in found[:i])


def _ours(trigger: Mapping[str, Any], installation: str) -> Iterator[Mapping[str, str]]:
    for action in (mapping(action) for action in items(trigger.get("actions"), _MOST)):
        named = action.get("sentryAppInstallationUuid") or action.get("sentry_app_installation_uuid") or installation
        settings = settings_from(action.get("settings"))
        if line(action.get("type"), 60) in _OURS and named == installation and settings:
            yield settings
