"""The calls that Model and Context share: predict, topk, similar, encode, rank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, Union, overload

import numpy as np

from . import _arrays, _native
from ._arrays import Floats, Ids, Int64s, Known, Lists
from ._errors import NotFound
from ._features import FeatureData, Features
from ._filter import Filters, natives
from ._info import Scope
from ._results import Hits, TopK
from ._sets import ItemSet

_T = TypeVar("_T")
Allowed = Union[Ids, ItemSet, Sequence[Union[ItemSet, None]]]
Limits = Union[Mapping[str, int], Iterable[tuple[str, int]]]

# Looked up once: a call costs as little as Python allows.
_predict_one = _native.Context.predict_one
_predict = _native.Context.predict
_search = _native.Context.search

_TOPK, _SIMILAR, _USERS_FOR, _SIMILAR_USERS = range(4)


class Calls:
    """What a model can be asked. Users and items are ids (int) or, where a catalogue has them,
    string keys (str); or lists, sets, Series and arrays of those. Arrays of int64 are used without
    copying. The GIL is released while Duomo works."""

    def _call(self, method: Callable[..., _T], *args: Any) -> _T:
        raise NotImplementedError

    def _model(self) -> Any:
        raise NotImplementedError

    def _shape(self) -> tuple[int, int, int]:
        """(vector width, number of items, number of users)"""
        raise NotImplementedError

    def _marks(self) -> bool:
        """Whether unknown ids are marked."""
        raise NotImplementedError

    def _ids(self, value: Any, scope: Scope, name: str) -> Int64s:
        """Ids, also of keys, for calls that take no keys."""
        known = _arrays.known(value, name)
        if not isinstance(known, tuple):
            return known
        out = np.empty(len(known), np.int64)
        self._model()._native.ids_of_keys(out, int(scope), known)
        if not self._marks() and (out < 0).any():
            at = int(np.argmax(out < 0))
            raise NotFound(f"{name}[{at}]: the model has no {scope.name.lower()} {known[at]!r}")
        return out

    # ---- Predictions ----

    @overload
    def predict(self, users: int | str, items: int | str) -> float: ...
    @overload
    def predict(self, users: Ids, items: Ids, *, out: Floats | None = None) -> Floats: ...
    def predict(self, users: Any, items: Any, *, out: Floats | None = None) -> float | Floats:
        """The forecast for a pair, or for the pairs users[i], items[i]; a single user or item goes
        with every one of the others. In the unit of the output."""
        if type(users) is int and type(items) is int and out is None:
            return self._call(_predict_one, users, items)
        one_user, one_item = _arrays.is_one(users), _arrays.is_one(items)
        u = self._ids(users, Scope.USER, "users")
        i = self._ids(items, Scope.ITEM, "items")
        if one_user and one_item and out is None:
            return self._call(_predict_one, int(u[0]), int(i[0]))
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

    # ---- Searches ----

    def topk(
        self,
        users: Any = None,
        k: int | Sequence[int] = 10,
        *,
        vectors: Any = None,
        features: FeatureData | Features | None = None,
        history: Ids | None = None,
        histories: Lists | None = None,
        history_weights: Any = None,
        exclude_seen: bool = False,
        exclude: Ids | Lists | None = None,
        allow: Allowed | None = None,
        where: Filters = (),
        limits: Limits = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Any:
        """The k best items, best first: Hits for a single user (one id, key, vector, history or
        dict of values), TopK for many. ``k`` may be a list, a number a user.

        Who: ``users`` (one or many), ``vectors``, ``features`` (of users that the file does not
        know), or histories alone. ``history`` (of a single user) and ``histories`` (a list a user)
        may also accompany users and are then used in place of what the file remembers. Models that
        read no histories fold them in, with ``history_weights`` for how much each item says.
        What: ``exclude`` is a list for everybody, or a list of lists, one a user; ``allow`` what
        alone is considered: a list, an ItemSet, or a list of ItemSets (None: all), one a user;
        ``where`` filters that must all hold; ``limits`` at most so many per value of an attribute,
        {"artist": 2}; ``minimum_score`` in the unit of the output; with ``probes`` only so many of
        the likeliest lists are looked into where the file has lists (0: as many as it says, and on
        as it takes), which is faster and may miss an item.
        """
        single = _arrays.is_one(users)
        if history is not None:
            if histories is not None:
                raise ValueError("give history or histories, not both")
            single = users is None or single
            histories = [history]
        return self._find(
            _TOPK, users, k, vectors, features, histories, history_weights, exclude_seen, exclude,
            allow, where, limits, minimum_score, probes, single,
        )  # fmt: skip

    def similar(
        self,
        items: Any = None,
        k: int | Sequence[int] = 10,
        *,
        vectors: Any = None,
        features: FeatureData | Features | None = None,
        exclude: Ids | Lists | None = None,
        allow: Allowed | None = None,
        where: Filters = (),
        limits: Limits = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Any:
        """The items most like an item (Hits) or like each of many (TopK), by cosine."""
        return self._find(
            _SIMILAR, items, k, vectors, features, None, None, False, exclude, allow, where, limits,
            minimum_score, probes, _arrays.is_one(items),
        )  # fmt: skip

    def users_for(
        self,
        items: Any = None,
        k: int | Sequence[int] = 10,
        *,
        vectors: Any = None,
        features: FeatureData | Features | None = None,
        exclude_seen: bool = False,
        exclude: Ids | Lists | None = None,
        allow: Ids | None = None,
        where: Filters = (),
        limits: Limits = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Any:
        """The other way round: the users who would want an item (Hits) or each of many (TopK), in
        the order of what is predicted for each user and the item."""
        return self._find(
            _USERS_FOR, items, k, vectors, features, None, None, exclude_seen, exclude, allow,
            where, limits, minimum_score, probes, _arrays.is_one(items),
        )  # fmt: skip

    def similar_users(
        self,
        users: Any = None,
        k: int | Sequence[int] = 10,
        *,
        vectors: Any = None,
        features: FeatureData | Features | None = None,
        exclude: Ids | Lists | None = None,
        allow: Ids | None = None,
        where: Filters = (),
        limits: Limits = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Any:
        """The users most like a user (Hits) or like each of many (TopK), by cosine."""
        return self._find(
            _SIMILAR_USERS, users, k, vectors, features, None, None, False, exclude, allow, where,
            limits, minimum_score, probes, _arrays.is_one(users),
        )  # fmt: skip

    def _find(
        self,
        search: int,
        queries: Any,
        k: Any,
        vectors: Any,
        features: Any,
        histories: Any,
        history_weights: Any,
        exclude_seen: bool,
        exclude: Any,
        allow: Any,
        where: Any,
        limits: Any,
        minimum_score: float | None,
        probes: int | None,
        single: bool,
    ) -> Hits | TopK:
        width, item_count, user_count = self._shape()
        if queries is vectors is features is histories is None:
            raise ValueError("give ids, vectors, features" + ("" if search else " or histories"))
        ids = wanted = made = None
        if queries is not None:
            ids = _arrays.known(queries, "ids")
        if vectors is not None:
            single = single or np.ndim(vectors) == 1
            wanted = _arrays.vectors(vectors, "vectors", width)
        if features is not None:
            of_users = search in (_TOPK, _SIMILAR_USERS)
            scope = Scope.USER if of_users else Scope.ITEM
            made = Features.of(self._model(), scope, features)
            single = single or made._single
        history = (None, None) if histories is None else _arrays.lists(histories, "histories")
        weights = None
        if history_weights is not None:
            weights = _weights(history_weights)
        count = next(
            (len(q) for q in (ids, wanted, made) if q is not None),
            0 if history[0] is None else len(history[0]) - 1,
        )
        if probes is not None and probes < 0:
            raise ValueError(f"probes: {probes}")
        finds_users = search >= _USERS_FOR
        # No query has more results than there are, so results need no more memory than that.
        most = max(user_count if finds_users else item_count, 1)
        k, each = _places(k, most)
        allowed, *sets = _allowed(allow)
        out_ids = np.empty((count, k), np.int64)
        scores = np.empty((count, k), np.float32)
        counts = np.empty(count, np.uint64)
        self._call(
            _search, search, out_ids, scores, counts, k, exclude_seen, minimum_score, probes,
            count, ids, wanted, made._native if made else None, *history, weights,
            *_excluded(exclude), allowed, each, *sets, natives(where), _limits(limits),
        )  # fmt: skip
        source = (self._model()._native, finds_users)
        if single:
            n = int(counts[0])
            return Hits(out_ids[0, :n], scores[0, :n], source)
        found = counts.astype(np.int64)
        if np.any(found < k):
            missing = np.arange(k) >= found[:, None]
            out_ids[missing] = -1
            scores[missing] = np.nan
        asked = np.arange(count, dtype=np.int64) if ids is None else np.asarray(ids)
        return TopK(out_ids, scores, found, asked, source)

    # ---- Vectors ----

    def encode_users(self, users: Ids, *, out: Floats | None = None) -> Floats:
        """Vectors [n, vector_width] of known users."""
        return self._encode(users, True, out)

    def encode_items(self, items: Ids, *, out: Floats | None = None) -> Floats:
        """Vectors [n, vector_width] of known items."""
        return self._encode(items, False, out)

    def _encode(self, which: Ids, of_users: bool, out: Floats | None) -> Floats:
        scope, name = (Scope.USER, "users") if of_users else (Scope.ITEM, "items")
        ids = self._ids(which, scope, name)
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
        user: int | str | None = None,
        items: Ids | None = None,
        *,
        user_features: FeatureData | Features | None = None,
        item_features: FeatureData | Features | None = None,
        pairs: FeatureData | Features | None = None,
        history: Ids | None = None,
        out: Floats | None = None,
    ) -> Floats:
        """A number for every item, in the order given, for one user. ``pairs`` are features of the
        pairs, a row an item. A history is used in place of what the file remembers of the user."""
        ids: Known | None = None if items is None else _arrays.known(items, "items")

        def made(scope: Scope, data: Any) -> Features | None:
            return None if data is None else Features.of(self._model(), scope, data)

        of_user = made(Scope.USER, user_features)
        of_items = made(Scope.ITEM, item_features)
        of_pairs = made(Scope.PAIR, pairs)
        n = len(ids) if ids is not None else len(of_items) if of_items is not None else 0
        if user is not None and not _arrays.is_one(user):
            raise TypeError(f"user: an id or key, not {user!r}")
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
            None if history is None else _arrays.known(history, "history"),
        )
        return result


def _excluded(exclude: Any) -> tuple[Known | None, _arrays.Offsets | None, Known | None]:
    """(for all queries, offsets and lists of each): a list goes to every query, a list of lists has
    one for each."""
    if exclude is None:
        return None, None, None
    rows = exclude if hasattr(exclude, "__len__") else list(exclude)
    if len(rows) and not isinstance(rows, str) and not all(_arrays.is_one(v) for v in rows):
        return None, *_arrays.lists(rows, "exclude")
    return _arrays.known(rows, "exclude"), None, None


def _allowed(
    allow: Any,
) -> tuple[Known | None, _native.ItemSet | None, tuple[_native.ItemSet | None, ...] | None]:
    """(a list, a set, a set for each query): one of them."""
    if allow is None:
        return None, None, None
    if isinstance(allow, ItemSet):
        return None, allow._native, None
    if isinstance(allow, (list, tuple)) and any(isinstance(one, ItemSet) for one in allow):
        sets = []
        for at, one in enumerate(allow):
            if one is not None and not isinstance(one, ItemSet):
                raise TypeError(f"allow[{at}]: an ItemSet or None, not {one!r}")
            sets.append(None if one is None else one._native)
        return None, None, tuple(sets)
    return _arrays.known(allow, "allow"), None, None


def _places(k: Any, most: int) -> tuple[int, _arrays.Offsets | None]:
    """(room for the results of a query, how many of each query or None)"""
    if _arrays.is_id(k):
        if k < 0:
            raise ValueError(f"k: {k}")
        return min(int(k), most), None
    if isinstance(k, str):
        raise TypeError(f"k: a number, or one a query, not {k!r}")
    each = _arrays.ids(k, "k")
    if each.size and each.min() < 0:
        raise ValueError(f"k[{int(np.argmin(each))}]: {each.min()}")
    each = np.minimum(each, most)
    return max(int(each.max(initial=1)), 1), each.astype(np.uint64)


def _weights(weights: Any) -> Floats:
    """One array; lists of them, a list a query, are laid end to end."""
    if not isinstance(weights, np.ndarray) and any(hasattr(one, "__len__") for one in weights):
        weights = [weight for one in weights for weight in one]
    return np.ascontiguousarray(weights, np.float32).ravel()


def _limits(limits: Any) -> tuple[tuple[str, int], ...]:
    pairs = tuple(limits.items() if isinstance(limits, Mapping) else limits)
    for name, at_most in pairs:
        if not 1 <= at_most < 2**32:
            raise ValueError(f"limits[{name!r}]: {at_most}, must be at least 1")
    return pairs
