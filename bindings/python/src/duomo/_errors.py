"""Duomo's exceptions: one class for each status of duomo.h, and three of this package's own."""

from __future__ import annotations

import enum


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


class Error(Exception):
    """Anything that Duomo reports. ``status`` says what kind of failure it is."""

    status: Status = Status.INTERNAL


class InvalidArgument(Error, ValueError):
    """The call is wrong, whatever the model."""

    status = Status.INVALID_ARGUMENT


class NotFound(Error, LookupError):
    """An id, key or input that the model does not have; the message names its position."""

    status = Status.NOT_FOUND


class OutOfMemory(Error, MemoryError):
    status = Status.OUT_OF_MEMORY


class FileError(Error, OSError):
    """The system refused to read the file; the message says why."""

    status = Status.IO_ERROR


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


class ClosedError(InvalidArgument):
    """A model, context or features used after ``close()``."""


class BusyError(InvalidArgument):
    """One Context or Features used by two threads at once."""


class TrainingError(Error):
    """``duomo train`` failed. ``returncode`` is its exit code, the message its own."""

    def __init__(self, message: str, returncode: int) -> None:
        super().__init__(message)
        self.returncode = returncode
        self.status = Status.INVALID_ARGUMENT if returncode == 2 else Status.INTERNAL


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
    )
}


def from_status(status: int, message: str) -> Error:
    """The exception for a status; called by the extension."""
    return _CLASSES.get(status, Internal)(message)
