"""PostgreSQL restarts, or cuts its connections, while cards are on the wire: none is lost and none is doubled."""

import asyncio
import signal

import pytest

from sandbox.faults import delay
from sandbox.microsoft import Microsoft
from services import carrier, delivery, outage
from store import StoreUnavailable
from tests.databases import let_pass
from tests.postgres import Postgres
from tests.services.carriers import Carriers, all_done
from tests.services.conftest import Texts

ON_POSTGRES = pytest.mark.parametrize("url", ["postgresql"], indirect=True)


@ON_POSTGRES
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_restart_loses_and_doubles_nothing(
    microsoft: Microsoft, carriers: Carriers, texts: Texts, postgres: Postgres, how: signal.Signals
) -> None:
    one, other = await carriers.instance(start=False), await carriers.instance(start=False)
    microsoft.connector.faults.add(delay(0.5), times=None)
    for number in range(40):
        await one.delivery.deliver(carriers.card(carriers.conversation(number % 20)))
    one.start()
    other.start()
    await microsoft.connector.arrived(3)
    await asyncio.to_thread(postgres.stop, how)
    try:
        # What is on the wire is answered meanwhile; nothing new goes out before that is noted.
        await asyncio.sleep(1.5)
        sent = len(texts())
        await asyncio.sleep(0.7)
        assert len(texts()) == sent
        with pytest.raises(StoreUnavailable):
            await one.delivery.deliver(carriers.named_card(99))
    finally:
        await asyncio.to_thread(postgres.start)
    await all_done(one, 90)
    assert sorted(texts()) == sorted(f"card {number}" for number in range(1, 41))
    for number in range(20):
        to = carriers.conversation(number).conversation_id
        cards = [
            int(one.activity["summary"][5:]) for one in microsoft.connector.activities if one.conversation_id == to
        ]
        assert cards == sorted(cards)
    assert one.delivery.figures.unnoted == other.delivery.figures.unnoted == 0


@ON_POSTGRES
async def test_cut_connections_are_made_again(carriers: Carriers, texts: Texts, postgres: Postgres) -> None:
    one = await carriers.instance()
    for number in range(30):
        await one.delivery.deliver(carriers.card(carriers.conversation(number)))
        if number % 10 == 5:
            await asyncio.to_thread(postgres.cut_connections, carriers.url.rpartition("/")[2])
    await all_done(one, 60)
    assert sorted(texts()) == sorted(f"card {number}" for number in range(1, 31))


@ON_POSTGRES
async def test_after_a_long_outage_living_processes_note_before_others_take_over(
    microsoft: Microsoft, carriers: Carriers, texts: Texts, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outage, "LONG", 0.0)
    # The other looks before the one that holds the claims has tried again to note.
    monkeypatch.setattr(delivery, "FULL_PAUSE", 0.05)
    monkeypatch.setattr(carrier, "FIRST_PAUSE", 3.5)
    one, other = await carriers.instance(start=False), await carriers.instance()
    microsoft.connector.faults.add(delay(1), times=None)
    for number in range(10):
        await one.delivery.deliver(carriers.card(carriers.conversation(number)))
    one.start()
    await asyncio.sleep(0.6)
    await asyncio.to_thread(postgres.stop)
    await asyncio.sleep(1.2)
    await asyncio.to_thread(postgres.start)
    await asyncio.to_thread(let_pass, carriers.url, 60)  # while nothing could be noted, the claims have lapsed
    await all_done(other, 60)
    assert sorted(texts()) == sorted(f"card {number}" for number in range(1, 11))
