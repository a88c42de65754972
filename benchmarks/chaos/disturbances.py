"""What happens to the bot meanwhile."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress

from benchmarks.bots import WrongResult
from benchmarks.chaos.instances import Instance
from benchmarks.chaos.plan import Plan
from benchmarks.remote import Cloud
from tests.postgres import Postgres

DEAD_FOR = 0.5
TRIES = 20
DATABASE_AWAY = 3.0


async def kill(plan: Plan, instances: Sequence[Instance]) -> None:
    """Kill an instance every few seconds and start it again; ends when all of them run again."""
    dice = random.Random(2)
    starting: list[asyncio.Task[None]] = []
    for _ in range(int(plan.seconds / plan.kill_every)):
        await asyncio.sleep(plan.kill_every)
        await asyncio.gather(*starting)
        instance = dice.choice(instances)
        instance.kill()
        starting = [asyncio.create_task(_restart(instance))]
    await asyncio.gather(*starting)


async def _restart(instance: Instance) -> None:
    """Start it as a platform does: again when it does not come up, as it cannot while the database is away."""
    for _ in range(TRIES):
        await asyncio.sleep(DEAD_FOR)
        with suppress(WrongResult):
            return await instance.start()
    raise WrongResult(f"instance {instance.number} came up no more:\n{instance.log()}")


async def restart_database(plan: Plan, postgres: Postgres | None) -> int:
    """Stop PostgreSQL in mid-run and start it again; returns how often that was done."""
    if postgres is None:
        return 0
    await asyncio.sleep(plan.seconds * 0.4)
    await asyncio.to_thread(postgres.stop)
    await asyncio.sleep(DATABASE_AWAY)
    await asyncio.to_thread(postgres.start)
    return 1


async def take_token_endpoint_away(plan: Plan, cloud: Cloud) -> None:
    """Let the token endpoint hang for a while: what starts then cannot post."""
    await asyncio.sleep(plan.seconds * 0.6)
    await cloud.hold(["token"])
    await asyncio.sleep(plan.token_away)
    await cloud.release("token")
