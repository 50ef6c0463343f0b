"""What a table's values become in a file: None, bool, int, float, str, or a list of those."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from ._arrays import is_missing

# As they are; anything else is looked at value by value.
_PLAIN = {bool, int, str, type(None)}
# Beyond it, not every integer is a float.
_MOST_EXACT = 2.0**53


class Refused(Exception):
    """A value that no table for Duomo holds: ``row`` and why. Whoever knows the table and column
    makes it the TypeError or ValueError that callers see."""

    def __init__(self, row: int, kind: type[Exception], why: str) -> None:
        super().__init__(why)
        self.row = row
        self.kind = kind
        self.why = why


def from_array(values: np.ndarray[Any, np.dtype[Any]], first: int) -> list[Any]:
    """Cells of a one-dimensional array whose first value stands in row ``first``. NaN and NaT are
    missing, times without a zone are UTC."""
    kind = values.dtype.kind
    if kind == "f":
        missing = np.isnan(values)
        if np.isinf(values).any():
            raise _infinite(first + int(np.isinf(values).argmax()))
        # The shortest text that means the same float32 is not that of the same float64.
        narrow = values.dtype.itemsize < 8
        cells = [float(str(v)) for v in values] if narrow else values.astype(np.float64).tolist()
        return [None if m else v for m, v in zip(missing, cells)] if missing.any() else cells
    if kind == "M":
        return _times(values)
    if kind in "biuU":
        return list(values.tolist())
    if kind == "O":
        return from_values(values.tolist(), first)
    return from_values(list(values), first)


def from_values(values: Sequence[Any], first: int) -> list[Any]:
    """Cells of Python's own values. Dicts stay dicts of cells: see _columns."""
    types = set(map(type, values))
    if types <= _PLAIN:
        return list(values)
    if types <= _PLAIN | {float}:
        for row, value in enumerate(values, first):
            if type(value) is float and value - value != 0 and value == value:
                raise _infinite(row)
        return [None if value != value else value for value in values]
    return [from_value(value, row) for row, value in enumerate(values, first)]


def from_value(value: Any, row: int) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        for name in value:
            if not isinstance(name, str):
                raise Refused(row, TypeError, f"a dict with the key {name!r}, which is no text")
        return {str(name): from_value(inner, row) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return _list(value, row)
    if isinstance(value, np.ndarray) or _is_series(value):
        return _list(value.tolist() if isinstance(value, np.ndarray) else value.to_list(), row)
    if isinstance(value, np.generic):
        if value.dtype.kind in "fMiub":
            return from_array(np.array([value]), row)[0]
        if value.dtype.kind != "U":
            _refuse(value, row)
        return str(value)
    if is_missing(value):  # also NaT, which is a datetime
        return None
    if isinstance(value, enum.Enum) and not isinstance(value, (int, str)):
        _refuse(value, row)
    return _scalar(value, row)


def _scalar(value: Any, row: int) -> Any:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if value - value != 0:
            raise _infinite(row)
        return float(value)
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.isoformat() + "Z"
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            raise _infinite(row)
        return format(value, "f")
    if isinstance(value, uuid.UUID):
        return str(value)
    _refuse(value, row)


def _list(values: Iterable[Any], row: int) -> list[Any] | None:
    """None for an empty one: JSON lines then say that there is such a column."""
    if isinstance(values, (set, frozenset)):  # whose order differs from run to run
        values = sorted(values, key=lambda value: (type(value).__name__, repr(value)))
    cells = [from_value(value, row) for value in values]
    # The values of a set are names: 3.0 is the 3 that shared its list with a NaN.
    return [_whole(cell) for cell in cells if cell is not None] or None


def _whole(cell: Any) -> Any:
    return int(cell) if is_whole(cell) else cell


def is_whole(cell: Any) -> bool:
    """A float that is an integer in truth."""
    return type(cell) is float and cell.is_integer() and abs(cell) < _MOST_EXACT


def _is_series(value: Any) -> bool:
    module = type(value).__module__.partition(".")[0]
    return module in ("pandas", "polars") and hasattr(value, "to_list")


def _times(values: np.ndarray[Any, np.dtype[Any]]) -> list[Any]:
    """ISO 8601 in UTC; fractions of seconds only where there are any."""
    seconds = values.astype("datetime64[s]")
    missing = np.isnat(values)
    whole = bool(np.all((seconds == values) | missing))
    texts = np.datetime_as_string(seconds if whole else values, timezone="UTC").tolist()
    return [None if m else text for m, text in zip(missing, texts)] if missing.any() else texts


def _infinite(row: int) -> Refused:
    return Refused(row, ValueError, "an infinite number; None or NaN says that a value is missing")


_HINTS = (
    ((bytes, bytearray, memoryview), "bytes; decode them to texts"),
    ((complex,), "a complex number"),
    ((datetime.timedelta,), "a duration; make it a number, e.g. of seconds"),
    ((datetime.time,), "a time of day without a date; make it a number or a text"),
)


def _refuse(value: Any, row: int) -> NoReturn:
    if isinstance(value, np.generic):
        value = value.item() if value.dtype.kind != "m" else datetime.timedelta()
    for types, hint in _HINTS:
        if isinstance(value, types):
            raise Refused(row, TypeError, hint)
    kind = type(value)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    raise Refused(
        row,
        TypeError,
        f"a {name}; tables hold numbers, texts, booleans, dates and times, and lists or dicts of "
        "those",
    )
