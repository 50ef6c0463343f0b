"""Opening files, open files and bytes as models."""

from __future__ import annotations

import builtins
import os
from typing import IO, Any, Union

from . import _errors, _native
from ._cancel import CancelFlag
from ._info import Unknown
from ._library import load_library
from ._model import Model

_BACKENDS = {"default": 0, "onednn": 1, "portable": 2}
# What gives bytes without copying them: bytes, a memoryview, an mmap, an array.
Buffer = Any
File = Union[str, bytes, "os.PathLike[str]", int, IO[bytes]]


def open(  # noqa: A001 - as gzip.open and wave.open
    file: File,
    *,
    offset: int = 0,
    length: int = 0,
    copy: bool = False,
    verify: bool = False,
    prepare: bool = False,
    backend: str = "default",
    unknown: Unknown | str = Unknown.ERROR,
    threads: int = 1,
    cancelled: CancelFlag | None = None,
) -> Model:
    """Opens a .duomo file: a path, or an open file (or its descriptor), which may be closed
    afterwards and of which ``length`` bytes from ``offset`` on are the model, 0 meaning up to its
    end. It is mapped: replace files by rename, never edit them in place, or give ``copy``.
    ``verify`` checks the checksum of every byte. ``prepare`` makes the codes for fast searches
    where the file has none, some microseconds an item. ``backend``: "default", "onednn" or
    "portable". ``unknown``: "error" (an unknown id in a call raises NotFound) or "mark" (its
    prediction or vector is NaN, its results none). ``threads``: how many searches may use; results
    are the same with any number. ``cancelled``: a flag that ends calls.

    Raises FileError, an OSError, where the system refuses: MissingFileError, which is also a
    FileNotFoundError, FileAccessError, a PermissionError, FolderError, an IsADirectoryError;
    Corrupt and UnsupportedVersion for what is in the file."""
    load_library()
    flags = _flags(copy, verify, prepare)
    how = {"copy": copy, "verify": verify, "prepare": prepare, "backend": backend}
    path: bytes | int
    origin = None
    if isinstance(file, (str, bytes, os.PathLike)):
        if offset or length:
            raise ValueError("offset and length: of an open file only")
        path = os.fsencode(file)
        origin = os.path.abspath(os.fsdecode(path))
    else:
        path = file if isinstance(file, int) else file.fileno()
        if offset < 0 or length < 0:
            raise ValueError(f"offset {offset}, length {length}: neither may be negative")
    try:
        native = _native.Model(path, None, flags, _backend(backend), offset, length)
    except _errors.FileError as error:
        raise _refused(file, error) from None
    return Model(native, unknown, threads, cancelled, origin, how)


def open_buffer(
    data: Buffer,
    *,
    copy: bool = False,
    verify: bool = False,
    prepare: bool = False,
    backend: str = "default",
    unknown: Unknown | str = Unknown.ERROR,
    threads: int = 1,
    cancelled: CancelFlag | None = None,
) -> Model:
    """The same from bytes, a memoryview, an mmap or an array. They are borrowed until the model and
    all that holds it are gone, and must not change; where they do not lie on a multiple of 64 they
    are copied (``info.copied``)."""
    load_library()
    flags = _flags(copy, verify, prepare)
    how = {"copy": copy, "verify": verify, "prepare": prepare, "backend": backend}
    native = _native.Model(None, data, flags, _backend(backend), 0, 0)
    return Model(native, unknown, threads, cancelled, None if copy else data, how)


def _flags(copy: bool, verify: bool, prepare: bool) -> int:
    return (1 if copy else 0) | (2 if verify else 0) | (4 if prepare else 0)


def _backend(name: str) -> int:
    if name not in _BACKENDS:
        raise ValueError(f"backend: one of {sorted(_BACKENDS)}, not {name!r}")
    return _BACKENDS[name]


def _refused(file: File, error: _errors.FileError) -> _errors.FileError:
    """The error as Python's own kind: asks the system once more what it had against the file."""
    if not isinstance(file, (str, bytes, os.PathLike)):
        return error
    try:
        with builtins.open(file, "rb"):
            return error
    except OSError as of_system:
        return _errors.of_system(error, of_system)
