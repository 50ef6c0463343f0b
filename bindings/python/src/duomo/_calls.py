"""The calls that Model and Context share: predict, topk, similar, encode, rank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import numpy as np

from . import _arrays, _native
from ._arrays import Floats, Ids, Int64s, Lists
from ._features import FeatureData, Features
from ._info import Scope
from ._results import Hits, TopK

_T = TypeVar("_T")

_MODES = {"any": 0, "all": 1, "none": 2}

# Looked up once: a call costs as little as Python allows.
_predict_one = _native.Context.predict_one
_predict = _native.Context.predict
_search = _native.Context.search


@dataclass(frozen=True)
class Filter:
    """Items whose category or set input has any, all or none of the values."""

    input: str
    values: Sequence[str] | Sequence[int]
    mode: str = "any"

    def _native(self) -> tuple[str, int, Any]:
        if self.mode not in _MODES:
            raise ValueError(f'mode: "any", "all" or "none", not {self.mode!r}')
        values: list[Any] = [self.values] if isinstance(self.values, str) else [*self.values]
        if all(isinstance(v, str) for v in values):
            return self.input, _MODES[self.mode], tuple(values)
        return self.input, _MODES[self.mode], _arrays.ids(values, self.input)


class Calls:
    """What a model can be asked. Ids are ints, or lists, Series and arrays of them; int64 arrays
    are used without copying. The GIL is released while Duomo works."""

    def _call(self, method: Callable[..., _T], *args: Any) -> _T:
        raise NotImplementedError

    def _model(self) -> Any:
        raise NotImplementedError

    def _shape(self) -> tuple[int, int]:
        """(vector width, number of items)"""
        raise NotImplementedError

    # ---- Predictions ----

    @overload
    def predict(self, users: int, items: int) -> float: ...
    @overload
    def predict(self, users: Ids, items: Ids, *, out: Floats | None = None) -> Floats: ...
    def predict(self, users: Any, items: Any, *, out: Floats | None = None) -> float | Floats:
        """The forecast for a pair, or for the pairs users[i], items[i]; a single user or item goes
        with every one of the others. In the unit of the output."""
        if type(users) is int and type(items) is int and out is None:
            return self._call(_predict_one, users, items)
        one_user, one_item = _arrays.is_id(users), _arrays.is_id(items)
        if one_user and one_item and out is None:
            return self._call(_predict_one, int(users), int(items))
        u = _arrays.ids([users] if one_user else users, "users")
        i = _arrays.ids([items] if one_item else items, "items")
        if one_user:
            u = np.full(i.shape, u[0])
        elif one_item:
            i = np.full(u.shape, i[0])
        result = _arrays.output(out, u.shape)
        self._call(_predict, result, u, i)
        return result

    def predict_vectors(self, users: Any, items: Any, *, out: Floats | None = None) -> Floats:
        """The same for vectors [n, vector_width], used as given: for a cosine model, unit ones."""
        width = self._shape()[0]
        u = _arrays.vectors(users, "users", width)
        i = _arrays.vectors(items, "items", width)
        if len(u) != len(i):
            raise ValueError(f"{len(u)} users and {len(i)} items")
        result = _arrays.output(out, (len(u),))
        self._call(_native.Context.predict_vectors, result, u, i)
        return result

    # ---- Top-k ----

    def topk(
        self,
        users: Any = None,
        k: int = 10,
        *,
        vectors: Any = None,
        features: FeatureData | Features | None = None,
        history: Ids | None = None,
        histories: Lists | None = None,
        exclude_seen: bool = False,
        exclude: Ids | Lists | None = None,
        allow: Ids | None = None,
        where: Filter | Iterable[Filter] = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Any:
        """The k best items, best first: Hits for a single user (one id, vector, history or dict of
        values), TopK for many.

        Who: ``users`` (an id or many), ``vectors``, ``features`` (of users that the file does not
        know), or histories alone. ``history`` (of a single user) and ``histories`` (a list a user)
        may also accompany ids and then stand for what the file remembers.
        What: ``exclude`` is a list of ids for everybody, or a list a user; ``allow`` the only items
        considered; ``where`` filters that must all hold; ``minimum_score`` in the unit of the
        output; with ``probes`` only so many of the likeliest lists are looked into where the file
        has lists (0: as many as it says), which is faster and may miss an item.
        """
        single = _arrays.is_id(users)
        if history is not None:
            if histories is not None:
                raise ValueError("give history or histories, not both")
            single = users is None or single
            histories = [history]
        return self._find(
            False, users, k, vectors, features, histories, exclude_seen, exclude, allow, where,
            minimum_score, probes, single,
        )  # fmt: skip

    def similar(
        self,
        items: Any = None,
        k: int = 10,
        *,
        vectors: Any = None,
        features: FeatureData | Features | None = None,
        exclude: Ids | Lists | None = None,
        allow: Ids | None = None,
        where: Filter | Iterable[Filter] = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Any:
        """The items most like an item (Hits) or like each of many (TopK), by cosine."""
        return self._find(
            True, items, k, vectors, features, None, False, exclude, allow, where,
            minimum_score, probes, _arrays.is_id(items),
        )  # fmt: skip

    def _find(
        self,
        similar: bool,
        queries: Any,
        k: int,
        vectors: Any,
        features: Any,
        histories: Any,
        exclude_seen: bool,
        exclude: Any,
        allow: Any,
        where: Any,
        minimum_score: float | None,
        probes: int | None,
        single: bool,
    ) -> Hits | TopK:
        width, item_count = self._shape()
        if queries is vectors is features is histories is None:
            raise ValueError("give ids, vectors, features" + ("" if similar else " or histories"))
        ids = wanted = made = None
        if queries is not None:
            ids = _arrays.ids([queries] if _arrays.is_id(queries) else queries, "ids")
        if vectors is not None:
            single = single or np.ndim(vectors) == 1
            wanted = _arrays.vectors(vectors, "vectors", width)
        if features is not None:
            made = Features.of(self._model(), Scope.ITEM if similar else Scope.USER, features)
            single = single or made._single
        lists = (None, None) if histories is None else _arrays.lists(histories, "histories")
        count = next(
            (len(q) for q in (ids, wanted, made) if q is not None),
            0 if lists[0] is None else len(lists[0]) - 1,
        )
        excluded = (None, None) if exclude is None else _excluded(exclude, count)
        allowed = None if allow is None else _arrays.ids(allow, "allow")
        filters = (where,) if isinstance(where, Filter) else tuple(where)
        if k < 0:
            raise ValueError(f"k: {k}")
        if probes is not None and probes < 0:
            raise ValueError(f"probes: {probes}")
        # No query has more results than there are items, so results need no more memory than that.
        k = min(k, max(item_count, 1))
        out_ids = np.empty((count, k), np.int64)
        scores = np.empty((count, k), np.float32)
        counts = np.empty(count, np.uint64)
        self._call(
            _search, similar, out_ids, scores, counts, k, exclude_seen, minimum_score, probes,
            count, ids, wanted, made._native if made else None, *lists, *excluded, allowed,
            tuple(f._native() for f in filters),
        )  # fmt: skip
        if single:
            n = int(counts[0])
            return Hits(out_ids[0, :n], scores[0, :n])
        found = counts.astype(np.int64)
        if np.any(found < k):
            missing = np.arange(k) >= found[:, None]
            out_ids[missing] = -1
            scores[missing] = np.nan
        asked = np.arange(count, dtype=np.int64) if ids is None else ids
        return TopK(out_ids, scores, found, asked)

    # ---- Vectors ----

    def encode_users(self, users: Ids, *, out: Floats | None = None) -> Floats:
        """Vectors [n, vector_width] of known users."""
        return self._encode(users, True, out)

    def encode_items(self, items: Ids, *, out: Floats | None = None) -> Floats:
        """Vectors [n, vector_width] of known items."""
        return self._encode(items, False, out)

    def _encode(self, which: Ids, of_users: bool, out: Floats | None) -> Floats:
        ids = _arrays.ids(which, "ids")
        result = _arrays.output(out, (len(ids), self._shape()[0]))
        self._call(_native.Context.encode, result, ids, of_users)
        return result

    def encode(
        self,
        features: FeatureData | Features,
        scope: Scope | str = Scope.USER,
        *,
        out: Floats | None = None,
    ) -> Floats:
        """Vectors [rows, vector_width] of raw features of users or items (``scope``)."""
        if isinstance(features, Features):
            scope = features.scope
        made = Features.of(self._model(), scope, features)
        result = _arrays.output(out, (len(made), self._shape()[0]))
        self._call(_native.Context.encode_features, result, made._native)
        return result

    # ---- Ranking ----

    def rank(
        self,
        user: int | None = None,
        items: Ids | None = None,
        *,
        user_features: FeatureData | Features | None = None,
        item_features: FeatureData | Features | None = None,
        pairs: FeatureData | Features | None = None,
        history: Ids | None = None,
        out: Floats | None = None,
    ) -> Floats:
        """A number for every item, in the order given, for one user. ``pairs`` are features of the
        pairs, a row an item. A history stands for what the file remembers of the user."""
        ids: Int64s | None = None if items is None else _arrays.ids(items, "items")

        def made(scope: Scope, data: Any) -> Features | None:
            return None if data is None else Features.of(self._model(), scope, data)

        of_user = made(Scope.USER, user_features)
        of_items = made(Scope.ITEM, item_features)
        of_pairs = made(Scope.PAIR, pairs)
        n = len(ids) if ids is not None else len(of_items) if of_items is not None else 0
        if user is not None and not _arrays.is_id(user):
            raise TypeError(f"user: an id, not {user!r}")
        if of_user is not None and len(of_user) != 1:
            raise ValueError(f"user_features: {len(of_user)} rows where one is needed")
        if of_pairs is not None and len(of_pairs) != n:
            raise ValueError(f"pairs: {len(of_pairs)} rows for {n} items")
        result = _arrays.output(out, (n,))
        self._call(
            _native.Context.rank,
            result,
            user,
            of_user._native if of_user else None,
            ids,
            of_items._native if of_items else None,
            of_pairs._native if of_pairs else None,
            None if history is None else _arrays.ids(history, "history"),
        )
        return result


def _excluded(exclude: Any, count: int) -> tuple[_arrays.Offsets, Int64s]:
    """A list of ids goes to every query; a list of lists has one for each."""
    rows = exclude if hasattr(exclude, "__len__") else list(exclude)
    if len(rows) and not all(_arrays.is_id(v) for v in rows):
        return _arrays.lists(rows, "exclude")
    shared = _arrays.ids(rows, "exclude")
    size = np.uint64(len(shared))
    return np.arange(count + 1, dtype=np.uint64) * size, np.tile(shared, count)
