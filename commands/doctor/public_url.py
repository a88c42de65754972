"""The public address: whether it leads to this very bot, and lets requests like those of Teams through."""

import secrets
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson

from adapter.http import read_at_most
from commands.doctor.findings import Finding, failed, ok
from commands.doctor.patient import Patient
from commands.doctor.reaching import PATIENCE, UNREACHED, brief, explain
from services.instance import Instance

CHECK, MESSAGES = "public address", "messaging endpoint"
LARGEST_ANSWER = 64 * 1024


async def check(patient: Patient) -> Sequence[Finding]:
    """Ask the address for a proof that it is this bot, then knock at the door that Teams uses."""
    url = patient.settings.public_url
    nonce = secrets.token_hex(16)
    try:
        status, body = await _asked(patient.session, f"{url}/healthz?nonce={nonce}")
    except UNREACHED as error:
        means, do = explain(error)
        if patient.settings.local_mode:
            means, do = "The bot does not run", "Start it: python bot.py"
        return [failed(CHECK, f"{url}: {brief(error)}", f"{means}: nobody reaches the bot", do)]
    wrong = _judge(patient, nonce, status, body)
    return [wrong] if wrong else [ok(CHECK, f"{url} is this bot"), await _messages(patient)]


async def _asked(session: aiohttp.ClientSession, url: str) -> tuple[int, Any]:
    async with session.get(url, allow_redirects=False, timeout=PATIENCE) as answer:
        try:
            return answer.status, orjson.loads(await read_at_most(answer.content, LARGEST_ANSWER))
        except ValueError:
            return answer.status, None


def _judge(patient: Patient, nonce: str, status: int, body: Any) -> Finding | None:
    url = patient.settings.public_url
    if status != HTTPStatus.OK or not isinstance(body, dict) or body.get("status") != "ok":
        do = (
            "Let the name (and what stands in front of the bot) lead to the bot; a log-in page in front keeps Teams out"
        )
        return failed(CHECK, f"{url}/healthz answers {status}", "Something else than this bot answers there", do)
    proof = body.get("proof")
    instance = Instance(patient.settings.secret_keys, patient.settings.app_id)
    if not isinstance(proof, str) or not instance.knows(nonce, proof):
        do = "Compare MicrosoftAppId and SECRET_KEY here with those of the bot there; all instances need the same"
        return failed(CHECK, f"{url} is a bot", "It is not this one: another app id, SECRET_KEY or version", do)
    return None


async def _messages(patient: Patient) -> Finding:
    """Without a token, 401 is the bot's answer (in local mode: 415 without a body); any other is somebody else's."""
    url = f"{patient.settings.public_url}/api/messages"
    expected = HTTPStatus.UNSUPPORTED_MEDIA_TYPE if patient.settings.local_mode else HTTPStatus.UNAUTHORIZED
    headers = {} if patient.settings.local_mode else {"Content-Type": "application/json"}
    try:
        async with patient.session.post(url, headers=headers, allow_redirects=False, timeout=PATIENCE) as answer:
            status = answer.status
    except UNREACHED as error:
        return failed(MESSAGES, brief(error), *explain(error))
    if status == expected:
        return ok(MESSAGES, f"{url} lets requests through to the bot")
    means = "A POST does not get through to the bot as Teams sends it"
    return failed(
        MESSAGES,
        f"{url} answers {status}, not {expected.value}",
        means,
        "Let proxy and firewall pass POST requests there",
    )
