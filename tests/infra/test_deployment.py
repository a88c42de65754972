import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import aiohttp
import pytest
import yaml
from pathspec import GitIgnoreSpec

from tests.infra.bicep import HOME, INFRA, resource

LEFT_OUT = ("tests", "sandbox", "benchmarks", "infra", ".github", ".ci", "data", "artifacts")


def deployed() -> list[str]:
    """The files that azd would put into the zip."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=HOME, capture_output=True, check=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    ignored = GitIgnoreSpec.from_lines((HOME / ".webappignore").read_text("utf-8").splitlines())
    return [name for name in listed if not ignored.match_file(name) and (HOME / name).is_file()]


def test_nothing_is_deployed_that_only_developers_need() -> None:
    rooms = {name.split("/")[0] for name in deployed()}
    assert rooms.isdisjoint(LEFT_OUT)
    assert {"bot.py", "requirements.txt", "appPackage", "commands"} <= rooms


@pytest.mark.parametrize("secret", [".env", ".git/config", "data/bot.db", "data/secret_key", ".azure/x/.env"])
def test_nothing_private_is_deployed(secret: str) -> None:
    assert GitIgnoreSpec.from_lines((HOME / ".webappignore").read_text("utf-8").splitlines()).match_file(secret)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """What is deployed, and nothing else, started as App Service starts it, from another directory than its own."""
    for name in deployed():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HOME / name, tmp_path / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    python, script = resource("web", "site")["properties"]["siteConfig"]["appCommandLine"].split()
    assert python == "python"
    environment = {"PATH": os.environ["PATH"], "PORT": str(port), "HOME": str(tmp_path)}
    running = subprocess.Popen([sys.executable, tmp_path / script], env=environment, cwd="/", stdout=subprocess.PIPE)
    try:
        assert running.stdout is not None
        assert running.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.communicate(timeout=10)


async def test_what_is_deployed_starts_and_answers_where_azure_asks(site: str) -> None:
    health = resource("web", "site")["properties"]["siteConfig"]["healthCheckPath"]
    async with aiohttp.ClientSession() as session:
        async with session.get(site + health) as answer:
            assert answer.status == 200
        async with session.get(site) as answer:
            assert answer.status == 200
            links = re.findall(r'href="([^"]*static/[^"]+)"', await answer.text())
        assert len(links) == 2
        for link in links:
            async with session.get(urljoin(site, link)) as answer:
                assert answer.status == 200
        async with session.post(f"{site}/api/messages", data=b"no activity") as answer:
            assert answer.status in {400, 415}
    assert "${web.outputs.url}/api/messages" in (INFRA / "modules" / "bot.bicep").read_text("utf-8")


def test_azd_finds_the_templates_and_the_site() -> None:
    project = yaml.safe_load((HOME / "azure.yaml").read_text("utf-8"))
    path = HOME / project["infra"]["path"] / project["infra"]["module"]
    assert path.with_suffix(".bicep").is_file()
    assert path.with_suffix(".parameters.json").is_file()
    assert list(project["services"]) == [resource("web", "site")["tags"]["'azd-service-name'"]]


def workflow(name: str) -> dict[str, object]:
    content: dict[str, object] = yaml.safe_load((HOME / ".github" / "workflows" / name).read_text("utf-8"))
    return content


@pytest.mark.parametrize("name", ["ci.yml", "deploy.yml"])
def test_a_workflow_names_its_actions_versions_and_may_write_nothing_by_default(name: str) -> None:
    content = workflow(name)
    assert content["permissions"] == {"contents": "read"}
    for job in content["jobs"].values():  # type: ignore[attr-defined]
        used = [step["uses"] for step in job.get("steps", []) if "uses" in step]
        assert all("@v" in action for action in used)


def test_only_what_passed_the_tests_is_deployed_and_without_a_stored_secret() -> None:
    jobs = workflow("deploy.yml")["jobs"]
    assert isinstance(jobs, dict)
    assert jobs["test"]["uses"] == "./.github/workflows/ci.yml"
    assert jobs["deploy"]["needs"] == "test"
    assert jobs["deploy"]["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in (HOME / ".github" / "workflows" / "deploy.yml").read_text("utf-8")
