"""Training: runs the program `duomo`."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from typing import Any

from . import _program
from ._cancel import CancelFlag
from ._columns import is_columnar
from ._errors import TrainingError
from ._program import PathLike
from ._table_files import Table, TableFiles
from ._training_result import TrainingResult

Event = Mapping[str, Any]


# Settings of one network: with any of them the program trains its first preset unless told another.
_OF_NETWORKS = (
    "candidates",
    "passes",
    "steps",
    "batch",
    "negatives",
    "optimizer",
    "momentum",
    "schedule",
    "warmup",
    "average",
    "dropout",
    "weight_decay",
    "learning_rate",
    "id_dropout",
    "test_every",
    "early_stop",
    "checkpoint",
    "plot",
    "no_user_vectors",
)


def train(
    data: Table | None = None,
    output: PathLike | None = None,
    *,
    interactions: Table | None = None,
    users: Table | None = None,
    items: Table | None = None,
    preset: str | None = None,
    on_event: Callable[[dict[str, Any]], Any] | None = None,
    on_message: Callable[[str], Any] | None = None,
    cancelled: CancelFlag | None = None,
    program: PathLike | None = None,
    **options: Any,
) -> TrainingResult:
    """Trains a model with `duomo train` and writes it to ``output``. Without ``preset`` and
    ``model`` the program looks for what fits the data, within ``budget``.

    Data are ``interactions``, a row for each time that a user met an item, and where there are any
    ``users`` and ``items``, a row for each; or ``data``, a folder or archive that the program knows
    (a table as ``data`` is ``interactions``). A table is

    - the path of a file that `duomo train` reads, or of a .parquet, .feather or .arrow file, which
      needs pyarrow;
    - a DataFrame of pandas (levels of its index that have names are columns, too) or polars;
    - an Arrow table, or anything with ``__arrow_c_stream__`` or ``to_arrow``, which needs pyarrow;
    - a dict of columns, all of one length, or a list of dicts, one a row.

    Columns have names, each its own. Cells are numbers, texts, booleans, dates and times (without a
    zone: UTC), lists or sets of those (a set of categories), dicts (columns with dotted names), or
    None, NaN, NaT (missing). Tables in memory are only read, and only during the call: they are
    written to a folder of this user's own in $TMPDIR, about as large as a CSV file of them, which
    is removed when the call ends, however it ends.

    ``options`` are those of `duomo train --help`, with underscores: ``steps=20``,
    ``no_floor=True``; a list repeats its option, a dict gives NAME=VALUE, as in
    ``map={"user": "customer"}``, ``event_weights={"view": 1, "purchase": 10}`` or
    ``sets={"genres": "|"}``; None or False leaves it out.

    ``on_message`` is called with every line that the program says. ``on_event`` is called with
    every event of the log of a preset or model as it comes: {"event": "train", "step", "cost", …}
    or {"event": "test", …}. When one of them returns False, or another thread sets the CancelFlag
    ``cancelled``, training stops and the file is written with what has been learned
    (``result.interrupted``). So it is when this function is interrupted (KeyboardInterrupt) or a
    callback raises; the exception then goes on its way.

    Raises TrainingError with the program's message; FileNotFoundError where there is no program;
    ImportError where pyarrow is needed and missing; TypeError and ValueError for a table that
    cannot be (empty, two columns of one name, a kind of value that there is no way to write),
    naming table and column, and for arguments that do not go together."""
    if "log" in options or "json" in options:
        raise TypeError("train: log and json are used by train itself; see on_event")
    if output is None:
        raise TypeError("train: output is missing, the .duomo file to write")
    if data is not None and (is_columnar(data) or not isinstance(data, (str, os.PathLike))):
        if interactions is not None:
            raise TypeError("train: data is a table, and so is interactions; give one of them")
        data, interactions = None, data
    named = preset is not None or options.get("model") is not None
    if on_event and not named and all(options.get(name) is None for name in _OF_NETWORKS):
        raise ValueError(
            "train: on_event gets the steps of one network; name it with preset= or model=, or use "
            "on_message, which hears of the search for the best model, too"
        )
    command = [_program.find(program), "train"]
    if data is not None:
        name = os.fspath(data)
        command.append("./" + name if name.startswith("-") else name)
    with TableFiles() as files:
        tables = {
            role: files.path(table, role)
            for role, table in (("interactions", interactions), ("users", users), ("items", items))
            if table is not None
        }
        files.check(options)
        command += ["-o", os.fspath(output), "--json"]
        command += _program.arguments({**tables, "preset": preset, **options})
        with tempfile.TemporaryFile() as result:
            run = _program.Run(command, on_event, files.told(on_message), cancelled)
            code = run.wait(result)
            messages = [files.readable(message) for message in run.messages]
            written = result.seek(0, os.SEEK_END) > 0  # else it was stopped before it had learned
            if code != 0 and not (run.stopped_as_asked(code) and written):
                raise TrainingError(_program.last_words(messages, "duomo train", code), code)
            result.seek(0)
            return TrainingResult(json.load(result), messages)
