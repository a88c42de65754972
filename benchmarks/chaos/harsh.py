"""Microsoft's side on a bad day, in a process of its own: it throttles as Teams does, and fails now and then.

python -m benchmarks.chaos.harsh FOLDER
"""

import random
import sys
from base64 import b64decode
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.cloud import serve
from benchmarks.loops import run
from benchmarks.microsoft import Activity, Microsoft, Reply, Unanswered
from sandbox.limits import TeamsLimits

SHARE = 0.05
CUT, CUT_LATE, HANG = "cut", "cut after it was taken", "hung"
REFUSALS: dict[str, Reply] = {"429": (429, b"{}", 1), "502": (502, b""), "503": (503, b"")}
FAILURES = (*REFUSALS, CUT, CUT_LATE, HANG)


class Harsh(Microsoft):
    """Fails `SHARE` of the posts; remembers what it takes, with time and caller; `limits` counts what was too much."""

    def reset(self) -> None:
        """As for the friendly one; the failures begin anew."""
        super().reset()
        self.limits = TeamsLimits()
        self.failed = Counter[str]()
        self.posts: list[tuple[str, str, str, float, str, bool]] = []
        self.refused: list[tuple[str, str, float]] = []
        self._dice = random.Random(1)

    def report(self) -> dict[str, Any]:
        """Return also the posts: tenant, conversation, summary, time, caller, whether the answer was lost."""
        seen = {"posts": self.posts, "failed": self.failed, "over": self.limits.violations, "refused": self.refused}
        return {**super().report(), **seen}

    def _post(self, address: str, conversation: str, activity: Activity, caller: str) -> Reply:
        failure = self._dice.choice(FAILURES) if self._dice.random() < SHARE else ""
        if failure:
            self.failed[failure] += 1
        if failure in REFUSALS:
            return REFUSALS[failure]
        if failure in (CUT, HANG):
            raise Unanswered(cut=failure == CUT)
        tenant = address.rpartition("/")[2]
        wait = self.limits.admit(tenant, conversation)
        if wait is not None:
            self.refused.append((tenant, str(activity.get("summary")), monotonic()))
            return 429, b"{}", wait
        at, lost = monotonic(), failure == CUT_LATE
        self.posts.append((tenant, conversation, str(activity.get("summary")), at, _name(caller), lost))
        if lost:
            raise Unanswered(cut=True)
        return super()._post(address, conversation, activity, caller)


def _name(credentials: str) -> str:
    """Return the user name in a Proxy-Authorization header."""
    return b64decode(credentials.partition(" ")[2]).decode().partition(":")[0]


if __name__ == "__main__":
    run(serve(Path(sys.argv[1]), Harsh()))
