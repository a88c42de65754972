"""Which of Sentry's rules post where: learnt from their webhooks, for Sentry tells it nowhere else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sentry_api import own_address
from sentry_api.webhook_events import ActivityAlert, EventAlert, MetricAlert
from services.alerts.routing import PLACE
from store import AlertStore, RuleSeen, StoredOrganization

SEEN_AGAIN = timedelta(days=1)
"""How old the last time of a rule may be before it is written again: not each webhook writes."""
_MOST = 1000
_LONGEST, _LONGEST_NUMBER = 200, 18
RuleAlert = EventAlert | MetricAlert | ActivityAlert


class RulesSeen:
    """Notes the rules that name a place."""

    def __init__(self, store: AlertStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._noted: dict[RuleSeen, datetime] = {}

    async def note(self, organization: StoredOrganization, alert: RuleAlert) -> None:
        """Note where the alert's rule posts, once a day or when it is called something else; raises StoreError."""
        now = self._clock()
        for seen in _seen(organization, alert):
            last = self._noted.get(seen)
            if (last is None or now - last >= SEEN_AGAIN) and await self._store.see_rule(seen, now):
                self._noted[seen] = now
        while len(self._noted) > _MOST:
            del self._noted[next(iter(self._noted))]


def _seen(organization: StoredOrganization, alert: RuleAlert) -> Iterator[RuleSeen]:
    rule = f"metric:{alert.rule_id}" if isinstance(alert, MetricAlert) else f"issue:{alert.rule_id}"
    url = "" if isinstance(alert, EventAlert) else own_address(alert.url, organization.sentry_url, "")
    for settings in _settings(alert):
        number = settings.get(PLACE, "")
        if alert.rule and number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER:
            name = rule if alert.rule_id else f"{rule}{alert.rule[:_LONGEST]}"
            yield RuleSeen(organization.id, name, int(number), alert.rule[:_LONGEST], url)


def _settings(alert: RuleAlert) -> Sequence[Mapping[str, str]]:
    return alert.settings if isinstance(alert, MetricAlert) else [alert.settings]
