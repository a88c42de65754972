"""Statements on people: their accounts in Sentry, and sign-ins on their way."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Insert, Row, and_, bindparam, delete, insert, or_, select, update

from store.identity_facts import Account, Identity, NewIdentity, PersonKey, SignIn, Tokens
from store.identity_tables import identities, sign_ins
from store.rows import clean
from store.secrets import Cipher
from store.times import UtcTime
from store.transaction import Transaction
from store.upsert import Upsert

_PERSON = and_(identities.c.tenant_id == bindparam("tenant"), identities.c.object_id == bindparam("object"))
_GRANT = ("access_encrypted", "refresh_encrypted", "expires_at")
FIND = select(identities).where(_PERSON, identities.c.sentry_url == bindparam("sentry"))
ALL = select(identities).where(_PERSON).order_by(identities.c.sentry_url)
WHO = (
    select(identities)
    .where(
        identities.c.tenant_id == bindparam("tenant"),
        identities.c.sentry_url == bindparam("sentry"),
        identities.c.sentry_user_id == bindparam("user"),
    )
    .order_by(identities.c.linked_at.desc(), identities.c.id.desc())
    .limit(1)
)
CALLED = select(identities.c.name, identities.c.email).where(
    identities.c.tenant_id == bindparam("tenant"),
    identities.c.sentry_url == bindparam("sentry"),
    or_(
        identities.c.name.in_(bindparam("names", expanding=True)),
        identities.c.email.in_(bindparam("names", expanding=True)),
    ),
)
FORGET = delete(identities).where(_PERSON).returning(*identities.c)
DROP = delete(identities).where(identities.c.id == bindparam("row"), identities.c.version == bindparam("seen"))
CLAIM = (
    update(identities)
    .where(
        identities.c.id == bindparam("row"),
        identities.c.version == bindparam("seen"),
        or_(identities.c.refreshing_until.is_(None), identities.c.refreshing_until < bindparam("now", type_=UtcTime)),
    )
    .values(refreshing_until=bindparam("until"))
)
RENEW = (
    update(identities)
    .where(identities.c.id == bindparam("row"), identities.c.version == bindparam("seen"))
    .values(
        **{name: bindparam(name) for name in _GRANT},
        version=identities.c.version + 1,
        refreshing_until=None,
    )
)
RELEASE = (
    update(identities)
    .where(identities.c.id == bindparam("row"), identities.c.version == bindparam("seen"))
    .values(refreshing_until=None)
)
BEGIN = insert(sign_ins)
LOOK = select(sign_ins).where(sign_ins.c.key == bindparam("sign_in"), sign_ins.c.expires_at > bindparam("now"))
TAKE = delete(sign_ins).where(sign_ins.c.key == bindparam("sign_in")).returning(*sign_ins.c)
SWEEP = delete(sign_ins).where(sign_ins.c.expires_at < bindparam("now"))
KEPT = timedelta(days=1)


def _keep(adding: Callable[..., Any]) -> Insert:
    statement = adding(identities)
    new = statement.excluded
    names = ("sentry_user_id", "name", "email", *_GRANT, "linked_at")
    kept: Insert = statement.on_conflict_do_update(
        index_elements=[identities.c.tenant_id, identities.c.object_id, identities.c.sentry_url],
        set_={
            **{name: getattr(new, name) for name in names},
            "version": identities.c.version + 1,
            "refreshing_until": None,
        },
    ).returning(*identities.c)
    return kept


KEEP = Upsert(_keep)


def keep(transaction: Transaction, cipher: Cipher, new: NewIdentity) -> Identity:
    """Remember who somebody is, instead of who they were before."""
    values = {
        "tenant_id": new.person.tenant_id,
        "object_id": new.person.object_id,
        "sentry_url": new.person.sentry_url,
        "sentry_user_id": new.account.user_id,
        "name": clean(new.account.name),
        "email": clean(new.account.email),
        **_encrypted(cipher, new.tokens),
        "version": 1,
        "linked_at": new.linked_at,
    }
    return _identity(transaction.execute(KEEP[transaction.dialect], values).one(), cipher)


def find(transaction: Transaction, cipher: Cipher, person: PersonKey) -> Identity | None:
    """Return who somebody is in one Sentry."""
    key = {"tenant": person.tenant_id, "object": person.object_id, "sentry": person.sentry_url}
    row = transaction.one(FIND, key)
    return None if row is None else _identity(row, cipher)


def who(
    transaction: Transaction, cipher: Cipher, tenant_id: str, sentry_url: str, sentry_user_id: str
) -> Identity | None:
    """Return who in the tenant has that account."""
    row = transaction.one(WHO, {"tenant": tenant_id, "sentry": sentry_url, "user": sentry_user_id})
    return None if row is None else _identity(row, cipher)


def called(transaction: Transaction, tenant_id: str, sentry_url: str, names: list[str]) -> list[str]:
    """Return which of these names and addresses people in the tenant have there."""
    rows = transaction.execute(CALLED, {"tenant": tenant_id, "sentry": sentry_url, "names": names}).all()
    known = {each for row in rows for each in (row.name, row.email)}
    return [name for name in names if name in known]


def every(transaction: Transaction, cipher: Cipher, tenant_id: str, object_id: str) -> list[Identity]:
    """Return who somebody is in each Sentry."""
    return [_identity(row, cipher) for row in transaction.execute(ALL, {"tenant": tenant_id, "object": object_id})]


def forget(transaction: Transaction, cipher: Cipher, tenant_id: str, object_id: str) -> list[Identity]:
    """Forget who somebody is; return what was known."""
    return [_identity(row, cipher) for row in transaction.execute(FORGET, {"tenant": tenant_id, "object": object_id})]


def drop(transaction: Transaction, identity: Identity) -> None:
    """Forget an identity, unless it was granted anew since it was read."""
    transaction.execute(DROP, _seen(identity)).close()


def claim(transaction: Transaction, identity: Identity, now: datetime, until: datetime) -> bool:
    """Let the caller be the only one to refresh, until then; False if somebody else is, or has."""
    return transaction.execute(CLAIM, {**_seen(identity), "now": now, "until": until}).rowcount > 0


def renew(transaction: Transaction, cipher: Cipher, identity: Identity, tokens: Tokens) -> None:
    """Store the tokens that a refresh gave."""
    transaction.execute(RENEW, {**_seen(identity), **_encrypted(cipher, tokens)}).close()


def release(transaction: Transaction, identity: Identity) -> None:
    """Let somebody else try to refresh."""
    transaction.execute(RELEASE, _seen(identity)).close()


def begin(transaction: Transaction, cipher: Cipher, key: str, sign_in: SignIn, now: datetime) -> None:
    """Remember a sign-in; forget those whose time is long over."""
    transaction.execute(SWEEP, {"now": now - KEPT}).close()
    values = {
        "key": key,
        "tenant_id": sign_in.person.tenant_id,
        "object_id": sign_in.person.object_id,
        "person_name": clean(sign_in.person_name),
        "sentry_url": sign_in.person.sentry_url,
        "waiting": json.dumps(dict(sign_in.waiting)),
        "secrets_encrypted": cipher.encrypt(json.dumps(dict(sign_in.secrets))),
        "expires_at": sign_in.expires_at,
    }
    transaction.execute(BEGIN, values).close()


def look(transaction: Transaction, cipher: Cipher, key: str, now: datetime) -> SignIn | None:
    """Return a sign-in that still works."""
    row = transaction.one(LOOK, {"sign_in": key, "now": now})
    return None if row is None else _sign_in(row, cipher)


def take(transaction: Transaction, cipher: Cipher, key: str, now: datetime) -> SignIn | None:
    """Use a sign-in up and return it; None if it does not work (any more)."""
    row = transaction.one(TAKE, {"sign_in": key})
    return None if row is None or row.expires_at <= now else _sign_in(row, cipher)


def _seen(identity: Identity) -> dict[str, object]:
    return {"row": identity.id, "seen": identity.version}


def _encrypted(cipher: Cipher, tokens: Tokens) -> dict[str, object]:
    return {
        "access_encrypted": cipher.encrypt(tokens.access),
        "refresh_encrypted": cipher.encrypt(tokens.refresh),
        "expires_at": tokens.expires_at,
    }


def _identity(row: Row[Any], cipher: Cipher) -> Identity:
    return Identity(
        id=row.id,
        person=PersonKey(row.tenant_id, row.object_id, row.sentry_url),
        account=Account(row.sentry_user_id, row.name, row.email),
        tokens=Tokens(cipher.decrypt(row.access_encrypted), cipher.decrypt(row.refresh_encrypted), row.expires_at),
        version=row.version,
        linked_at=row.linked_at,
    )


def _sign_in(row: Row[Any], cipher: Cipher) -> SignIn:
    return SignIn(
        person=PersonKey(row.tenant_id, row.object_id, row.sentry_url),
        person_name=row.person_name,
        waiting=json.loads(row.waiting),
        secrets=json.loads(cipher.decrypt(row.secrets_encrypted)),
        expires_at=row.expires_at,
    )
