"""Who the bot is to its database, and what App Service gets wrong without saying so."""

from pathlib import Path

import pytest

from tests.test_settings import APP_ID, KEY, TENANT, loaded, problems

IDENTITY = "22222222-3333-4444-5555-666666666666"
SERVER = "postgresql://id-bot@db.example.org/bot"
ON_APP_SERVICE = {"WEBSITE_HOSTNAME": "bot.azurewebsites.net"}


def test_the_url_holds_the_password_unless_told_otherwise() -> None:
    assert loaded(DATABASE_URL=SERVER).database_identity is None
    assert loaded(DATABASE_URL=SERVER, DATABASE_AUTH="Password").database_identity is None


def test_a_managed_identity_signs_in_to_the_database() -> None:
    found = loaded(DATABASE_URL=SERVER, DATABASE_AUTH="entra", AZURE_CLIENT_ID=f" {IDENTITY.upper()} ")
    assert found.database_identity == IDENTITY


def test_the_bots_own_identity_signs_in_when_no_other_is_named() -> None:
    found = loaded(DATABASE_URL=SERVER, DATABASE_AUTH="entra", MicrosoftAppType="UserAssignedMSI")
    assert found.database_identity == APP_ID


def test_a_client_secret_is_no_identity_for_the_database() -> None:
    (told,) = problems(DATABASE_URL=SERVER, DATABASE_AUTH="entra")
    assert told.startswith("AZURE_CLIENT_ID is ''")


@pytest.mark.parametrize("url", [None, "sqlite:////srv/bot.db"])
def test_a_managed_identity_needs_postgresql(url: str | None) -> None:
    (told,) = problems(DATABASE_URL=url, DATABASE_AUTH="entra", AZURE_CLIENT_ID=IDENTITY)
    assert told == "DATABASE_AUTH is entra, but DATABASE_URL does not start with postgresql://"


@pytest.mark.parametrize("url", ["postgresql://db.example.org/bot", "postgresql://id-bot:secret@db.example.org/bot"])
def test_a_managed_identity_is_named_and_has_no_password(url: str) -> None:
    (told,) = problems(DATABASE_URL=url, DATABASE_AUTH="entra", AZURE_CLIENT_ID=IDENTITY)
    assert told.startswith("DATABASE_AUTH is entra: DATABASE_URL must name the identity as the user")


def test_there_are_two_ways_to_sign_in() -> None:
    (told,) = problems(DATABASE_AUTH="kerberos")
    assert told == "DATABASE_AUTH is 'kerberos'; it must be one of password, entra"


@pytest.mark.parametrize("name", ["MicrosoftAppPassword", "SECRET_KEY", "METRICS_TOKEN", "SENTRY_DSN"])
def test_a_reference_to_a_vault_is_no_secret(name: str) -> None:
    (told,) = problems(**{name: f"@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/{'x' * 30})"})
    assert told.startswith(f"{name} is a Key Vault reference that App Service could not resolve")


@pytest.mark.parametrize(
    "url", ["sqlite:////home/site/wwwroot/data/bot.db", "sqlite:////home/bot.db?x=1", "sqlite:////srv/../home/b/c.db"]
)
def test_sqlite_does_not_live_on_the_share_of_app_service(url: str) -> None:
    (told,) = problems(DATABASE_URL=url, **ON_APP_SERVICE)
    assert told.startswith("DATABASE_URL names a SQLite file under /home, a network share")


def test_nor_does_the_default_file_when_the_code_lies_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("settings.DATA", Path("/home/site/wwwroot/data"))
    (told,) = problems(**ON_APP_SERVICE)
    assert told.startswith("DATABASE_URL names a SQLite file under /home")


@pytest.mark.parametrize("url", ["sqlite:////tmp/bot.db", "sqlite:////homes/bot.db", SERVER])
def test_other_places_on_app_service_are_fine(url: str) -> None:
    assert loaded(DATABASE_URL=url, **ON_APP_SERVICE).database_url.endswith(url.partition("://")[2])


def test_home_is_a_disk_elsewhere() -> None:
    assert loaded(DATABASE_URL="sqlite:////home/bot/bot.db").database_url == "sqlite:////home/bot/bot.db"


def test_a_metrics_token_is_no_word_that_can_be_guessed() -> None:
    assert problems(METRICS_TOKEN="metrics") == ("METRICS_TOKEN needs at least 20 characters",)
    assert loaded(METRICS_TOKEN="m" * 20).metrics_token == "m" * 20


def test_secrets_of_the_watchers_are_not_shown() -> None:
    shown = repr(
        loaded(METRICS_TOKEN="m" * 20, SENTRY_DSN="https://dsn@x/1", APPLICATIONINSIGHTS_CONNECTION_STRING="i")
    )
    assert TENANT in shown
    assert not any(secret in shown for secret in ("m" * 20, "dsn@x", KEY))
