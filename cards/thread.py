"""What is posted as replies in the thread of an issue's card."""

from collections.abc import Sequence
from typing import Any

from cards import parts
from cards.escape import markdown, paragraphs, plain
from cards.issue_words import headline, plain_headline
from cards.mentions import entities, tag
from cards.template import assemble
from cards.times import local_time
from issue_model import CommentFacts, CommentState, IssueFacts, TeamsPerson
from texts import gettext as _
from texts import marked

_MOST_MENTIONS = 10
_VERBS = {
    CommentState.CREATED: marked("{person} commented in Sentry"),
    CommentState.UPDATED: marked("{person} changed a comment in Sentry"),
    CommentState.DELETED: marked("{person} deleted a comment in Sentry"),
}
_ON_ISSUE = {
    CommentState.CREATED: marked("{person} commented on {issue}"),
    CommentState.UPDATED: marked("{person} changed a comment on {issue}"),
    CommentState.DELETED: marked("{person} deleted a comment on {issue}"),
}


def build_comment_card(
    comment: CommentFacts, issue: IssueFacts, mentioned: Sequence[TeamsPerson] = ()
) -> dict[str, Any]:
    """Show a comment from Sentry as a reply to the issue's card; `mentioned`: people it names, each notified once."""
    author = markdown(comment.author, _("Somebody"), 60)
    people = list({person.id: person for person in mentioned}.values())[:_MOST_MENTIONS]
    at = f", {local_time(comment.at)}" if comment.at else ""
    text = "" if comment.state is CommentState.DELETED else paragraphs(comment.text)
    body = [
        *parts.strong(_(_VERBS[comment.state]).format(person=author)),
        *parts.sentence(text),
        *parts.sentence(" ".join(tag(person) for person in people)),
        *parts.footer(markdown(issue.short_id, _("Issue")) + at),
    ]
    return assemble(body, [], _comment_summary(comment, issue), entities(people))


def _comment_summary(comment: CommentFacts, issue: IssueFacts) -> str:
    name = plain(issue.short_id, plain_headline(issue), 40)
    said = f": {plain(comment.text, limit=80)}" if comment.state is not CommentState.DELETED and comment.text else ""
    author = plain(comment.author, _("Somebody"), 60)
    return _(_ON_ISSUE[comment.state]).format(person=author, issue=name) + said


def build_assigned_card(issue: IssueFacts, person: TeamsPerson, by: str) -> dict[str, Any]:
    """Tell a person, mentioned once, that an issue is theirs now; `by`: who gave it to them, "" when not known."""
    giver = markdown(by, limit=60)
    text = (
        _("{person}, this issue is yours: {giver} assigned it to you.")
        if giver
        else _("{person}, this issue is yours.")
    ).format(person=tag(person), giver=giver)
    body = [*parts.sentence(text), *parts.sentence(headline(issue))]
    summary = _("{person} has {issue}").format(
        person=plain(person.name, _("Somebody"), 60), issue=plain_headline(issue)
    )
    return assemble(body, [], summary, entities([person]))
