"""The figures as a table in Markdown: medians, and the ratios within each round."""

from collections.abc import Mapping, Sequence
from math import isnan
from statistics import median

from benchmarks.bots import BARE, BOTS, OURS, STOCK, Bot
from benchmarks.figures import Figures

Rounds = Mapping[str, Sequence[Figures]]
HEAD = ["", *(bot.name for bot in BOTS), f"ours ÷ {STOCK.name}", f"ours ÷ {BARE.name}"]


def table(rounds: Rounds) -> str:
    """Return the table of all figures, by bot and round."""
    names = list(dict.fromkeys(name for figures in rounds[OURS.name] for name in figures))
    lines = [HEAD, ["---", *["--:"] * (len(HEAD) - 1)], *(_row(name, rounds) for name in names)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _row(name: str, rounds: Rounds) -> list[str]:
    values = [_shown(median(_values(name, rounds, bot))) for bot in BOTS]
    return [name, *values, _ratio(name, rounds, STOCK), _ratio(name, rounds, BARE)]


def _values(name: str, rounds: Rounds, bot: Bot) -> list[float]:
    return [figures[name] for figures in rounds[bot.name] if name in figures]


def _ratio(name: str, rounds: Rounds, other: Bot) -> str:
    # Interleaved: what disturbs the machine in one round disturbs both.
    pairs = zip(_values(name, rounds, OURS), _values(name, rounds, other), strict=True)
    ratios = [ours / theirs for ours, theirs in pairs if theirs]
    return _shown(median(ratios)) if ratios else "-"


def _shown(value: float) -> str:
    if isnan(value):
        return "-"
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
