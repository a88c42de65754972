"""Sentry's operations on members, teams, projects and releases."""

from aiohttp import web

from sandbox.sentry_operation import Call, Operation
from sandbox.sentry_organizations import READ
from sandbox.sentry_paging import page
from sandbox.sentry_records import Member, Project, Release, Team, User

MEMBERS = frozenset({"member:read", "member:write", "member:admin"})
PROJECT = frozenset({"project:read", "project:write", "project:admin"})
RELEASES = PROJECT | {"project:releases", "org:ci"}


async def members(call: Call) -> web.Response:
    """GET …/members/: by name or address, if asked."""
    wanted = call.request.query.get("query", "").lower()
    found = [m for m in call.tenant.members if wanted in f"{m.user.name if m.user else ''} {m.email}".lower()]
    return page(call.request, [member_json(member) for member in found])


async def teams(call: Call) -> web.Response:
    """GET …/teams/."""
    return page(call.request, [team_json(team) for team in call.tenant.teams.values() if _named(call, team)])


async def projects(call: Call) -> web.Response:
    """GET …/projects/."""
    found = [project for project in call.tenant.projects.values() if _named(call, project)]
    return page(call.request, [project_json(project) for project in found])


async def project_members(call: Call) -> web.Response:
    """GET /api/0/projects/{organization}/{project}/members/."""
    return page(call.request, [member_json(member) for member in call.tenant.users_of(call.project())])


async def project_teams(call: Call) -> web.Response:
    """GET /api/0/projects/{organization}/{project}/teams/."""
    slugs = call.project().teams
    return page(call.request, [team_json(team) for team in call.tenant.teams.values() if team.slug in slugs])


async def releases(call: Call) -> web.Response:
    """GET …/releases/, the newest first."""
    asked, query = call.request.query.getall("project", []), call.request.query.get("query", "")
    slugs = {p.slug for p in call.tenant.projects.values() if not asked or p.id in asked or p.slug in asked}
    found = [r for r in call.tenant.releases if r.project in slugs and query in r.version]
    return page(call.request, [release_json(r) for r in sorted(found, key=lambda r: r.created, reverse=True)])


def _named(call: Call, thing: Team | Project) -> bool:
    return call.request.query.get("query", "").lower() in f"{thing.slug} {thing.name}".lower()


def member_json(member: Member) -> dict[str, object]:
    """A member; an invitation has no user."""
    return {
        "id": member.id,
        "email": member.email,
        "name": member.user.name if member.user else member.email,
        "user": user_json(member.user) if member.user else None,
        "orgRole": "member",
        "pending": member.user is None,
        "expired": False,
        "flags": {},
        "dateCreated": "2026-01-01T00:00:00Z",
        "inviteStatus": "approved",
        "inviterName": None,
    }


def user_json(user: User) -> dict[str, object]:
    """A person."""
    return {"id": user.id, "name": user.name, "username": user.email, "email": user.email, "isActive": True}


def team_json(team: Team) -> dict[str, object]:
    """A team."""
    return {"id": team.id, "slug": team.slug, "name": team.name, "memberCount": 1, "hasAccess": True, "isMember": False}


def project_json(project: Project) -> dict[str, object]:
    """A project."""
    return {"id": project.id, "slug": project.slug, "name": project.name, "platform": project.platform}


def release_json(release: Release) -> dict[str, object]:
    """A release."""
    created = release.created.isoformat()
    short = release.version.rpartition("@")[2]
    return {"id": release.id, "version": release.version, "shortVersion": short, "dateCreated": created}


_ORGANIZATION = "/api/0/organizations/{organization}/"
_PROJECT = "/api/0/projects/{organization}/{project}/"
OPERATIONS = (
    Operation("GET", f"{_ORGANIZATION}members/", MEMBERS, members),
    Operation("GET", f"{_ORGANIZATION}teams/", READ, teams),
    Operation("GET", f"{_ORGANIZATION}projects/", READ, projects),
    Operation("GET", f"{_ORGANIZATION}releases/", RELEASES, releases),
    Operation("GET", f"{_PROJECT}members/", PROJECT, project_members),
    Operation("GET", f"{_PROJECT}teams/", PROJECT, project_teams),
)
