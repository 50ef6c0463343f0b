"""Sets of items, made once and used by many calls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from . import _arrays, _native
from ._arrays import Int64s, One
from ._catalogue import Catalogue
from ._closing import Closing
from ._info import Scope

_ANY, _ALL, _NONE = 0, 1, 2


class ItemSet(Closing):
    """A set of a model's items, such as those in stock: made once by ``Model.item_set``, and used
    by any number of calls and threads. Restricting a search to it costs the same whatever is in it.
    ``a & b``, ``a | b``, ``a - b`` and ``~a`` are new ones; ``len(a)``; ``"sku-1" in a``; walking
    it gives ids, in the order of the file. Holds its model. Pickled as its ids and its model."""

    def __init__(self, native: _native.ItemSet, catalogue: Catalogue) -> None:
        self._native = native
        self._catalogue = catalogue

    def _combined(self, mode: int, other: ItemSet | None) -> ItemSet:
        native = None if other is None else other._native
        return ItemSet(self._native.combine(mode, native), self._catalogue)

    def __and__(self, other: ItemSet) -> ItemSet:
        return self._combined(_ALL, other) if isinstance(other, ItemSet) else NotImplemented

    def __or__(self, other: ItemSet) -> ItemSet:
        return self._combined(_ANY, other) if isinstance(other, ItemSet) else NotImplemented

    def __sub__(self, other: ItemSet) -> ItemSet:
        return self & ~other if isinstance(other, ItemSet) else NotImplemented

    def __invert__(self) -> ItemSet:
        """All items of the model that are not in this one."""
        return self._combined(_NONE, None)

    def __len__(self) -> int:
        return self._native.count()

    def __contains__(self, item: One) -> bool:
        if isinstance(item, str):
            return self._native.contains(
                self._catalogue._known_ids(item, Scope.ITEM, "item", True)[0]
            )
        return _arrays.is_id(item) and self._native.contains(int(item))

    @property
    def ids(self) -> Int64s:
        """The items in it, in the order of the file."""
        ids = self._catalogue.item_ids
        inside = np.empty(len(ids), np.int32)
        self._native.which(inside, ids)
        found: Int64s = ids[inside != 0]
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(self.ids.tolist())

    def close(self) -> None:
        """Gives its memory back; calls that use it meanwhile finish undisturbed."""
        self._native.close()

    def __repr__(self) -> str:
        try:
            return f"ItemSet({len(self)} items)"
        except ValueError:
            return "ItemSet(closed)"
