"""The cards that stand in Teams: opened, counted on, changed, and painted anew when they are stale."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, text, update

from model import ConversationReference, Place, PlaceKind
from store import deliveries, inbox
from store.alert_facts import AlertWork, Placed, Placement, StoredCard
from store.alert_tables import issue_cards
from store.delivery_facts import NewDelivery
from store.rows import clean
from store.tables import installations
from store.times import UtcTime
from store.transaction import Transaction

columns = issue_cards.c
MOST_CARDS = 200
AT_ONCE = 1000
_now = bindparam("now", type_=UtcTime)
_since = bindparam("since", type_=UtcTime)
_joined = issue_cards.join(installations, installations.c.id == columns.installation_id)
_SELECT = select(
    issue_cards,
    installations.c.tenant_id,
    installations.c.place_id,
    installations.c.kind,
    installations.c.service_url,
).select_from(_joined)
OF_ISSUE = (
    _SELECT.where(
        columns.organization_id == bindparam("organization"),
        columns.issue_id == bindparam("issue"),
        columns.opened_at >= _since,
    )
    .order_by(columns.id.desc())
    .limit(MOST_CARDS)
)
STALE = (
    _SELECT.where(columns.stale, columns.activity_id.is_not(None), columns.paint_after <= _now)
    .order_by(columns.paint_after)
    .limit(bindparam("room"))
)
ISSUES = (
    select(columns.organization_id, columns.issue_id)
    .where(columns.opened_at >= _since)
    .group_by(columns.organization_id, columns.issue_id)
    .order_by(columns.organization_id, columns.issue_id)
)
RECENT = (
    select(columns.id, columns.facts, columns.last_event, columns.events)
    .where(
        columns.organization_id == bindparam("organization"),
        columns.issue_id == bindparam("issue"),
        columns.installation_id == bindparam("installation"),
        columns.conversation_id == bindparam("conversation"),
        columns.opened_at >= _since,
    )
    .order_by(columns.id.desc())
    .limit(1)
)
INSERT = insert(issue_cards)
COUNT = (
    update(issue_cards)
    .where(columns.id == bindparam("card"))
    .values(
        facts=bindparam("now_facts"),
        last_event=bindparam("event"),
        last_count_at=_now,
        events=columns.events + bindparam("more", type_=columns.events.type),
        revision=columns.revision + 1,
        stale=True,
    )
)
CHANGE = (
    update(issue_cards)
    .where(columns.id == bindparam("card"))
    .values(facts=bindparam("now_facts"), notice=bindparam("now_notice"), revision=columns.revision + 1, stale=True)
)
HURRY = update(issue_cards).where(columns.id == bindparam("card")).values(paint_after=_now)
PAINTED = (
    update(issue_cards)
    .where(columns.id == bindparam("card"), columns.revision == bindparam("seen"))
    .values(stale=False, painted=bindparam("looks"), paint_after=bindparam("after", type_=UtcTime))
    .returning(columns.id)
)
POSTED = (
    update(issue_cards)
    .where(columns.delivery_key == bindparam("key"), columns.activity_id.is_(None))
    .values(activity_id=bindparam("activity"))
)
# Cards are opened in the order of their ids, so that the oldest thousand tell whether any is too old.
_oldest = select(columns.id, columns.opened_at).order_by(columns.id).limit(AT_ONCE).subquery()
OLD = select(_oldest.c.id).where(_oldest.c.opened_at < _since)
FORGET = delete(issue_cards).where(columns.id.in_(bindparam("cards", expanding=True)))
# Of two webhooks about one issue that are worked on at once, each would see no card yet. SQLite lets only one write.
TAKE_TURNS = text("SELECT pg_advisory_xact_lock(hashtextextended(:issue, 1))")


def of_issue(transaction: Transaction, organization_id: int, issue_id: str, since: datetime) -> list[StoredCard]:
    """Return the issue's cards that were opened since then, newest first."""
    key = {"organization": organization_id, "issue": issue_id, "since": since}
    return [_card(row) for row in transaction.execute(OF_ISSUE, key)]


def issues(transaction: Transaction, since: datetime) -> list[tuple[int, str]]:
    """Return organization and id of each issue that has a card which was opened since then."""
    return [(row.organization_id, row.issue_id) for row in transaction.execute(ISSUES, {"since": since})]


def recent(
    transaction: Transaction, organization_id: int, issue_id: str, spots: Sequence[tuple[int, str]], since: datetime
) -> int:
    """Return in how many of these (installation, conversation) a card was opened since then."""
    key: dict[str, object] = {"organization": organization_id, "issue": issue_id, "since": since}
    found = (
        transaction.one(RECENT, {**key, "installation": installation, "conversation": conversation})
        for installation, conversation in spots
    )
    return sum(row is not None for row in found)


