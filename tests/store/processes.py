"""Several processes with a store each: `python -m tests.store.processes migrate|arrive URL PROCESSES PLACES`.

They are forked after the imports and let go together. `arrive` prints the numbers of the places that a process may
welcome, each once its store has said so.
"""

import asyncio
import os
import sys
from collections.abc import Iterator

from store import Store
from tests.store.places import KEYS, NOW, arrival, team

CALLERS = 16


async def migrate(url: str) -> None:
    await (await Store.open(url, cipher_keys=KEYS)).close()


async def arrive(url: str, places: int) -> None:
    store = await Store.open(url, cipher_keys=KEYS)
    numbers = iter(range(places))
    await asyncio.gather(*(_arrive_at_each(store, numbers) for _ in range(CALLERS)))
    await store.close()


async def _arrive_at_each(store: Store, numbers: Iterator[int]) -> None:
    for number in numbers:
        if await store.arrive(arrival(team(number)), f"{os.getpid()} {number}", NOW):
            os.write(1, f"{number}\n".encode())


def main() -> int:
    what, url, processes, places = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    start, go = os.pipe()
    children = [_child(start, go, what, url, places) for _ in range(processes)]
    os.close(go)
    return max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children)


def _child(start: int, go: int, what: str, url: str, places: int) -> int:
    child = os.fork()
    if child == 0:
        os.close(go)
        os.read(start, 1)
        asyncio.run(migrate(url) if what == "migrate" else arrive(url, places))
        os._exit(0)
    return child


if __name__ == "__main__":
    sys.exit(main())
