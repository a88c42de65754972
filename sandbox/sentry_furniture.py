"""What the Sentry stand-in starts with: one organization as a small shop might have it."""

from dataclasses import dataclass
from datetime import timedelta

from sandbox.sentry_model import INTEGRATION_SCOPES, SentryState
from sandbox.sentry_records import App, Member, OAuthApplication, Organization, Project, Release, Team, User, now

ORGANIZATION = ("the-interstellar-jurisdiction", "The Interstellar Jurisdiction")
PROJECTS = (("web", "Web shop", "backend"), ("mobile", "Mobile app", "mobile"))
TEAMS = (("backend", "Backend"), ("mobile", "Mobile"))
RELEASES = ("shop@1.2.2", "shop@1.2.3")


@dataclass(frozen=True, slots=True)
class Furniture:
    """What tests name: `dana` and `ravi` are in the team of "web", `mia` is in the other team."""

    organization: Organization
    app: App
    token: str
    oauth: OAuthApplication
    dana: User
    ravi: User
    mia: User


def furnish(state: SentryState) -> Furniture:
    """Fill an empty state."""
    organization = state.add_organization(*ORGANIZATION)
    tenant = state.tenants[organization.slug]
    for slug, name in TEAMS:
        tenant.teams[slug] = Team(state.number(), slug, name)
    for slug, name, team in PROJECTS:
        tenant.projects[slug] = Project(state.number(), slug, name, teams=frozenset({team}))
    for days, version in enumerate(RELEASES):
        tenant.releases.append(
            Release(int(state.number()), version, "web", now() + timedelta(days=days - len(RELEASES)))
        )
    people = [
        state.add_user(name, f"{name.lower()}@example.com", organization.slug, teams=(team,))
        for name, team in (("Dana", "backend"), ("Ravi", "backend"), ("Mia", "mobile"))
    ]
    tenant.members.append(Member(state.number(), None, "invited@example.com"))
    app, token = state.add_app("teams-bot", "Teams bot", organization.slug, INTEGRATION_SCOPES)
    oauth = OAuthApplication("sandbox-client", "sandbox-client-secret")
    state.applications[oauth.client_id] = oauth
    return Furniture(organization, app, token, oauth, *people)
