"""Sets of items, made once and used by many calls."""

from __future__ import annotations

from . import _native
from ._closing import Closing

_ANY, _ALL, _NONE = 0, 1, 2


class ItemSet(Closing):
    """A set of a model's items, such as those in stock: made once by ``Model.item_set``, and used
    by any number of calls and threads. Restricting a search to it costs the same whatever is in it.
    ``a & b``, ``a | b``, ``a - b`` and ``~a`` are new ones; ``len(a)``; ``id in a``. Holds its
    model."""

    def __init__(self, native: _native.ItemSet) -> None:
        self._native = native

    def __and__(self, other: ItemSet) -> ItemSet:
        if not isinstance(other, ItemSet):
            return NotImplemented
        return ItemSet(self._native.combine(_ALL, other._native))

    def __or__(self, other: ItemSet) -> ItemSet:
        if not isinstance(other, ItemSet):
            return NotImplemented
        return ItemSet(self._native.combine(_ANY, other._native))

    def __sub__(self, other: ItemSet) -> ItemSet:
        if not isinstance(other, ItemSet):
            return NotImplemented
        return self & ~other

    def __invert__(self) -> ItemSet:
        """All items of the model that are not in this one."""
        return ItemSet(self._native.combine(_NONE, None))

    def __len__(self) -> int:
        return self._native.count()

    def __contains__(self, item: int) -> bool:
        return self._native.contains(item)

    def close(self) -> None:
        self._native.close()

    def __repr__(self) -> str:
        try:
            return f"ItemSet({len(self)} items)"
        except ValueError:
            return "ItemSet(closed)"
