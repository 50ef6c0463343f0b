"""Duomo's exceptions: one class for each status of duomo.h, and this package's own."""

from __future__ import annotations

import enum
import re
from typing import Any


class Status(enum.IntEnum):
    """The status codes of duomo.h."""

    OK = 0
    INVALID_ARGUMENT = 1
    NOT_FOUND = 2
    OUT_OF_MEMORY = 3
    IO_ERROR = 4
    CORRUPT = 5
    UNSUPPORTED_VERSION = 6
    UNSUPPORTED = 7
    INTERNAL = 8
    CANCELLED = 9


class ErrorKind(enum.IntEnum):
    """What was wrong, finer than the status."""

    OTHER = 0  #: none of these says it
    MISSING = 1  #: what must be given
    STRUCT_SIZE = 2  #: what a newer client asks for
    VALUE = 3  #: a number outside what is allowed
    CONFLICT = 4  #: arguments that do not go together
    OFFSETS = 5
    NOT_UTF8 = 6
    NOT_FINITE = 7
    UNKNOWN_ID = 8  #: a user or item, by id or key
    UNKNOWN_NAME = 9  #: an input, attribute or entry of the metadata
    UNKNOWN_VALUE = 10  #: that the input or attribute does not have
    LACKING = 11  #: the file or the build lacks what the call needs

    @classmethod
    def _missing_(cls, value: object) -> ErrorKind:
        return cls.OTHER  # of a newer library


class Argument(enum.IntEnum):
    """Which argument, or part of a request, was wrong."""

    OTHER = 0  #: none of these says it
    OUT = 1
    MODEL = 2
    CONTEXT = 3
    OPTIONS = 4
    FILE = 5
    REQUEST = 6
    USERS = 7
    ITEMS = 8
    QUERIES = 9
    FEATURES = 10
    HISTORY = 11
    EXCLUDE = 12
    ALLOW = 13
    FILTERS = 14
    LIMITS = 15
    NAME = 16
    VALUES = 17

    @classmethod
    def _missing_(cls, value: object) -> Argument:
        return cls.OTHER  # of a newer library


class Error(Exception):
    """Anything that Duomo reports. ``status`` says what kind of failure it is, ``kind`` says it
    finer; ``argument`` which argument was wrong, and ``position`` which element of it."""

    status: Status = Status.INTERNAL
    kind: ErrorKind = ErrorKind.OTHER
    argument: Argument = Argument.OTHER
    position: int | None = None


class InvalidArgument(Error, ValueError):
    """The call is wrong, whatever the model."""

    status = Status.INVALID_ARGUMENT


class NotFound(Error, LookupError):
    """An id, key or input that the model does not have; the message names its position."""

    status = Status.NOT_FOUND


class OutOfMemory(Error, MemoryError):
    """There is not enough memory for the call."""

    status = Status.OUT_OF_MEMORY


class FileError(Error, OSError):
    """The system refused to read the file; the message says why, and of paths ``errno`` and
    ``filename``, too."""

    status = Status.IO_ERROR

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[Any, ...]:
        return _file_error, (type(self), str(self), self.errno, self.filename, self.__dict__)


class MissingFileError(FileError, FileNotFoundError):
    """There is no such file."""


class FileAccessError(FileError, PermissionError):
    """This user may not read the file."""


class FolderError(FileError, IsADirectoryError):
    """It is a folder, not a file."""


class Corrupt(Error):
    """The bytes are not a valid .duomo file."""

    status = Status.CORRUPT


class UnsupportedVersion(Error):
    """The file is newer than this library."""

    status = Status.UNSUPPORTED_VERSION


class Unsupported(Error):
    """This model cannot do that; the message says what it lacks."""

    status = Status.UNSUPPORTED


class Internal(Error):
    """A defect in Duomo: please report the message."""

    status = Status.INTERNAL


class Cancelled(Error):
    """The caller asked for an end: see ``CancelFlag``."""

    status = Status.CANCELLED


class ClosedError(InvalidArgument):
    """A model, context or features used after ``close()``."""


class BusyError(InvalidArgument):
    """One Context or Features used by two threads at once."""


class ProgramError(Error):
    """A program of the package failed. ``returncode`` is its exit code, the message its own."""

    def __init__(self, message: str, returncode: int) -> None:
        super().__init__(message)
        self.returncode = returncode
        self.status = Status.INVALID_ARGUMENT if returncode == 2 else Status.INTERNAL

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.returncode)


class TrainingError(ProgramError):
    """``duomo train`` failed."""


class ConversionError(ProgramError):
    """``duomo-convert`` failed: see ``duomo.convert``. Nothing was written."""


_CLASSES: dict[int, type[Error]] = {
    int(c.status): c
    for c in (
        InvalidArgument,
        NotFound,
        OutOfMemory,
        FileError,
        Corrupt,
        UnsupportedVersion,
        Unsupported,
        Internal,
        Cancelled,
    )
}

_NAMES_OF_C = re.compile(
    r"\b(duomo|DUOMO)_\w+|\b_PORTABLE\b|\brequest\.\w+|\boptions\.unknown_ids\b"
)
# Parts of C's requests whose arguments have other names here.
_PARTS = {
    "filters": "where",
    "k_each": "k",
    "user_id": "user",
    "user_key": "user",
    "item": "items",
    "item_ids": "items",
    "item_keys": "items",
    "history": "histories",
    "history_ids": "histories",
    "history_keys": "histories",
    "history_offsets": "histories",
}
_LISTS = re.compile(r"^(?:shared_)?(exclude|allow)(?:_(?:ids|keys|offsets|set|sets|count))?$")
_NAMES = {
    "DUOMO_RANK_USER_ID": "user",
    "DUOMO_UNKNOWN_IS_MARKED": 'unknown="mark"',
    "DUOMO_ALLOW_LISTED": "allow",
    "DUOMO_BACKEND_DEFAULT": 'backend="default"',
    "DUOMO_BACKEND_ONEDNN": 'backend="onednn"',
    "_PORTABLE": '"portable"',
}


def _name(found: re.Match[str]) -> str:
    name = found.group()
    if name == "options.unknown_ids":
        return "unknown"
    if name.startswith("request."):
        part = name[len("request.") :]
        return _PARTS.get(part) or _LISTS.sub(r"\1", part)
    if name.startswith("duomo_features_set_"):
        return "Features.set"
    return _NAMES.get(name, name[len("duomo_") :].lower())


def in_python(message: str) -> str:
    """The message with this package's names in place of C's: topk for duomo_topk."""
    return _NAMES_OF_C.sub(_name, message)


def from_status(
    status: int, message: str, kind: int = 0, argument: int = 0, position: int | None = None
) -> Error:
    """The exception for a status; called by the extension."""
    error = _CLASSES.get(status, Internal)(in_python(message))
    error.kind = ErrorKind(kind)
    error.argument = Argument(argument)
    error.position = position
    return error


_OF_SYSTEM = (
    (FileNotFoundError, MissingFileError),
    (PermissionError, FileAccessError),
    (IsADirectoryError, FolderError),
)


def of_system(error: FileError, why: OSError) -> FileError:
    """The error as the kind that ``why`` is, with its errno and filename."""
    kind = next((ours for theirs, ours in _OF_SYSTEM if isinstance(why, theirs)), FileError)
    return _file_error(kind, str(error), why.errno, why.filename, error.__dict__)


def _file_error(
    kind: type[FileError], message: str, errno: int | None, filename: Any, rest: dict[str, Any]
) -> FileError:
    error = kind(message)
    error.errno, error.filename = errno, filename
    error.__dict__.update(rest)
    return error
