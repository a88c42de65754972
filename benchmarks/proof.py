"""Every card arrived exactly once: what makes the figures worth anything."""

import asyncio
from collections.abc import Collection
from typing import Any

from benchmarks.bots import Running, WrongResult
from benchmarks.load import OK, Sent
from benchmarks.remote import Cloud

ARRIVES_WITHIN = 5.0
PAUSE = 0.05


async def check_cards(
    cloud: Cloud, bot: Running, conversations: Collection[str], within: float = ARRIVES_WITHIN
) -> dict[str, Any]:
    """Return Microsoft's report once every conversation has its one card; raises WrongResult."""
    report = await _when_arrived(cloud, len(conversations), within)
    cards = report["cards"]
    missing = [conversation for conversation in conversations if conversation not in cards]
    twice = [conversation for conversation, count in cards.items() if count != 1]
    strange = set(cards) - set(conversations)
    if missing or twice or strange or report["wrong"]:
        counts = f"{len(missing)} missing, {len(twice)} more than once, {len(strange)} elsewhere, {report['wrong']}"
        raise WrongResult(f"{bot.bot.name}: {len(conversations)} cards expected; {counts}\n{bot.log()}")
    return report


def check_answers(bot: Running, sent: Sent) -> None:
    """Raise WrongResult unless every request was answered with success."""
    if refused := {status: count for status, count in sent.statuses.items() if status not in OK}:
        raise WrongResult(f"{bot.bot.name}: answered {refused}\n{bot.log()}")


async def check_rows(bot: Running, served: int) -> None:
    """Raise WrongResult unless a bot that keeps a database has all that it served in it."""
    if not bot.bot.stores:
        return
    deadline = asyncio.get_running_loop().time() + ARRIVES_WITHIN
    while (found := bot.welcomed()) != served:
        if asyncio.get_running_loop().time() > deadline:
            raise WrongResult(f"{bot.bot.name}: served {served} installs, {found} are on disk")
        await asyncio.sleep(PAUSE)


async def _when_arrived(cloud: Cloud, expected: int, within: float) -> dict[str, Any]:
    deadline = asyncio.get_running_loop().time() + within
    while True:
        report = await cloud.report()
        if len(report["cards"]) >= expected or asyncio.get_running_loop().time() > deadline:
            return report
        await asyncio.sleep(PAUSE)
