"""One exchange of the bot's identity for a token, through the SDK's credentials; everything here blocks."""

from typing import Any

from botframework.connector.auth import (
    AppCredentials,
    CertificateAppCredentials,
    MicrosoftAppCredentials,
)
from msal import ConfidentialClientApplication, TokenCache

from adapter.entra_http import EntraHttp


def exchange(credentials: AppCredentials, worthless: str, entra: EntraHttp) -> str:
    """Return a token; raises PermissionError with Entra's words when it refuses, and much else when it cannot be asked.

    worthless: a token that MSAL may still keep although the connector takes it no more.
    """
    _lead_to(entra, credentials)
    if worthless:
        _forget(credentials, worthless)
    try:
        return _token(credentials)
    except Exception:
        # MSAL's client keeps a failure for a minute and answers with it whatever is asked next.
        credentials.app = None
        raise


def _token(credentials: AppCredentials) -> str:
    try:
        return str(credentials.get_access_token())
    except KeyError:  # for a managed identity the SDK drops the error, which MSAL still has
        return _from_managed_identity(credentials)


def _lead_to(entra: EntraHttp, credentials: AppCredentials) -> None:
    """Give MSAL's client a way to Entra with a time limit; the SDK's would wait for ever."""
    if isinstance(credentials, MicrosoftAppCredentials) and credentials.app is None:
        credentials.app = _client(credentials, credentials.microsoft_app_password, entra)
    elif isinstance(credentials, CertificateAppCredentials) and credentials.app is None:
        certificate = {
            "thumbprint": credentials.certificate_thumbprint,
            "private_key": credentials.certificate_private_key,
            "public_certificate": credentials.certificate_public,
        }
        credentials.app = _client(credentials, certificate, entra)


def _client(credentials: AppCredentials, secret: Any, entra: EntraHttp) -> ConfidentialClientApplication:
    return ConfidentialClientApplication(
        credentials.microsoft_app_id, client_credential=secret, authority=credentials.oauth_endpoint, http_client=entra
    )


def _forget(credentials: AppCredentials, token: str) -> None:
    cache = getattr(credentials, "global_token_cache", None) or credentials.app.token_cache
    for kept in list(cache.search(TokenCache.CredentialType.ACCESS_TOKEN)):
        if kept["secret"] == token:
            cache.remove_at(kept)


def _from_managed_identity(credentials: AppCredentials) -> str:
    answer = credentials.app.acquire_token_for_client(resource=credentials.oauth_scope)
    if "access_token" not in answer:
        raise PermissionError(f"{answer.get('error')}: {answer.get('error_description')}")
    return str(answer["access_token"])
