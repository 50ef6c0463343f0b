"""The calls that Model and Context share: predict, encode, rank, and the searches."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, overload

import numpy as np

from . import _arrays, _native
from ._arrays import Floats, Int64s, Known, Many, One, Vectors
from ._features import FeatureData, Features
from ._info import Scope
from ._searches import Searches

# Looked up once: a call costs as little as Python allows.
_predict_one = _native.Context.predict_one
_predict = _native.Context.predict


class Calls(Searches):
    """What a model can be asked. Users and items are ids (int) or, where a catalogue has them,
    string keys (str); or lists, sets, Series and arrays of those. Arrays of int64 are used without
    copying. The GIL is released while Duomo works."""

    @abstractmethod
    def _marks(self) -> bool:
        """Whether unknown ids are marked."""

    def _ids(self, value: Any, scope: Scope, name: str) -> Int64s:
        return self._file()._known_ids(value, scope, name, self._marks())

    # ---- Predictions ----

    @overload
    def predict(self, users: One, items: One) -> float: ...  # type: ignore[overload-overlap]
    @overload
    def predict(self, users: One, items: Many, *, out: Floats | None = None) -> Floats: ...
    @overload
    def predict(self, users: Many, items: One | Many, *, out: Floats | None = None) -> Floats: ...
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

    def predict_vectors(
        self, users: Vectors, items: Vectors, *, out: Floats | None = None
    ) -> Floats:
        """The same for vectors [n, vector_width], used as given: for a cosine model, unit ones."""
        width = self._file()._sizes[0]
        u = _arrays.vectors(users, "users", width)
        i = _arrays.vectors(items, "items", width)
        if len(u) != len(i):
            raise ValueError(f"{len(u)} users and {len(i)} items")
        result = _arrays.output(out, (len(u),))
        self._call(_native.Context.predict_vectors, result, u, i)
        return result

    # ---- Vectors ----

    def encode_users(self, users: Many, *, out: Floats | None = None) -> Floats:
        """Vectors [n, vector_width] of known users."""
        return self._encode(users, True, out)

    def encode_items(self, items: Many, *, out: Floats | None = None) -> Floats:
        """Vectors [n, vector_width] of known items."""
        return self._encode(items, False, out)

    def _encode(self, which: Many, of_users: bool, out: Floats | None) -> Floats:
        scope, name = (Scope.USER, "users") if of_users else (Scope.ITEM, "items")
        ids = self._ids(which, scope, name)
        result = _arrays.output(out, (len(ids), self._file()._sizes[0]))
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
        made = Features.of(self._file(), scope, features)
        result = _arrays.output(out, (len(made), self._file()._sizes[0]))
        self._call(_native.Context.encode_features, result, made._native)
        return result

    # ---- Ranking ----

    def rank(
        self,
        user: One | None = None,
        items: Many | None = None,
        *,
        user_features: FeatureData | Features | None = None,
        item_features: FeatureData | Features | None = None,
        pairs: FeatureData | Features | None = None,
        history: Many | None = None,
        out: Floats | None = None,
    ) -> Floats:
        """A number for every item, in the order given, for one user. ``pairs`` are features of the
        pairs, a row an item. A history is used in place of what the file remembers of the user."""
        ids: Known | None = None if items is None else _arrays.known(items, "items")

        def made(scope: Scope, data: Any) -> Features | None:
            return None if data is None else Features.of(self._file(), scope, data)

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
