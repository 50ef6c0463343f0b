"""Raw features of users, items or pairs that the file does not know, from dicts and DataFrames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, Union

import numpy as np

from . import _arrays, _native
from ._catalogue import Catalogue
from ._closing import Closing
from ._info import Input, Keys, Kind, Scope


class Frame(Protocol):
    """DataFrames of pandas and polars."""

    @property
    def columns(self) -> Any: ...

    def to_numpy(self, *args: Any, **kwargs: Any) -> Any: ...


# The values of one row of numbers and texts; a dict of columns, or of one row that has lists, too;
# a DataFrame; a list of dicts, one a row.
Row = Mapping[str, Union[str, float, None]]
FeatureData = Union[Mapping[str, Any], Iterable[Mapping[str, Any]], Frame]

# No vocabulary has it, so it is an unknown category, as one that is not set.
_MISSING = np.iinfo(np.int64).min
_LISTS = (Kind.CATEGORY_SET, Kind.HISTORY)


def _is_list(value: Any) -> bool:
    return not isinstance(value, (str, bytes)) and hasattr(value, "__len__")


class Features(Closing):
    """Features of ``count`` rows. What is not set is unknown or empty; values that the model does
    not know count as unknown, or raise NotFound where they are ``strict``. Holds its model; one
    call at a time. Made by ``Model.features``."""

    def __init__(
        self, catalogue: Catalogue, scope: Scope | str, count: int, strict: bool = False
    ) -> None:
        self._scope = Scope.of(scope)
        self._inputs: dict[str, Input] = {i.name: i for i in catalogue.inputs}
        self._native = _native.Features(catalogue._native, int(self._scope), count)
        if strict:
            self._native.strict(True)
        self._count = count
        self._single = False  # made from the values of one row, not from columns

    @property
    def scope(self) -> Scope:
        """Of whom they are: users, items or pairs."""
        return self._scope

    def __len__(self) -> int:
        return self._count

    def set(self, name: str, values: Any) -> Features:
        """Sets an input for all rows, one value a row: numbers, categories (int or str as the
        input has them) or texts; for sets and histories a list a row. None is "not set"."""
        known = self._inputs.get(name)
        if known is None or known.scope != self._scope:
            # The library's own words: it knows why the name does not fit.
            self._native.integers(name, np.zeros(self._count, np.int64))
        elif known.kind == Kind.NUMBER:
            self._native.numbers(name, _numbers(values, name))
        elif known.kind in _LISTS:
            rows = [() if row is None or _is_scalar_nan(row) else row for row in values]
            starts, flat = _arrays.lists(rows, name)
            if isinstance(flat, tuple):
                self._native.string_lists(name, starts, flat)
            elif known.keys == Keys.STRING and known.kind != Kind.HISTORY and not len(flat):
                self._native.string_lists(name, starts, ())
            else:
                self._native.integer_lists(name, starts, flat)
        elif known.kind == Kind.TEXT or known.keys == Keys.STRING:
            self._native.strings(name, [None if _arrays.is_missing(v) else v for v in values])
        else:
            self._native.integers(name, _integers(values, name))
        return self

    def close(self) -> None:
        """Gives their memory back; a call that uses them meanwhile finishes undisturbed."""
        self._native.close()

    @classmethod
    def of(
        cls, catalogue: Catalogue, scope: Scope | str, data: Any, strict: bool = False
    ) -> Features:
        """From a dict or a DataFrame; see ``Model.features``."""
        if isinstance(data, Features):
            if data.scope != Scope.of(scope):
                raise TypeError(f"features of the {data.scope.name.lower()}s, not {scope}")
            return data
        columns, rows_of = _columns(data)
        if rows_of is not None:
            return cls(catalogue, scope, rows_of, strict)._set_all(columns)
        kinds = {i.name: i.kind for i in catalogue.inputs}
        deep = {name: _is_rows(v, kinds.get(name) in _LISTS) for name, v in columns.items()}
        rows = {name for name, is_rows in deep.items() if is_rows}
        if rows and len(rows) < len(columns):
            single = sorted(set(columns) - rows)
            raise ValueError(f"features: {sorted(rows)} have a value a row, {single} only one")
        if not rows:
            columns = {name: [value] for name, value in columns.items()}
        sizes = {name: len(values) for name, values in columns.items()}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"features: columns of different lengths: {sizes}")
        features = cls(catalogue, scope, next(iter(sizes.values()), 1), strict)
        features._single = not rows
        return features._set_all(columns)

    def _set_all(self, columns: Mapping[str, Any]) -> Features:
        for name, values in columns.items():
            self.set(name, values)
        return self


def _columns(data: Any) -> tuple[dict[str, Any], int | None]:
    """The columns and, except of dicts, which may be of one row, how many rows they have."""
    if hasattr(data, "columns") and hasattr(data, "to_numpy"):  # a DataFrame
        return {str(name): list(data[name]) for name in data.columns}, len(data)
    if isinstance(data, Mapping):
        return dict(data), None
    records = list(data)
    if not all(isinstance(r, Mapping) for r in records):
        raise TypeError("features: expected a dict, a DataFrame or a list of dicts")
    names = dict.fromkeys(name for r in records for name in r)
    return {str(name): [r.get(name) for r in records] for name in names}, len(records)


def _is_rows(value: Any, lists: bool) -> bool:
    """Whether the value of a column is one a row, not that of a single row."""
    if not _is_list(value):
        return False
    if not lists:
        return True
    return any(_is_list(v) or v is None for v in value)


def _is_scalar_nan(value: Any) -> bool:
    return not _is_list(value) and _arrays.is_missing(value)


def _numbers(values: Any, name: str) -> _arrays.Floats:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        return np.ascontiguousarray(values, np.float32)
    try:
        listed = [np.nan if _arrays.is_missing(v) else float(v) for v in values]
    except (TypeError, ValueError):
        raise TypeError(f"{name}: expected numbers") from None
    return np.asarray(listed, np.float32)


def _integers(values: Any, name: str) -> _arrays.Int64s:
    if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
        return _arrays.ids(values, name)
    listed = [_MISSING if _arrays.is_missing(v) else _whole(v, name) for v in values]
    return np.asarray(listed, np.int64)


def _whole(value: Any, name: str) -> int:
    """An int, also as the float that pandas makes of it in a column with gaps."""
    if _arrays.is_id(value) or (isinstance(value, float) and value.is_integer()):
        return int(value)
    raise TypeError(f"{name}: takes integers, not {value!r}")
