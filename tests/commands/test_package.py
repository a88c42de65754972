import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from commands import package
from commands.app_package import HERE, manifest_problems
from tests.commands.running import run
from texts import LANGUAGES, gettext, speaking

APP_ID = "11111111-2222-3333-4444-555555555555"
SCHEMA = json.loads((HERE / "manifest.schema.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MicrosoftAppId", APP_ID)
    monkeypatch.setenv("PUBLIC_URL", "https://bot.example.org/")
    monkeypatch.setenv("WEBSITE_HOSTNAME", "")


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "made" / "app.zip"


def packed(output: Path, *options: str) -> dict[str, bytes]:
    assert run(package, "package", "--output", str(output), *options) == 0
    with zipfile.ZipFile(output) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def manifest(output: Path, *options: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(packed(output, *options)["manifest.json"])
    return content


def refusal(capsys: pytest.CaptureFixture[str], output: Path, *options: str) -> list[str]:
    assert run(package, "package", "--output", str(output), *options) == 2
    assert not output.exists()
    first, *problems = capsys.readouterr().err.splitlines()
    assert first == "The app package cannot be written:"
    return problems


def test_the_zip_holds_the_manifest_and_both_icons_at_its_root(output: Path) -> None:
    files = packed(output)
    languages = [f"{language}.json" for language in LANGUAGES[1:]]
    assert list(files) == ["manifest.json", *languages, "color.png", "outline.png"]
    assert files["color.png"] == (HERE / "color.png").read_bytes()
    assert files["outline.png"] == (HERE / "outline.png").read_bytes()


def test_the_manifest_is_filled_from_the_settings(output: Path) -> None:
    filled = manifest(output, "--version", "2.3.4")
    assert (filled["id"], filled["bots"][0]["botId"], filled["version"]) == (APP_ID, APP_ID, "2.3.4")
    assert filled["validDomains"] == ["bot.example.org"]
    assert filled["developer"]["privacyUrl"] == "https://bot.example.org/privacy"
    assert filled["developer"]["termsOfUseUrl"] == "https://bot.example.org/terms"
    assert "${{" not in json.dumps(filled)


def test_the_manifest_is_what_the_schema_of_teams_allows(output: Path) -> None:
    assert list(jsonschema.Draft4Validator(SCHEMA).iter_errors(manifest(output))) == []


def test_the_version_is_the_projects_own_unless_it_is_named(output: Path) -> None:
    assert f'version = "{manifest(output)["version"]}"' in (HERE.parent / "pyproject.toml").read_text("utf-8")


def test_on_app_service_the_domain_is_the_sites(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "")
    monkeypatch.setenv("WEBSITE_HOSTNAME", "bot.azurewebsites.net")
    assert manifest(output)["validDomains"] == ["bot.azurewebsites.net"]


def test_names_and_pages_can_be_named(output: Path) -> None:
    options = ("--name", "Alerts", "--developer", "Ops", "--privacy", "https://example.org/privacy")
    filled = manifest(output, *options)
    assert (filled["name"]["short"], filled["developer"]["name"]) == ("Alerts", "Ops")
    assert filled["developer"]["privacyUrl"] == "https://example.org/privacy"
    assert filled["developer"]["websiteUrl"] == "https://bot.example.org/"


def test_the_bot_is_for_teams_chats_and_people_and_for_shared_and_private_channels(output: Path) -> None:
    filled = manifest(output)
    assert filled["bots"][0]["scopes"] == ["team", "personal", "groupChat"]
    assert filled["bots"][0]["needsChannelSelector"] is True
    assert filled["supportsChannelFeatures"] == "tier1"


def test_every_language_is_declared_and_its_file_says_all_that_people_read(output: Path) -> None:
    files = packed(output)
    declared = json.loads(files["manifest.json"])["localizationInfo"]
    assert declared["defaultLanguageTag"] == "en"
    assert {each["languageTag"]: each["file"] for each in declared["additionalLanguages"]} == {
        language: f"{language}.json" for language in ("de", "es", "fr", "ja")
    }
    told = {language: json.loads(files[f"{language}.json"]) for language in LANGUAGES[1:]}
    assert all(texts.keys() == told["de"].keys() for texts in told.values())
    assert told["de"]["description.short"] == "Verbindet ein Team oder einen Chat mit Ihrer Sentry-Organisation."
    assert told["ja"]["composeExtensions[0].commands[0].parameters[0].title"] == "検索"


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_the_commands_stay_and_their_descriptions_are_translated_in_every_scope(output: Path, language: str) -> None:
    texts = json.loads(packed(output)[f"{language}.json"])
    english = json.loads(packed(output)["manifest.json"])["bots"][0]["commandLists"]
    with speaking(language):
        for scope, menu in enumerate(english):
            for place, command in enumerate(menu["commands"]):
                said = texts[f"bots[0].commandLists[{scope}].commands[{place}].description"]
                assert said == gettext(command["description"]) != command["description"]
    assert not [path for path in texts if ".commandLists[" in path and path.endswith(".title")]


def test_a_text_that_is_too_long_in_some_language_is_refused(output: Path) -> None:
    filled = manifest(output)
    assert manifest_problems(filled) == []
    # 32 characters in English, as many as Teams takes, and fewer in Japanese.
    filled["composeExtensions"][0]["commands"][0]["title"] = "Find an issue and share its card"
    told = [problem.partition(":")[0] for problem in manifest_problems(filled)]
    assert told == [f"{language}.json, composeExtensions[0].commands[0].title" for language in ("de", "es", "fr")]


def test_the_same_settings_give_the_same_bytes(output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed(output)
    monkeypatch.setattr(time, "time", lambda: 4e9)
    again = tmp_path / "again.zip"
    packed(again)
    assert output.read_bytes() == again.read_bytes()


def test_a_package_needs_no_secret(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MicrosoftAppPassword", "SECRET_KEY", "DATABASE_URL"):
        monkeypatch.setenv(name, "")
    assert manifest(output)["id"] == APP_ID


def test_everything_that_is_missing_is_listed_at_once(
    output: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MicrosoftAppId", "")
    monkeypatch.setenv("PUBLIC_URL", "")
    problems = refusal(capsys, output, "--version", "1.2")
    assert [problem.split()[1] for problem in problems] == ["MicrosoftAppId", "--version", "PUBLIC_URL"]


@pytest.mark.parametrize(
    "address", ["http://bot.example.org", "http://localhost:3978", "https://localhost", "bot.example.org", "https://"]
)
def test_an_address_that_teams_cannot_reach_is_refused(
    output: Path, address: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PUBLIC_URL", address)
    (problem,) = refusal(capsys, output)
    assert "PUBLIC_URL" in problem


def test_what_the_schema_does_not_allow_is_refused(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problems = refusal(capsys, output, "--name", "x" * 31, "--developer", "y" * 33)
    assert [problem.split(":")[0].strip() for problem in problems] == [
        "- manifest.json, developer.name",
        "- manifest.json, name.short",
    ]


def test_the_place_of_the_zip_is_printed(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed(output)
    assert capsys.readouterr().out.splitlines()[0] == str(output)


def test_entries_carry_no_date_of_today(output: Path) -> None:
    packed(output)
    with zipfile.ZipFile(io.BytesIO(output.read_bytes())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("urls", "domains"),
    [
        ("", ["sentry.io", "*.sentry.io"]),
        ("https://sentry.example.org https://us.sentry.io", ["sentry.example.org", "sentry.io", "*.sentry.io"]),
    ],
)
def test_links_to_the_listed_sentrys_are_shown_as_cards(
    monkeypatch: pytest.MonkeyPatch, output: Path, urls: str, domains: list[str]
) -> None:
    monkeypatch.setenv("SENTRY_URLS", urls)
    (extension,) = manifest(output)["composeExtensions"]
    assert extension["messageHandlers"] == [{"type": "link", "value": {"domains": domains}}]


def test_a_sentry_without_a_name_gets_no_link_handler(monkeypatch: pytest.MonkeyPatch, output: Path) -> None:
    monkeypatch.setenv("SENTRY_URLS", "http://10.0.0.7:9000")
    (extension,) = manifest(output)["composeExtensions"]
    assert "messageHandlers" not in extension
