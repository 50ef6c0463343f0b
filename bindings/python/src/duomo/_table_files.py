"""Tables in memory, and files that only pyarrow reads, as files that the program reads."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, Protocol, Union

from ._closing import Closing
from ._columns import PIECE, Column, columns_of, is_columnar

if TYPE_CHECKING:
    import pandas as pd


class ArrowStream(Protocol):
    """Arrow tables, DataFrames and query results of many packages."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ToArrow(Protocol):
    """What makes an Arrow table of itself."""

    def to_arrow(self) -> Any: ...


# What duomo.train and duomo.convert take as a table.
Table = Union[
    str,
    "os.PathLike[str]",
    "pd.DataFrame",
    ArrowStream,
    ToArrow,
    Mapping[str, Any],
    Sequence[Mapping[str, Any]],
]

# What says how to read files, and would misread the ones that are written here.
_OF_FILES = ("separator", "quotes", "columns", "latin1")


class TableFiles(Closing):
    """A folder of this user's own for the tables of one run; made with the first table, and gone
    behind ``with``, whatever happened. Where: tempfile.gettempdir(), so $TMPDIR."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._shown: dict[str, str] = {}

    def close(self) -> None:
        """Removes the folder. Twice is fine."""
        if self._folder is not None:
            self._folder.cleanup()

    def path(self, table: Any, role: str) -> str:
        """The path of a file with that table: its own, where the program reads it as it is. Raises
        as columns_of."""
        if isinstance(table, (str, os.PathLike)) and not is_columnar(table):
            return os.fsdecode(table)
        shown, stem = role, role
        if is_columnar(table):
            shown = os.fsdecode(table)
            stem = os.path.splitext(os.path.basename(shown))[0]
        columns = columns_of(table, shown)
        lists = any(column.lists for column in columns)
        path = self._new(role, ".jsonl" if lists else ".csv", stem)
        with open(path, "w", encoding="utf-8", newline="") as file:
            _write(file, columns, shown, lists)
        self._shown[path] = shown
        return path

    def _new(self, role: str, ending: str, stem: str | None = None) -> str:
        """The path of a file to be written, for the argument ``role``, which messages call it."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="duomo-")
        folder = os.path.join(self._folder.name, role)
        os.mkdir(folder)
        path = os.path.join(folder, (stem or role) + ending)
        self._shown[path] = role
        return path

    def check(self, options: Mapping[str, Any]) -> None:
        """Refuses options that say how files are read where some table was written here."""
        for name in _OF_FILES:
            if self._shown and options.get(name) not in (None, False):
                shown = next(iter(self._shown.values()))
                raise ValueError(
                    f"{name} says how files of text are read, and {shown} is none; read the other "
                    "tables into DataFrames, too, and leave it out"
                )

    def told(self, callback: Callable[[str], Any] | None) -> Callable[[str], Any] | None:
        """A callback for messages, which are made readable first."""
        if callback is None:
            return None
        told = callback
        return lambda message: told(self.readable(message))

    def readable(self, message: str) -> str:
        """The program's message, with the tables' names in place of the paths in this folder."""
        for path, shown in self._shown.items():
            message = message.replace(path, shown)
        return message


def _write(file: IO[str], columns: list[Column], what: str, lists: bool) -> None:
    names = [column.name for column in columns]
    # With \r\n, so that lone ones of both are quoted in all versions of csv.
    writer = csv.writer(file, lineterminator="\r\n")
    cells: list[list[Any]] = [[name] for name in names]
    try:
        if not lists:
            writer.writerow(names)
        for start in range(0, columns[0].rows, PIECE):
            stop = min(start + PIECE, columns[0].rows)
            cells = [_finished(column, column.read(start, stop), lists) for column in columns]
            if lists:
                file.writelines(_line(names, row) for row in zip(*cells))
            else:
                writer.writerows(zip(*cells))
    except UnicodeEncodeError:  # a lone surrogate, as in a text that was cut in two
        name = _unwritable(names, cells)
        raise ValueError(f'{what}, column "{name}": a text in it is not valid Unicode') from None


def _finished(column: Column, cells: list[Any], lists: bool) -> list[Any]:
    if column.whole:
        cells = [int(cell) if type(cell) is float else cell for cell in cells]
    if not lists and bool in set(map(type, cells)):
        cells = [("false", "true")[cell] if type(cell) is bool else cell for cell in cells]
    return cells


def _line(names: list[str], row: tuple[Any, ...]) -> str:
    text = json.dumps(dict(zip(names, row)), ensure_ascii=False, separators=(",", ":"))
    return text + "\n"


def _unwritable(names: list[str], cells: list[list[Any]]) -> str:
    for name, column in zip(names, cells):
        try:
            json.dumps([name, column], ensure_ascii=False).encode()
        except UnicodeEncodeError:
            return name
    raise AssertionError("every text can be written")
