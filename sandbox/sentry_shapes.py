"""Issues, events and comments as Sentry writes them."""

from typing import Any

from sandbox.sentry_model import Tenant
from sandbox.sentry_people import project_json, user_json
from sandbox.sentry_records import Comment, Issue


def issue_json(issue: Issue, tenant: Tenant, url: str) -> dict[str, Any]:
    """An issue as the API shows it."""
    return {
        "id": issue.id,
        "shareId": None,
        "shortId": issue.short_id,
        "title": issue.title,
        "culprit": issue.culprit,
        "permalink": web_url(issue, tenant, url),
        "logger": None,
        "level": issue.level,
        "status": issue.status,
        "statusDetails": issue.details,
        "substatus": issue.substatus,
        "isPublic": False,
        "platform": issue.project.platform,
        "priority": issue.priority,
        "project": project_json(issue.project),
        "type": "error",
        "issueType": "error",
        "issueCategory": "error",
        "metadata": issue.metadata,
        "numComments": len(issue.comments),
        "assignedTo": assignee_json(issue.assignee, tenant),
        "isBookmarked": False,
        "isSubscribed": False,
        "hasSeen": False,
        "annotations": [],
        "isUnhandled": True,
        "count": str(issue.count),
        "userCount": issue.users,
        "firstSeen": issue.first_seen.isoformat(),
        "lastSeen": issue.last_seen.isoformat(),
        "stats": {"24h": [[int(issue.last_seen.timestamp()) - 3600 * (23 - h), h % 5] for h in range(24)]},
    }


def hook_issue_json(issue: Issue, tenant: Tenant, url: str) -> dict[str, Any]:
    """An issue as webhooks show it: with addresses instead of figures over time."""
    shown = issue_json(issue, tenant, url)
    del shown["stats"]
    organization = tenant.organization.slug
    return {
        **shown,
        "url": f"{url}/api/0/organizations/{organization}/issues/{issue.id}/",
        "web_url": web_url(issue, tenant, url),
        "project_url": f"{url}/organizations/{organization}/issues/?project={issue.project.id}",
    }


def web_url(issue: Issue, tenant: Tenant, url: str) -> str:
    """Where a person looks at the issue."""
    return f"{url}/organizations/{tenant.organization.slug}/issues/{issue.id}/"


def assignee_json(assignee: str, tenant: Tenant) -> dict[str, Any] | None:
    """The person or team behind "user:1", "team:1"."""
    kind, _, number = assignee.partition(":")
    if kind == "team":
        team = next(team for team in tenant.teams.values() if team.id == number)
        return {"type": "team", "id": team.id, "name": team.slug}
    user = next((member.user for member in tenant.members if member.user and member.user.id == number), None)
    return {"type": "user", "id": user.id, "name": user.name, "email": user.email} if user else None


def event_json(issue: Issue, event: dict[str, Any]) -> dict[str, Any]:
    """An event as the API shows it, from the form in which webhooks carry it."""
    exceptions = [_entry_value(value) for value in event["exception"]["values"]]
    return {
        "id": event["event_id"],
        "eventID": event["event_id"],
        "groupID": issue.id,
        "projectID": issue.project.id,
        "title": event["title"],
        "message": event["message"],
        "culprit": event["culprit"],
        "location": event["location"],
        "platform": event["platform"],
        "type": "error",
        "dateCreated": event["datetime"],
        "dateReceived": event["datetime"],
        "metadata": event["metadata"],
        "tags": [{"key": key, "value": value} for key, value in event["tags"]],
        "release": {"version": event["release"]} if event["release"] else None,
        "entries": [{"type": "exception", "data": {"values": exceptions}}],
        "errors": [],
    }


def _entry_value(value: dict[str, Any]) -> dict[str, Any]:
    frames = [
        {
            "filename": frame["filename"],
            "function": frame["function"],
            "lineNo": frame["lineno"],
            "inApp": frame["in_app"],
            "context": [[frame["lineno"], frame["context_line"]]],
        }
        for frame in value["stacktrace"]["frames"]
    ]
    return {"type": value["type"], "value": value["value"], "stacktrace": {"frames": frames}}


def comment_json(comment: Comment, issue: Issue) -> dict[str, Any]:
    """A comment as the API shows it."""
    return {
        "id": comment.id,
        "type": "note",
        "issue": issue.id,
        "user": user_json(comment.user) if comment.user else None,
        "data": {"text": comment.text},
        "dateCreated": comment.created.isoformat(),
    }
