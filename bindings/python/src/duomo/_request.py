"""What may be asked of a search beside who it is for: the types, and how the extension takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict, Union

import numpy as np

from . import _arrays, _native
from ._arrays import Floats, Known, Lists, Many, Offsets
from ._filter import Filters
from ._sets import ItemSet

Allowed = Union[Many, ItemSet, Sequence[Union[ItemSet, None]]]
Limits = Union[Mapping[str, int], Iterable[tuple[str, int]]]
Places = Union[int, Many]


class _Search(TypedDict, total=False):
    exclude: Many | Lists | None
    where: Filters
    limits: Limits
    minimum_score: float | None
    probes: int | None


class ItemSearch(_Search, total=False):
    """Of searches that find items."""

    allow: Allowed | None


class UserSearch(_Search, total=False):
    """Of searches that find users."""

    allow: Many | None


class SeenUserSearch(UserSearch, total=False):
    """Of users_for."""

    exclude_seen: bool


class OtherTopkOptions(ItemSearch, total=False):
    """Of topk beside histories."""

    exclude_seen: bool
    history_weights: Any


class TopkOptions(OtherTopkOptions, total=False):
    """Of topk."""

    history: Many | None
    histories: Lists | None


def excluded(exclude: Any) -> tuple[Known | None, Offsets | None, Known | None]:
    """(for all queries, offsets and lists of each): a list goes to every query, a list of lists has
    one for each."""
    if exclude is None:
        return None, None, None
    if _arrays.is_one(exclude):
        exclude = [exclude]
    rows = exclude if hasattr(exclude, "__len__") else list(exclude)
    if len(rows) and not isinstance(rows, str) and not all(_arrays.is_one(v) for v in rows):
        return None, *_arrays.lists(rows, "exclude")
    return _arrays.known(rows, "exclude"), None, None


def allowed(
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


def places(k: Any, most: int) -> tuple[int, Offsets | None]:
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


def weights(weights: Any) -> Floats:
    """One array; lists of them, a list a query, are laid end to end."""
    if not isinstance(weights, np.ndarray) and any(hasattr(one, "__len__") for one in weights):
        weights = [weight for one in weights for weight in one]
    return np.ascontiguousarray(weights, np.float32).ravel()


def limits(limits: Any) -> tuple[tuple[str, int], ...]:
    pairs = tuple(limits.items() if isinstance(limits, Mapping) else limits)
    for name, at_most in pairs:
        if not 1 <= at_most < 2**32:
            raise ValueError(f"limits[{name!r}]: {at_most}, must be at least 1")
    return pairs
