"""What the web handlers find in the application: typed keys, filled by bot.py."""

from dataclasses import dataclass

from aiohttp import web

from services.acting.feature import ActingFeature
from services.acting.setup_sign_in import SetupSignIn
from services.alerts.opening import Alerts
from services.alerts.rule_actions import RuleActions
from services.delivery import Delivery
from services.instance import Instance
from services.readiness import Readiness
from services.setup import Setup


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the pages say about this bot. `mode` is the kind of registration (SingleTenant, …), unused in local mode."""

    public_url: str
    local_mode: bool
    mode: str
    sentry_urls: tuple[str, ...]


RULE_ACTIONS: web.AppKey[RuleActions] = web.AppKey("rule_actions", RuleActions)
ALERTS: web.AppKey[Alerts] = web.AppKey("alerts", Alerts)
DELIVERY: web.AppKey[Delivery] = web.AppKey("delivery", Delivery)
SETUP: web.AppKey[Setup] = web.AppKey("setup", Setup)
INSTANCE: web.AppKey[Instance] = web.AppKey("instance", Instance)
METRICS_TOKEN: web.AppKey[str] = web.AppKey("metrics_token", str)
READINESS: web.AppKey[Readiness] = web.AppKey("readiness", Readiness)
PAGE_FACTS: web.AppKey[PageFacts] = web.AppKey("page_facts", PageFacts)
ACTING: web.AppKey[ActingFeature] = web.AppKey("acting", ActingFeature)
SETUP_SIGN_IN: web.AppKey[SetupSignIn] = web.AppKey("setup_sign_in", SetupSignIn)
