"""Model and Context: an opened file, and the scratch memory of one thread at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar, overload

import numpy as np

from . import _arrays, _filter, _native
from ._arrays import Ids, Int64s
from ._calls import Calls
from ._cancel import CancelFlag
from ._closing import Closing
from ._errors import Argument, ErrorKind, NotFound
from ._features import FeatureData, Features
from ._info import (
    Attribute,
    AttributeKind,
    Head,
    Input,
    Keys,
    Kind,
    ModelInfo,
    Scope,
    Unknown,
)
from ._library import load_library
from ._sets import ItemSet

_T = TypeVar("_T")
_BACKENDS = {"default": 0, "onednn": 1, "portable": 2}


class Model(Closing, Calls):
    """An opened .duomo file. Any number of threads may use it at once: every call borrows a context
    from a pool. Close it, or use it in ``with``; calls that run meanwhile finish undisturbed. To
    swap models under running threads use a ModelSlot."""

    def __init__(
        self,
        native: _native.Model,
        unknown: Unknown | str = Unknown.ERROR,
        threads: int = 1,
        cancelled: CancelFlag | None = None,
    ) -> None:
        self._options = _options(unknown, threads, cancelled)
        self._native = native
        self._pool: deque[_native.Context] = deque()
        name, unit, head, *rest, attributes, metadata = native.info()
        self._info = ModelInfo(name, unit, Head(head), *rest)
        self._metadata_count: int = metadata
        self._inputs = tuple(
            Input(name, Scope(scope), Kind(kind), Keys(keys), size)
            for name, scope, kind, keys, size in native.inputs()
        )
        self._attributes = tuple(
            Attribute(name, AttributeKind(kind), size)
            for name, kind, size in native.attributes(attributes)
        )
        self._sizes = (self._info.vector_width, self._info.item_count, self._info.user_count)

    # append and pop of a deque are atomic, so the pool needs no lock. Its contexts go with the last
    # Model that has it, or with the last call.
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

    def _share(self) -> Model:
        """Another Model of the same file and pool, closed by itself: for ModelSlot."""
        other = Model.__new__(Model)
        other.__dict__.update(self.__dict__)
        other._native = self._native.share()
        return other

    def _model(self) -> Model:
        return self

    def _shape(self) -> tuple[int, int, int]:
        return self._sizes

    def _marks(self) -> bool:
        return self._options[0] == Unknown.MARK

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
        self._pool = deque()

    def trim(self) -> None:
        """Gives back the memory that idle contexts hold, for instance after an unusually large
        batch."""
        self._pool.clear()

    def __repr__(self) -> str:
        i = self._info
        state = ", closed" if self.closed else ""
        return f"Model({i.name!r}, {i.user_count} users, {i.item_count} items{state})"

    def context(
        self,
        unknown: Unknown | str = Unknown.ERROR,
        threads: int = 1,
        cancelled: CancelFlag | None = None,
    ) -> Context:
        """A context of the caller's own: for another way with unknown ids, for calls that use
        several threads or can be cancelled, or to spare the pool."""
        return Context(self, unknown, threads, cancelled)

    def features(
        self, scope: Scope | str, data: FeatureData | int, *, strict: bool = False
    ) -> Features:
        """Raw features of users, items or pairs, from

        - a dict of columns, {"age": [25, 40], "genres": [["Drama"], []]}, or of one row's values,
          {"age": 25, "genres": ["Drama"]};
        - a DataFrame with a column for every input given, or a list of dicts, one a row;
        - a number of rows, to be filled with ``set``.

        None and NaN are "not set"; values that the model does not know count as unknown or, with
        ``strict``, raise NotFound. ``input_values`` lists those that it knows."""
        if isinstance(data, int):
            return Features(self, scope, data, strict)
        return Features.of(self, scope, data, strict)

    # ---- Ids, keys and titles ----

    @property
    def user_ids(self) -> Int64s:
        """All known users, in the order of the file."""
        return self._all_ids(True, self._info.user_count)

    @property
    def item_ids(self) -> Int64s:
        return self._all_ids(False, self._info.item_count)

    def _all_ids(self, of_users: bool, count: int) -> Int64s:
        out = np.empty(count, np.int64)
        self._native.ids(out, of_users)
        return out

    @overload
    def user_id(self, key: str) -> int: ...
    @overload
    def user_id(self, key: Any) -> Int64s: ...
    def user_id(self, key: Any) -> int | Int64s:
        """The id of a user by its string key; of many keys, an array with -1 for unknown ones."""
        return self._native.user_id(key) if isinstance(key, str) else self._many(Scope.USER, key)

    @overload
    def item_id(self, key: str) -> int: ...
    @overload
    def item_id(self, key: Any) -> Int64s: ...
    def item_id(self, key: Any) -> int | Int64s:
        """The id of an item by its string key; of many keys, an array with -1 for unknown ones."""
        return self._native.item_id(key) if isinstance(key, str) else self._many(Scope.ITEM, key)

    def _many(self, scope: Scope, keys: Any) -> Int64s:
        listed = tuple(keys)
        out = np.empty(len(listed), np.int64)
        self._native.ids_of_keys(out, int(scope), listed)
        return out

    @overload
    def user_key(self, user: int) -> str: ...
    @overload
    def user_key(self, user: Ids) -> list[str | None]: ...
    def user_key(self, user: Any) -> str | list[str | None]:
        """The string key of a user; of many, a list with None for unknown ones."""
        if _arrays.is_id(user):
            return self._native.user_key(int(user))
        return self._native.texts(0, _arrays.ids(user, "users"))

    @overload
    def item_key(self, item: int) -> str: ...
    @overload
    def item_key(self, item: Ids) -> list[str | None]: ...
    def item_key(self, item: Any) -> str | list[str | None]:
        """The string key of an item; of many, a list with None for unknown ones."""
        if _arrays.is_id(item):
            return self._native.item_key(int(item))
        return self._native.texts(1, _arrays.ids(item, "items"))

    @overload
    def title(self, item: int | str) -> str: ...
    @overload
    def title(self, item: Ids) -> list[str | None]: ...
    def title(self, item: Any) -> str | list[str | None]:
        """The title of an item, by id or key; of many, a list with None for unknown ones."""
        if isinstance(item, str):
            return self._native.title(self._native.item_id(item))
        if _arrays.is_id(item):
            return self._native.title(int(item))
        known = _arrays.known(item, "items")
        ids = self._many(Scope.ITEM, known) if isinstance(known, tuple) else known
        return self._native.texts(2, ids)

    # ---- What the model knows ----

    def input_values(self, name: str) -> list[str] | list[int]:
        """The values that an input knows; of a history the items."""
        for at, one in enumerate(self._inputs):
            if one.name == name:
                # Numbers have no values, which the library says at the first.
                return self._native.input_values(
                    at, max(one.vocabulary_size, 1), one.keys == Keys.STRING
                )
        raise _no_name("input", name, [one.name for one in self._inputs])

    @property
    def metadata(self) -> dict[str, str]:
        """What people wrote into the file: name, version, licence and so on."""
        return self._native.metadata(self._metadata_count)

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes of items: columns to filter by and to show."""
        return self._attributes

    def attribute(self, name: str, items: Any) -> Any:
        """The values of items: an array of float64 for numbers (NaN where there is none), of
        datetime64[s] for times (NaT), a list of int or None for integers, of str or None for
        categories, of lists of str for sets. Of a single item, its value."""
        if _arrays.is_one(items):
            return self.attribute(name, [items])[0]
        ids = self._ids(items, Scope.ITEM, "items")
        kind = next((one.kind for one in self._attributes if one.name == name), None)
        if kind is None:
            raise _no_name("attribute", name, [one.name for one in self._attributes])
        if kind == AttributeKind.CATEGORY:
            return self._native.attribute_texts(name, ids)
        if kind == AttributeKind.SET:
            return [self._native.attribute_set(name, item) for item in ids.tolist()]
        if kind == AttributeKind.NUMBER:
            numbers = np.empty(len(ids), np.float64)
            self._native.attribute_values(name, ids, numbers, False)
            return numbers
        integers = np.empty(len(ids), np.int64)
        self._native.attribute_values(name, ids, integers, True)
        if kind == AttributeKind.TIME:
            return integers.view("datetime64[s]")  # whose NaT is what the library has for missing
        return [None if value == _MISSING else value for value in integers.tolist()]

    def item_set(self, items: Any = None, *, where: _filter.Filters = ()) -> ItemSet:
        """A set of items for ``allow=``: of ids or keys, unknown ones being left out; or of the
        items for which the filters hold, without filters all."""
        filters = _filter.natives(where)
        if items is None:
            return ItemSet(_native.ItemSet(self._native, None, filters))
        made = ItemSet(_native.ItemSet(self._native, _arrays.known(items, "items"), ()))
        return made & self.item_set(where=where) if filters else made


