"""Microsoft's hosts: whether each can be reached, by name and by TLS."""

import asyncio
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from adapter.clouds import Cloud
from commands.doctor.findings import Finding, failed, ok, warning
from commands.doctor.patient import Patient
from commands.doctor.reaching import UNREACHED, brief, explain, status_of

# Reached only by bots whose tenants are in that part of the public cloud.
SPECIAL = frozenset({"smba.infra.gcc.teams.microsoft.com"})


def hosts_of(cloud: Cloud) -> dict[str, str]:
    """Return what each host is needed for."""
    needed = {
        _host(cloud.login_endpoint): "the bot's own token",
        _host(cloud.openid_metadata_url): "the channel's signing keys",
    }
    return needed | dict.fromkeys(sorted(cloud.connector_hosts), "posting cards")


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


async def check(patient: Patient) -> Sequence[Finding]:
    """Ask every host for anything at all: any HTTP answer shows that name, route and certificate are right."""
    if patient.settings.local_mode:
        return []
    return await asyncio.gather(*_checks(patient))


def _checks(patient: Patient) -> Iterable[asyncio.Future[Finding]]:
    for host, purpose in hosts_of(patient.cloud).items():
        yield asyncio.ensure_future(_look_at(patient, host, purpose))


async def _look_at(patient: Patient, host: str, purpose: str) -> Finding:
    try:
        status = await status_of(patient.session, f"https://{host}/")
    except UNREACHED as error:
        means, do = explain(error)
        if host in SPECIAL:
            return warning(host, brief(error), f"{means}; needed only for tenants in Microsoft 365 GCC", do)
        return failed(host, brief(error), f"{means}; needed for {purpose}", do)
    return ok(host, f"reached, answers {status}")
