from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from yarl import URL

from sandbox.faults import accept_then_close, respond
from sandbox.sentry import Sentry
from sandbox.sentry_browser import press
from sentry_api import (
    Access,
    Grant,
    OAuthClient,
    SentryAnswer,
    SentryApi,
    SentryUnreachable,
    SentryUser,
    SignInRefused,
    WrongToken,
    authorization_url,
    new_verifier,
)
from sentry_api.sign_in import challenge_of, grant_from

BACK = "http://127.0.0.1:1/sentry/signed-in"
SCOPES = ("org:read", "event:write", "openid", "profile", "email")


@pytest.fixture
def client(sentry: Sentry) -> OAuthClient:
    sentry.oauth.redirects.add(BACK)
    return OAuthClient(sentry.url, sentry.oauth.client_id, sentry.oauth.client_secret)


async def approve(session: aiohttp.ClientSession, sentry: Sentry, client: OAuthClient, verifier: str) -> URL:
    url = authorization_url(client, redirect_uri=BACK, state="s1", verifier=verifier, scopes=SCOPES)
    return await press(session, url, "approve", user=sentry.furniture.dana.id)


async def signed_in(api: SentryApi, session: aiohttp.ClientSession, sentry: Sentry, client: OAuthClient) -> Grant:
    verifier = new_verifier()
    back = await approve(session, sentry, client, verifier)
    return await api.sign_in.exchange(client, back.query["code"], redirect_uri=BACK, verifier=verifier)


async def test_person_signs_in(
    api: SentryApi, session: aiohttp.ClientSession, sentry: Sentry, client: OAuthClient
) -> None:
    verifier = new_verifier()
    back = await approve(session, sentry, client, verifier)
    assert (str(back.with_query(None)), back.query["state"]) == (BACK, "s1")
    grant = await api.sign_in.exchange(client, back.query["code"], redirect_uri=BACK, verifier=verifier)
    dana = sentry.furniture.dana
    assert grant.user == SentryUser(dana.id, "Dana", "dana@example.com")
    assert grant.scopes == set(SCOPES)
    assert grant.expires_at is not None
    assert timedelta(days=29) < grant.expires_at - datetime.now(UTC) < timedelta(days=31)
    assert (await api.organizations(sentry.url, grant.access_token))[0].slug == sentry.organization.slug
    assert await api.sign_in.user(sentry.url, grant.access_token) == grant.user


async def test_person_says_no(session: aiohttp.ClientSession, client: OAuthClient) -> None:
    url = authorization_url(client, redirect_uri=BACK, state="s1", verifier=new_verifier(), scopes=SCOPES)
    back = await press(session, url, "deny")
    assert (back.query["error"], back.query["state"]) == ("access_denied", "s1")


async def test_code_is_worth_nothing_without_the_verifier_or_twice(
    api: SentryApi, session: aiohttp.ClientSession, sentry: Sentry, client: OAuthClient
) -> None:
    verifier = new_verifier()
    back = await approve(session, sentry, client, verifier)
    with pytest.raises(SignInRefused) as raised:
        await api.sign_in.exchange(client, back.query["code"], redirect_uri=BACK, verifier=new_verifier())
    assert raised.value.error == "invalid_grant"
    back = await approve(session, sentry, client, verifier)
    await api.sign_in.exchange(client, back.query["code"], redirect_uri=BACK, verifier=verifier)
    with pytest.raises(SignInRefused):
        await api.sign_in.exchange(client, back.query["code"], redirect_uri=BACK, verifier=verifier)


async def test_wrong_client_secret(api: SentryApi, client: OAuthClient) -> None:
    wrong = OAuthClient(client.sentry_url, client.client_id, "wrong")
    with pytest.raises(SignInRefused) as raised:
        await api.sign_in.refresh(wrong, "x")
    assert raised.value.error == "invalid_client"


async def test_grant_is_refreshed_once(
    api: SentryApi, session: aiohttp.ClientSession, sentry: Sentry, client: OAuthClient
) -> None:
    old = await signed_in(api, session, sentry, client)
    new = await api.sign_in.refresh(client, old.refresh_token)
    assert new.user == old.user
    assert await api.organizations(sentry.url, new.access_token)
    with pytest.raises(WrongToken):
        await api.organizations(sentry.url, old.access_token)
    with pytest.raises(SignInRefused) as raised:
        await api.sign_in.refresh(client, old.refresh_token)
    assert raised.value.error == "invalid_grant"


async def test_refresh_with_an_unknown_outcome_is_not_repeated(
    api: SentryApi, session: aiohttp.ClientSession, sentry: Sentry, client: OAuthClient
) -> None:
    grant = await signed_in(api, session, sentry, client)
    sentry.faults.add(accept_then_close(), path="/oauth/token/")
    with pytest.raises(SentryUnreachable) as raised:
        await api.sign_in.refresh(client, grant.refresh_token)
    assert raised.value.may_have_happened
    assert sentry.requests["POST /oauth/token/"] == 2


async def test_expired_token(
    api: SentryApi, session: aiohttp.ClientSession, sentry: Sentry, client: OAuthClient
) -> None:
    sentry.sign_in.lasts = timedelta(seconds=-1)
    grant = await signed_in(api, session, sentry, client)
    with pytest.raises(WrongToken, match="expired"):
        await api.organizations(sentry.url, grant.access_token)


async def test_revoked_grant_is_worth_nothing(
    api: SentryApi, session: aiohttp.ClientSession, sentry: Sentry, client: OAuthClient
) -> None:
    grant = await signed_in(api, session, sentry, client)
    await api.sign_in.revoke(client, grant.refresh_token)
    with pytest.raises(WrongToken):
        await api.organizations(sentry.url, grant.access_token)
    with pytest.raises(SignInRefused):
        await api.sign_in.refresh(client, grant.refresh_token)
    await api.sign_in.revoke(client, grant.access_token)


async def test_integrations_token_is_nobodys(api: SentryApi, sentry: Sentry, access: Access) -> None:
    with pytest.raises(WrongToken):
        await api.sign_in.user(sentry.url, access.token)


@pytest.mark.parametrize("answer", [None, [], {}, {"access_token": 5}, {"access_token": "a\nb"}, {"access_token": "ä"}])
async def test_answer_without_a_token(api: SentryApi, sentry: Sentry, client: OAuthClient, answer: object) -> None:
    sentry.faults.add(respond(200, json=answer))
    with pytest.raises(SentryAnswer):
        await api.sign_in.refresh(client, "x")


def test_grant_without_an_end_or_with_odd_fields() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    grant = grant_from({"access_token": "a", "expires_in": None, "scope": None, "user": []}, now)
    assert (grant.expires_at, grant.scopes, grant.user, grant.refresh_token) == (None, frozenset(), None, "")
    assert grant_from(
        {"access_token": "a", "expires_in": 60, "expires_at": "2030-01-01"}, now
    ).expires_at == now + timedelta(minutes=1)


def test_challenge_as_in_the_standards_example() -> None:
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert len(new_verifier()) >= 43
    assert new_verifier() != new_verifier()


def test_nothing_secret_is_in_the_repr() -> None:
    grant = grant_from({"access_token": "s3cret", "refresh_token": "s3cret"}, datetime.now(UTC))
    assert "s3cret" not in repr(grant) + repr(OAuthClient("u", "c", "s3cret")) + repr(Access("u", "o", "s3cret"))
