"""What hypothesis makes requests of."""

import copy
from pathlib import Path
from typing import Any

import orjson
from hypothesis import strategies as st

from sandbox.microsoft import TENANT_ID
from sandbox.places import SERVICE_URL

PAYLOADS = Path(__file__).parent.parent / "payloads"

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def _served() -> list[dict[str, Any]]:
    """Return the recorded activities, with the addresses that get them through the gate."""
    activities = []
    for path in sorted(PAYLOADS.glob("*.json")):
        activity = orjson.loads(path.read_bytes())
        activity.setdefault("conversation", {"id": "19:x@thread.tacv2"})["tenantId"] = TENANT_ID
        activities.append(activity | {"channelId": "msteams", "serviceUrl": SERVICE_URL})
    return activities


def _paths(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to each value inside."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for step, child in inner for path in ((*way, step), *_paths(child, (*way, step)))]


def _set(activity: dict[str, Any], path: tuple[Any, ...], new: Any) -> None:
    *way, last = path
    holder: Any = activity
    for step in way:
        holder = holder[step]
    holder[last] = new


@st.composite
def mutated_activities(draw: st.DrawFn) -> dict[str, Any]:
    """A recorded activity with some of its values replaced by anything, by another of its values, or taken away."""
    activity: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(_SERVED)))
    for _ in range(draw(st.integers(1, 4))):
        paths = _paths(activity)
        path = draw(st.sampled_from(paths))
        _set(activity, path, draw(JSON))
    return activity


_SERVED = _served()
