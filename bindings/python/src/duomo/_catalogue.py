"""What an opened file knows: its users and items, their ids, keys, titles, attributes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union, overload

import numpy as np

from . import _arrays, _native
from ._arrays import Int64s, Many, One
from ._errors import Argument, ErrorKind, NotFound
from ._info import Attribute, AttributeKind, Head, Input, Keys, Kind, ModelInfo, Scope

_USER_KEYS, _ITEM_KEYS, _TITLES = 0, 1, 2
_MISSING = int(np.iinfo(np.int64).min)

# Where a file was opened from, for those who open it again: its absolute path, or its bytes; None
# where only the library has them. And how, as duomo.open takes it.
Origin = Union[str, Any, None]


class Catalogue:
    """The part of a Model that answers from the file alone, without scratch memory: any thread may
    ask it at any time."""

    def __init__(self, native: _native.Model, origin: Origin, how: Mapping[str, Any]) -> None:
        self._native = native
        self._origin = origin
        self._how = how
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

    @property
    def info(self) -> ModelInfo:
        """What the model is: its name, sizes, unit and so on."""
        return self._info

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the model reads: the features that may be set."""
        return self._inputs

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._native.closed

    # ---- Ids, keys and titles ----

    @property
    def user_ids(self) -> Int64s:
        """All known users, in the order of the file."""
        return self._all_ids(True, self._info.user_count)

    @property
    def item_ids(self) -> Int64s:
        """All known items, in the order of the file."""
        return self._all_ids(False, self._info.item_count)

    def _all_ids(self, of_users: bool, count: int) -> Int64s:
        out = np.empty(count, np.int64)
        self._native.ids(out, of_users)
        return out

    @overload
    def user_id(self, key: str) -> int: ...  # type: ignore[overload-overlap]
    @overload
    def user_id(self, key: Many) -> Int64s: ...
    def user_id(self, key: Any) -> int | Int64s:
        """The id of a user by its string key; of many keys, an array with -1 for unknown ones."""
        return self._native.user_id(key) if isinstance(key, str) else self._many(Scope.USER, key)

    @overload
    def item_id(self, key: str) -> int: ...  # type: ignore[overload-overlap]
    @overload
    def item_id(self, key: Many) -> Int64s: ...
    def item_id(self, key: Any) -> int | Int64s:
        """The id of an item by its string key; of many keys, an array with -1 for unknown ones."""
        return self._native.item_id(key) if isinstance(key, str) else self._many(Scope.ITEM, key)

    def _many(self, scope: Scope, keys: Any) -> Int64s:
        listed = tuple(keys)
        out = np.empty(len(listed), np.int64)
        self._native.ids_of_keys(out, int(scope), listed)
        return out

    @overload
    def user_key(self, user: int | np.integer[Any]) -> str: ...
    @overload
    def user_key(self, user: Many) -> list[str | None]: ...
    def user_key(self, user: Any) -> str | list[str | None]:
        """The string key of a user; of many, a list with None for unknown ones."""
        if _arrays.is_id(user):
            return self._native.user_key(int(user))
        return self._native.texts(_USER_KEYS, _arrays.ids(_arrays.listed(user), "users"))

    @overload
    def item_key(self, item: int | np.integer[Any]) -> str: ...
    @overload
    def item_key(self, item: Many) -> list[str | None]: ...
    def item_key(self, item: Any) -> str | list[str | None]:
        """The string key of an item; of many, a list with None for unknown ones."""
        if _arrays.is_id(item):
            return self._native.item_key(int(item))
        return self._native.texts(_ITEM_KEYS, _arrays.ids(_arrays.listed(item), "items"))

    @overload
    def title(self, item: One) -> str: ...  # type: ignore[overload-overlap]
    @overload
    def title(self, item: Many) -> list[str | None]: ...
    def title(self, item: Any) -> str | list[str | None]:
        """The title of an item, by id or key; of many, a list with None for unknown ones."""
        if isinstance(item, str):
            return self._native.title(self._native.item_id(item))
        if _arrays.is_id(item):
            return self._native.title(int(item))
        known = _arrays.known(item, "items")
        ids = self._many(Scope.ITEM, known) if isinstance(known, tuple) else known
        return self._native.texts(_TITLES, ids)

    def _known_ids(self, value: Any, scope: Scope, name: str, marks: bool = False) -> Int64s:
        """Ids, also of keys, for calls that take no keys; with ``marks`` unknown ones are -1."""
        known = _arrays.known(value, name)
        if not isinstance(known, tuple):
            return known
        out = self._many(scope, known)
        if not marks and (out < 0).any():
            at = int(np.argmax(out < 0))
            raise NotFound(f"{name}[{at}]: the model has no {scope.name.lower()} {known[at]!r}")
        return out

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

    def attribute(self, name: str, items: One | Many) -> Any:
        """The values of items: an array of float64 for numbers (NaN where there is none), of
        datetime64[s] for times (NaT), a list of int or None for integers, of str or None for
        categories, of lists of str for sets. Of a single item, its value."""
        if _arrays.is_one(items):
            alone: Any = [items]
            return self.attribute(name, alone)[0]
        ids = self._known_ids(items, Scope.ITEM, "items")
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


def _no_name(what: str, name: str, names: list[str]) -> NotFound:
    error = NotFound(f"there is no {what} {name!r}; there are {', '.join(names) or 'none'}")
    error.kind, error.argument = ErrorKind.UNKNOWN_NAME, Argument.NAME
    return error
