"""Sentry: whether each one that people may connect to can be reached."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus

import aiohttp

from commands.doctor.findings import Finding, failed, ok, warning
from commands.doctor.patient import Patient
from commands.doctor.reaching import PATIENCE, UNREACHED, brief, explain

CHECK = "Sentry"


async def check(patient: Patient) -> Sequence[Finding]:
    """Ask each of SENTRY_URLS for its organizations, without a token: its API refuses that, in JSON."""
    return await asyncio.gather(*(_look_at(patient.session, url) for url in patient.settings.sentry_urls))


async def _look_at(session: aiohttp.ClientSession, url: str) -> Finding:
    try:
        async with session.get(f"{url}/api/0/organizations/", allow_redirects=False, timeout=PATIENCE) as answer:
            return _judge(url, answer.status, answer.content_type)
    except UNREACHED as error:
        means, do = explain(error)
        return failed(CHECK, f"{url}: {brief(error)}", f"{means}: places cannot be connected to it", do)


def _judge(url: str, status: int, content_type: str) -> Finding:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return failed(
            CHECK, f"{url} answers {status}", "Sentry has a problem of its own", "Look at its status page or log"
        )
    if content_type != "application/json":
        means = "It does not look like Sentry's API"
        return warning(CHECK, f"{url} answers {status} {content_type}", means, "Look at the address in SENTRY_URLS")
    return ok(CHECK, f"{url} answers")
