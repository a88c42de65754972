"""What happens after a sign-in: the person is remembered, and the click that had to wait is carried out, once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from alert_model import IdentityFacts
from cards import build_signed_in_card
from services.acting.acting import Acting, Private, Refused, Shown
from services.acting.identities import Identities
from services.acting.people import Click, click_from
from services.acting.sign_ins import Granted, SignIns
from store import Identity, StoreError
from texts import gettext as _

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and what became of the click that waited: "" where none did."""

    identity: Identity
    done: str = ""


class Resuming:
    """Finishes sign-ins that were offered to people in Teams."""

    def __init__(self, sign_ins: SignIns, identities: Identities, acting: Acting) -> None:
        self._sign_ins = sign_ins
        self._identities = identities
        self._acting = acting

    async def finish(self, granted: Granted) -> SignedIn:
        """Remember the person, carry out what waits; raises SentryError, StoreError."""
        identity = await self._identities.keep(granted.sign_in.person, granted.grant)
        log.info("identity linked", tenant=identity.person.tenant_id, sentry=identity.person.sentry_url)
        waiting: Any = granted.sign_in.waiting.get("click")
        done = await self._click(click_from(waiting), identity) if isinstance(waiting, Mapping) else ""
        return SignedIn(identity, done)

    async def _click(self, click: Click, identity: Identity) -> str:
        outcome = await self._acting.press(click)
        if isinstance(outcome, Refused):
            return _("Your click changed nothing: {reason}").format(reason=outcome.text)
        if isinstance(outcome, Private):
            return _("Your click changed nothing: Sentry did not accept the sign-in.")
        if not outcome.changed:
            await self._acting.show(click, outcome)
        return await self._tell(click, identity, outcome)

    async def _tell(self, click: Click, identity: Identity, outcome: Shown) -> str:
        done = _("Your click was carried out.") if outcome.changed else _("What became of your click is on the card.")
        account = identity.account
        facts = IdentityFacts(sentry_url=identity.person.sentry_url, name=account.name, email=account.email)
        try:
            await self._acting.show_privately(click, build_signed_in_card(facts, done))
        except StoreError as error:
            log.warning("sign-in not told", error=str(error))
        return done
