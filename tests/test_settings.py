"""The rules of settings.py, one by one and all at once."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copy
from threading import Barrier

import pytest

import settings
from settings import AppType, ChannelService, LogFormat, LogLevel, Settings, SettingsError, load_settings, setting_names

APP_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
OTHER_TENANT = "b28fdbfd-2b78-4f93-b0f8-8881793f0f8f"
KEY, OLD_KEY = "k" * 32, "o" * 32
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is tested is who may listen there
ROOM = Path(settings.__file__).parent


def loaded(**changed: str | None) -> Settings:
    """The settings of a registered bot with these changes; None leaves one out."""
    values: dict[str, str | None] = {
        "MicrosoftAppId": APP_ID,
        "MicrosoftAppPassword": "the password",
        "MicrosoftAppTenantId": TENANT,
        "PUBLIC_URL": "https://bot.example.org",
        "SECRET_KEY": KEY,
    }
    return load_settings({name: value for name, value in {**values, **changed}.items() if value is not None})


def problems(**changed: str | None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        loaded(**changed)
    return refused.value.problems


def local_problems(**values: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        load_settings({"SECRET_KEY": KEY, **values})
    return refused.value.problems


@pytest.fixture
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where local mode keeps things."""
    monkeypatch.setattr(settings, "DATA", tmp_path / "data")
    return tmp_path / "data"


def test_defaults_of_a_registered_bot() -> None:
    found = loaded()
    assert (found.app_id, found.app_type, found.local_mode) == (APP_ID, AppType.SINGLE_TENANT, False)
    assert (found.host, found.port, found.public_url) == (EVERYWHERE, 3978, "https://bot.example.org")
    assert found.database_url == f"sqlite:///{ROOM / 'data' / 'bot.db'}"
    assert found.allowed_tenants == frozenset({TENANT})
    assert found.sentry_urls == ("https://sentry.io",)
    assert (found.log_level, found.log_format) == (LogLevel.INFO, LogFormat.JSON)
    assert (found.channel_service, found.proxy_from_environment) == (ChannelService.PUBLIC, False)


def test_defaults_of_local_mode(data: Path) -> None:
    found = load_settings({})
    assert (found.app_id, found.local_mode) == (None, True)
    assert (found.host, found.port, found.public_url) == ("127.0.0.1", 3978, "http://localhost:3978")
    assert found.allowed_tenants is None
    assert found.database_url == f"sqlite:///{data / 'bot.db'}"
    assert found.log_format is LogFormat.CONSOLE


def test_white_space_and_case_of_ids_do_not_matter() -> None:
    found = loaded(MicrosoftAppId=f" {APP_ID.upper()} ", MicrosoftAppTenantId=f"{TENANT.upper()}\n")
    assert (found.app_id, found.app_tenant_id, found.allowed_tenants) == (APP_ID, TENANT, frozenset({TENANT}))


def test_every_mistake_is_told_at_once() -> None:
    told = problems(
        MicrosoftAppId="my bot",
        MicrosoftAppPassword=None,
        MicrosoftAppType="SingleTennant",
        MicrosoftAppTenantId="contoso",
        CHANNEL_SERVICE="china",
        PORT="http",
        PUBLIC_URL=None,
        SECRET_KEY="short",
        DATABASE_URL="mysql://localhost/bot",
        ALLOWED_TENANTS="contoso",
        SENTRY_URLS="sentry.io",
        LOG_LEVEL="LOUD",
        LOG_FORMAT="xml",
    )
    named = (
        *("MicrosoftAppId", "MicrosoftAppPassword", "MicrosoftAppType", "MicrosoftAppTenantId", "CHANNEL_SERVICE"),
        *("PORT", "PUBLIC_URL", "SECRET_KEY", "DATABASE_URL", "ALLOWED_TENANTS", "SENTRY_URLS"),
        *("LOG_LEVEL", "LOG_FORMAT"),
    )
    assert len(told) == len(named)
    assert all(any(problem.startswith(name) for problem in told) for name in named)


def test_the_message_has_one_line_for_each_mistake() -> None:
    with pytest.raises(SettingsError) as refused:
        loaded(PORT="-1", LOG_LEVEL="LOUD")
    lines = str(refused.value).splitlines()
    assert len(lines) == 3
    assert lines[0].endswith(":")


@pytest.mark.parametrize("app_id", ["my bot", "11111111-2222-3333-4444", f"28:{APP_ID}", f"{APP_ID}0"])
def test_an_app_id_is_a_guid(app_id: str) -> None:
    assert problems(MicrosoftAppId=app_id) == (f"MicrosoftAppId is '{app_id}'; it must be a GUID",)


