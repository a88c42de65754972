"""What the documents claim about tests, figures, alerts and log lines."""

import re
import subprocess

import pytest
from prometheus_client import REGISTRY

import metrics
from tests.docs.reading import HOME, rows
from tests.infra.bicep import INFRA, logged_events, parsed

SECURITY, OPERATIONS = HOME / "docs" / "security.md", HOME / "docs" / "operations.md"
README, FEATURES = HOME / "README.md", HOME / "docs" / "features.md"
TESTED = "The test behind each"
THREATS = rows(SECURITY, "Who could try what")


def names_of_tests() -> set[str]:
    files = (HOME / "tests").rglob("test_*.py")
    return {
        name
        for path in files
        for name in re.findall(r"^(?:async )?def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE)
    }


@pytest.mark.parametrize("row", THREATS, ids=lambda row: " ".join(row[:2])[:60])
def test_every_threat_names_tests_that_exist(row: list[str]) -> None:
    assert len(row) == 4
    named = re.findall(r"`(test_\w+)`", row[3])
    assert named
    assert set(named) - names_of_tests() == set()


def test_every_feature_names_tests_that_exist() -> None:
    shown = {cells[0]: set(re.findall(r"`(test_\w+)`", cells[1])) for cells in rows(FEATURES, TESTED)}
    assert set(shown) == {cells[0] for cells in rows(README, "Beside others") if cells[1] == "yes"}
    assert all(shown.values())
    assert set().union(*shown.values()) - names_of_tests() == set()


def test_every_figure_is_explained_and_no_other() -> None:
    ours = {f"{metric.name}" for metric in REGISTRY.collect() if metric.name.startswith("bot_")}
    named = {cells[0].strip("`").removesuffix("_total") for cells in rows(OPERATIONS, "Figures")}
    assert named - {"bot_deliveries_…"} == ours
    assert metrics.deliveries({"waiting": 1.0}).startswith("# TYPE bot_deliveries_waiting gauge")


def test_every_alert_says_what_to_do() -> None:
    variables = parsed(INFRA / "modules" / "alerts.bicep")["variables"]
    alerts = {alert["name"] for kind in ("logAlerts", "metricAlerts") for alert in variables[kind]["value"]}
    explained = {cells[0].strip("`"): cells for cells in rows(OPERATIONS, "Alerts")}
    assert set(explained) == alerts
    assert all(len(cells) == 4 and all(cells) for cells in explained.values())


def test_the_log_lines_are_those_that_are_written() -> None:
    text = OPERATIONS.read_text("utf-8").split("## The log")[1].split("## Figures")[0]
    events = {cells[0].strip("`") for cells in rows(OPERATIONS, "The log")}
    events |= set(re.findall(r"`([a-z]+ [a-z ]+)`", text))
    assert events - logged_events() == set()
    assert {"activity handled", "delivered"} <= events | set(re.findall(r"`(\w+)`", text))


def test_a_decision_is_listed() -> None:
    listed = (HOME / "docs" / "adr" / "README.md").read_text("utf-8")
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "docs/adr/0*.md"],
        cwd=HOME, capture_output=True, check=True, text=True,
    ).stdout.split()  # fmt: skip
    assert len(names) >= 8
    assert all(name.rpartition("/")[2] in listed for name in names)
