"""The database: whether it is there and migrated, and what happened last."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from adapter.database_token import database_password
from commands.doctor.findings import Finding, failed, ok, skipped, warning
from commands.doctor.patient import Patient
from store import StoreError
from store.look import Look, look

DATABASE, ARRIVAL, CARD = "database", "last activity", "last card"


async def check(patient: Patient) -> Sequence[Finding]:
    """Look at the database; nothing is changed there."""
    settings = patient.settings
    try:
        seen = await asyncio.to_thread(look, settings.database_url, database_password(settings))
    except StoreError as error:
        nothing = "the database could not be looked at"
        return [
            _away(str(error), sqlite=_is_sqlite(settings.database_url)),
            _unseen(ARRIVAL, nothing),
            _unseen(CARD, nothing),
        ]
    now, local = patient.now(), settings.local_mode
    return [_state(seen), _arrival(seen, now, local=local), _card(seen, now, local=local)]


def _is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def _unseen(check: str, why: str) -> Finding:
    return skipped(check, why)


def _away(why: str, *, sqlite: bool) -> Finding:
    if sqlite:
        do = "Start the bot once, which makes the file; or let DATABASE_URL name the right one"
        return failed(DATABASE, why, "The bot has never started on this database, or it is damaged", do)
    do = "Look whether the server runs, whether this machine may reach it, and at user and password in DATABASE_URL"
    return failed(DATABASE, why, "The bot does not start, and answers 503 while it lasts", do)


def _state(seen: Look) -> Finding:
    if seen.revision is None:
        return failed(
            DATABASE, "no tables", "The bot has never started on this database", "Start the bot: it makes them"
        )
    if seen.revision == seen.newest:
        return ok(DATABASE, f"answers, revision {seen.revision}, {seen.installations} installation(s)")
    if seen.known:
        means = f"It was made by an older version; this one needs {seen.newest}"
        return failed(DATABASE, f"revision {seen.revision}", means, "Start the bot: it migrates before it serves")
    means = f"A newer version of the bot migrated it; this one knows up to {seen.newest} and does not start"
    return failed(
        DATABASE, f"revision {seen.revision}", means, "Deploy the newer version, or restore the backup from before"
    )


def _arrival(seen: Look, now: datetime, *, local: bool) -> Finding:
    if seen.last_arrival is not None:
        return ok(ARRIVAL, _ago(seen.last_arrival, now))
    if local:
        do = "Open the Agents Playground or the Emulator at this bot's /api/messages (README, Try it)"
        return warning(ARRIVAL, "none is known", "Nobody has added this bot yet", do)
    do = (
        "The registration's messaging endpoint must be PUBLIC_URL + /api/messages, with the Teams channel on; "
        "look for 'request refused' in the log"
    )
    return warning(ARRIVAL, "none is known", "Teams has never reached this bot, or nobody has added it", do)


def _card(seen: Look, now: datetime, *, local: bool) -> Finding:
    if seen.last_card is not None:
        return ok(CARD, _ago(seen.last_card, now))
    means = "Nothing was ever posted" if seen.last_arrival else "Nothing was ever posted, because nothing arrived"
    log = "'not posted' in the log"
    return warning(
        CARD, "none is known", means, f"Look for {log}" if local else f"Look at the token above, and for {log}"
    )


def _ago(moment: datetime, now: datetime) -> str:
    passed = timedelta(seconds=max(0, round((now - moment).total_seconds())))
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC, {passed} ago"
