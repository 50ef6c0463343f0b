"""How a verb of `duomo-convert` is called: one way for all, and what may be in memory."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from typing import Any

from . import _program
from ._errors import Cancelled, ConversionError
from ._memory_files import MemoryFiles

# Arguments that are no options: what the program takes by position, in its order.
_POSITIONS = {"file": 0, "input": 0, "first": 0, "second": 1}
_HOW = ("how", "on_message", "cancelled", "program")
# Verbs that say with exit code 1 what they have found; their JSON is the answer.
_ANSWERING = ("verify", "diff")

# What an option may be instead of a path, by verb: see MemoryFiles.
_KEYS = {"erased_users", "erased_items", "keep_users", "drop_users", "keep_items", "drop_items"}
_TABLES = {
    "merge": {"users", "items", "history"},
    "attributes": {"items"},
    "import vectors": {"titles"},
}
_ARRAYS = {"import npz": "npz", "import keras": "npz"}
_ARRAYS |= {"import torch": "safetensors", "import safetensors": "safetensors"}
_PARAMETERS = ("like", "preset", "data", "map", "names", "allow_nonfinite")


def run(verb: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Runs ``verb`` with arguments of these names, as `duomo-convert VERB --help` lists them."""
    known = {*_HOW, *(_PARAMETERS if verb in _ARRAYS else ())}
    for name in given["how"]:
        if name not in known:
            raise TypeError(f"{verb}: there is no option {name}")
    options = {**given, **given["how"]}
    on_message, cancelled, program = (options.get(name) for name in _HOW[1:])
    options = {name: value for name, value in options.items() if name not in _HOW}
    with MemoryFiles() as files:
        for name, value in options.items():
            if value is not None:
                options[name] = _written(files, verb, name, value)
        positions = sorted(_POSITIONS.keys() & options.keys(), key=_POSITIONS.__getitem__)
        paths = [_path(options.pop(name), name) for name in positions]
        command = [_program.find(program, "duomo-convert"), *verb.split(), *paths, "--json"]
        command += _program.arguments(options)
        with tempfile.TemporaryFile() as result:
            running = _program.Run(command, None, files.told(on_message), cancelled)
            code = running.wait(result)
            if running.stopping:
                raise Cancelled(f"duomo-convert {verb} was stopped; nothing was written")
            written = result.seek(0, os.SEEK_END) > 0
            if code != 0 and not (written and verb in _ANSWERING):
                said = [files.readable(message) for message in running.messages]
                raise ConversionError(
                    _program.last_words(said, f"duomo-convert {verb}", code), code
                )
            result.seek(0)
            answer: dict[str, Any] = json.load(result)
            return answer


def _path(value: Any, name: str) -> str:
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(f"{name}: a path, not a {type(value).__name__}")
    path = os.fsdecode(value)
    return "./" + path if path.startswith("-") else path


def _written(files: MemoryFiles, verb: str, name: str, value: Any) -> Any:
    """The value as the program takes it: in a file where it is one that the table lists."""
    if name in _KEYS:
        return files.keys(value, name)
    if name in _TABLES.get(verb, ()):
        return files.path(value, name)
    if verb == "import vectors" and name in ("items", "users"):
        return files.vectors(value, name)
    if verb == "import vectors" and name in ("item_ids", "user_ids"):
        return files.keys(value, name, numbers=True)
    if name == "input" and verb in _ARRAYS:
        return files.arrays(value, name, _ARRAYS[verb])
    if name == "map":
        return files.json(value, name)
    if name == "where" and isinstance(value, Mapping):
        return {key: _joined(values, f"where[{key!r}]") for key, values in value.items()}
    if name == "output":
        return _path(value, name)
    return value


def _joined(values: Any, name: str) -> str:
    texts = [str(one) for one in ([values] if isinstance(values, (str, int)) else values)]
    for text in texts:
        if "," in text:
            raise ValueError(f'{name}: "{text}" has a comma, which ends a value there')
    return ",".join(texts)
