"""The clock: tokens are good for a while, by Microsoft's time."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from commands.doctor.findings import Finding, failed, ok, skipped, warning
from commands.doctor.patient import Patient
from commands.doctor.reaching import PATIENCE, UNREACHED, brief

CHECK = "clock"
NOTICEABLE = 60.0
TOLERATED = 300.0


async def check(patient: Patient) -> Sequence[Finding]:
    """Compare this machine's time with the Date header of the token endpoint."""
    url = f"{_origin(patient.cloud.login_endpoint)}/common/v2.0/.well-known/openid-configuration"
    before = patient.now()
    try:
        async with patient.session.get(url, allow_redirects=False, timeout=PATIENCE) as answer:
            theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except UNREACHED as error:
        asked = f"{urlsplit(url).hostname} could not be asked for the time: {brief(error)}"
        return [skipped(CHECK, asked, "Let the machine keep its time by NTP")]
    except ValueError:
        return [skipped(CHECK, "the token endpoint told no time")]
    return [judge(_between(before, patient.now()), theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))]


def _origin(endpoint: str) -> str:
    return "/".join(endpoint.split("/")[:3])


def _between(before: datetime, after: datetime) -> datetime:
    return before + (after - before) / 2


def judge(ours: datetime, theirs: datetime) -> Finding:
    """Say what the difference between the two times does to tokens; the header has whole seconds."""
    ahead = (ours - theirs).total_seconds()
    found = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} Microsoft's"
    do = "Let the machine keep its time by NTP"
    if abs(ahead) > TOLERATED:
        return failed(CHECK, found, "Valid tokens are refused as expired or not yet valid", do)
    if abs(ahead) > NOTICEABLE:
        return warning(CHECK, found, f"From {TOLERATED:.0f} s on valid tokens are refused", do)
    return ok(CHECK, found)
