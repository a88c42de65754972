import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentry_api.breaker import FAILURES, REST, Circuit, Circuits
from sentry_api.errors import SentryResting


def opened(now: float = 0.0) -> Circuit:
    circuit = Circuit()
    for _ in range(FAILURES):
        circuit = circuit.failed(now)
    return circuit


def test_circuit_opens_at_the_last_of_the_failures() -> None:
    circuit = Circuit()
    for _ in range(FAILURES):
        assert circuit.wait(0.0) == 0
        circuit = circuit.failed(0.0)
    assert circuit.wait(0.0) == REST


def test_one_request_tries_after_the_rest() -> None:
    circuit = opened()
    assert circuit.wait(REST - 1) == 1
    assert circuit.wait(REST) == 0
    assert circuit.started().wait(REST) > 0
    assert circuit.started().abandoned().wait(REST) == 0


def test_failure_of_the_try_means_another_rest() -> None:
    assert opened().started().failed(REST).wait(REST + 1) == REST - 1


def admits(circuits: Circuits) -> bool:
    try:
        circuits.start("k")
    except SentryResting as resting:
        return not 0 < resting.retry_after <= REST
    return True


@given(st.lists(st.tuples(st.sampled_from(["ask", "ok", "fail", "give up"]), st.floats(0, 60))))
def test_circuits_never_admit_two_while_open_and_never_stay_shut(steps: list[tuple[str, float]]) -> None:
    now, trying = 0.0, False
    circuits = Circuits(lambda: now)
    failures = 0
    for step, passed in steps:
        now += passed
        if step == "ask":
            admitted = admits(circuits)
            assert admitted or failures >= FAILURES
            assert not (admitted and trying and failures >= FAILURES)
            trying = trying or (admitted and failures >= FAILURES)
        elif step == "ok":
            circuits.succeeded("k")
            failures, trying = 0, False
        elif step == "fail":
            circuits.failed("k")
            failures, trying = failures + 1, False
        else:
            circuits.abandoned("k")
            trying = False
    circuits.abandoned("k")
    now += REST
    circuits.start("k")


def test_organizations_do_not_answer_for_each_other() -> None:
    circuits = Circuits(lambda: 0.0)
    for _ in range(FAILURES):
        circuits.failed("a")
    circuits.start("b")
    with pytest.raises(SentryResting):
        circuits.start("a")
