"""The signing keys: whether what Teams sends can be verified."""

from collections.abc import Sequence

from adapter.signing_keys import KeysUnreachable, fetch_keys
from commands.doctor.findings import Finding, failed, ok
from commands.doctor.patient import Patient

CHECK = "signing keys"
CHANNEL = "msteams"


async def check(patient: Patient) -> Sequence[Finding]:
    """Fetch the channel's keys as the bot does."""
    if patient.settings.local_mode:
        return []
    url = patient.cloud.openid_metadata_url
    try:
        keys = await fetch_keys(patient.session, url)
    except KeysUnreachable as error:
        means = "Requests from Teams cannot be verified: the bot answers 503"
        return [failed(CHECK, str(error)[:200], means, f"Let this machine reach {url} and the key set that it names")]
    teams = [key for key in keys.values() if CHANNEL in key.endorsements]
    if not teams:
        means = "Requests from Teams are refused with 403"
        return [
            failed(CHECK, f"{len(keys)} keys, none for Teams", means, "Look at CHANNEL_SERVICE: is it the right cloud?")
        ]
    return [ok(CHECK, f"{len(keys)} keys, {len(teams)} of them for Teams")]
