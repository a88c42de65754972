"""What the setup pages say when something is in the way: the status, what happened, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from services.setup_form import SetupForm
from services.setup_links import LinkExpired, LinkTampered
from services.setup_problems import LinkReplaced, LinkUnknown, LinkUsed, ProblemKind, SetupProblem
from texts import gettext as _
from texts import marked

LINK_ERRORS = (LinkExpired, LinkTampered, LinkUnknown, LinkReplaced, LinkUsed)


@dataclass(frozen=True, slots=True)
class Notice:
    """A page that only tells something, marked. `ask_for_setup`: the way out is a fresh link from the bot."""

    status: int
    title: str
    text: str
    ask_for_setup: bool = False

    def said(self) -> "Notice":
        """Return the notice in the reader's language."""
        return replace(self, title=_(self.title), text=_(self.text))


@dataclass(frozen=True, slots=True)
class Problem:
    """What is shown above the form; `field` is the name of the field it is about, empty when it is about none."""

    status: int
    field: str
    title: str
    text: str


STORE_AWAY = Notice(
    HTTPStatus.SERVICE_UNAVAILABLE,
    marked("One moment, please"),
    marked("The bot cannot reach its database right now. Try again in a few seconds; your setup link is not lost."),
)

_DEAD_LINKS: Mapping[type[Exception], Notice] = {
    LinkExpired: Notice(
        HTTPStatus.GONE,
        marked("This setup link has expired"),
        marked("Setup links work for 24 hours, and this one is older."),
        True,
    ),
    LinkReplaced: Notice(
        HTTPStatus.GONE,
        marked("This setup link was replaced"),
        marked("The bot has given out a newer link for the same place, and only the newest one works."),
        True,
    ),
    LinkTampered: Notice(
        HTTPStatus.BAD_REQUEST,
        marked("This setup link is not complete"),
        marked("A part of it is missing or was changed on the way. Open it again from the card in Teams."),
        True,
    ),
    LinkUnknown: Notice(
        HTTPStatus.NOT_FOUND,
        marked("The bot is not there any more"),
        marked(
            "This link belongs to a team or chat from which the bot was removed. Add the bot there again, "
            "and it greets you with a new link."
        ),
    ),
}

_PROBLEMS: Mapping[ProblemKind, Problem] = {
    ProblemKind.UNKNOWN_SENTRY: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "sentry_url",
        marked("Choose a Sentry from the list"),
        marked("This bot may only be connected to the Sentry installations that its operator has listed."),
    ),
    ProblemKind.INVALID_ORGANIZATION: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "organization",
        marked("That is not an organization slug"),
        marked(
            "A slug consists of letters, digits and hyphens, such as “acme-inc”. Sentry shows it under "
            "Settings → General Settings as Organization Slug."
        ),
    ),
    ProblemKind.INVALID_TOKEN: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "token",
        marked("That is not a token"),
        marked("A token is one word without spaces. Copy it once more from the Tokens of your internal integration."),
    ),
    ProblemKind.INVALID_SECRET: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "client_secret",
        marked("That is not a client secret"),
        marked("It is one line without spaces. Sentry shows it on the page of the integration, under Credentials."),
    ),
    ProblemKind.MISSING_SECRET: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "client_secret",
        marked("The client secret is missing"),
        marked(
            "Without it the bot cannot tell alerts of Sentry from forged ones. Sentry shows it on the page of the "
            "integration, under Credentials."
        ),
    ),
    ProblemKind.WEBHOOK_ELSEWHERE: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "",
        marked("No integration of {organization} sends its webhooks to this bot"),
        marked(
            "In Sentry, open the integration whose token this is, and make its Webhook URL exactly the one that stands "
            "above under 1. Save it, and send this form again."
        ),
    ),
    ProblemKind.WRONG_TOKEN: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "token",
        marked("{sentry} does not accept this token"),
        marked(
            "It may be copied incompletely, revoked, or come from another Sentry. Copy it once more from the Tokens "
            "of your internal integration."
        ),
    ),
    ProblemKind.MISSING_PERMISSION: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "token",
        marked("This token may not read “{organization}”"),
        marked(
            "{sentry} knows the token, but it lacks the permission “Organization: Read”, or it belongs to another "
            "organization. Check the permissions in step 1 and the organization slug."
        ),
    ),
    ProblemKind.UNKNOWN_ORGANIZATION: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "organization",
        marked("{sentry} has no organization “{organization}”"),
        marked("Check the spelling: Sentry shows the slug under Settings → General Settings as Organization Slug."),
    ),
    ProblemKind.SENTRY_UNREACHABLE: Problem(
        HTTPStatus.BAD_GATEWAY,
        "",
        marked("{sentry} could not be reached"),
        marked("The bot got no connection. Try again in a moment; if it stays like this, tell whoever runs the bot."),
    ),
    ProblemKind.SENTRY_SLOW: Problem(
        HTTPStatus.GATEWAY_TIMEOUT,
        "",
        marked("{sentry} took too long to answer"),
        marked("Nothing was changed. Try again in a moment; if it stays like this, tell whoever runs the bot."),
    ),
    ProblemKind.SENTRY_BUSY: Problem(
        HTTPStatus.BAD_GATEWAY,
        "",
        marked("{sentry} asks the bot to slow down"),
        marked("It answers only so many requests at a time. Nothing was changed: try again in a minute."),
    ),
    ProblemKind.SENTRY_ANSWER: Problem(
        HTTPStatus.BAD_GATEWAY,
        "",
        marked("{sentry} gave an answer that the bot does not understand"),
        marked("Nothing was changed. Try again in a moment; if it stays like this, tell whoever runs the bot."),
    ),
}


def dead_link_shown(error: Exception) -> Notice:
    """Return the notice for one of LINK_ERRORS."""
    return _used(error) if isinstance(error, LinkUsed) else _DEAD_LINKS[type(error)]


def problem_shown(problem: SetupProblem, typed: SetupForm) -> Problem:
    """Return what to show above the form, with the names that the person typed."""
    known = _PROBLEMS[problem.kind]
    title, text = (_(words).format(**_names(typed)) for words in (known.title, known.text))
    return Problem(known.status, known.field, title, text)


def _names(typed: SetupForm) -> dict[str, str]:
    return {"sentry": typed.sentry_url.strip().partition("://")[2], "organization": typed.organization.strip()}


def _used(error: LinkUsed) -> Notice:
    if error.connection is None:
        text = _("The setup was finished with it, and disconnected since. To connect again, you need a new link.")
        return Notice(HTTPStatus.GONE, _("This setup link was used already"), text, True)
    name = error.connection.organization_name
    return Notice(
        HTTPStatus.GONE,
        _("Already connected to {organization}").format(organization=name),
        _(
            "The setup was finished with this link, and {organization} is connected. There is nothing left to do "
            "here. To connect another organization instead, you need a new link."
        ).format(organization=name),
        True,
    )
