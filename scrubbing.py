"""What is taken out of an error before it leaves for Sentry: everything that people or Teams have put in."""

import re
from typing import Any

LONGEST = 300
KEPT = ("event_id", "timestamp", "level", "platform", "release", "environment", "exception", "sdk", "contexts")
_SECRETS = re.compile(
    r"eyJ[\w.-]{10,}"  # JSON Web Tokens
    r"|sntry[a-z]?_[\w=+/-]+"  # Sentry's tokens
    r"|(?<=signed_params=)[^\s&'\"]+"  # setup links
    r"|(?<=://)[^/\s@]+(?=@)"  # user and password in an address
    r"|(?i:(?<=bearer )\S+)"
    r"|[\w.+-]+@[\w-]+\.[\w.]+"  # mail addresses
    r"|\b[0-9a-f]{32,}\b"
)


def scrub(text: str) -> str:
    """Return a text without what looks like a secret or an address of a person, and not too long."""
    return _SECRETS.sub("…", text)[:LONGEST]


def scrub_event(event: Any, _hint: object) -> Any:
    """Keep what tells where in the program an error happened; no request, user, variables or breadcrumbs."""
    kept = {name: event[name] for name in KEPT if name in event}
    kept["contexts"] = {"runtime": kept.get("contexts", {}).get("runtime", {})}
    for exception in (kept.get("exception") or {}).get("values", ()):
        exception["value"] = scrub(str(exception.get("value") or ""))
        for frame in (exception.get("stacktrace") or {}).get("frames", ()):
            frame.pop("vars", None)
    return kept
