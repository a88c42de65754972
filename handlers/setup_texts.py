"""What the setup pages say when something is in the way: the status, what happened, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from services.setup_form import SetupForm
from services.setup_links import LinkExpired, LinkTampered
from services.setup_problems import LinkReplaced, LinkUnknown, LinkUsed, ProblemKind, SetupProblem

LINK_ERRORS = (LinkExpired, LinkTampered, LinkUnknown, LinkReplaced, LinkUsed)


@dataclass(frozen=True, slots=True)
class Notice:
    """A page that only tells something. `ask_for_setup`: the way out is a fresh link from the bot."""

    status: int
    title: str
    text: str
    ask_for_setup: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is shown above the form; `field` is the name of the field it is about, empty when it is about none."""

    status: int
    field: str
    title: str
    text: str


STORE_AWAY = Notice(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "One moment, please",
    "The bot cannot reach its database right now. Try again in a few seconds; your setup link is not lost.",
)

_DEAD_LINKS: Mapping[type[Exception], Notice] = {
    LinkExpired: Notice(
        HTTPStatus.GONE, "This setup link has expired", "Setup links work for 24 hours, and this one is older.", True
    ),
    LinkReplaced: Notice(
        HTTPStatus.GONE,
        "This setup link was replaced",
        "The bot has given out a newer link for the same place, and only the newest one works.",
        True,
    ),
    LinkTampered: Notice(
        HTTPStatus.BAD_REQUEST,
        "This setup link is not complete",
        "A part of it is missing or was changed on the way. Open it again from the card in Teams.",
        True,
    ),
    LinkUnknown: Notice(
        HTTPStatus.NOT_FOUND,
        "The bot is not there any more",
        "This link belongs to a team or chat from which the bot was removed. Add the bot there again, "
        "and it greets you with a new link.",
    ),
}

_PROBLEMS: Mapping[ProblemKind, Problem] = {
    ProblemKind.UNKNOWN_SENTRY: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "sentry_url",
        "Choose a Sentry from the list",
        "This bot may only be connected to the Sentry installations that its operator has listed.",
    ),
    ProblemKind.INVALID_ORGANIZATION: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "organization",
        "That is not an organization slug",
        "A slug consists of letters, digits and hyphens, such as “acme-inc”. Sentry shows it under "
        "Settings → General Settings as Organization Slug.",
    ),
    ProblemKind.INVALID_TOKEN: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "token",
        "That is not a token",
        "A token is one word without spaces. Copy it once more from the Tokens of your internal integration.",
    ),
    ProblemKind.INVALID_SECRET: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "client_secret",
        "That is not a client secret",
        "It is one line without spaces. Sentry shows it on the page of the integration, under Credentials.",
    ),
    ProblemKind.MISSING_SECRET: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "client_secret",
        "The client secret is missing",
        "Without it the bot cannot tell alerts of Sentry from forged ones. Sentry shows it on the page of the "
        "integration, under Credentials.",
    ),
    ProblemKind.WEBHOOK_ELSEWHERE: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "",
        "No integration of {organization} sends its webhooks to this bot",
        "In Sentry, open the integration whose token this is, and make its Webhook URL exactly the one that stands "
        "above under 1. Save it, and send this form again.",
    ),
    ProblemKind.WRONG_TOKEN: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "token",
        "{sentry} does not accept this token",
        "It may be copied incompletely, revoked, or come from another Sentry. Copy it once more from the Tokens "
        "of your internal integration.",
    ),
    ProblemKind.MISSING_PERMISSION: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "token",
        "This token may not read “{organization}”",
        "{sentry} knows the token, but it lacks the permission “Organization: Read”, or it belongs to another "
        "organization. Check the permissions in step 1 and the organization slug.",
    ),
    ProblemKind.UNKNOWN_ORGANIZATION: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "organization",
        "{sentry} has no organization “{organization}”",
        "Check the spelling: Sentry shows the slug under Settings → General Settings as Organization Slug.",
    ),
    ProblemKind.SENTRY_UNREACHABLE: Problem(
        HTTPStatus.BAD_GATEWAY,
        "",
        "{sentry} could not be reached",
        "The bot got no connection. Try again in a moment; if it stays like this, tell whoever runs the bot.",
    ),
    ProblemKind.SENTRY_SLOW: Problem(
        HTTPStatus.GATEWAY_TIMEOUT,
        "",
        "{sentry} took too long to answer",
        "Nothing was changed. Try again in a moment; if it stays like this, tell whoever runs the bot.",
    ),
    ProblemKind.SENTRY_BUSY: Problem(
        HTTPStatus.BAD_GATEWAY,
        "",
        "{sentry} asks the bot to slow down",
        "It answers only so many requests at a time. Nothing was changed: try again in a minute.",
    ),
    ProblemKind.SENTRY_ANSWER: Problem(
        HTTPStatus.BAD_GATEWAY,
        "",
        "{sentry} gave an answer that the bot does not understand",
        "Nothing was changed. Try again in a moment; if it stays like this, tell whoever runs the bot.",
    ),
}


def dead_link_shown(error: Exception) -> Notice:
    """Return the notice for one of LINK_ERRORS."""
    return _used(error) if isinstance(error, LinkUsed) else _DEAD_LINKS[type(error)]


def problem_shown(problem: SetupProblem, typed: SetupForm) -> Problem:
    """Return what to show above the form, with the names that the person typed."""
    known = _PROBLEMS[problem.kind]
    title, text = (words.format(**_names(typed)) for words in (known.title, known.text))
    return Problem(known.status, known.field, title, text)


def _names(typed: SetupForm) -> dict[str, str]:
    return {"sentry": typed.sentry_url.strip().partition("://")[2], "organization": typed.organization.strip()}


def _used(error: LinkUsed) -> Notice:
    if error.connection is None:
        text = "The setup was finished with it, and disconnected since. To connect again, you need a new link."
        return Notice(HTTPStatus.GONE, "This setup link was used already", text, True)
    name = error.connection.organization_name
    return Notice(
        HTTPStatus.GONE,
        f"Already connected to {name}",
        f"The setup was finished with this link, and {name} is connected. There is nothing left to do here. "
        "To connect another organization instead, you need a new link.",
        True,
    )
