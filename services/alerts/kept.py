"""Facts as the store keeps them: JSON text."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from pydantic import TypeAdapter

T = TypeVar("T")
_kinds: "list[Kept[Any]]" = []


def prepare() -> None:
    """Build what reads and writes facts, which takes 0.1 s, before somebody waits for it; for a thread."""
    for each in _kinds:
        each.get_ready()


class Kept(Generic[T]):
    """Writes and reads facts of one kind. What that takes is built when it is first used, not in every start."""

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind
        _kinds.append(self)

    def get_ready(self) -> None:
        """Build it now."""
        _ = self._adapter

    @cached_property
    def _adapter(self) -> "TypeAdapter[T]":
        from pydantic import TypeAdapter  # noqa: PLC0415 - takes a tenth of the start

        return TypeAdapter(self._kind)

    def written(self, facts: T) -> str:
        """Return the facts as text, the same for the same; what is as usual is left out."""
        return self._adapter.dump_json(facts, exclude_defaults=True).decode()

    def read(self, text: str) -> T:
        """Return what was written; raises ValueError."""
        return self._adapter.validate_json(text)

    def of(self, value: Any) -> T:
        """Return what JSON says that was parsed already; raises ValueError."""
        return self._adapter.validate_python(value)
