"""What docs/sentry.md tells people to paste is what the bot answers to."""

import json
import re
from pathlib import Path

from handlers import alert_rule_action, sentry_webhook
from services.alerts.placing import TAGS
from services.alerts.routing import PLACE

TEXT = (Path(__file__).parents[2] / "docs" / "sentry.md").read_text()


def test_the_schema_names_our_routes_and_settings() -> None:
    found = re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)
    assert found
    (element,) = json.loads(found[1])["elements"]
    settings = element["settings"]
    (place,), (tags,) = settings["required_fields"], settings["optional_fields"]
    assert element["type"] == "alert-rule-action"
    assert settings["uri"] == alert_rule_action.PATH
    assert place["uri"] == f"{alert_rule_action.PATH}/options"
    assert (place["name"], tags["name"]) == (PLACE, TAGS)
    assert len(settings["description"]) <= 140


def test_the_webhook_address_is_ours() -> None:
    assert f"`PUBLIC_URL{sentry_webhook.PATH}`" in TEXT
