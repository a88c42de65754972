import dataclasses

import aiohttp
import jwt
import msal
import pytest
import requests
from botframework.connector.auth import CertificateAppCredentials, MicrosoftAppCredentials

from sandbox.bot_certificate import new_bot_certificate
from sandbox.entra import PUBLIC
from sandbox.faults import respond
from sandbox.microsoft import Microsoft

SCOPE = "https://api.botframework.com/.default"


def form(ms: Microsoft, **changes: str | None) -> dict[str, str]:
    usual = {"grant_type": "client_credentials", "client_id": ms.app_id, "client_secret": ms.app_secret, "scope": SCOPE}
    return {name: value for name, value in {**usual, **changes}.items() if value is not None}


async def ask(session: aiohttp.ClientSession, tenant: str, data: dict[str, str]) -> tuple[int, dict[str, object]]:
    url = f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
    async with session.post(url, data=data) as response:
        return response.status, await response.json()


async def test_the_right_secret_gets_a_token_for_the_connector(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    status, answer = await ask(session, ms.tenant_id, form(ms))
    claims = jwt.decode(str(answer["access_token"]), options={"verify_signature": False})
    assert (status, answer["expires_in"]) == (200, 3599)
    assert (claims["aud"], claims["appid"], claims["tid"]) == (PUBLIC, ms.app_id, ms.tenant_id)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, 7000215),
        ({"client_secret": "old"}, 401, 7000222),
        ({"client_secret": None}, 401, 7000218),
        ({"client_id": "00000000-0000-0000-0000-000000000000"}, 400, 700016),
        ({"grant_type": "password"}, 400, 70003),
        ({"grant_type": None}, 400, 900144),
        ({"scope": None}, 400, 900144),
        ({"scope": "https://api.botframework.com"}, 400, 1002012),
        ({"scope": "https://graph.microsoft.com/.default"}, 400, 500011),
        ({"client_assertion": "nonsense"}, 401, 50027),
    ],
)
async def test_a_wrong_request_is_refused_in_entras_words(
    ms: Microsoft, session: aiohttp.ClientSession, changes: dict[str, str | None], status: int, code: int
) -> None:
    ms.entra.expired_secrets.add("old")
    answered, answer = await ask(session, ms.tenant_id, form(ms, **changes))
    assert (answered, answer["error_codes"]) == (status, [code])
    assert str(answer["error_description"]).startswith(f"AADSTS{code}: ")


async def test_unknown_tenants_and_foreign_directories_are_refused(
    ms: Microsoft, session: aiohttp.ClientSession
) -> None:
    del ms.entra.directories["botframework.com"]
    unknown = await ask(session, "no-such-tenant", form(ms))
    foreign = await ask(session, "botframework.com", form(ms))
    assert (unknown[0], unknown[1]["error_codes"]) == (400, [90002])
    assert (foreign[0], foreign[1]["error_codes"]) == (400, [700016])


@pytest.mark.parametrize("tenant", ["", "botframework.com"])
def test_the_sdks_password_credentials_work_unmodified(ms: Microsoft, tenant: str) -> None:
    credentials = MicrosoftAppCredentials(ms.app_id, ms.app_secret, tenant or ms.tenant_id)
    assert ms.entra.verify(credentials.get_access_token(), PUBLIC)["appid"] == ms.app_id
    assert ms.entra.token_requests == 1
    assert ms.connections["login.microsoftonline.com"] == 1


def test_the_sdk_reports_a_wrong_secret(ms: Microsoft) -> None:
    with pytest.raises(PermissionError, match="AADSTS7000215"):
        MicrosoftAppCredentials(ms.app_id, "wrong", ms.tenant_id).get_access_token()


def test_a_registered_certificate_gets_a_token_and_a_strange_one_does_not(ms: Microsoft) -> None:
    ours, strange = new_bot_certificate(), new_bot_certificate()
    ms.entra.register(ours.certificate)
    good = CertificateAppCredentials(ms.app_id, ours.thumbprint, ours.private_key, ms.tenant_id)
    assert ms.entra.verify(good.get_access_token(), PUBLIC)
    unknown = CertificateAppCredentials(ms.app_id, strange.thumbprint, strange.private_key, ms.tenant_id)
    with pytest.raises(PermissionError, match="AADSTS700027"):
        unknown.get_access_token()
    forged = dataclasses.replace(ours, private_key=strange.private_key)
    with pytest.raises(PermissionError, match="AADSTS50027"):
        CertificateAppCredentials(ms.app_id, forged.thumbprint, forged.private_key, ms.tenant_id).get_access_token()


def test_the_government_cloud_issues_tokens_for_its_own_connector(ms: Microsoft) -> None:
    app = msal.ConfidentialClientApplication(
        ms.app_id,
        client_credential=ms.app_secret,
        authority="https://login.microsoftonline.us/MicrosoftServices.onmicrosoft.us",
    )
    token = app.acquire_token_for_client(["https://api.botframework.us/.default"])["access_token"]
    assert ms.entra.verify(token, "https://api.botframework.us")
    assert "access_token" not in app.acquire_token_for_client([SCOPE])


def test_a_managed_identity_gets_a_token_by_its_own_client_id_only(ms: Microsoft) -> None:
    token = _by_managed_identity(ms.app_id)
    assert ms.entra.verify(token["access_token"], PUBLIC)
    assert "No User Assigned" in _by_managed_identity("00000000-0000-0000-0000-000000000000")["error_description"]


def _by_managed_identity(client_id: str) -> dict[str, str]:
    identity = msal.UserAssignedManagedIdentity(client_id=client_id)
    with requests.Session() as http_client:
        client = msal.ManagedIdentityClient(identity, http_client=http_client)
        answer: dict[str, str] = client.acquire_token_for_client(resource=PUBLIC)
        return answer


def test_a_managed_identity_needs_the_secret_header(ms: Microsoft, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "guessed")
    assert "401, Unauthorized" in _by_managed_identity(ms.app_id)["error_description"]


async def test_a_planned_fault_is_played_once(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    ms.entra.faults.add(respond(503, json={"error": "temporarily_unavailable"}))
    assert (await ask(session, ms.tenant_id, form(ms)))[0] == 503
    assert (await ask(session, ms.tenant_id, form(ms)))[0] == 200


async def test_reset_forgets_everything_but_the_keys(ms: Microsoft, session: aiohttp.ClientSession) -> None:
    key = ms.entra.key
    ms.entra.secret = "changed"
    assert (await ask(session, ms.tenant_id, form(ms)))[0] == 401
    ms.reset()
    assert (await ask(session, ms.tenant_id, form(ms)))[0] == 200
    assert ms.entra.token_requests == 1
    assert ms.entra.key is key
