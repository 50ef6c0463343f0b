"""What top-k and similar give: arrays that can be walked, and DataFrames where pandas is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, overload

import numpy as np

from ._arrays import Floats, Int64s

if TYPE_CHECKING:
    import pandas as pd


class Hits(Sequence[tuple[int, float]]):
    """The results of one query, best first: pairs (item id, score)."""

    __slots__ = ("ids", "scores")

    def __init__(self, ids: Int64s, scores: Floats) -> None:
        self.ids = ids
        self.scores = scores

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> tuple[int, float]: ...
    @overload
    def __getitem__(self, index: slice) -> Hits: ...
    def __getitem__(self, index: int | slice) -> tuple[int, float] | Hits:
        if isinstance(index, slice):
            return Hits(self.ids[index], self.scores[index])
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

    __slots__ = ("counts", "ids", "queries", "scores")

    def __init__(self, ids: Int64s, scores: Floats, counts: Int64s, queries: Int64s) -> None:
        self.ids = ids
        self.scores = scores
        self.counts = counts
        self.queries = queries  #: the ids asked for, or 0 … n-1 where queries have no id

    def __len__(self) -> int:
        return len(self.counts)

    @overload
    def __getitem__(self, index: int) -> Hits: ...
    @overload
    def __getitem__(self, index: slice) -> TopK: ...
    def __getitem__(self, index: int | slice) -> Hits | TopK:
        if isinstance(index, slice):
            return TopK(
                self.ids[index], self.scores[index], self.counts[index], self.queries[index]
            )
        n = self.counts[index]
        return Hits(self.ids[index, :n], self.scores[index, :n])

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
