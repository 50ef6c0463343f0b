"""From what people have (ints, lists, Series, arrays) to contiguous int64 and float32 arrays. An
array that is one already is used as it is, not copied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, Union

import numpy as np
import numpy.typing as npt


class HasArray(Protocol):
    """Arrays, and the Series of pandas and polars."""

    def __array__(self, *args: Any, **kwargs: Any) -> Any: ...


# One user or item, by id or key; many; and lists of them, one a row.
One = Union[int, str, "np.integer[Any]"]
Many = Union[Iterable[int], Iterable[str], HasArray]
Lists = Union[Iterable[Union[Many, None]], HasArray]
Vectors = Union[Iterable[float], Iterable[Iterable[float]], HasArray]
Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]
Offsets = npt.NDArray[np.uint64]
Known = Union[Int64s, tuple[str, ...]]  # ids, or string keys

_INT64 = np.dtype(np.int64)


def is_id(value: object) -> bool:
    """One id, not an array of them. Bools are not ids."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def ids(value: Many, name: str) -> Int64s:
    """A one-dimensional contiguous int64 array. Numbers with a fraction are not ids."""
    if type(value) is np.ndarray and value.dtype == _INT64 and value.ndim == 1:
        return np.ascontiguousarray(value)
    array = np.asarray(value)
    if array.ndim != 1:
        raise ValueError(f"{name}: expected one dimension, not {array.ndim}")
    if array.size == 0:
        return np.empty(0, np.int64)
    if array.dtype.kind == "u" and array.max() > np.iinfo(np.int64).max:
        raise ValueError(f"{name}: an id above 2^63 - 1")
    if array.dtype.kind == "O" and all(is_id(v) for v in array):
        array = array.astype(np.int64)  # raises OverflowError where one does not fit
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name}: ids are integers, not {array.dtype}")
    return np.ascontiguousarray(array, np.int64)


def is_one(value: object) -> bool:
    """One user or item: an id or a string key."""
    return isinstance(value, str) or is_id(value)


def listed(value: Any) -> Any:
    """Sets, iterators and the like as a list; what numpy reads stays as it is."""
    if hasattr(value, "__array__") or isinstance(value, (list, tuple)):
        return value
    return list(value)


def is_missing(value: Any) -> bool:
    """None, NaN, or pandas' NA (which is no bool when compared)."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return type(value).__name__ == "NAType"


def known(value: Any, name: str) -> Known:
    """Users or items: ids as an array, or string keys as a tuple. Sets and iterators will do."""
    if type(value) is np.ndarray and value.dtype == _INT64:
        return ids(value, name)
    value = listed([value] if is_one(value) else value)
    first = next(iter(value), None) if len(value) else None
    if isinstance(first, str):
        return tuple(value.tolist() if hasattr(value, "tolist") else value)
    return ids(value, name)


def vectors(value: Any, name: str, width: int) -> Floats:
    """[rows, width]; a single vector is one row."""
    array = np.ascontiguousarray(value, np.float32)
    if array.ndim == 1 and width > 0:
        array = array.reshape(1, -1) if array.size else array.reshape(0, width)
    if array.ndim != 2 or (width > 0 and array.shape[1] != width):
        raise ValueError(f"{name}: expected shape (rows, {width}), not {array.shape}")
    return array


def lists(value: Any, name: str) -> tuple[Offsets, Known]:
    """Lists of ids or string keys, one a row, end to end. None is an empty list."""
    if isinstance(value, np.ndarray) and value.ndim == 2:
        rows, width = value.shape
        return np.arange(rows + 1, dtype=np.uint64) * np.uint64(width), known(value.ravel(), name)
    parts = [known(() if row is None else row, name) for row in value]
    keys = [key for part in parts if isinstance(part, tuple) for key in part]
    arrays = [part for part in parts if not isinstance(part, tuple)]
    if not keys:
        return offsets(parts), np.concatenate([np.empty(0, np.int64), *arrays])
    if any(len(part) for part in arrays):
        raise TypeError(f"{name}: lists of ids and lists of keys; give one kind")
    return offsets(parts), tuple(keys)


def offsets(parts: Iterable[Any]) -> Offsets:
    sizes = np.fromiter((len(p) for p in parts), np.uint64)
    return np.concatenate([np.zeros(1, np.uint64), np.cumsum(sizes, dtype=np.uint64)])


def output(out: Floats | None, shape: tuple[int, ...]) -> Floats:
    """Where results go: the caller's array, or a new one."""
    if out is None:
        return np.empty(shape, np.float32)
    if out.dtype != np.float32 or out.shape != shape or not out.flags.c_contiguous:
        raise ValueError(
            f"out: expected a contiguous float32 array of shape {shape}, "
            f"not {out.dtype} {out.shape}"
        )
    return out
