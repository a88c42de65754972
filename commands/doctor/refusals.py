"""What Entra's numbers mean for a bot."""

import re
from dataclasses import dataclass

from settings import AppType, Settings

NUMBER = re.compile(r"AADSTS(\d+)")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a refusal means, and what to do."""

    means: str
    do: str


_RENEW = "Make a new one (App registrations → Certificates & secrets) and set MicrosoftAppPassword to its value"
_EXPLAINED = {
    "7000215": Explanation("The client secret is wrong: often its id was copied instead of its value", _RENEW),
    "7000222": Explanation("The client secret has expired", _RENEW),
    "90002": Explanation(
        "There is no such tenant in this cloud",
        "Set MicrosoftAppTenantId to the directory (tenant) id of the app registration; look at CHANNEL_SERVICE too",
    ),
    "700016": Explanation(
        "The tenant does not know this app: MicrosoftAppId or MicrosoftAppTenantId is of another registration",
        "Compare both with the app registration's overview page",
    ),
    "700027": Explanation(
        "The certificate is not the app's",
        "Upload its public part to the app registration, or correct MicrosoftAppCertificatePath and …Thumbprint",
    ),
    "700024": Explanation("The signed assertion is outside of its time", "Let the machine keep its time by NTP"),
    "50027": Explanation("The signed assertion is not valid", "Key and thumbprint must belong to the same certificate"),
    "7000112": Explanation("The app is disabled", "Enable it (Enterprise applications → Properties)"),
    "7000229": Explanation("The app has no service principal in the tenant", "az ad sp create --id <MicrosoftAppId>"),
}
_SINGLE_TENANT = Explanation(
    "The app is single-tenant, but the bot asks as a multi-tenant one, at Bot Framework's own tenant",
    "Set MicrosoftAppType=SingleTenant and MicrosoftAppTenantId (and let the Azure Bot say the same)",
)
_UNKNOWN_TENANT = re.compile(r"invalid_tenant|authority configuration", re.IGNORECASE)
_IDENTITY = Explanation(
    "Azure gives this machine no token for that identity",
    "Assign the user-assigned identity whose client id is MicrosoftAppId to the site, and restart it",
)
_UNKNOWN = Explanation("Entra gave no token", "Look the number up at https://login.microsoftonline.com/error")


def explain(refusal: str, settings: Settings) -> Explanation:
    """Return what Entra's refusal (its error_description, or MSAL's words about it) means for this bot."""
    number = NUMBER.search(refusal)
    code = number[1] if number else ""
    if code == "700016" and settings.app_type is AppType.MULTI_TENANT:
        return _SINGLE_TENANT
    if code in _EXPLAINED:
        return _EXPLAINED[code]
    if settings.app_type is AppType.USER_ASSIGNED_MSI:
        return _IDENTITY
    return _EXPLAINED["90002"] if _UNKNOWN_TENANT.search(refusal) else _UNKNOWN