_MISSING = int(np.iinfo(np.int64).min)


def _no_name(what: str, name: str, names: list[str]) -> NotFound:
    error = NotFound(f"there is no {what} {name!r}; there are {', '.join(names) or 'none'}")
    error.kind, error.argument = ErrorKind.UNKNOWN_NAME, Argument.NAME
    return error


class Context(Closing, Calls):
    """Scratch memory of one thread at a time; a second call while one runs raises BusyError. Holds
    its model, also after the model's ``close``."""

    def __init__(
        self,
        model: Model,
        unknown: Unknown | str = Unknown.ERROR,
        threads: int = 1,
        cancelled: CancelFlag | None = None,
    ) -> None:
        self._of = model
        self._options = _options(unknown, threads, cancelled)
        self._native = _native.Context(model._native, *self._options)

    def _call(self, method: Callable[..., _T], *args: Any) -> _T:
        return method(self._native, *args)

    def _model(self) -> Model:
        return self._of

    def _shape(self) -> tuple[int, int, int]:
        return self._of._shape()

    def _marks(self) -> bool:
        return self._options[0] == Unknown.MARK

    @property
    def model(self) -> Model:
        return self._of

    @property
    def closed(self) -> bool:
        return self._native.closed

    def trim(self) -> None:
        """Gives back the memory that calls have left, for instance after an unusually large batch;
        the next call takes what it needs anew."""
        self._native.trim()

    def close(self) -> None:
        self._native.close()


