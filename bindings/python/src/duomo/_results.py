"""What searches give: arrays that can be walked, tables of pandas, polars and Arrow, and HTML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import numpy.typing as npt

from . import _html
from ._arrays import Floats, Int64s
from ._catalogue import Catalogue
from ._errors import ClosedError, Unsupported

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

#: Whose ids the results are: users of the catalogue, or else its items.
Source = tuple[Catalogue, bool]
Queries = npt.NDArray[Any]

_SHOWN = 20  # rows in HTML


class _Tables:
    """Results as columns. ``keys`` and ``titles`` (of items) add columns with what the model says
    of the ids; without them no table looks anything up."""

    __slots__ = ()

    def _columns(self, keys: bool, titles: bool) -> dict[str, Any]:
        raise NotImplementedError

    def to_pandas(self, *, keys: bool = False, titles: bool = False) -> pd.DataFrame:
        """A DataFrame of pandas: a row a result, with the columns that the class lists."""
        import pandas as pd

        frame: pd.DataFrame = pd.DataFrame(self._columns(keys, titles))
        return frame

    def to_polars(self, *, keys: bool = False, titles: bool = False) -> pl.DataFrame:
        """The same as a DataFrame of polars."""
        import polars as pl

        return pl.DataFrame(self._columns(keys, titles))

    def to_arrow(self, *, keys: bool = False, titles: bool = False) -> pa.Table:
        """The same as a table of pyarrow."""
        import pyarrow as pa

        return pa.table(self._columns(keys, titles))


def _described(source: Source, ids: Int64s, keys: bool, titles: bool) -> dict[str, Any]:
    catalogue, users = source
    columns: dict[str, Any] = {}
    if keys:
        columns["key"] = catalogue.user_key(ids) if users else catalogue.item_key(ids)
    if titles:
        if users:
            raise AttributeError("users have no titles")
        columns["title"] = catalogue.title(ids)
    return columns


class Hits(_Tables, Sequence[tuple[int, float]]):
    """The results of one query, best first: pairs (id, score). ``keys`` and ``titles`` are looked
    up in the model when they are asked for. As a table: the columns item (user, where users were
    searched) and score. Pickled with its model."""

    __slots__ = ("_source", "ids", "scores")

    def __init__(self, ids: Int64s, scores: Floats, source: Source) -> None:
        self.ids = ids
        self.scores = scores
        self._source = source

    @property
    def keys(self) -> list[str]:
        """Their string keys."""
        return [key or "" for key in self._described(True, False)["key"]]

    @property
    def titles(self) -> list[str]:
        """Their titles, of items."""
        return [title or "" for title in self._described(False, True)["title"]]

    def _described(self, keys: bool, titles: bool) -> dict[str, Any]:
        return _described(self._source, np.ascontiguousarray(self.ids), keys, titles)

    def _columns(self, keys: bool, titles: bool) -> dict[str, Any]:
        name = "user" if self._source[1] else "item"
        return {name: self.ids, "score": self.scores, **self._described(keys, titles)}

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

    def _repr_html_(self) -> str:
        """A table, with keys and titles where the model has them; notebooks show it."""
        return _html.table(_shown(self[:_SHOWN]), len(self))


class TopK(_Tables, Sequence[Hits]):
    """The results of many queries: ``ids`` and ``scores`` [queries, k], of which query i has the
    first ``counts[i]``; what lies behind is -1 and NaN. As a table: a row a result, with the
    columns query, rank (from 1), item (user, where users were searched) and score. Pickled with its
    model."""

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

    def _columns(self, keys: bool, titles: bool) -> dict[str, Any]:
        there = np.arange(self.ids.shape[1]) < self.counts[:, None]
        rank = np.broadcast_to(np.arange(1, self.ids.shape[1] + 1), self.ids.shape)
        ids = self.ids[there]
        return {
            "query": np.repeat(self.queries, self.counts),
            "rank": rank[there],
            "user" if self._source[1] else "item": ids,
            "score": self.scores[there],
            **_described(self._source, ids, keys, titles),
        }

    def _repr_html_(self) -> str:
        """A table of the first results, as of Hits."""
        rows = np.cumsum(self.counts)
        whole = self[: int(np.searchsorted(rows, _SHOWN)) + 1]
        columns = {name: values[:_SHOWN] for name, values in _shown(whole).items()}
        return _html.table(columns, int(self.counts.sum()))


def _shown(results: Hits | TopK) -> dict[str, Any]:
    """Columns for people: with keys and titles where there are any."""
    catalogue, users = results._source
    titles = not users and catalogue.info.has_titles
    for keys in (True, False):
        try:
            return results._columns(keys, titles)
        except Unsupported:  # keys are integers
            continue
        except ClosedError:  # what was found is still known
            break
    return results._columns(False, False)
