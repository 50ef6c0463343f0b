"""What top-k and similar give: arrays that can be walked, and DataFrames where pandas is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from . import _native
from ._arrays import Floats, Int64s

if TYPE_CHECKING:
    import pandas as pd

_USER_KEYS, _ITEM_KEYS, _TITLES = 0, 1, 2

#: Whose ids the results are: of a model, users (else items).
Source = tuple[_native.Model, bool]
Queries = npt.NDArray[Any]


class Hits(Sequence[tuple[int, float]]):
    """The results of one query, best first: pairs (id, score). ``keys`` and ``titles`` are looked
    up in the model when they are asked for."""

    __slots__ = ("_source", "ids", "scores")

    def __init__(self, ids: Int64s, scores: Floats, source: Source) -> None:
        self.ids = ids
        self.scores = scores
        self._source = source

    @property
    def keys(self) -> list[str]:
        """Their string keys."""
        native, users = self._source
        keys = native.texts(_USER_KEYS if users else _ITEM_KEYS, np.ascontiguousarray(self.ids))
        return [key or "" for key in keys]

    @property
    def titles(self) -> list[str]:
        """Their titles, of items."""
        native, users = self._source
        if users:
            raise AttributeError("users have no titles")
        return [title or "" for title in native.texts(_TITLES, np.ascontiguousarray(self.ids))]

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> tuple[int, float]: ...
    @overload
    def __getitem__(self, index: slice) -> Hits: ...
    def __getitem__(self, index: int | slice) -> tuple[int, float] | Hits:
        if isinstance(index, slice):
            return Hits(self.ids[index], self.scores[index], self._source)
        return int(self.ids[index]), float(self.scores[index])

    def __iter__(self) -> Iterator[tuple[int, float]]:
        return iter(zip(self.ids.tolist(), self.scores.tolist()))

    def __repr__(self) -> str:
        return f"Hits({list(self)!r})"

    def to_pandas(self) -> pd.DataFrame:
        """Columns item, score."""
        import pandas as pd

        frame: pd.DataFrame = pd.DataFrame({"item": self.ids, "score": self.scores})
        return frame


class TopK(Sequence[Hits]):
    """The results of many queries: ``ids`` and ``scores`` [queries, k], of which query i has the
    first ``counts[i]``; what lies behind is -1 and NaN."""

    __slots__ = ("_source", "counts", "ids", "queries", "scores")

    def __init__(
        self, ids: Int64s, scores: Floats, counts: Int64s, queries: Queries, source: Source
    ) -> None:
        self.ids = ids
        self.scores = scores
        self.counts = counts
        self.queries = queries  #: the ids or keys asked for, or 0 … n-1 where queries have none
        self._source = source

    def __len__(self) -> int:
        return len(self.counts)

    @overload
    def __getitem__(self, index: int) -> Hits: ...
    @overload
    def __getitem__(self, index: slice) -> TopK: ...
    def __getitem__(self, index: int | slice) -> Hits | TopK:
        if isinstance(index, slice):
            return TopK(
                self.ids[index],
                self.scores[index],
                self.counts[index],
                self.queries[index],
                self._source,
            )
        n = self.counts[index]
        return Hits(self.ids[index, :n], self.scores[index, :n], self._source)

    def __repr__(self) -> str:
        return f"TopK({len(self)} queries, k = {self.ids.shape[1]})"

    def to_pandas(self) -> pd.DataFrame:
        """One row a result: columns query, rank (from 1), item, score."""
        import pandas as pd

        there = np.arange(self.ids.shape[1]) < self.counts[:, None]
        rank = np.broadcast_to(np.arange(1, self.ids.shape[1] + 1), self.ids.shape)
        frame: pd.DataFrame = pd.DataFrame(
            {
                "query": np.repeat(self.queries, self.counts),
                "rank": rank[there],
                "item": self.ids[there],
                "score": self.scores[there],
            }
        )
        return frame
