"""Rows that `duomo … --cache DIR` has kept (src/data/CACHE.md): mapped, not read.

rows = Rows("plays-1b2c.duomo-rows")
rows.users, rows.items, rows.ratings, rows.timestamps, rows.weights   # numpy arrays
rows.column("users", "age")                                          # of a table, by name
"""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np

TYPES = {"u8": "u1", "u16": "<u2", "u32": "<u4", "u64": "<u8", "i64": "<i8", "f32": "<f4"}
INTEGER, NUMBER, STRING, SET = range(4)


class Rows:
    def __init__(self, path: str) -> None:
        self.path = path
        with open(path, "rb") as file:
            header = file.read(64)
            magic, version, _, offset, size = struct.unpack("<8sIIQQ", header[:32])
            if magic != b"DUOMOROW" or version != 1:
                raise ValueError(f"{path} holds no rows of this version of Duomo")
            file.seek(offset)
            self.directory = json.loads(file.read(size))
        for name, column in self.directory["rows"].items():
            if name != "event_names":
                setattr(self, name, self._array(column))

    def __getattr__(self, name: str) -> Any:  # for type checkers: set above
        raise AttributeError(name)

    def _array(self, column: dict[str, Any]) -> Any:
        if column["count"] == 0:
            return np.empty(0, TYPES[column["type"]])
        kind = TYPES[column["type"]]
        return np.memmap(self.path, kind, "r", column["offset"], column["count"])

    def _texts(self, texts: dict[str, Any]) -> list[str]:
        ends, whole = self._array(texts["ends"]), self._array(texts["bytes"]).tobytes()
        return [whole[a:b].decode() for a, b in zip([0, *ends[:-1].tolist()], ends.tolist())]

    def count(self, side: str) -> int:
        """Of "users" or "items"."""
        table = self.directory[side]
        return int(table["ids"]["count"] or table["keys"]["ends"]["count"])

    def column(self, side: str, name: str) -> Any:
        """An array of numbers, or a list of texts; sets are lists of lists of texts."""
        for column in self.directory[side]["columns"]:
            if column["name"] != name:
                continue
            if column["kind"] == INTEGER:
                return self._array(column["integers"])
            if column["kind"] == NUMBER:
                return self._array(column["numbers"])
            texts = self._texts(column["texts"])
            if column["kind"] == STRING:
                return texts
            offsets = self._array(column["offsets"]).tolist()
            return [texts[a:b] for a, b in zip(offsets[:-1], offsets[1:])]
        raise KeyError(f"the {side} have no column {name!r}")
