"""What can be wrong between the bot and Microsoft, and what the doctor says about it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import certifi
import pytest

from commands.doctor.clock import judge
from commands.doctor.findings import Status
from sandbox.entra import BOT_FRAMEWORK_TENANTS
from sandbox.faults import close, respond
from sandbox.microsoft import Microsoft
from tests.authorities import trust_only
from tests.commands.doctor.conftest import Examine

SOMEBODY = "99999999-2222-3333-4444-555555555555"
NOW = datetime(2026, 11, 24, tzinfo=UTC)


async def test_a_healthy_bot_has_no_failure(examine: Examine) -> None:
    found = await examine()
    assert found.failures() == []
    assert found.of("settings").found.startswith("SingleTenant 11111111-")
    assert found.of("signing keys").found.endswith("of them for Teams")
    assert found.of("connector token").found.startswith("for https://api.botframework.com, of tenant a1b2c3d4-")
    assert {host.check for host in found.all} >= {"login.microsoftonline.com", "smba.trafficmanager.net"}


async def test_a_wrong_secret(examine: Examine) -> None:
    found = await examine(MicrosoftAppPassword="the id of the secret")
    assert found.failures() == ["connector token"]
    assert "AADSTS7000215" in found.of("connector token").found
    assert "often its id was copied" in found.of("connector token").means


async def test_an_expired_secret(examine: Examine, microsoft: Microsoft) -> None:
    microsoft.entra.expired_secrets.add(microsoft.app_secret)
    found = await examine()
    assert found.failures() == ["connector token"]
    assert found.of("connector token").means.startswith("The client secret has expired")


async def test_a_tenant_that_does_not_exist(examine: Examine) -> None:
    found = (await examine(MicrosoftAppTenantId=SOMEBODY)).of("connector token")
    assert found.status is Status.FAILED
    assert found.means.startswith("There is no such tenant")
    assert "MicrosoftAppTenantId" in found.do


async def test_a_tenant_that_does_not_know_the_app(examine: Examine) -> None:
    found = (await examine(MicrosoftAppId=SOMEBODY)).of("connector token")
    assert found.status is Status.FAILED
    assert found.means.startswith("The tenant does not know this app")


async def test_a_single_tenant_app_that_asks_as_a_multi_tenant_one(examine: Examine, microsoft: Microsoft) -> None:
    for name in BOT_FRAMEWORK_TENANTS:
        microsoft.entra.directories.pop(name)
    found = (await examine(MicrosoftAppType="MultiTenant", ALLOWED_TENANTS="*")).of("connector token")
    assert found.status is Status.FAILED
    assert found.means.startswith("The app is single-tenant")
    assert "MicrosoftAppType=SingleTenant" in found.do


async def test_an_identity_that_the_machine_does_not_have(
    examine: Examine, microsoft: Microsoft, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in microsoft.managed_identity_environment.items():
        monkeypatch.setenv(name, value)
    assert (await examine(MicrosoftAppType="UserAssignedMSI")).of("connector token").status is Status.OK
    found = (await examine(MicrosoftAppType="UserAssignedMSI", MicrosoftAppId=SOMEBODY)).of("connector token")
    assert found.status is Status.FAILED
    assert found.means.startswith("Azure gives this machine no token")


async def test_a_token_for_another_app(examine: Examine, microsoft: Microsoft) -> None:
    token = microsoft.entra.token(appid=SOMEBODY)
    answer = {"token_type": "Bearer", "expires_in": 3599, "access_token": token}
    microsoft.entra.faults.add(respond(200, json=answer), method="POST", path="/token")
    found = (await examine()).of("connector token")
    assert (found.status, found.found) == (Status.FAILED, f"appid is '{SOMEBODY}', not '{microsoft.app_id}'")


async def test_no_token_is_shown(examine: Examine, microsoft: Microsoft) -> None:
    shown = " ".join(str(finding.as_json()) for finding in (await examine()).all)
    assert "eyJ" not in shown
    assert microsoft.app_secret not in shown


async def test_the_hosts_of_the_keys_is_down(examine: Examine, microsoft: Microsoft) -> None:
    microsoft.openid.faults.add(close(), None)
    found = await examine()
    assert set(found.failures()) == {"login.botframework.com", "signing keys"}
    assert found.of("signing keys").means.startswith("Requests from Teams cannot be verified")


async def test_keys_of_another_cloud(examine: Examine, microsoft: Microsoft) -> None:
    key = microsoft.openid.teams_key.jwk() | {"endorsements": ["webchat"]}
    microsoft.openid.faults.add(respond(200, json={"keys": [key]}), None, path="/keys")
    found = (await examine()).of("signing keys")
    assert (found.status, found.found) == (Status.FAILED, "1 keys, none for Teams")


async def test_a_host_that_the_proxy_does_not_reach(examine: Examine, microsoft: Microsoft) -> None:
    microsoft.proxy.unreachable.add("smba.trafficmanager.net")
    found = await examine()
    assert found.failures() == ["smba.trafficmanager.net"]
    assert found.of("smba.trafficmanager.net").means.startswith("The proxy refuses to connect there")


async def test_a_host_that_only_some_tenants_need(examine: Examine, microsoft: Microsoft) -> None:
    microsoft.proxy.unreachable.add("smba.infra.gcc.teams.microsoft.com")
    found = await examine()
    assert found.failures() == []
    assert found.of("smba.infra.gcc.teams.microsoft.com").status is Status.WARNING


async def test_certificates_that_are_not_trusted(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    trust_only(certifi.where(), monkeypatch)
    found = (await examine()).of("login.botframework.com")
    assert found.status is Status.FAILED
    assert found.means.startswith("TLS: the certificate is not trusted")
    assert "SSL_CERT_FILE" in found.do


async def test_a_name_that_does_not_resolve(examine: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1,localhost,.invalid")
    found = (await examine(PUBLIC_URL="https://bot.invalid")).of("public address")
    assert found.status is Status.FAILED
    assert found.means.startswith("DNS: the name does not resolve")


@pytest.mark.parametrize("ahead", [-3600, 3600])
async def test_a_clock_that_is_an_hour_off(ahead: int, examine: Examine, microsoft: Microsoft) -> None:
    theirs = format_datetime(datetime.now(UTC) - timedelta(seconds=ahead), usegmt=True)
    fault = respond(200, json={}, headers={"Date": theirs})
    microsoft.entra.faults.add(fault, path="/common/v2.0/.well-known/")
    found = (await examine()).of("clock")
    assert found.status is Status.FAILED
    assert ("ahead of" if ahead > 0 else "behind") in found.found
    assert "NTP" in found.do


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(0, Status.OK), (60, Status.OK), (61, Status.WARNING), (300, Status.WARNING), (301, Status.FAILED)],
)
def test_how_far_a_clock_may_be_off(seconds: int, status: Status) -> None:
    assert judge(NOW + timedelta(seconds=seconds), NOW).status is status
    assert judge(NOW - timedelta(seconds=seconds), NOW).status is status


async def test_a_token_endpoint_that_tells_no_time(examine: Examine, microsoft: Microsoft) -> None:
    fault = respond(200, json={}, headers={"Date": "yesterday"})
    microsoft.entra.faults.add(fault, path="/common/v2.0/.well-known/")
    assert (await examine()).of("clock").status is Status.SKIPPED


async def test_a_token_endpoint_that_cannot_be_asked_for_the_time(examine: Examine, microsoft: Microsoft) -> None:
    microsoft.entra.faults.add(close(), times=5, path="/common/v2.0/.well-known/")
    clock = (await examine()).of("clock")
    assert clock.status is Status.SKIPPED
    assert clock.found.startswith("login.microsoftonline.com could not be asked for the time: ")
