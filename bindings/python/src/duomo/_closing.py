"""What is closed, or used in ``with``: Model, Context, Features and files for programs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import TypeVar

_Self = TypeVar("_Self")


class Closing(ABC):
    """What has a ``close``, which ``with`` calls."""

    @abstractmethod
    def close(self) -> None:
        """Gives back what it holds. Twice is fine."""

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
