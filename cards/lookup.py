"""Issues that were asked for: the answers to `issue`, link previews, and the search of the message extension."""

from collections.abc import Sequence
from typing import Any

from cards.elements import card, note, paragraph, title
from cards.escape import inert, plain, quoted
from cards.issue_actions import Candidate
from cards.issue_words import headline, impact, origin, plain_headline, standing
from cards.names import how_to_send
from cards.template import message
from issue_model import IssueFacts
from model import PlaceKind
from texts import gettext as _
from texts import marked, ngettext

_THUMBNAIL = "application/vnd.microsoft.card.thumbnail"
_SEARCH = "application/vnd.microsoft.search.searchResponse"
_MOST_ISSUES = 10
# The number that Teams shows of what is found by typing.
_MOST_CHOICES = 15
_NAMED = marked("An issue is named by its short id, such as WEB-1A, or by its address.")


def build_which_issue_card(kind: PlaceKind = PlaceKind.TEAM) -> dict[str, Any]:
    """Answer `issue` alone, as the menu of Teams puts it into the box: say how to name one."""
    example = note(_("For example, {how}.").format(how=how_to_send(kind, "**issue WEB-1A**")))
    return message(card(title(_("Which issue?")), paragraph(_(_NAMED)), example), _("Which issue?"))


def build_issue_not_found_card(asked: str, organizations: Sequence[str]) -> dict[str, Any]:
    """Say that there is no such issue. asked: what the person typed; organizations: the names of those searched."""
    searched = ", ".join(quoted(name, _("an organization")) for name in organizations[:_MOST_ISSUES])
    none = _("No Sentry organization is connected here.")
    body = (
        title(_no_issue(quoted(asked, "", 40))),
        paragraph(_("Searched: {organizations}.").format(organizations=searched) if searched else none),
        note(_(_NAMED)),
    )
    return message(card(*body), _no_issue(plain(asked, limit=40)))


def _no_issue(name: str) -> str:
    return _("No issue {name}").format(name=name) if name else _("No issue with that name")


def build_issue_list_card(issues: Sequence[IssueFacts]) -> dict[str, Any]:
    """List the issues that were found, when there are several."""
    rows = [paragraph(f"{headline(issue)}\n\n{_subtitle(issue)}") for issue in issues[:_MOST_ISSUES]]
    count = len(issues)
    more = [note(_("And {count} more.").format(count=count - _MOST_ISSUES))] if count > _MOST_ISSUES else []
    heading = ngettext("{count} issue", "{count} issues", count).format(count=count)
    summary = ngettext("{count} issue found", "{count} issues found", count).format(count=count)
    return message(card(title(heading), *rows, *more), summary)


def _subtitle(issue: IssueFacts) -> str:
    return " · ".join(text for text in (standing(issue), origin(issue), impact(issue)) if text)


def unfurled(found: IssueFacts, activity: dict[str, Any]) -> dict[str, Any]:
    """Answer a pasted link (invoke composeExtension/queryLink). activity: from build_issue_card."""
    return search_results([(found, activity)])


def search_results(found: Sequence[tuple[IssueFacts, dict[str, Any]]]) -> dict[str, Any]:
    """Answer a search (invoke composeExtension/query): a preview of each issue, and its card once it is chosen."""
    attachments = [{**activity["attachments"][0], "preview": _preview(issue)} for issue, activity in found]
    return {"composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": attachments}}


def search_message(text: str) -> dict[str, Any]:
    """Answer a search or a pasted link with a sentence of ours instead of results."""
    return {"composeExtension": {"type": "message", "text": text}}


def search_sign_in(sign_in_url: str) -> dict[str, Any]:
    """Answer a search with the demand to sign in first."""
    action = {"type": "openUrl", "value": sign_in_url, "title": _("Sign in with Sentry")}
    return {"composeExtension": {"type": "auth", "suggestedActions": {"actions": [action]}}}


def _preview(issue: IssueFacts) -> dict[str, Any]:
    places = (plain(issue.short_id), plain(issue.project, limit=40), plain(issue.environment, limit=40))
    text = " · ".join(each for each in (*places, impact(issue)) if each)
    return {"contentType": _THUMBNAIL, "content": {"title": inert(plain_headline(issue)), "text": inert(text)}}


def assignee_results(candidates: Sequence[Candidate]) -> dict[str, Any]:
    """Answer the typed search for an assignee (invoke application/search)."""
    results = [{"title": plain(each.name, each.value, 60), "value": each.value} for each in candidates[:_MOST_CHOICES]]
    return {"type": _SEARCH, "value": {"results": results}}
