"""Entra's refusals, worded as Entra words them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from aiohttp import web


@dataclass(frozen=True)
class EntraError(Exception):
    """One refusal: the OAuth error, Entra's own number for it, and what it tells the operator."""

    status: int
    error: str
    code: int
    text: str

    def response(self) -> web.Response:
        """The refusal as the token and discovery endpoints answer it."""
        now = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%SZ}"
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        body = {
            "error": self.error,
            "error_description": (
                f"AADSTS{self.code}: {self.text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}"
            ),
            "error_codes": [self.code],
            "timestamp": now,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.code}",
        }
        return web.json_response(body, status=self.status)


def unknown_tenant(tenant: str) -> EntraError:
    """No directory of that name or id."""
    text = f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the"
    return EntraError(400, "invalid_request", 90002, f"{text} correct cloud.")


def unknown_application(app_id: str, directory: str) -> EntraError:
    """The directory exists, the application is not registered in it."""
    text = f"Application with identifier '{app_id}' was not found in the directory '{directory}'."
    return EntraError(400, "unauthorized_client", 700016, text)


def wrong_secret(app_id: str) -> EntraError:
    """Not one of the application's client secrets."""
    text = (
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
        f"not the client secret ID, for a secret added to app '{app_id}'."
    )
    return EntraError(401, "invalid_client", 7000215, text)


def expired_secret(app_id: str) -> EntraError:
    """A client secret that was right once."""
    return EntraError(
        401, "invalid_client", 7000222, f"The provided client secret keys for app '{app_id}' are expired."
    )


def no_credential() -> EntraError:
    """Neither secret nor assertion came."""
    text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
    return EntraError(401, "invalid_client", 7000218, text)


def missing_parameter(name: str) -> EntraError:
    """A parameter that the token endpoint cannot do without."""
    return EntraError(
        400, "invalid_request", 900144, f"The request body must contain the following parameter: '{name}'."
    )


def wrong_grant() -> EntraError:
    """Bots get their token by client credentials only."""
    text = "The app requested an unsupported grant type."
    return EntraError(400, "unsupported_grant_type", 70003, text)


def scope_without_default(scope: str) -> EntraError:
    """Client credentials need a scope that ends in /.default."""
    text = (
        f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI)."
    )
    return EntraError(400, "invalid_scope", 1002012, text)


def unknown_resource(resource: str, tenant: str) -> EntraError:
    """A scope of something that this cloud does not have."""
    text = f"The resource principal named {resource} was not found in the tenant named {tenant}."
    return EntraError(400, "invalid_resource", 500011, text)


def unregistered_certificate(thumbprint: str) -> EntraError:
    """The assertion is signed by a certificate that the application does not have."""
    text = (
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        f"[Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}']"
    )
    return EntraError(401, "invalid_client", 700027, text)


def bad_assertion(reason: str) -> EntraError:
    """The assertion is no valid token of this application for this endpoint."""
    return EntraError(401, "invalid_client", 50027, f"JWT token is invalid or malformed: {reason}.")
