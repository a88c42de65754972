"""Whether alerts get through to a place: what waits there, what gave up, and what came last."""

from datetime import UTC, datetime

from sqlalchemy import BindParameter, bindparam, func, select

from alert_model import HealthFacts
from store.alert_tables import issue_cards, webhooks
from store.deliveries import FAILED, WAITING
from store.delivery_tables import deliveries
from store.tables import connections
from store.transaction import Transaction

_installation: BindParameter[int] = bindparam("installation")
_here = (deliveries.c.installation_id == _installation, deliveries.c.installation_id.is_not(None))
WAITS = select(func.count().label("waiting"), func.min(deliveries.c.created_at).label("since")).where(
    *_here, deliveries.c.state == WAITING
)
GAVE_UP = select(func.count()).where(*_here, deliveries.c.state == FAILED)
WHY = select(deliveries.c.outcome).where(*_here, deliveries.c.state == FAILED).order_by(deliveries.c.id.desc()).limit(1)
_mine = connections.c.installation_id == _installation
LAST_ALERT = select(issue_cards.c.last_count_at).where(
    issue_cards.c.connection_id.in_(select(connections.c.id).where(_mine)), issue_cards.c.activity_id.is_not(None)
)
LAST_ALERT = LAST_ALERT.order_by(issue_cards.c.last_count_at.desc()).limit(1)
LAST_HEARD = select(func.max(webhooks.c.received_at)).where(
    webhooks.c.organization_id.in_(select(connections.c.organization_id).where(_mine))
)


def of_installation(transaction: Transaction, installation_id: int) -> HealthFacts:
    """Return how an installation is served, as far back as deliveries, cards and webhooks are kept."""
    key = {"installation": installation_id}
    waits = transaction.execute(WAITS, key).one()
    return HealthFacts(
        waiting=waits.waiting,
        waiting_since=_time(waits.since),
        gave_up=transaction.execute(GAVE_UP, key).scalar_one(),
        why=transaction.execute(WHY, key).scalar() or "",
        last_alert=transaction.execute(LAST_ALERT, key).scalar(),
        last_heard=_time(transaction.execute(LAST_HEARD, key).scalar_one()),
    )


def _time(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
