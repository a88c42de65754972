"""Rules about who the bot is: at Microsoft, and to its database. Each returns what is wrong."""

import re
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

import settings_rules as rules
from settings_environment import AppType, DatabaseAuth, Environment, name_of

UNGUARDED = "but MicrosoftAppId is not: without it nobody is authenticated, so the bot stays on loopback"
VAULT_REFERENCE = "@Microsoft.KeyVault("
SHARE = Path("/home")


def registered_problems(env: Environment, app_type: AppType) -> list[str]:
    """Check the identity of a bot with an app id."""
    fits = rules.GUID.fullmatch(env.app_id.strip())
    problems = [] if fits else [f"MicrosoftAppId is {env.app_id!r}; it must be a GUID"]
    if app_type is not AppType.MULTI_TENANT and not rules.GUID.fullmatch(env.app_tenant_id.strip()):
        problems.append(f"MicrosoftAppTenantId must be the tenant's GUID when MicrosoftAppType is {app_type}")
    if app_type is not AppType.USER_ASSIGNED_MSI:
        problems += _secret_problems(env)
    return problems


def _secret_problems(env: Environment) -> list[str]:
    if bool(env.certificate_path) != bool(env.certificate_thumbprint):
        return ["MicrosoftAppCertificatePath and MicrosoftAppCertificateThumbprint belong together"]
    if env.certificate_path:
        found = Path(env.certificate_path).is_file()
        return [] if found else [f"MicrosoftAppCertificatePath: there is no file {env.certificate_path}"]
    return [] if env.app_password else ["MicrosoftAppPassword (or a certificate) is missing"]


def local_problems(env: Environment) -> list[str]:
    """Check that a bot without an app id is reached from this machine only."""
    problems = []
    if env.host.strip() and env.host.strip() not in rules.LOOPBACK:
        problems.append(f"HOST={env.host} is set, {UNGUARDED}")
    if env.website_hostname:
        problems.append(f"WEBSITE_HOSTNAME is set, {UNGUARDED}")
    leftovers = (("MicrosoftAppPassword", env.app_password), ("MicrosoftAppTenantId", env.app_tenant_id))
    return problems + [f"{name} is set, but MicrosoftAppId is not" for name, value in leftovers if value]


def vault_problems(env: Environment) -> list[str]:
    """Name the settings that hold App Service's reference to a secret, where the secret itself should be."""
    unresolved = [each.name for each in fields(env) if getattr(env, each.name).strip().startswith(VAULT_REFERENCE)]
    return [
        f"{name_of(name)} is a Key Vault reference that App Service could not resolve; "
        "look at the site's environment variables, and at who may read the vault"
        for name in unresolved
    ]


def database_url(env: Environment, default: Path, problems: list[str]) -> str:
    """Return DATABASE_URL as SQLAlchemy takes it; the file `default` when it is empty."""
    url = env.database_url.strip() or f"sqlite:///{default}"
    url = re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append("DATABASE_URL must start with sqlite:/// or postgresql://")
    if url in {"sqlite:///", "sqlite:///:memory:"}:
        problems.append("DATABASE_URL must name a file: what is kept in memory is lost with the process")
    if env.website_hostname and url.startswith("sqlite:///") and _on_share(url.removeprefix("sqlite:///")):
        problems.append(
            "DATABASE_URL names a SQLite file under /home, a network share on App Service: "
            "its locks do not hold there and its log cannot be shared, so the file breaks; use postgresql://"
        )
    return url


def _on_share(path: str) -> bool:
    return SHARE in Path(path.partition("?")[0]).resolve().parents


def database_identity(env: Environment, app_type: AppType, problems: list[str]) -> str | None:
    """Return the client id of the managed identity that signs in to the database; None for the URL's password."""
    auth = rules.choice(DatabaseAuth, "DATABASE_AUTH", env.database_auth, DatabaseAuth.PASSWORD, problems)
    if auth is DatabaseAuth.PASSWORD:
        return None
    if not re.match(r"postgres(ql)?(\+psycopg)?://", env.database_url.strip()):
        problems.append("DATABASE_AUTH is entra, but DATABASE_URL does not start with postgresql://")
    elif not _names_user_only(env.database_url.strip()):
        problems.append("DATABASE_AUTH is entra: DATABASE_URL must name the identity as the user, and no password")
    own = env.app_id if app_type is AppType.USER_ASSIGNED_MSI else ""
    client_id = (env.azure_client_id or own).strip().lower()
    if not rules.GUID.fullmatch(client_id):
        problems.append(f"AZURE_CLIENT_ID is {client_id!r}; it must be the GUID of the identity for the database")
    return client_id


def _names_user_only(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.username) and parts.password is None
