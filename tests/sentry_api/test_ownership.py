import pytest

from sandbox.faults import close, respond
from sandbox.sentry import Sentry
from sandbox.sentry_integrations import installation_json
from sentry_api import (
    Access,
    MissingPermission,
    NotFound,
    SentryApi,
    SentryUnreachable,
    Verdict,
    WrongToken,
    find_ours,
)

HOOK = "https://bot.example.org/sentry/webhook"


@pytest.fixture(autouse=True)
def hook(sentry: Sentry) -> None:
    sentry.app.webhook_url = HOOK


async def test_integrations_own_token_finds_the_integration_but_not_whose_it_is(
    api: SentryApi, access: Access, sentry: Sentry
) -> None:
    found = await find_ours(api.integrations, access, HOOK)
    assert (found.verdict, found.installation_id) == (Verdict.PROBABLY, "")
    assert found.integration is not None
    assert (found.integration.slug, found.integration.webhook_url) == ("teams-bot", HOOK)
    assert {"issue", "comment"} <= found.integration.events
    assert "event:write" in found.integration.scopes


async def test_token_is_proven_by_the_installation_that_a_webhook_names(
    api: SentryApi, access: Access, sentry: Sentry
) -> None:
    found = await api.integrations.installation(access, sentry.app.installation)
    assert (found.id, found.integration_slug, found.organization) == (
        sentry.app.installation,
        "teams-bot",
        sentry.organization.slug,
    )
    other, _ = sentry.state.add_app("other", "Other", sentry.organization.slug, ("org:read",))
    with pytest.raises(MissingPermission):
        await api.integrations.installation(access, other.installation)
    with pytest.raises(NotFound):
        await api.integrations.installation(access, "00000000-0000-0000-0000-000000000000")
    with pytest.raises(NotFound):
        await api.integrations.installation(access, "../organizations")


async def test_person_sees_that_it_is_installed(api: SentryApi, dana: Access, sentry: Sentry) -> None:
    found = await find_ours(api.integrations, dana, HOOK + "/")
    assert (found.verdict, found.installation_id) == (Verdict.OURS, sentry.app.installation)


@pytest.mark.parametrize("url", ["", "https://elsewhere.example/hook", "javascript:alert(1)"])
async def test_integration_whose_webhooks_go_elsewhere(
    api: SentryApi, access: Access, sentry: Sentry, url: str
) -> None:
    sentry.app.webhook_url = url
    found = await find_ours(api.integrations, access, HOOK)
    assert found.verdict is Verdict.ELSEWHERE
    assert [other.slug for other in found.others] == ["teams-bot"]


async def test_token_that_may_not_look(api: SentryApi, sentry: Sentry) -> None:
    narrow = Access(
        sentry.url, sentry.organization.slug, sentry.add_token(sentry.organization.slug, scopes=("event:read",))
    )
    assert (await find_ours(api.integrations, narrow, HOOK)).verdict is Verdict.UNKNOWN


async def test_integrations_token_does_not_pass_for_another_integrations(
    api: SentryApi, access: Access, sentry: Sentry
) -> None:
    """For a Sentry that shows its installations to integrations as well."""
    sentry.app.webhook_url = ""
    other, _ = sentry.state.add_app("other", "Other", access.organization, ("org:read",))
    other.webhook_url = HOOK
    sentry.faults.add(respond(200, json=[installation_json(other)]), path="/sentry-app-installations/")
    assert (await find_ours(api.integrations, access, HOOK)).verdict is Verdict.PROBABLY
    sentry.app.webhook_url, other.webhook_url = HOOK, ""
    sentry.faults.add(respond(200, json=[installation_json(sentry.app)]), path="/sentry-app-installations/")
    assert (await find_ours(api.integrations, access, HOOK)).verdict is Verdict.OURS


async def test_trouble_is_no_verdict(api: SentryApi, access: Access, sentry: Sentry) -> None:
    with pytest.raises(WrongToken):
        await find_ours(api.integrations, Access(access.sentry_url, access.organization, "unknown"), HOOK)
    sentry.faults.add(respond(200, json=[{"slug": "teams-bot", "webhookUrl": HOOK}]), path="sentry-apps")
    assert (await find_ours(api.integrations, access, HOOK)).verdict is Verdict.PROBABLY


async def test_unreachable_sentry_is_no_verdict(api: SentryApi, access: Access, sentry: Sentry) -> None:
    sentry.faults.add(close(), times=None)
    with pytest.raises(SentryUnreachable):
        await find_ours(api.integrations, access, HOOK)
