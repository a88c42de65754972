"""A large database in a minute: rows that PostgreSQL makes by itself, as many as asked for."""

from dataclasses import dataclass

import psycopg

from store.tables import metadata

FILLED = (
    "installations",
    "organizations",
    "connections",
    "deliveries",
    "lanes",
    "calendars",
    "seen_activities",
    "webhooks",
)
DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows; of the deliveries 5,000 wait, of the lanes 1,000 are due, the others are over."""

    installations: int
    deliveries: int

    @property
    def lanes(self) -> int:
        """Conversations that were posted to lately; the others are forgotten."""
        return max(2000, self.installations // 10)

    @property
    def tenants(self) -> int:
        """A hundred places each."""
        return max(20, self.installations // 100)


WAITING = 5_000
DUE = 1_000


def fill(url: str, size: Size) -> None:
    """Fill the empty tables of a database."""
    numbers = {"installations": size.installations, "deliveries": size.deliveries, "lanes": size.lanes}
    numbers |= {"calendars": size.tenants, "seen_activities": size.lanes, "webhooks": size.lanes}
    numbers |= {"organizations": size.tenants, "connections": size.installations // 2}
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("SET work_mem = '256MB'; SET maintenance_work_mem = '512MB'")
        indexes = _indexes(session)
        for name, _ in indexes:
            session.execute(f'DROP INDEX "{name}"'.encode())
        for table in FILLED:
            session.execute(_insert(table, numbers[table], size).encode())
        for _, definition in indexes:
            session.execute(definition.encode())
        session.execute("VACUUM (ANALYZE)")


def _indexes(session: psycopg.Connection) -> list[tuple[str, str]]:
    """Return the indexes that can be made afterwards, which is several times as fast."""
    names = [str(index.name) for table in FILLED for index in metadata.tables[table].indexes]
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s)"
    return session.execute(query, (names,)).fetchall()


def _insert(table: str, count: int, size: Size) -> str:
    content = _CONTENT[table]
    values = content.values.format(tenants=size.tenants, lanes=size.lanes, waiting=count - WAITING, day=DAY)
    return f"INSERT INTO {table} ({content.columns}) SELECT {values} FROM generate_series(1, {count}) AS n"


@dataclass(frozen=True, slots=True)
class _Content:
    """The columns that are given, and their values in the row of number n."""

    columns: str
    values: str


_NOW = "(extract(epoch FROM now()) * 1000)::bigint"
_TENANT = "'tenant-' || n % {tenants}"
# Every lane has its deliveries; those that wait are the last ones, five in each lane that is due.
_CONTENT = {
    "installations": _Content(
        "tenant_id, place_id, kind, name, service_url, conversation_id, user_id, installed_at, setup_nonce, "
        "welcome_claim, welcome_claimed_at, welcome_activity_id, welcomed_at",
        f"{_TENANT}, 'place-' || n, 'team', 'Team ' || n, 'https://smba.trafficmanager.net/amer/' || n % {{tenants}} "
        "|| '/', 'conversation-' || n, '29:' || md5(n::text), now(), md5(n::text), md5(n::text), "
        "now(), n::text, now()",
    ),
    "deliveries": _Content(
        "key, lane_id, installation_id, purpose, method, service_url, tenant_id, conversation_id, activity, state, "
        "attempts, outcome, deadline, created_at, finished_at",
        f"'key-' || n, n % CASE WHEN n > {{waiting}} THEN {DUE} ELSE {{lanes}} END, n % {{lanes}} + 1, 'card', 'send', "
        f"'https://smba.trafficmanager.net/amer/x/', {_TENANT}, 'conversation-' || n, "
        """'{{"type":"message","summary":"' || repeat('a card of some length ', 20) || '"}}', """
        "CASE WHEN n > {waiting} THEN 0 WHEN n % 1000 = 0 THEN 2 ELSE 1 END, 1, n::text, "
        f"{_NOW} + {{day}}, {_NOW} - {{day}}, CASE WHEN n > {{waiting}} THEN NULL ELSE {_NOW} - n % {{day}} END",
    ),
    "lanes": _Content(
        "lane_id, tenant_id, waiting, due_at, short_tat, long_tat",
        f"n - 1, {_TENANT}, CASE WHEN n <= {DUE} THEN {WAITING // DUE} ELSE 0 END, "
        f"CASE WHEN n <= {DUE} THEN {_NOW} - n END, {_NOW}, {_NOW} + n % 3600000",
    ),
    "organizations": _Content(
        "tenant_id, sentry_url, slug, name, token_encrypted, created_at, updated_at",
        f"{_TENANT}, 'https://sentry.io', 'organization-' || n, 'Organization', 'secret', now(), now()",
    ),
    "connections": _Content(
        "installation_id, organization_id, connected_by, connected_at",
        "n * 2, n % {tenants} + 1, '29:user', now()",
    ),
    "webhooks": _Content(
        "key, organization_id, sure, kind, body, state, due_at, received_at, finished_at",
        f"'webhook-' || n, n % {{tenants}} + 1, true, 'event_alert', '', 1, {_NOW}, {_NOW}, {_NOW} - n % {{day}}",
    ),
    "calendars": _Content("tenant_id, next_at", f"{_TENANT}, {_NOW}"),
    "seen_activities": _Content("key, seen_at, done", f"'activity-' || n, {_NOW} - n % {{day}}, true"),
}
