"""What is remembered of people, as the services see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PersonKey:
    """Somebody in Teams (tenant and Entra object id) and the Sentry that this is about."""

    tenant_id: str
    object_id: str
    sentry_url: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a grant gave. The refresh token works once; `expires_at` None: no end is known."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """The person's account in that Sentry."""

    user_id: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """Who somebody turned out to be."""

    person: PersonKey
    account: Account
    tokens: Tokens
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody's account in a Sentry, with its tokens. `version` counts the grants."""

    id: int
    person: PersonKey
    account: Account
    tokens: Tokens
    version: int
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that was offered to `person`. waiting: what to do after it. secrets: what only we may know of it."""

    person: PersonKey
    person_name: str
    waiting: Mapping[str, object]
    secrets: Mapping[str, str] = field(repr=False)
    expires_at: datetime
