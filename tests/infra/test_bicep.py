import json
import re
from pathlib import Path

import pytest

from tests.infra.bicep import FILES, INFRA, logged_events, modules, outputs_used, parsed, resource

USES = list(modules())
named = pytest.mark.parametrize(("path", "name", "module", "given"), USES, ids=[use[1] for use in USES])


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_it_parses(path: Path) -> None:
    assert parsed(path)["parameters"]


@named
def test_a_module_is_given_what_it_asks_for(path: Path, name: str, module: Path, given: dict[str, object]) -> None:
    asked = parsed(module)["parameters"]
    demanded = {name for name, parameter in asked.items() if parameter["default"] is None}
    assert demanded <= set(given) <= set(asked), f"{path.name}: {name}"


@named
def test_a_module_gives_what_is_taken(path: Path, name: str, module: Path, given: dict[str, object]) -> None:
    assert given
    assert outputs_used(path, name) <= set(parsed(module).get("outputs", {}))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_parameter_and_variable_is_used(path: Path) -> None:
    text = re.sub(r"(?<!:)//.*|@description\(.*|(?m:^)\s+\w+:", "", path.read_text("utf-8"))
    declared = {*parsed(path)["parameters"], *parsed(path).get("variables", {})}
    assert {name for name in declared if len(re.findall(rf"\b{name}\b", text)) < 2} == set()


def test_secrets_are_declared_as_secrets_wherever_they_pass() -> None:
    for path in FILES:
        for name, parameter in parsed(path)["parameters"].items():
            if name in {"secretKey", "botAppSecret"}:
                assert "secure" in {decorator["type"] for decorator in parameter["decorators"]}, path.name


def test_azd_fills_every_parameter() -> None:
    filled = json.loads((INFRA / "azure.parameters.json").read_text("utf-8"))["parameters"]
    assert set(filled) == set(parsed(INFRA / "azure.bicep")["parameters"])
    assert all(re.fullmatch(r"\$\{[A-Z_]+(=\w*)?\}", parameter["value"]) for parameter in filled.values())


def test_the_site_is_closed_where_it_should_be() -> None:
    site = resource("web", "site")["properties"]
    assert site["httpsOnly"] is True
    assert site["siteConfig"]["minTlsVersion"] == "1.2"
    assert site["siteConfig"]["ftpsState"] == "Disabled"
    assert resource("web", "passwords")["config"]["properties"]["allow"] is False


def test_the_site_stays_on_in_two_instances_and_more_under_load() -> None:
    assert resource("web", "site")["properties"]["siteConfig"]["alwaysOn"] is True
    assert resource("web", "plan")["sku"]["capacity"] == 2
    scaling = parsed(INFRA / "modules" / "scaling.bicep")["parameters"]
    assert (scaling["fewest"]["default"], scaling["most"]["default"]) == (2, 5)


def test_the_database_takes_no_password_and_is_not_public() -> None:
    server = resource("database", "server")["properties"]
    assert (server["authConfig"]["activeDirectoryAuth"], server["authConfig"]["passwordAuth"]) == (
        "Enabled",
        "Disabled",
    )
    assert server["network"]["publicNetworkAccess"] == "Disabled"


def test_setup_links_do_not_get_into_the_logs() -> None:
    logs = resource("web", "diagnostics")["properties"]["logs"]
    assert "AppServiceHTTPLogs" not in json.dumps(logs)
    assert "AppServiceConsoleLogs" in json.dumps(logs)


def test_alerts_name_events_that_the_bot_logs() -> None:
    alerts = parsed(INFRA / "modules" / "alerts.bicep")["variables"]["logAlerts"]["value"]
    assert {event for alert in alerts for event in alert["events"]} <= logged_events()


def test_the_registration_is_for_one_tenant_and_has_the_teams_channel() -> None:
    text = (INFRA / "modules" / "registration.bicep").read_text("utf-8")
    assert "msaAppType: byIdentity ? 'UserAssignedMSI' : 'SingleTenant'" in text
    assert resource("registration", "teams")["name"] == "MsTeamsChannel"
    assert set(resource("registration", "registration")["properties"]) >= {"msaAppMSIResourceId", "msaAppTenantId"}