@pytest.mark.parametrize("text", ["MultiTenant", "multitenant", " MULTITENANT "])
def test_the_type_is_known_in_any_case(text: str) -> None:
    found = loaded(MicrosoftAppType=text, MicrosoftAppTenantId=None, ALLOWED_TENANTS="*")
    assert (found.app_type, found.allowed_tenants) == (AppType.MULTI_TENANT, None)


@pytest.mark.parametrize("app_type", ["SingleTenant", "UserAssignedMSI"])
@pytest.mark.parametrize("tenant", [None, "", "contoso.onmicrosoft.com"])
def test_a_bot_of_one_tenant_needs_its_id(app_type: str, tenant: str | None) -> None:
    (told,) = problems(MicrosoftAppType=app_type, MicrosoftAppTenantId=tenant)
    assert told == f"MicrosoftAppTenantId must be the tenant's GUID when MicrosoftAppType is {app_type}"


def test_a_managed_identity_needs_no_secret() -> None:
    assert loaded(MicrosoftAppType="UserAssignedMSI", MicrosoftAppPassword=None).app_password == ""


@pytest.mark.parametrize("app_type", ["SingleTenant", "MultiTenant"])
def test_any_other_bot_needs_a_secret(app_type: str) -> None:
    told = problems(MicrosoftAppType=app_type, MicrosoftAppPassword=None, ALLOWED_TENANTS="*")
    assert told == ("MicrosoftAppPassword (or a certificate) is missing",)


def test_a_certificate_takes_the_place_of_the_secret(tmp_path: Path) -> None:
    file = tmp_path / "bot.pem"
    file.write_text("-")
    certificate = {"MicrosoftAppCertificatePath": str(file), "MicrosoftAppCertificateThumbprint": " ABCD "}
    found = loaded(MicrosoftAppPassword=None, **certificate)
    assert (found.certificate_path, found.certificate_thumbprint) == (file, "ABCD")


@pytest.mark.parametrize("given", ["Path", "Thumbprint"])
def test_a_certificate_has_a_thumbprint(given: str) -> None:
    (told,) = problems(**{f"MicrosoftAppCertificate{given}": __file__})
    assert "belong together" in told


def test_a_certificate_is_there() -> None:
    missing = {"MicrosoftAppCertificatePath": "/no/such.pem", "MicrosoftAppCertificateThumbprint": "ABCD"}
    assert problems(**missing) == ("MicrosoftAppCertificatePath: there is no file /no/such.pem",)


@pytest.mark.parametrize(
    ("text", "cloud"),
    [
        ("usgov", "usgov"),
        ("DoD", "dod"),
        ("https://botframework.azure.us", "usgov"),
        ("https://botframework.com/", "public"),
    ],
)
def test_clouds_have_names_and_addresses(text: str, cloud: str) -> None:
    assert loaded(CHANNEL_SERVICE=text).channel_service == cloud


@pytest.mark.parametrize(("text", "port"), [("8080", 8080), (" 80 ", 80), ("0", 0), ("65535", 65535)])
def test_a_port_is_a_number(text: str, port: int) -> None:
    assert loaded(PORT=text).port == port


@pytest.mark.parametrize("text", ["65536", "-1", "1.5", "80,81", "eighty", "0x50"])
def test_other_ports_are_refused(text: str) -> None:
    assert problems(PORT=text) == (f"PORT is '{text}'; it must be a whole number up to 65535",)


def test_the_public_url_has_no_slash_at_its_end() -> None:
    assert loaded(PUBLIC_URL=" https://example.org/bot/ ").public_url == "https://example.org/bot"


@pytest.mark.parametrize(
    "text", ["bot.example.org", "ftp://x", "https://", "https://u:p@x", "https://x?y", "https://x:x"]
)
def test_the_public_url_is_an_address(text: str) -> None:
    assert problems(PUBLIC_URL=text) == (f"PUBLIC_URL: '{text}' is not an address like https://host",)


def test_the_public_url_is_https_but_on_this_machine() -> None:
    assert problems(PUBLIC_URL="http://bot.example.org") == (
        "PUBLIC_URL: 'http://bot.example.org' must start with https://",
    )
    assert loaded(PUBLIC_URL="http://localhost:3978").public_url == "http://localhost:3978"


def test_app_service_knows_the_public_url() -> None:
    here = {"WEBSITE_HOSTNAME": "bot.azurewebsites.net"}
    assert loaded(PUBLIC_URL=None, **here).public_url == "https://bot.azurewebsites.net"
    assert loaded(**here).public_url == "https://bot.example.org"


def test_local_mode_takes_its_own_port_for_the_public_url() -> None:
    assert load_settings({"SECRET_KEY": KEY, "PORT": "4000"}).public_url == "http://localhost:4000"


