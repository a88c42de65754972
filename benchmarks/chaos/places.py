"""Where it happens: the teams that the bot is added to, and what is posted in some of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from benchmarks.chaos.plan import Plan
from benchmarks.microsoft import CARD
from benchmarks.remote import Cloud
from benchmarks.requests import Install, request_of
from model import ConversationReference
from sandbox.activities import install_team
from sandbox.places import Team, new_team
from store import NewDelivery

WORTH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Places:
    """`installs` in the order in which they are sent; cards go to `conversations`."""

    installs: list[Install]
    conversations: list[ConversationReference]


async def make_places(plan: Plan, cloud: Cloud) -> Places:
    """Return places of which each tenant has its share."""
    tenants = [str(UUID(int=number + 1)) for number in range(plan.tenants)]
    tokens = {tenant: (await cloud.sign(1, service_url=_service_url(tenant)))[0] for tenant in tenants}
    teams = [_team(number, tenants) for number in range(plan.installs)]
    installs = [Install(team.channel_id, request_of(install_team(team), tokens[team.tenant_id])) for team in teams]
    return Places(installs, [_conversation(team) for team in teams[: plan.conversations]])


def _team(number: int, tenants: Sequence[str]) -> Team:
    tenant = tenants[number % len(tenants)]
    return new_team(f"Team {number}", tenant_id=tenant, service_url=_service_url(tenant))


def _service_url(tenant: str) -> str:
    return f"https://smba.trafficmanager.net/amer/{tenant}/"


def _conversation(team: Team) -> ConversationReference:
    return ConversationReference(team.service_url, team.channel_id, team.tenant_id)


def card(to: ConversationReference, number: int) -> NewDelivery:
    """Return the card of that number in a conversation."""
    text = card_name(number)
    content = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": text}]}
    attachment = {"contentType": CARD, "content": content}
    activity = {"type": "message", "summary": text, "attachments": [attachment]}
    return NewDelivery(f"{to.conversation_id} {number}", to, activity, WORTH)


def card_name(number: int) -> str:
    """Return what the card of that number says."""
    return f"card {number}"
