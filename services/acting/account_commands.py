"""`link`, `unlink` and `whoami`: somebody's own account in Sentry. The answers are for that person alone."""

from typing import Any

from alert_model import IdentityFacts
from cards import build_sign_in_card, build_unlinked_card, build_whoami_card
from cards.in_private import build_in_private_card, build_no_sign_in_card
from model import Place, PlaceKind
from services.acting.ground import Grounds
from services.acting.identities import Identities
from services.acting.people import Person
from services.acting.sign_ins import SignIns
from store import Identity


class AccountCommands:
    """Each method returns a card; `place` is where somebody asked, and where others may read along."""

    def __init__(self, identities: Identities, sign_ins: SignIns, grounds: Grounds) -> None:
        self._identities = identities
        self._sign_ins = sign_ins
        self._grounds = grounds

    async def link(self, place: Place, person: Person) -> dict[str, Any]:
        """Offer a sign-in at the first Sentry where the person is not known yet; where all know them, say who they are.

        The link belongs to the person: whoever opened it in a channel would lend them an account.
        """
        if place.kind is not PlaceKind.PERSONAL:
            return build_in_private_card("link")
        known = await self._identities.all_of(person)
        sentry_url = await self._next(place, known)
        if sentry_url is None:
            return build_whoami_card([_facts(each) for each in known]) if known else build_no_sign_in_card()
        return build_sign_in_card(sentry_url, await self._sign_ins.offer(person, sentry_url, {}))

    async def unlink(self, person: Person) -> dict[str, Any]:
        """Forget the person's accounts; Sentry is told as well."""
        forgotten = await self._identities.forget(person)
        return build_unlinked_card([each.person.sentry_url for each in forgotten])

    async def whoami(self, place: Place, person: Person) -> dict[str, Any]:
        """Say who the person is in each Sentry."""
        if place.kind is not PlaceKind.PERSONAL:
            return build_in_private_card("whoami")
        return build_whoami_card([_facts(each) for each in await self._identities.all_of(person)])

    async def _next(self, place: Place, known: list[Identity]) -> str | None:
        """The Sentrys of the place come first, then all others where people can sign in."""
        here = [connection.sentry_url for connection in await self._grounds.connections(place)]
        linked = {identity.person.sentry_url for identity in known}
        possible = [*here, *self._identities.clients]
        return next((url for url in possible if url in self._identities.clients and url not in linked), None)


def _facts(identity: Identity) -> IdentityFacts:
    return IdentityFacts(
        sentry_url=identity.person.sentry_url,
        name=identity.account.name,
        email=identity.account.email,
        linked_at=identity.linked_at,
    )
