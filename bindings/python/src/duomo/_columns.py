"""Tables of every kind as columns that are read piece by piece."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from . import _cells

PIECE = 1 << 16  # rows that are looked at, and written, at once
COLUMNAR = {".parquet": "parquet", ".feather": "feather", ".arrow": "arrow"}


@dataclass(frozen=True)
class Column:
    """``read(start, stop)`` gives cells (see _cells). Reads its table, which it keeps alive."""

    name: str
    rows: int
    read: Callable[[int, int], list[Any]]
    scalars: bool = False  # no float, list or dict is among them: there is nothing to look for
    lists: bool = False  # some cell is a list
    whole: bool = False  # of floats that are integers with some missing: to be written as integers


def is_columnar(path: Any) -> bool:
    """Whether ``path`` names a file that pyarrow reads and the program does not."""
    if not isinstance(path, (str, os.PathLike)):
        return False
    return os.path.splitext(os.fsdecode(path))[1].lower() in COLUMNAR


def columns_of(table: Any, what: str) -> list[Column]:
    """The columns of a table in memory or a columnar file; ``what`` names it in messages. Dicts in
    cells become columns with dotted names. Raises TypeError and ValueError, naming the column, and
    ImportError where pyarrow is needed and not there."""
    columns = _columns(table, what)
    if not columns or columns[0].rows == 0:
        raise ValueError(f"{what}: the table is empty; it has {len(columns)} columns and no row")
    _check_names([column.name for column in columns], what)
    columns = [known for column in columns for known in _expand(column, what)]
    _check_names([column.name for column in columns], what)
    return columns


def _check_names(names: list[Any], what: str) -> None:
    seen = set()
    for at, name in enumerate(names):
        if not isinstance(name, str):
            raise TypeError(
                f"{what}: columns are named by texts, and number {at} has the name {name!r}; "
                "rename it"
            )
        if not name:
            raise ValueError(f"{what}: column number {at} has no name; give it one")
        if name in seen:
            raise ValueError(f'{what}: there are two columns "{name}"; rename one of them')
        seen.add(name)


def _columns(table: Any, what: str) -> list[Column]:
    if is_columnar(table):
        return _of_arrow(_read_file(os.fsdecode(table)), what)
    if _is(table, "pandas", "DataFrame"):
        return _of_pandas(table, what)
    if _is(table, "polars", "LazyFrame"):
        table = table.collect()
    if _is(table, "polars", "DataFrame"):
        return [_of_polars(series, series.name, what) for series in table.get_columns()]
    if _is(table, "pyarrow", "RecordBatch"):
        table = sys.modules["pyarrow"].Table.from_batches([table])
    if _is(table, "pyarrow", "Table"):
        return _of_arrow(table, what)
    if isinstance(table, Mapping):
        return _of_dict(table, what)
    if hasattr(table, "__arrow_c_stream__"):
        return _of_arrow(_pyarrow(f"{what}: a {type(table).__name__}").table(table), what)
    if hasattr(table, "to_arrow"):
        return _columns(table.to_arrow(), what)
    if isinstance(table, Sequence) and not isinstance(table, (str, bytes, bytearray)):
        return _of_rows(table, what)
    raise TypeError(
        f"{what}: a {type(table).__name__} is no table; give a path, a DataFrame of pandas or "
        "polars, an Arrow table, a list of dicts or a dict of columns"
    )


def _is(value: Any, module: str, name: str) -> bool:
    """isinstance without an import: where its module is not loaded, there is no such value."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(value, kind)


def _pyarrow(what: str, part: str = "pyarrow") -> Any:
    try:
        return importlib.import_module(part)
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{what} is read by pyarrow, which is not installed: pip install pyarrow",
            name="pyarrow",
        ) from error


def _read_file(path: str) -> Any:
    kind = COLUMNAR[os.path.splitext(path)[1].lower()]
    arrow = _pyarrow(path)
    if not os.path.exists(path):
        raise FileNotFoundError(f"{path}: there is no such file")
    try:
        if kind == "parquet":
            return _pyarrow(path, "pyarrow.parquet").read_table(path, memory_map=True)
        with open(path, "rb") as file:
            head = file.read(6)
        if head == b"ARROW1" or kind == "feather":
            return _pyarrow(path, "pyarrow.feather").read_table(path, memory_map=True)
        with arrow.memory_map(path) as stream:
            return _pyarrow(path, "pyarrow.ipc").open_stream(stream).read_all()
    except arrow.ArrowException as error:
        raise ValueError(f"{path}: this cannot be read as {kind}: {error}") from error


def _named(
    name: Any, rows: int, what: str, read: Callable[[int, int], list[Any]], scalars: bool = False
) -> Column:
    """A column whose refusals say where they are."""

    def checked(start: int, stop: int) -> list[Any]:
        try:
            return read(start, stop)
        except _cells.Refused as refused:
            raise refused.kind(
                f'{what}, column "{name}", row {refused.row}: {refused.why}'
            ) from None

    return Column(name, rows, checked, scalars)


def _of_pandas(frame: Any, what: str) -> list[Column]:
    if any(name is not None for name in frame.index.names):
        # pandas itself refuses names that are there twice, in words of its own.
        _check_names([n for n in frame.index.names if n is not None] + list(frame.columns), what)
        unnamed = [at for at, name in enumerate(frame.index.names) if name is None]
        frame = frame.reset_index(level=unnamed, drop=True) if unnamed else frame
        frame = frame.reset_index()
    return [_of_series(frame.iloc[:, at], frame.columns[at], what) for at in range(frame.shape[1])]


