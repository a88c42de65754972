from pathlib import Path

import aiohttp
import orjson
import pytest

from sandbox.sentry import Sentry
from sandbox.sentry_hooks import Alert
from tests.sentry_api.receiving import door_for


async def ask(sentry: Sentry, method: str, path: str, body: object = None) -> tuple[int, object, dict[str, str]]:
    headers = {"Authorization": f"Bearer {sentry.token}"}
    url = f"{sentry.url}/api/0/organizations/{sentry.organization.slug}/{path}"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, headers=headers, json=body) as response,
    ):
        return response.status, await response.json(), dict(response.headers)


async def test_request_that_sentry_does_not_describe_is_refused_and_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "description.json"
    file.write_bytes(orjson.dumps({"paths": {"/api/0/organizations/{organization_id_or_slug}/": {"get": {}}}}))
    monkeypatch.setenv("SENTRY_OPENAPI", str(file))
    async with Sentry() as sentry:
        assert sentry.checks_requests
        assert (await ask(sentry, "GET", ""))[0] == 200
        status, answer, _ = await ask(sentry, "DELETE", "")
        assert (status, len(sentry.violations)) == (400, 1)
        assert "Not as Sentry describes it" in str(answer)


async def test_without_a_description_nothing_is_held_against_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENTRY_OPENAPI", str(tmp_path / "gone.json"))
    async with Sentry() as sentry:
        assert not sentry.checks_requests
        assert (await ask(sentry, "DELETE", ""))[0] == 404
        assert sentry.violations == []


async def test_too_many_requests(sentry: Sentry) -> None:
    sentry.limits.requests, sentry.limits.window = 2, 60
    left = [(await ask(sentry, "GET", ""))[2]["X-Sentry-Rate-Limit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    status, answer, headers = await ask(sentry, "GET", "")
    assert (status, headers["X-Sentry-Rate-Limit-Remaining"]) == (429, "0")
    assert "Limit is 2 requests in 60 seconds" in str(answer)
    sentry.reset()
    assert (await ask(sentry, "GET", ""))[0] == 200


async def test_resolved_issue_stays_as_it_is(sentry: Sentry) -> None:
    issue, _ = await sentry.raise_issue_alert()
    await ask(sentry, "PUT", f"issues/{issue.id}/", {"status": "resolved"})
    await ask(sentry, "PUT", f"issues/{issue.id}/", {"status": "resolved", "statusDetails": {"inNextRelease": True}})
    assert (issue.status, issue.details) == ("resolved", {})


async def test_nobody_there_for_a_webhook(sentry: Sentry) -> None:
    sentry.app.webhook_url = "http://127.0.0.1:9/sentry/webhook"
    _, delivery = await sentry.raise_issue_alert()
    assert (delivery.status, delivery.problem) == (0, "ClientConnectorError")


async def submit(sentry: Sentry, path: str, **fields: str) -> str:
    async with aiohttp.ClientSession() as session, session.post(f"{sentry.url}{path}", data=fields) as response:
        assert response.status == 200
        return await response.text()


async def test_person_raises_an_alert_and_acts_on_the_page(sentry: Sentry) -> None:
    async with door_for(sentry) as door:
        fields = {"project": "web", "level": "error", "environment": "production", "rule": "Errors"}
        page = await submit(sentry, "/sandbox/alert", title="KeyError: <b>", channel="19:abc", **fields)
        assert "WEB-1: 202" in page
        assert "KeyError: &lt;b&gt;" in page
        issue = next(iter(sentry.state.tenants[sentry.organization.slug].issues.values()))
        dana, place = sentry.furniture.dana.id, f"/sandbox/issues/{issue.id}"
        await submit(sentry, place, change="Resolve", **{"as": dana})
        page = await submit(sentry, place, assign=f"user:{dana}", **{"as": dana})
        page = await submit(sentry, f"{place}/comment", text="done", **{"as": dana})
        assert (issue.status, issue.assignee, issue.comments[0].text) == ("resolved", f"user:{dana}", "done")
        refused = await submit(sentry, place, assign=f"user:{sentry.furniture.mia.id}", **{"as": dana})
        assert "Cannot assign to non-team member" in refused
        await submit(sentry, "/sandbox/metric", state="critical", title="Error rate", text="many", channel="")
        await sentry.settled()
        told = [headers["Sentry-Hook-Resource"] for headers in door.headers]
        assert sorted(told) == ["comment", "event_alert", "issue", "issue", "issue", "metric_alert"]


async def test_link_of_a_card_leads_to_the_issue(sentry: Sentry) -> None:
    issue, _ = await sentry.raise_issue_alert(Alert())
    place = f"{sentry.url}/organizations/{sentry.organization.slug}/issues/{issue.id}/"
    async with aiohttp.ClientSession() as session:
        for url in (place, f"{place}events/{issue.events[0]['event_id']}/"):
            async with session.get(url) as response:
                assert "WEB-1" in await response.text()
        async with session.get(place.replace(f"/{issue.id}/", "/999/")) as response:
            assert response.status == 404
