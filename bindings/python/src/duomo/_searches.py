"""The searches that Model and Context share: topk, similar, users_for, similar_users."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, overload

import numpy as np

from . import _arrays, _native, _request
from ._arrays import Lists, Many, One, Vectors
from ._catalogue import Catalogue
from ._features import FeatureData, Features, Row
from ._filter import Filters, natives
from ._info import Scope
from ._request import (
    ItemSearch,
    Limits,
    OtherTopkOptions,
    Places,
    SeenUserSearch,
    TopkOptions,
    UserSearch,
)
from ._results import Hits, TopK

if TYPE_CHECKING:
    from typing_extensions import Unpack

_T = TypeVar("_T")

# Looked up once: a call costs as little as Python allows.
_search = _native.Context.search

_TOPK, _SIMILAR, _USERS_FOR, _SIMILAR_USERS = range(4)


class Searches:
    """What is searched for in a model. The GIL is released while Duomo works."""

    @abstractmethod
    def _call(self, method: Callable[..., _T], *args: Any) -> _T:
        """Runs a method of the extension's Context."""

    @abstractmethod
    def _file(self) -> Catalogue:
        """What is asked."""

    @overload
    def topk(  # type: ignore[overload-overlap]
        self, users: One, k: Places = 10, **options: Unpack[TopkOptions]
    ) -> Hits: ...
    @overload
    def topk(self, users: Many, k: Places = 10, **options: Unpack[TopkOptions]) -> TopK: ...
    @overload
    def topk(
        self, *, k: Places = 10, history: Many, **options: Unpack[OtherTopkOptions]
    ) -> Hits: ...
    @overload
    def topk(
        self, *, k: Places = 10, histories: Lists, **options: Unpack[OtherTopkOptions]
    ) -> TopK: ...
    @overload
    def topk(self, *, k: Places = 10, features: Row, **options: Unpack[TopkOptions]) -> Hits: ...
    @overload
    def topk(
        self,
        *,
        k: Places = 10,
        vectors: Vectors | None = None,
        features: FeatureData | Features | None = None,
        **options: Unpack[TopkOptions],
    ) -> Hits | TopK: ...
    def topk(
        self,
        users: Any = None,
        k: Any = 10,
        *,
        vectors: Any = None,
        features: Any = None,
        history: Any = None,
        histories: Any = None,
        history_weights: Any = None,
        exclude_seen: bool = False,
        exclude: Any = None,
        allow: Any = None,
        where: Filters = (),
        limits: Limits = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Hits | TopK:
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

    @overload
    def similar(  # type: ignore[overload-overlap]
        self, items: One, k: Places = 10, **options: Unpack[ItemSearch]
    ) -> Hits: ...
    @overload
    def similar(self, items: Many, k: Places = 10, **options: Unpack[ItemSearch]) -> TopK: ...
    @overload
    def similar(
        self,
        *,
        k: Places = 10,
        vectors: Vectors | None = None,
        features: FeatureData | Features | None = None,
        **options: Unpack[ItemSearch],
    ) -> Hits | TopK: ...
    def similar(
        self,
        items: Any = None,
        k: Any = 10,
        *,
        vectors: Any = None,
        features: Any = None,
        exclude: Any = None,
        allow: Any = None,
        where: Filters = (),
        limits: Limits = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Hits | TopK:
        """The items most like an item (Hits) or like each of many (TopK), by cosine."""
        return self._find(
            _SIMILAR, items, k, vectors, features, None, None, False, exclude, allow, where, limits,
            minimum_score, probes, _arrays.is_one(items),
        )  # fmt: skip

    @overload
    def users_for(  # type: ignore[overload-overlap]
        self, items: One, k: Places = 10, **options: Unpack[SeenUserSearch]
    ) -> Hits: ...
    @overload
    def users_for(self, items: Many, k: Places = 10, **options: Unpack[SeenUserSearch]) -> TopK: ...
    @overload
    def users_for(
        self,
        *,
        k: Places = 10,
        vectors: Vectors | None = None,
        features: FeatureData | Features | None = None,
        **options: Unpack[SeenUserSearch],
    ) -> Hits | TopK: ...
    def users_for(
        self,
        items: Any = None,
        k: Any = 10,
        *,
        vectors: Any = None,
        features: Any = None,
        exclude_seen: bool = False,
        exclude: Any = None,
        allow: Any = None,
        where: Filters = (),
        limits: Limits = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Hits | TopK:
        """The other way round: the users who would want an item (Hits) or each of many (TopK), in
        the order of what is predicted for each user and the item."""
        return self._find(
            _USERS_FOR, items, k, vectors, features, None, None, exclude_seen, exclude, allow,
            where, limits, minimum_score, probes, _arrays.is_one(items),
        )  # fmt: skip

    @overload
    def similar_users(  # type: ignore[overload-overlap]
        self, users: One, k: Places = 10, **options: Unpack[UserSearch]
    ) -> Hits: ...
    @overload
    def similar_users(self, users: Many, k: Places = 10, **options: Unpack[UserSearch]) -> TopK: ...
    @overload
    def similar_users(
        self,
        *,
        k: Places = 10,
        vectors: Vectors | None = None,
        features: FeatureData | Features | None = None,
        **options: Unpack[UserSearch],
    ) -> Hits | TopK: ...
    def similar_users(
        self,
        users: Any = None,
        k: Any = 10,
        *,
        vectors: Any = None,
        features: Any = None,
        exclude: Any = None,
        allow: Any = None,
        where: Filters = (),
        limits: Limits = (),
        minimum_score: float | None = None,
        probes: int | None = None,
    ) -> Hits | TopK:
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
        file = self._file()
        width, item_count, user_count = file._sizes
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
            made = Features.of(self._file(), scope, features)
            single = single or made._single
        history = (None, None) if histories is None else _arrays.lists(histories, "histories")
        weights = None
        if history_weights is not None:
            weights = _request.weights(history_weights)
        count = next(
            (len(q) for q in (ids, wanted, made) if q is not None),
            0 if history[0] is None else len(history[0]) - 1,
        )
        if probes is not None and probes < 0:
            raise ValueError(f"probes: {probes}")
        finds_users = search >= _USERS_FOR
        # No query has more results than there are, so results need no more memory than that.
        most = max(user_count if finds_users else item_count, 1)
        k, each = _request.places(k, most)
        allowed, *sets = _request.allowed(allow)
        out_ids = np.empty((count, k), np.int64)
        scores = np.empty((count, k), np.float32)
        counts = np.empty(count, np.uint64)
        self._call(
            _search, search, out_ids, scores, counts, k, exclude_seen, minimum_score, probes,
            count, ids, wanted, made._native if made else None, *history, weights,
            *_request.excluded(exclude), allowed, each, *sets, natives(where),
            _request.limits(limits),
        )  # fmt: skip
        source = (file, finds_users)
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
