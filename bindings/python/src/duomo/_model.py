"""Model and Context: an opened file, and the scratch memory of one thread at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from . import _native
from ._arrays import Int64s
from ._calls import Calls
from ._closing import Closing
from ._features import FeatureData, Features
from ._info import Head, Input, Keys, Kind, ModelInfo, Scope, Unknown
from ._library import load_library

_T = TypeVar("_T")
_BACKENDS = {"default": 0, "onednn": 1, "portable": 2}


class Model(Closing, Calls):
    """An opened .duomo file. Any number of threads may use it at once: every call borrows a context
    from a pool. Close it, or use it in ``with``; calls that run meanwhile finish undisturbed."""

    def __init__(
        self, native: _native.Model, unknown: Unknown | str = Unknown.ERROR, threads: int = 1
    ) -> None:
        self._options = (int(Unknown.of(unknown)), _threads(threads))
        self._native = native
        self._pool: deque[_native.Context] = deque()
        name, unit, head, *rest = native.info()
        self._info = ModelInfo(name, unit, Head(head), *rest)
        self._inputs = tuple(
            Input(name, Scope(scope), Kind(kind), Keys(keys), size)
            for name, scope, kind, keys, size in native.inputs()
        )
        self._sizes = (self._info.vector_width, self._info.item_count)

    # append and pop of a deque are atomic, so the pool needs no lock.
    def _call(self, method: Callable[..., _T], *args: Any) -> _T:
        pool = self._pool
        try:
            context = pool.pop()
        except IndexError:
            context = _native.Context(self._native, *self._options)
        try:
            return method(context, *args)
        finally:
            pool.append(context)
            if self._native.closed:
                self._drain()

    def _drain(self) -> None:
        while self._pool:
            try:
                self._pool.pop().close()
            except IndexError:  # another thread took it
                return

    def _model(self) -> Model:
        return self

    def _shape(self) -> tuple[int, int]:
        return self._sizes

    @property
    def info(self) -> ModelInfo:
        return self._info

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the model reads: the features that may be set."""
        return self._inputs

    @property
    def closed(self) -> bool:
        return self._native.closed

    def close(self) -> None:
        """Closes the file once the last call, Context and Features are done with it."""
        self._native.close()
        self._drain()

    def __repr__(self) -> str:
        i = self._info
        state = ", closed" if self.closed else ""
        return f"Model({i.name!r}, {i.user_count} users, {i.item_count} items{state})"

    def context(self, unknown: Unknown | str = Unknown.ERROR, threads: int = 1) -> Context:
        """A context of the caller's own: for another way with unknown ids, for calls that use
        several threads, or to spare the pool."""
        return Context(self, unknown, threads)

    def features(self, scope: Scope | str, data: FeatureData | int) -> Features:
        """Raw features of users, items or pairs, from

        - a dict of columns, {"age": [25, 40], "genres": [["Drama"], []]}, or of one row's values,
          {"age": 25, "genres": ["Drama"]};
        - a DataFrame with a column for every input given, or a list of dicts, one a row;
        - a number of rows, to be filled with ``set``.

        None and NaN are "not set"; values that the model does not know count as unknown."""
        if isinstance(data, int):
            return Features(self, scope, data)
        return Features.of(self, scope, data)

    # ---- Ids, keys and titles ----

    @property
    def user_ids(self) -> Int64s:
        """All known users, in the order of the file."""
        return self._ids(True, self._info.user_count)

    @property
    def item_ids(self) -> Int64s:
        return self._ids(False, self._info.item_count)

    def _ids(self, of_users: bool, count: int) -> Int64s:
        out = np.empty(count, np.int64)
        self._native.ids(out, of_users)
        return out

    def user_id(self, key: str) -> int:
        """The id of a user by its string key."""
        return self._native.user_id(key)

    def item_id(self, key: str) -> int:
        return self._native.item_id(key)

    def user_key(self, user: int) -> str:
        return self._native.user_key(user)

    def item_key(self, item: int) -> str:
        return self._native.item_key(item)

    def title(self, item: int) -> str:
        return self._native.title(item)


class Context(Closing, Calls):
    """Scratch memory of one thread at a time; a second call while one runs raises BusyError. Holds
    its model, also after the model's ``close``."""

    def __init__(
        self, model: Model, unknown: Unknown | str = Unknown.ERROR, threads: int = 1
    ) -> None:
        self._of = model
        options = (int(Unknown.of(unknown)), _threads(threads))
        self._native = _native.Context(model._native, *options)

    def _call(self, method: Callable[..., _T], *args: Any) -> _T:
        return method(self._native, *args)

    def _model(self) -> Model:
        return self._of

    def _shape(self) -> tuple[int, int]:
        return self._of._shape()

    @property
    def model(self) -> Model:
        return self._of

    @property
    def closed(self) -> bool:
        return self._native.closed

    def close(self) -> None:
        self._native.close()


def _threads(number: int) -> int:
    if not 0 <= number < 2**31:
        raise ValueError(f"threads: {number}")
    return number


def _flags(copy: bool, verify: bool, prepare: bool) -> int:
    return (1 if copy else 0) | (2 if verify else 0) | (4 if prepare else 0)


def _backend(name: str) -> int:
    if name not in _BACKENDS:
        raise ValueError(f"backend: one of {sorted(_BACKENDS)}, not {name!r}")
    return _BACKENDS[name]


def open(  # noqa: A001 - as gzip.open and wave.open
    path: str | bytes | os.PathLike[str],
    *,
    copy: bool = False,
    verify: bool = False,
    prepare: bool = False,
    backend: str = "default",
    unknown: Unknown | str = Unknown.ERROR,
    threads: int = 1,
) -> Model:
    """Opens a .duomo file. It is mapped: replace files by rename, never edit them in place, or give
    ``copy``. ``verify`` checks the checksum of every byte. ``prepare`` makes the codes for fast
    searches where the file has none, some microseconds an item. ``backend``: "default", "onednn" or
    "portable". ``unknown``: "error" (an unknown id in a call raises NotFound) or "mark" (its
    prediction or vector is NaN, its results none).
    ``threads``: how many topk and similar may use; results are the same with any number."""
    load_library()
    flags = _flags(copy, verify, prepare)
    return Model(_native.Model(os.fsencode(path), None, flags, _backend(backend)), unknown, threads)


def open_buffer(
    data: Any,
    *,
    copy: bool = False,
    verify: bool = False,
    prepare: bool = False,
    backend: str = "default",
    unknown: Unknown | str = Unknown.ERROR,
    threads: int = 1,
) -> Model:
    """The same from bytes, a memoryview, an mmap or an array. They are borrowed until the model and
    all that holds it are gone, and must not change; where they do not lie on a multiple of 64 they
    are copied (``info.copied``)."""
    load_library()
    native = _native.Model(None, data, _flags(copy, verify, prepare), _backend(backend))
    return Model(native, unknown, threads)
