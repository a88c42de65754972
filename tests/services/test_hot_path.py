"""What is posted in the turn costs nothing more for the deliveries that stand ready."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from adapter.errors import ConnectorError
from sandbox.faults import accept_then_close, close, respond
from sandbox.microsoft import Microsoft
from store.transaction import Transaction
from store.worker import Worker
from tests.databases import ask
from tests.services.carriers import Carriers, all_done
from tests.services.conftest import Texts


@dataclass(slots=True)
class Counted:
    """Trips to the store's threads, and statements to the database."""

    hops: int = 0
    statements: list[str] = field(default_factory=list)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counts = Counted()
    run, hot, execute = Worker.run, Transaction.hot, Transaction.execute

    async def counting_run(self: Worker, *operation: Any) -> Any:
        counts.hops += 1
        return await run(self, *operation)

    def counting_hot(self: Transaction, statement: Any, parameters: Any) -> Any:
        counts.statements.append("hot")
        return hot(self, statement, parameters)

    def counting_execute(self: Transaction, statement: Any, parameters: Any) -> Any:
        counts.statements.append("cold")
        return execute(self, statement, parameters)

    monkeypatch.setattr(Worker, "run", counting_run)
    monkeypatch.setattr(Transaction, "hot", counting_hot)
    monkeypatch.setattr(Transaction, "execute", counting_execute)
    return counts


async def test_a_welcome_that_is_posted_in_the_turn_makes_two_trips_with_a_statement_each(
    carriers: Carriers, counted: Counted, texts: Texts
) -> None:
    one = await carriers.instance(start=False)
    counted.hops, counted.statements = 0, []
    assert await one.installations.arrive(carriers.arrival())
    assert (counted.hops, counted.statements) == (2, ["hot", "hot"])
    assert texts() == ["Set up Sentry for Team"]
    assert ask(carriers.url, "SELECT count(*) FROM deliveries") == [(0,)]


async def test_the_other_event_of_an_installation_makes_one_trip_with_one_statement(
    carriers: Carriers, counted: Counted, texts: Texts
) -> None:
    one = await carriers.instance(start=False)
    await one.installations.arrive(carriers.arrival())
    counted.hops, counted.statements = 0, []
    assert not await one.installations.arrive(carriers.arrival())
    assert (counted.hops, counted.statements) == (1, ["hot"])


async def test_a_card_that_is_posted_at_once_makes_no_trip(carriers: Carriers, counted: Counted, texts: Texts) -> None:
    one = await carriers.instance(start=False)
    counted.hops = 0
    assert await one.delivery.post(carriers.card())
    assert (counted.hops, texts()) == (0, ["card 1"])


async def test_a_card_that_the_connector_does_not_take_now_is_delivered(
    microsoft: Microsoft, carriers: Carriers, texts: Texts
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(close())
    assert await one.delivery.post(carriers.card()) is None
    await all_done(one)
    assert texts() == ["card 1"]


async def test_a_long_pause_that_teams_asks_for_in_the_turn_is_kept_by_the_delivery(
    microsoft: Microsoft, carriers: Carriers, texts: Texts
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(respond(429, headers={"Retry-After": "60"}))
    assert await one.delivery.post(carriers.card()) is None
    ((left,),) = ask(carriers.url, "SELECT due_at - created_at FROM lanes, deliveries")
    assert 59_500 <= left <= 60_500


async def test_a_card_whose_answer_was_lost_may_stand_there_twice_and_is_counted(
    microsoft: Microsoft, carriers: Carriers, texts: Texts
) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(accept_then_close())
    assert await one.delivery.post(carriers.card()) is None
    await all_done(one)
    assert (texts(), one.delivery.figures.maybe_doubled) == (["card 1"] * 2, 1)


async def test_what_would_fail_again_is_told_and_not_stored(microsoft: Microsoft, carriers: Carriers) -> None:
    one = await carriers.instance()
    microsoft.connector.faults.add(respond(413, json={"error": {"code": "MessageSizeTooBig"}}))
    with pytest.raises(ConnectorError, match="MessageSizeTooBig"):
        await one.delivery.post(carriers.card())
    assert ask(carriers.url, "SELECT count(*) FROM deliveries") == [(0,)]