def _of_series(series: Any, name: Any, what: str) -> Column:
    dtype = series.dtype
    if type(dtype).__name__ == "CategoricalDtype":
        return _of_categories(series, name, what)
    if type(dtype).__name__ == "DatetimeTZDtype":
        series = series.dt.tz_convert("UTC").dt.tz_localize(None)
        dtype = series.dtype
    native = isinstance(dtype, np.dtype)
    scalars = native and dtype.kind in "biuM"

    def read(start: int, stop: int) -> list[Any]:
        part = series.iloc[start:stop]
        return _cells.from_array(part.to_numpy() if native else part.to_numpy(object), start)

    return _named(name, len(series), what, read, scalars)


def _of_categories(series: Any, name: Any, what: str) -> Column:
    codes = series.cat.codes.to_numpy()
    labels = [*series.cat.categories.astype(object), None]  # of the code -1, too

    def read(start: int, stop: int) -> list[Any]:
        return _cells.from_values([labels[code] for code in codes[start:stop].tolist()], start)

    return _named(name, len(series), what, read)


def _of_polars(series: Any, name: Any, what: str) -> Column:
    kind = type(series.dtype).__name__
    if kind == "Datetime" and series.dtype.time_zone is not None:
        series = series.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    array = kind in ("Datetime", "Float32", "Float64")

    def read(start: int, stop: int) -> list[Any]:
        part = series.slice(start, stop - start)
        if array:
            return _cells.from_array(part.to_numpy(), start)
        return _cells.from_values(part.to_list(), start)

    scalars = series.dtype.is_integer() or kind in ("Datetime", "String")
    return _named(name, len(series), what, read, scalars)


def _of_arrow(table: Any, what: str) -> list[Column]:
    return [
        _of_chunks(table.column(at), table.column_names[at], what)
        for at in range(table.num_columns)
    ]


def _of_chunks(values: Any, name: Any, what: str) -> Column:
    kind = str(values.type)
    array = kind.startswith("timestamp") or kind in ("halffloat", "float", "double")

    def read(start: int, stop: int) -> list[Any]:
        part = values.slice(start, stop - start)
        if array:  # times by way of numpy, too: Python's have no nanoseconds
            return _cells.from_array(part.to_numpy(zero_copy_only=False), start)
        return _cells.from_values(part.to_pylist(), start)

    scalars = kind.startswith(("int", "uint", "timestamp", "string", "large_string"))
    return _named(name, len(values), what, read, scalars)


def _of_dict(table: Mapping[Any, Any], what: str) -> list[Column]:
    columns = [_of_any(values, name, what) for name, values in table.items()]
    for column in columns:
        if column.rows != columns[0].rows:
            raise ValueError(
                f'{what}: column "{column.name}" has {column.rows} rows, and '
                f'"{columns[0].name}" has {columns[0].rows}'
            )
    return columns


def _of_any(values: Any, name: Any, what: str) -> Column:
    if _is(values, "pandas", "Series"):
        return _of_series(values, name, what)
    if _is(values, "pandas", "Index"):
        return _of_series(values.to_series(), name, what)
    if _is(values, "polars", "Series"):
        return _of_polars(values, name, what)
    if _is(values, "pyarrow", "Array") or _is(values, "pyarrow", "ChunkedArray"):
        if _is(values, "pyarrow", "Array"):
            values = sys.modules["pyarrow"].chunked_array([values])
        return _of_chunks(values, name, what)
    if isinstance(values, np.ndarray) and values.ndim == 1:
        array = values
        return _named(name, len(array), what, lambda a, b: _cells.from_array(array[a:b], a))
    if isinstance(values, (str, bytes, Mapping)) or not hasattr(values, "__iter__"):
        raise TypeError(
            f'{what}, column "{name}": a {type(values).__name__} is no column; give a list or an '
            "array"
        )
    listed = list(values)
    return _named(name, len(listed), what, lambda a, b: _cells.from_values(listed[a:b], a))


def _of_rows(rows: Sequence[Any], what: str) -> list[Column]:
    names: dict[Any, None] = {}  # in order of first appearance
    for at, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise TypeError(f"{what}: row {at} is a {type(row).__name__}, not a dict")
        names.update(dict.fromkeys(row))

    def column(name: Any) -> Column:
        def read(start: int, stop: int) -> list[Any]:
            return _cells.from_values([row.get(name) for row in rows[start:stop]], start)

        return _named(name, len(rows), what, read)

    return [column(name) for name in names]


def _expand(column: Column, what: str) -> list[Column]:
    """Looks at all cells once: for lists, for integers that missing values have made floats, and
    for dicts, whose names all must be known before the first row is written."""
    if column.scalars:
        return [column]
    names: dict[str, None] = {}
    lists = missing = floats = other = False
    whole = True
    for start in range(0, column.rows, PIECE):
        cells = column.read(start, min(start + PIECE, column.rows))
        types = set(map(type, cells))
        missing = missing or type(None) in types
        lists = lists or list in types
        other = other or bool(types - {type(None), dict})
        if float in types:
            floats = True
            whole = whole and all(_cells.is_whole(c) for c in cells if type(c) is float)
        if dict in types:
            for cell in cells:
                if type(cell) is dict:
                    names.update(dict.fromkeys(cell))
    if not names:
        return [replace(column, lists=lists, whole=missing and floats and whole)]
    if other:
        raise TypeError(f'{what}, column "{column.name}": there are dicts and other values in it')
    return [known for name in names for known in _expand(_inner(column, name), what)]


def _inner(column: Column, name: str) -> Column:
    def read(start: int, stop: int) -> list[Any]:
        return [None if cell is None else cell.get(name) for cell in column.read(start, stop)]

    return Column(f"{column.name}.{name}", column.rows, read)
