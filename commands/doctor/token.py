"""The connector token: whether Entra gives one, and the right one."""

from collections.abc import Sequence
from typing import Any

from adapter.errors import CredentialsError
from adapter.own_token import claims_of, own_token
from commands.doctor.findings import Finding, failed, ok
from commands.doctor.patient import Patient
from commands.doctor.refusals import explain
from settings import AppType, Settings

CHECK = "connector token"


async def check(patient: Patient) -> Sequence[Finding]:
    """Get a real token, the way the bot does, and read it. The token itself is shown nowhere."""
    if patient.settings.local_mode:
        return []
    try:
        token = await own_token(patient.settings, patient.session)
    except CredentialsError as error:
        explanation = explain(str(error), patient.settings)
        return [failed(CHECK, _told(str(error)), f"{explanation.means}. The bot can post nothing", explanation.do)]
    claims = claims_of(token)
    if not claims:
        return [ok(CHECK, "an opaque token; only the connector can read it")]
    wrong = _wrong(claims, patient.settings, patient.cloud.oauth_scope)
    if wrong:
        means = "The connector will refuse it: it is a token for somebody or something else"
        return [failed(CHECK, wrong, means, "Compare app id, tenant and CHANNEL_SERVICE with the registration")]
    minutes = round((float(claims["exp"]) - patient.now().timestamp()) / 60)
    return [ok(CHECK, f"for {claims['aud']}, of tenant {claims.get('tid')}, good for {minutes} min")]


def _told(refusal: str) -> str:
    return " ".join(refusal.partition("Trace ID")[0].split())[:300]


def _wrong(claims: dict[str, Any], settings: Settings, scope: str) -> str:
    """Return the first claim that is not what it must be, empty when all are."""
    wanted = {"aud": scope.removesuffix("/.default"), "appid": settings.app_id}
    if settings.app_type is not AppType.MULTI_TENANT:
        wanted["tid"] = settings.app_tenant_id
    different = [name for name, value in wanted.items() if str(claims.get(name, "")).lower() != str(value).lower()]
    return "".join(f"{name} is {claims.get(name)!r}, not {wanted[name]!r}" for name in different[:1])
