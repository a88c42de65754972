"""The outcomes as a table in Markdown."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.chaos.judge import Post, busiest
from benchmarks.chaos.run import Outcome


def table(outcomes: Sequence[Outcome]) -> str:
    """Return the table, a column an outcome."""
    columns = [_column(outcome) for outcome in outcomes]
    names = list(dict.fromkeys(name for column in columns for name in column))
    head = ["", *map(_head, outcomes)]
    rows = [[name, *(column.get(name, "-") for column in columns)] for name in names]
    lines = [head, ["---", *["--:"] * len(columns)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _head(outcome: Outcome) -> str:
    number = outcome.plan.instances
    return f"{number} instance{'s' * (number > 1)}, {'SQLite' if outcome.plan.sqlite else 'PostgreSQL'}"


def _column(outcome: Outcome) -> dict[str, str]:
    plan, verdict, report = outcome.plan, outcome.verdict, outcome.report
    waits = sorted(_waits(outcome))
    over = [report["over"].get(scope, 0) for scope in ("conversation", "tenant")]
    return {
        "installs / cards": f"{plan.installs} / {len(outcome.came.stored)}",
        "conversations with cards / tenants": f"{plan.conversations} / {plan.tenants}",
        "processes killed (SIGKILL)": str(len(outcome.deaths)),
        "database restarts / token endpoint away": f"{outcome.database_restarts} / {plan.token_away:.0f} s",
        "posts that the connector failed": _counts(report["failed"]),
        "install requests by answer": _counts(outcome.answers),
        "**welcomes missing**": f"**{verdict.welcomes_missing}**",
        "**cards missing**": f"**{verdict.cards_missing}**",
        "**out of order in their conversation**": f"**{verdict.out_of_order}**",
        "**over a limit of Teams**, conversation / tenant": f"**{' / '.join(map(str, over))}**",
        "busiest conversation in 1 s / 2 s / 30 s (7 / 8 / 60)": _busiest(outcome.posts),
        "busiest tenant in 1 s (30)": str(busiest(outcome.posts, 1, tenant=True)),
        "posted twice because the process was killed": str(verdict.doubled_by_kill),
        "… at most this long between post and kill": f"{verdict.unnoted:.2f} s",
        "posted twice because the connector's answer was lost": str(verdict.doubled_by_lost_answer),
        "**posted twice for no reason**": f"**{verdict.doubled_for_no_reason}**",
        "stored until posted, median / 99 % / longest": _spread(waits),
        "longest wait of who stored a card": f"{outcome.came.slowest:.1f} s",
        "deliveries that wait / gave up / were dropped": " / ".join(map(str, outcome.unfinished.values())),
        "it took": f"{outcome.seconds:.0f} s",
    }


def _waits(outcome: Outcome) -> list[float]:
    first: dict[tuple[str, str], float] = {}
    for post in outcome.posts:
        first.setdefault((post.conversation, post.summary), post.at)
    stored = outcome.came.stored.items()
    return [first[to, f"card {number}"] - at for (to, number), at in stored if (to, f"card {number}") in first]


def _spread(waits: Sequence[float]) -> str:
    if not waits:
        return "-"
    return f"{max(0.0, median(waits)):.2f} / {waits[int(len(waits) * 0.99)]:.1f} / {waits[-1]:.1f} s"


def _busiest(posts: Sequence[Post]) -> str:
    return " / ".join(str(busiest(posts, seconds, tenant=False)) for seconds in (1, 2, 30))


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} of {name}" for name, count in sorted(counts.items())) or "none"
