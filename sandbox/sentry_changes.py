"""Changes of an issue: checked as Sentry checks them, then made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sandbox.sentry_model import Tenant
from sandbox.sentry_records import Issue, Release, now
from sandbox.sentry_refusals import Refusal

STATUSES = ("resolved", "unresolved", "ignored", "resolvedInNextRelease")
ACTIONS = {"resolved": "resolved", "unresolved": "unresolved", "ignored": "archived"}
_CONDITIONS = ("ignoreCount", "ignoreUserCount", "ignoreDuration")


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked change; None: left as it is."""

    status: str | None = None
    substatus: str | None = None
    details: Mapping[str, Any] | None = None
    assignee: str | None = None
    priority: str | None = None


def plan(body: Mapping[str, Any], issue: Issue, tenant: Tenant) -> Plan:
    """Check everything before anything is changed; raises Refusal with Sentry's own sentences."""
    status, details = body.get("status"), body.get("statusDetails") or {}
    if status is not None and status not in STATUSES:
        raise Refusal(400, {"status": [f'"{status}" is not a valid choice.']})
    if status == "resolvedInNextRelease":
        status, details = "resolved", {"inNextRelease": True}
    return Plan(
        status=status,
        substatus=body.get("substatus"),
        details=_details(status, details, issue, tenant) if status else None,
        assignee=_assignee(body["assignedTo"], issue, tenant) if "assignedTo" in body else None,
        priority=_priority(body.get("priority")),
    )


def apply(wanted: Plan, issue: Issue) -> list[str]:
    """Make the change; returns the actions of the webhooks that Sentry sends for it (none for the priority)."""
    actions = []
    # Sentry leaves what is resolved as it is, even when another release is named.
    if wanted.status and not (wanted.status == issue.status == "resolved"):
        issue.status, issue.details = wanted.status, dict(wanted.details or {})
        issue.substatus = wanted.substatus or {"unresolved": "ongoing", "ignored": "archived_forever"}.get(
            wanted.status
        )
        actions.append(ACTIONS[wanted.status])
    if wanted.assignee is not None and wanted.assignee != issue.assignee:
        issue.assignee = wanted.assignee
        actions += ["assigned"] if wanted.assignee else []
    issue.priority = wanted.priority or issue.priority
    return actions


def _details(status: str, details: Mapping[str, Any], issue: Issue, tenant: Tenant) -> dict[str, Any]:
    releases = sorted((r for r in tenant.releases if r.project == issue.project.slug), key=lambda r: r.created)
    if status == "ignored":
        kept = {key: value for key, value in details.items() if key.startswith("ignore") and key != "ignoreDuration"}
        minutes = details.get("ignoreDuration")
        return {**kept, "ignoreUntil": (now() + timedelta(minutes=minutes)).isoformat()} if minutes else kept
    if details.get("inNextRelease"):
        _require_any(releases, "inNextRelease")
        return {"inNextRelease": True}
    if details.get("inRelease"):
        return {"inRelease": _release(details["inRelease"], releases)}
    return {}


def _release(wanted: str, releases: list[Release]) -> str:
    if wanted == "latest":
        _require_any(releases, "inRelease")
        return releases[-1].version
    if wanted not in [release.version for release in releases]:
        raise Refusal(400, {"statusDetails": {"inRelease": ["Unable to find a release with the given version."]}})
    return wanted


def _require_any(releases: list[Release], name: str) -> None:
    if not releases:
        sentence = "No release data present in the system to form a basis for 'Next Release'"
        raise Refusal(400, {"statusDetails": {name: [sentence]}})


def _assignee(wanted: object, issue: Issue, tenant: Tenant) -> str:
    if wanted in ("", None):
        return ""
    kind, _, number = str(wanted).rpartition(":")
    if kind == "team":
        team = next((team for team in tenant.teams.values() if team.id == number), None)
        _require(team is not None, "Unknown actor input")
        _require(
            team is not None and team.slug in issue.project.teams,
            "Cannot assign to a team without access to the project",
        )
        return f"team:{number}"
    user = next((m.user for m in tenant.members if m.user and number in (m.user.id, m.user.email)), None)
    if user is None:
        raise Refusal(400, {"assignedTo": ["Unknown actor input"]})
    _require(user in [m.user for m in tenant.users_of(issue.project)], "Cannot assign to non-team member")
    return f"user:{user.id}"


def _require(condition: bool, sentence: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise Refusal(400, {"assignedTo": [sentence]})


def _priority(wanted: object) -> str | None:
    if wanted not in (None, "low", "medium", "high"):
        raise Refusal(400, {"priority": [f'"{wanted}" is not a valid choice.']})
    return wanted if isinstance(wanted, str) else None
