from sqlalchemy import make_url

from settings import load_settings, setting_names
from tests.infra.bicep import HOME, resource

# Read by somebody else than settings.py.
OTHERS = {
    "SCM_DO_BUILD_DURING_DEPLOYMENT": "App Service: install what the bot needs while deploying",
    "CUSTOM_REQUIREMENTSTXT_PATH": "App Service: from this file, which has the traces for Application Insights too",
    "WEBSITE_LOAD_CERTIFICATES": "App Service: put the certificate under /var/ssl/private",
}
LEFT_OUT = {
    "HOST": "all interfaces, which is the default with an app id",
    "PORT": "App Service sets it",
    "WEBSITE_HOSTNAME": "App Service sets it",
    "CHANNEL_SERVICE": "the public cloud is the default; other clouds have other endpoints than these templates",
    "METRICS_TOKEN": "Application Insights collects; a scraper outside would need its own token",
    "SENTRY_DSN": "Application Insights collects",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "Application Insights collects",
    "DELIVERIES_KEPT_DAYS": "the default is meant",
    "ALERT_STORM_MINUTES": "the default is meant",
    "CARD_LANGUAGE": "the default is meant",
    "SENTRY_OAUTH_CLIENTS": "has secrets in it: set it on the site as a reference to the vault",
    "HTTPS_PROXY": "App Service reaches Microsoft directly",
}


def app_settings() -> set[str]:
    return set(resource("web", "settings")["properties"])


def test_every_setting_of_the_site_is_one_that_somebody_reads() -> None:
    assert app_settings() - setting_names() - set(OTHERS) == set()


def test_every_setting_of_the_bot_is_set_or_left_out_for_a_reason() -> None:
    assert setting_names() - app_settings() == set(LEFT_OUT)


def test_the_list_of_others_names_nothing_that_the_bot_reads_itself() -> None:
    assert set(OTHERS) & setting_names() == set()
    assert set(OTHERS) <= app_settings()


def test_what_is_installed_is_what_is_deployed() -> None:
    named = resource("web", "settings")["properties"]["CUSTOM_REQUIREMENTSTXT_PATH"]
    assert "-r requirements.txt" in (HOME / named).read_text("utf-8").splitlines()


def test_secrets_are_references_to_the_vault() -> None:
    secrets = resource("web", "settings")["properties"]
    assert secrets["SECRET_KEY"].startswith("@Microsoft.KeyVault(SecretUri=")
    assert "bySecret" in str(secrets["MicrosoftAppPassword"])


def test_the_bot_takes_the_settings_of_a_site_with_a_managed_identity() -> None:
    database = "postgresql://id-x@psql-x.postgres.database.azure.com/bot?sslmode=verify-full&sslrootcert=/etc/ssl/x.crt"
    settings = load_settings(
        {
            "MicrosoftAppId": "11111111-2222-3333-4444-555555555555",
            "MicrosoftAppType": "UserAssignedMSI",
            "MicrosoftAppTenantId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
            "SECRET_KEY": "x" * 48,
            "DATABASE_URL": database,
            "DATABASE_AUTH": "entra",
            "AZURE_CLIENT_ID": "11111111-2222-3333-4444-555555555555",
            "LOG_FORMAT": "json",
            "LOG_LEVEL": "INFO",
            "WEBSITE_HOSTNAME": "app-x.azurewebsites.net",
            "PORT": "8000",
            **dict.fromkeys(("MicrosoftAppPassword", "PUBLIC_URL", "ALLOWED_TENANTS", "SENTRY_URLS"), ""),
        }
    )
    assert (settings.port, settings.public_url) == (8000, "https://app-x.azurewebsites.net")
    assert settings.host == "0.0.0.0"  # noqa: S104 - behind App Service's front end
    assert settings.database_identity == "11111111-2222-3333-4444-555555555555"
    url = make_url(settings.database_url)
    assert (url.username, url.password, url.database) == ("id-x", None, "bot")
    assert url.query == {"sslmode": "verify-full", "sslrootcert": "/etc/ssl/x.crt"}
