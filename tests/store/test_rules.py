"""What is remembered of the rules in Sentry that post into a conversation."""

from dataclasses import replace

from model import Installation
from store import RuleSeen, Store
from tests.store.places import ACME, GLOBEX, NOW, TEAM, arrival, later

CHANNEL = "19:incidents@thread.tacv2"


async def connected(store: Store) -> tuple[Installation, RuleSeen]:
    """A connected team, and a rule that posts into one of its channels."""
    arrived = await store.arrive(arrival(), "nonce", NOW)
    assert arrived is not None
    installation = await store.connect(arrived.id, "nonce", ACME, "Megan Bowen", NOW)
    assert installation is not None
    channel = await store.alerts.channel(installation.id, CHANNEL, "Incidents")
    organization = installation.connections[0].organization_id
    return installation, RuleSeen(organization, "issue:7", channel.id, "Errors of the shop", "https://sentry.io/7/")


async def test_a_rule_is_listed_once_by_its_newest_name_and_time(store: Store) -> None:
    installation, seen = await connected(store)
    assert await store.alerts.see_rule(seen, NOW)
    assert await store.alerts.see_rule(replace(seen, title="Errors"), later(60))
    assert await store.alerts.see_rule(replace(seen, rule="metric:7", title="Latency", url=""), later(30))
    assert await store.alerts.rules(installation.id, CHANNEL) == [
        ("Errors", "https://sentry.io/7/", later(60)),
        ("Latency", "", later(30)),
    ]
    assert await store.alerts.rules(installation.id, TEAM.place_id) == []


async def test_a_rule_of_another_organization_names_no_place_of_this_one(store: Store) -> None:
    installation, seen = await connected(store)
    assert not await store.alerts.see_rule(replace(seen, organization_id=seen.organization_id + 1), NOW)
    assert not await store.alerts.see_rule(replace(seen, channel_id=seen.channel_id + 1), NOW)
    assert await store.alerts.rules(installation.id, CHANNEL) == []


async def test_rules_go_with_their_age_their_organization_and_their_place(store: Store) -> None:
    installation, seen = await connected(store)
    await store.alerts.see_rule(seen, NOW)
    await store.alerts.see_rule(replace(seen, rule="issue:8", title="Younger"), later(60))
    await store.alerts.prune_rules(later(30))
    assert [title for title, *_ in await store.alerts.rules(installation.id, CHANNEL)] == ["Younger"]
    await store.disconnect(TEAM, "29:the-user", later(61))
    assert await store.alerts.rules(installation.id, CHANNEL) == []
    await store.new_setup_link(TEAM, "again")
    await store.connect(installation.id, "again", GLOBEX, "Megan Bowen", later(62))
    assert await store.alerts.rules(installation.id, CHANNEL) == []
