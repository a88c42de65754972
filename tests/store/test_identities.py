"""People's accounts in Sentry, and sign-ins on their way, as both databases keep them."""

import asyncio
from datetime import UTC, datetime, timedelta

from store import Account, Identity, NewIdentity, PersonKey, SignIn, Store, Tokens
from tests.store.conftest import Query

NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
DANA = PersonKey("tenant", "object-1", "https://sentry.io")


def tokens(name: str, lasts: timedelta = timedelta(hours=8)) -> Tokens:
    return Tokens(f"access-{name}", f"refresh-{name}", NOW + lasts)


async def linked(store: Store, person: PersonKey = DANA, name: str = "one") -> Identity:
    return await store.identities.keep(NewIdentity(person, Account("7", "Dana", "d@example.com"), tokens(name), NOW))


def sign_in(ends: datetime = NOW + timedelta(minutes=15)) -> SignIn:
    return SignIn(DANA, "Dana", {"click": {"card_id": "1"}}, {"verifier": "very secret"}, ends)


async def test_identity_is_one_for_a_person_and_a_sentry(store: Store) -> None:
    await linked(store)
    again = await linked(store, name="two")
    assert await store.identities.every("tenant", "object-1") == [again]
    assert again.tokens.access == "access-two"
    assert await store.identities.find(PersonKey("tenant", "object-1", "https://other.example")) is None
    assert await store.identities.find(PersonKey("other tenant", "object-1", "https://sentry.io")) is None


async def test_tokens_are_encrypted(store: Store, query: Query) -> None:
    await linked(store)
    await store.identities.begin("key", sign_in(), NOW)
    kept = str(query("SELECT * FROM identities")) + str(query("SELECT * FROM sign_ins"))
    assert "access-one" not in kept
    assert "refresh-one" not in kept
    assert "very secret" not in kept


async def test_one_claims_the_refresh_until_the_lease_ends(store: Store) -> None:
    identity, until = await linked(store), NOW + timedelta(seconds=20)
    claims = await asyncio.gather(*(store.identities.claim_refresh(identity, NOW, until) for _ in range(5)))
    assert sorted(claims) == [False] * 4 + [True]
    later = until + timedelta(seconds=1)
    assert await store.identities.claim_refresh(identity, later, later)


async def test_renewed_tokens_are_not_overwritten_by_who_saw_the_old_ones(store: Store) -> None:
    identity = await linked(store)
    await store.identities.renew(identity, tokens("two"))
    await store.identities.renew(identity, tokens("late"))
    await store.identities.drop(identity)
    found = await store.identities.find(DANA)
    assert found is not None
    assert found.tokens == tokens("two")


async def test_forgetting_returns_what_was_known(store: Store) -> None:
    identity = await linked(store)
    other = await linked(store, PersonKey("tenant", "object-2", "https://sentry.io"))
    assert await store.identities.forget("tenant", "object-1") == [identity]
    assert await store.identities.forget("tenant", "object-1") == []
    assert await store.identities.every("tenant", "object-2") == [other]


async def test_sign_in_is_taken_once(store: Store) -> None:
    await store.identities.begin("key", sign_in(), NOW)
    assert await store.identities.look("key", NOW) == sign_in()
    taken = await asyncio.gather(*(store.identities.take("key", NOW) for _ in range(5)))
    assert [each for each in taken if each] == [sign_in()]
    assert await store.identities.look("key", NOW) is None


async def test_sign_in_ends_and_is_swept(store: Store, query: Query) -> None:
    await store.identities.begin("old", sign_in(), NOW)
    late = NOW + timedelta(minutes=15)
    assert await store.identities.look("old", late) is None
    assert await store.identities.take("old", late) is None
    await store.identities.begin("older", sign_in(), NOW)
    await store.identities.begin("new", sign_in(NOW + timedelta(days=3)), NOW + timedelta(days=2))
    assert query("SELECT key FROM sign_ins") == [("new",)]
