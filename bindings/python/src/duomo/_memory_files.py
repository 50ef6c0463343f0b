"""Lists of keys, vectors and parameters in memory as files that the programs read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import _arrays
from ._table_files import TableFiles

_KINDS = {
    "float64": "F64",
    "float32": "F32",
    "float16": "F16",
    "bfloat16": "BF16",
    "int64": "I64",
    "int32": "I32",
    "int16": "I16",
    "int8": "I8",
    "uint8": "U8",
}


class MemoryFiles(TableFiles):
    """Paths stay as they are; all else becomes a file in the folder of TableFiles."""

    def keys(self, value: Any, name: str, numbers: bool = False) -> str:
        """A list of keys, one a line; with ``numbers`` integers are an array of .npy, as the
        program tells ids from keys."""
        if _is_path(value):
            return os.fsdecode(value)
        known = _arrays.known(value, name)
        if not isinstance(known, tuple):
            if numbers:
                path = self._new(name, ".npy")
                np.save(path, known)
                return path
            known = tuple(map(str, known.tolist()))
        path = self._new(name, ".txt")
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            for at, key in enumerate(known):
                if not isinstance(key, str):
                    raise TypeError(f"{name}[{at}]: a key is a text, not {key!r}")
                if "\n" in key or "\r" in key:
                    raise ValueError(f"{name}[{at}]: a key of two lines cannot be listed")
                file.write(key + "\n")
        return path

    def vectors(self, value: Any, name: str) -> str:
        """Vectors [n, width]: an array, or a table of keys and numbers."""
        if _is_path(value) or hasattr(value, "columns") or hasattr(value, "column_names"):
            return self.path(value, name)
        array = np.ascontiguousarray(value, np.float32)
        if array.ndim != 2:
            raise ValueError(f"{name}: vectors are an array [n, width], not {array.shape}")
        path = self._new(name, ".npy")
        np.save(path, array)
        return path

    def arrays(self, value: Any, name: str, kind: str) -> str:
        """Named arrays, as a state_dict has them: numpy's, or what numpy makes arrays of."""
        if _is_path(value):
            return os.fsdecode(value)
        if not isinstance(value, Mapping):
            raise TypeError(f"{name}: a path or a dict of arrays, not a {type(value).__name__}")
        path = self._new(name, "." + kind)
        arrays = {str(key): _array(one, f"{name}[{key!r}]") for key, one in value.items()}
        if kind == "npz":
            np.savez(path, allow_pickle=False, **arrays)
        else:
            _save_tensors(path, arrays, name)
        return path

    def json(self, value: Any, name: str) -> str:
        """A JSON object."""
        if _is_path(value):
            return os.fsdecode(value)
        path = self._new(name, ".json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(dict(value), file)
        return path


def _is_path(value: Any) -> bool:
    return isinstance(value, (str, os.PathLike))


def _array(value: Any, name: str) -> np.ndarray[Any, np.dtype[Any]]:
    if hasattr(value, "detach"):  # a tensor of PyTorch, which may be on a device or learn
        value = value.detach().cpu().contiguous()
        if str(value.dtype) == "torch.bfloat16":  # numpy has no such numbers
            value = value.float()
    array = np.asarray(value)
    if array.dtype.kind not in "fiu":
        raise TypeError(f"{name}: numbers are needed, not {array.dtype}")
    return np.ascontiguousarray(array)


def _save_tensors(path: str, arrays: Mapping[str, np.ndarray[Any, Any]], name: str) -> None:
    """As .safetensors: eight bytes with the length of a JSON header, the header, the numbers."""
    header, at = {}, 0
    for key, array in arrays.items():
        if array.dtype.name not in _KINDS:
            raise TypeError(f"{name}[{key!r}]: .safetensors has no {array.dtype}")
        end = at + array.nbytes
        kind, shape = _KINDS[array.dtype.name], list(array.shape)
        header[key] = {"dtype": kind, "shape": shape, "data_offsets": [at, end]}
        at = end
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for array in arrays.values():
            file.write(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes())