def place(transaction: Transaction, works: Sequence[AlertWork]) -> Placed:
    """Carry out what webhooks mean for their conversations and note that they are done; none that was done already.

    Returns what that was.
    """
    # Everybody locks in the same order: issues, webhooks, then lanes by their numbers.
    for issue in sorted({f"{work.organization_id} {each.issue_id}" for work in works for each in work.placements}):
        _take_turns(transaction, issue)
    ordered = sorted(works, key=lambda work: work.webhook_id)
    waiting = [work for work in ordered if inbox.still_waits(transaction, work.webhook_id)]
    placements = [(work, placement) for work in waiting for placement in work.placements]
    ordered_placements = sorted(placements, key=lambda each: deliveries.lane_of(each[1].post.to))
    opened = sum(_place(transaction, work, placement) for work, placement in ordered_placements)
    for work in waiting:
        inbox.finish(transaction, work.webhook_id, inbox.Outcome.DONE, f"{len(work.placements)} places")
    return Placed(opened, len(placements) - opened)


def _take_turns(transaction: Transaction, issue: str) -> None:
    if transaction.dialect == "postgresql":
        transaction.execute(TAKE_TURNS, {"issue": issue}).close()


def _place(transaction: Transaction, work: AlertWork, placement: Placement) -> bool:
    """Open a card (True), or count on the one that stands there."""
    key = {
        "organization": work.organization_id,
        "issue": placement.issue_id,
        "installation": placement.installation_id,
        "conversation": placement.post.to.conversation_id,
        "since": work.now - work.storm,
    }
    row = None if placement.anew else transaction.one(RECENT, key)
    if row is None:
        _open(transaction, work, placement)
        return True
    # An issue's own webhook names no event; the event that comes next is the one it was about.
    more = 0 if placement.event in {"", row.last_event} or not row.last_event else 1
    values = {"card": row.id, "now_facts": placement.again(row.facts, more), "event": placement.event or row.last_event}
    transaction.execute(COUNT, {**values, "now": work.now, "more": more}).close()
    return False


def _open(transaction: Transaction, work: AlertWork, placement: Placement) -> None:
    values = {
        "connection_id": placement.connection_id,
        "organization_id": work.organization_id,
        "installation_id": placement.installation_id,
        "issue_id": placement.issue_id,
        "conversation_id": placement.post.to.conversation_id,
        "delivery_key": placement.post.key,
        "opened_at": work.now,
        "last_event": placement.event,
        "last_count_at": work.now,
        "facts": placement.facts,
        "painted": placement.mark,
        "paint_after": work.now,
    }
    transaction.execute(INSERT, values).close()
    deliveries.enqueue(transaction, placement.post)


def change(
    transaction: Transaction,
    cards: Sequence[tuple[int, Callable[[str], str]]],
    notice: str | None,
    now: datetime,
) -> None:
    """Change the facts of cards; they are painted anew as soon as they stand in Teams."""
    for card_id, changed in sorted(cards, key=lambda each: each[0]):
        row = transaction.one(
            select(columns.facts).where(columns.id == bindparam("card")).with_for_update(), {"card": card_id}
        )
        if row is not None:
            values = {"card": card_id, "now_facts": changed(row.facts), "now_notice": notice}
            transaction.execute(CHANGE, values).close()
            transaction.execute(HURRY, {"card": card_id, "now": now}).close()


def stale(transaction: Transaction, now: datetime, room: int) -> list[StoredCard]:
    """Return cards that stand in Teams as they no longer are, those that have waited longest first."""
    return [_card(row) for row in transaction.execute(STALE, {"now": now, "room": room})]


def painted(transaction: Transaction, card: StoredCard, mark: str, after: datetime, looks: NewDelivery | None) -> None:
    """Deliver the card's new looks (None: they are the old ones); not to be painted again before `after`."""
    values = {"card": card.id, "seen": card.revision, "looks": mark, "after": after}
    changed = transaction.one(PAINTED, values) is not None
    if changed and looks is not None:
        deliveries.enqueue(transaction, looks)


def prune(transaction: Transaction, before: datetime) -> int:
    """Forget cards that were opened before then; returns how many, at most AT_ONCE."""
    old = transaction.execute(OLD, {"since": before}).scalars().all()
    if old:
        transaction.execute(FORGET, {"cards": sorted(old)}).close()
    return len(old)


def posted(transaction: Transaction, delivery_key: str, activity_id: str) -> None:
    """Note that the card of a delivery stands in Teams."""
    transaction.execute(POSTED, {"key": delivery_key, "activity": clean(activity_id)}).close()


def _card(row: Row[Any]) -> StoredCard:
    return StoredCard(
        id=row.id,
        connection_id=row.connection_id,
        organization_id=row.organization_id,
        installation_id=row.installation_id,
        place=Place(row.tenant_id, row.place_id, PlaceKind(row.kind)),
        to=ConversationReference(row.service_url, row.conversation_id, row.tenant_id),
        issue_id=row.issue_id,
        activity_id=row.activity_id,
        opened_at=row.opened_at,
        last_count_at=row.last_count_at,
        events=row.events,
        facts=row.facts,
        notice=row.notice,
        revision=row.revision,
        painted=row.painted,
    )