def test_a_registered_bot_needs_a_public_url_and_a_secret_key() -> None:
    told = problems(PUBLIC_URL=None, SECRET_KEY=None)
    assert [problem.partition(" is missing")[0] for problem in told] == ["PUBLIC_URL", "SECRET_KEY"]


def test_secret_keys_are_rotated() -> None:
    assert loaded(SECRET_KEY=f"{KEY}, {OLD_KEY},").secret_keys == (KEY, OLD_KEY)


@pytest.mark.parametrize("text", ["k" * 31, f"{KEY},short", f"short,{KEY}"])
def test_each_secret_key_has_32_bytes(text: str) -> None:
    assert problems(SECRET_KEY=text) == ("SECRET_KEY: each key needs at least 32 bytes",)


def test_the_length_of_a_secret_key_is_counted_in_bytes() -> None:
    assert loaded(SECRET_KEY="ü" * 16).secret_keys == ("ü" * 16,)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("sqlite:////srv/bot.db", "sqlite:////srv/bot.db"),
        ("postgresql://u:p@db/bot", "postgresql+psycopg://u:p@db/bot"),
        ("postgres://db/bot", "postgresql+psycopg://db/bot"),
        ("postgresql+psycopg://db/bot", "postgresql+psycopg://db/bot"),
    ],
)
def test_databases(text: str, url: str) -> None:
    assert loaded(DATABASE_URL=text).database_url == url


@pytest.mark.parametrize("text", ["mysql://db/bot", "sqlite://", "bot.db", "postgresql+asyncpg://db/bot"])
def test_other_databases_are_refused(text: str) -> None:
    assert problems(DATABASE_URL=text) == ("DATABASE_URL must start with sqlite:/// or postgresql://",)


@pytest.mark.parametrize("text", ["sqlite:///", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(text: str) -> None:
    assert problems(DATABASE_URL=text) == (
        "DATABASE_URL must name a file: what is kept in memory is lost with the process",
    )


def test_a_port_of_thousands_of_digits_is_a_mistake_like_any_other() -> None:
    assert problems(PORT="9" * 5000)[0].startswith("PORT is")


@pytest.mark.parametrize(
    ("text", "tenants"),
    [(f"{TENANT},{OTHER_TENANT}", {TENANT, OTHER_TENANT}), (f" {OTHER_TENANT.upper()}\n", {OTHER_TENANT}), ("*", None)],
)
def test_allowed_tenants(text: str, tenants: set[str] | None) -> None:
    assert loaded(ALLOWED_TENANTS=text).allowed_tenants == tenants


def test_allowed_tenants_are_guids() -> None:
    told = problems(ALLOWED_TENANTS=f"{TENANT} contoso fabrikam")
    assert told == ("ALLOWED_TENANTS: 'contoso' is not a GUID", "ALLOWED_TENANTS: 'fabrikam' is not a GUID")


def test_a_bot_of_many_tenants_says_which() -> None:
    (told,) = problems(MicrosoftAppType="MultiTenant", MicrosoftAppTenantId=None)
    assert told.startswith("ALLOWED_TENANTS is missing")


def test_several_sentries() -> None:
    text = "https://sentry.io/ http://sentry.internal:9000, https://example.org/sentry"
    expected = ("https://sentry.io", "http://sentry.internal:9000", "https://example.org/sentry")
    assert loaded(SENTRY_URLS=text).sentry_urls == expected


@pytest.mark.parametrize("name", ["LOG_LEVEL", "LOG_FORMAT"])
def test_logging_is_chosen_in_any_case(name: str) -> None:
    found = loaded(**{name: {"LOG_LEVEL": "debug", "LOG_FORMAT": "Console"}[name]})
    assert {"LOG_LEVEL": found.log_level is LogLevel.DEBUG, "LOG_FORMAT": found.log_format is LogFormat.CONSOLE}[name]


def test_a_proxy_in_the_environment_is_used() -> None:
    assert loaded(HTTPS_PROXY="http://proxy:3128").proxy_from_environment


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", " localhost "])
def test_local_mode_listens_on_loopback(host: str) -> None:
    assert load_settings({"SECRET_KEY": KEY, "HOST": host}).host == host.strip()


@pytest.mark.parametrize("host", [EVERYWHERE, "::", "192.168.1.5", "bot.example.org", "127.0.0.1.nip.io"])
def test_local_mode_listens_nowhere_else(host: str) -> None:
    (told,) = local_problems(HOST=host)
    assert told.startswith(f"HOST={host} is set, but MicrosoftAppId is not")


def test_local_mode_does_not_run_on_app_service() -> None:
    (told,) = local_problems(WEBSITE_HOSTNAME="bot.azurewebsites.net")
    assert told.startswith("WEBSITE_HOSTNAME is set, but MicrosoftAppId is not")


@pytest.mark.parametrize("name", ["MicrosoftAppPassword", "MicrosoftAppTenantId"])
@pytest.mark.parametrize("app_id", ["", "  "])
def test_half_a_registration_is_no_local_mode(name: str, app_id: str) -> None:
    assert local_problems(MicrosoftAppId=app_id, **{name: "x"}) == (f"{name} is set, but MicrosoftAppId is not",)


def test_local_mode_keeps_its_secret_key(data: Path) -> None:
    first, second = load_settings({}), load_settings({})
    assert first.secret_keys == second.secret_keys == ((data / "secret_key").read_text(),)
    assert len(first.secret_keys[0]) >= 32
    assert stat.S_IMODE((data / "secret_key").stat().st_mode) == 0o600


def test_a_given_secret_key_is_not_kept(data: Path) -> None:
    assert load_settings({"SECRET_KEY": KEY}).secret_keys == (KEY,)
    assert not data.exists()


def test_bots_that_start_together_keep_the_same_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as starting:
        for round_ in range(25):
            monkeypatch.setattr(settings, "DATA", tmp_path / str(round_))
            together = Barrier(8)
            keys = set(starting.map(lambda _, gate=together: (gate.wait(), load_settings({}).secret_keys)[1], range(8)))
            assert len(keys) == 1
            assert [path.name for path in (tmp_path / str(round_)).iterdir()] == ["secret_key"]


def test_secrets_are_not_shown() -> None:
    shown = repr(loaded(DATABASE_URL="postgresql://u:database-password@db/bot"))
    assert APP_ID in shown
    assert not any(secret in shown for secret in ("the password", KEY, "database-password"))


@pytest.mark.parametrize(
    "text",
    [
        "PORT=4001\nLOG_LEVEL=ERROR\nSOMETHING_ELSE=1\n",
        "\ufeffport = '4001'\nLog_Level=ERROR\nHOST\n",
    ],
)
def test_the_environment_wins_over_the_file(tmp_path: Path, text: str) -> None:
    for path in ROOM.glob("settings*.py"):
        copy(path, tmp_path)
    (tmp_path / ".env").write_text(text, "utf-8")
    program = "from settings import load_settings as load; found = load(); print(found.port, found.log_level)"
    inherited = {name: value for name, value in os.environ.items() if name not in setting_names()}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**inherited, "LOG_LEVEL": "WARNING"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "4001 WARNING\n", "")
    assert (tmp_path / "data" / "secret_key").exists()


def test_the_example_file_names_and_explains_every_setting() -> None:
    lines = (ROOM / ".env.example").read_text("utf-8").splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]
    assert sorted(named) == sorted(setting_names())
    assert all(lines[lines.index(line) - 1] != "" for line in lines if line and not line.startswith("#"))


