"""Filters: which items may be results."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Union

from . import _arrays

_MODES = {"any": 0, "all": 1, "none": 2}
_RANGE = 3
_ABOVE_MINIMUM, _BELOW_MAXIMUM, _STRICT_VALUES = 1, 2, 4


@dataclass(frozen=True)
class Filter:
    """Items (or users, where those are searched) by the values of an attribute or input: those
    that have any, all or none of the ``values``,

        Filter("genres", ["Drama", "Romance"]), Filter("tags", "red", "none")

    or a number in a range; ``minimum`` and ``maximum`` count themselves, ``above`` and ``below`` do
    not:

        Filter("year", minimum=1990, below=2000), Filter("price", maximum=20)

    A missing number is in no range. ``strict``: a value that the attribute or input does not have
    raises NotFound; otherwise no item has it."""

    input: str
    values: Iterable[str] | Iterable[int] | None = None
    mode: str = "any"
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    strict: bool = False

    def _native(self) -> tuple[str, int, Any, int]:
        flags = _STRICT_VALUES if self.strict else 0
        bounds = (self.minimum, self.maximum, self.above, self.below)
        if any(bound is not None for bound in bounds):
            return self._range(flags)
        if self.values is None:
            raise ValueError(f"{self.input}: give values, or the bounds of a range")
        if self.mode not in _MODES:
            raise ValueError(f'mode: "any", "all" or "none", not {self.mode!r}')
        values = _arrays.known(self.values, self.input)
        return self.input, _MODES[self.mode], values, flags

    def _range(self, flags: int) -> tuple[str, int, Any, int]:
        if self.values is not None:
            raise ValueError(f"{self.input}: give values or the bounds of a range, not both")
        for one, other in (("minimum", "above"), ("maximum", "below")):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                raise ValueError(f"{self.input}: give {one} or {other}, not both")
        low = self.minimum if self.above is None else self.above
        high = self.maximum if self.below is None else self.below
        flags |= _ABOVE_MINIMUM if self.above is not None else 0
        flags |= _BELOW_MAXIMUM if self.below is not None else 0
        bounds = (
            -math.inf if low is None else float(low),
            math.inf if high is None else float(high),
        )
        return self.input, _RANGE, bounds, flags


Filters = Union[Filter, Iterable[Filter]]


def natives(where: Filters) -> tuple[tuple[str, int, Any, int], ...]:
    filters = (where,) if isinstance(where, Filter) else where
    return tuple(one._native() for one in filters)