def _options(
    unknown: Unknown | str, threads: int, cancelled: CancelFlag | None
) -> tuple[int, int, Any]:
    """As the extension takes them."""
    if not 0 <= threads < 2**31:
        raise ValueError(f"threads: {threads}")
    if cancelled is not None and not isinstance(cancelled, CancelFlag):
        raise TypeError(f"cancelled: a CancelFlag, not {cancelled!r}")
    return int(Unknown.of(unknown)), threads, None if cancelled is None else cancelled._flag


def _flags(copy: bool, verify: bool, prepare: bool) -> int:
    return (1 if copy else 0) | (2 if verify else 0) | (4 if prepare else 0)


def _backend(name: str) -> int:
    if name not in _BACKENDS:
        raise ValueError(f"backend: one of {sorted(_BACKENDS)}, not {name!r}")
    return _BACKENDS[name]


def open(  # noqa: A001 - as gzip.open and wave.open
    file: str | bytes | os.PathLike[str] | int | Any,
    *,
    offset: int = 0,
    length: int = 0,
    copy: bool = False,
    verify: bool = False,
    prepare: bool = False,
    backend: str = "default",
    unknown: Unknown | str = Unknown.ERROR,
    threads: int = 1,
    cancelled: CancelFlag | None = None,
) -> Model:
    """Opens a .duomo file: a path, or an open file (or its descriptor), which may be closed
    afterwards and of which ``length`` bytes from ``offset`` on are the model, 0 meaning up to its
    end. It is mapped: replace files by rename, never edit them in place, or give ``copy``.
    ``verify`` checks the checksum of every byte. ``prepare`` makes the codes for fast searches
    where the file has none, some microseconds an item. ``backend``: "default", "onednn" or
    "portable". ``unknown``: "error" (an unknown id in a call raises NotFound) or "mark" (its
    prediction or vector is NaN, its results none). ``threads``: how many searches may use; results
    are the same with any number. ``cancelled``: a flag that ends calls."""
    load_library()
    flags = _flags(copy, verify, prepare)
    path: bytes | int
    if isinstance(file, (str, bytes, os.PathLike)):
        if offset or length:
            raise ValueError("offset and length: of an open file only")
        path = os.fsencode(file)
    else:
        path = file if isinstance(file, int) else file.fileno()
        if offset < 0 or length < 0:
            raise ValueError(f"offset {offset}, length {length}: neither may be negative")
    native = _native.Model(path, None, flags, _backend(backend), offset, length)
    return Model(native, unknown, threads, cancelled)


def open_buffer(
    data: Any,
    *,
    copy: bool = False,
    verify: bool = False,
    prepare: bool = False,
    backend: str = "default",
    unknown: Unknown | str = Unknown.ERROR,
    threads: int = 1,
    cancelled: CancelFlag | None = None,
) -> Model:
    """The same from bytes, a memoryview, an mmap or an array. They are borrowed until the model and
    all that holds it are gone, and must not change; where they do not lie on a multiple of 64 they
    are copied (``info.copied``)."""
    load_library()
    flags = _flags(copy, verify, prepare)
    native = _native.Model(None, data, flags, _backend(backend), 0, 0)
    return Model(native, unknown, threads, cancelled)