def test_the_example_file_can_be_used_as_it_is() -> None:
    lines = (ROOM / ".env.example").read_text("utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    example = load_settings({**values, "SECRET_KEY": KEY})
    assert example == load_settings({"SECRET_KEY": KEY})


def test_sentry_applications_are_read_for_listed_sentrys_only() -> None:
    known = '{"https://sentry.io/": {"client_id": "id", "client_secret": "hidden"}}'
    (client,) = load_settings({"SECRET_KEY": "k" * 32, "SENTRY_OAUTH_CLIENTS": known}).sentry_clients
    assert (client.sentry_url, client.client_id, client.client_secret) == ("https://sentry.io", "id", "hidden")
    assert "hidden" not in repr(client)
    with pytest.raises(SettingsError, match="not among SENTRY_URLS"):
        load_settings({"SECRET_KEY": "k" * 32, "SENTRY_OAUTH_CLIENTS": known.replace("sentry.io", "other.example")})


@pytest.mark.parametrize(
    "text", ["nonsense", "[]", '{"https://sentry.io": {"client_id": "id"}}', '{"https://sentry.io": 1}']
)
def test_sentry_applications_that_cannot_be_read_are_told(text: str) -> None:
    with pytest.raises(SettingsError, match="SENTRY_OAUTH_CLIENTS must be JSON"):
        load_settings({"SECRET_KEY": "k" * 32, "SENTRY_OAUTH_CLIENTS": text})


@pytest.mark.parametrize(("given", "language"), [("", "en"), ("de", "de"), (" FR ", "fr"), ("ja", "ja")])
def test_cards_that_everybody_sees_have_a_language(given: str, language: str) -> None:
    assert loaded(CARD_LANGUAGE=given).card_language == language


def test_a_language_that_the_bot_does_not_speak_is_refused() -> None:
    assert local_problems(CARD_LANGUAGE="pt") == ("CARD_LANGUAGE is 'pt'; it must be one of en, de, es, fr, ja",)
