"""What a model says of itself."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Head(enum.IntEnum):
    """How the vectors of a user and an item become a number."""

    COSINE = 0
    DOT = 1
    LOGISTIC = 2  # such models answer rank() only


class Scope(enum.IntEnum):
    """Of whom features are."""

    USER = 0
    ITEM = 1
    PAIR = 2

    @classmethod
    def of(cls, value: Scope | str) -> Scope:
        """From "user", "item" or "pair"."""
        if isinstance(value, Scope):
            return value
        try:
            return cls[value.upper()]
        except (KeyError, AttributeError):
            raise ValueError(f'scope: "user", "item" or "pair", not {value!r}') from None


class Kind(enum.IntEnum):
    """What the values of an input are."""

    CATEGORY = 0
    CATEGORY_SET = 1
    TEXT = 2
    HISTORY = 3
    NUMBER = 4


class Keys(enum.IntEnum):
    """How the values of an input are given: RANGE and INTEGER as int, STRING as str."""

    RANGE = 0
    INTEGER = 1
    STRING = 2


class Unknown(enum.IntEnum):
    """What an unknown id in a call does: fail it, or give NaN (no results) and do the rest."""

    ERROR = 0
    MARK = 1

    @classmethod
    def of(cls, value: Unknown | str) -> Unknown:
        """From "error" or "mark"."""
        if isinstance(value, Unknown):
            return value
        try:
            return cls[value.upper()]
        except (KeyError, AttributeError):
            raise ValueError(f'unknown: "error" or "mark", not {value!r}') from None


@dataclass(frozen=True)
class ModelInfo:
    """What a model is, by ``Model.info``."""

    name: str  #: of the description: "hybrid"
    unit: str  #: of predictions: "stars"
    head: Head
    user_count: int
    item_count: int
    vector_width: int  #: 0 for logistic models
    file_size: int  #: bytes
    has_user_vectors: bool
    has_history: bool
    has_titles: bool
    copied: bool  #: the bytes were copied, neither mapped nor borrowed
    minimum_output: float
    maximum_output: float
    fingerprint: int  #: of the file's content: another content has another one


@dataclass(frozen=True)
class Input:
    """A feature that a model reads, by ``Model.inputs``."""

    name: str
    scope: Scope
    kind: Kind
    keys: Keys
    vocabulary_size: int


class AttributeKind(enum.IntEnum):
    """What the values of an attribute are."""

    CATEGORY = 0  # a text an item
    SET = 1  # any number of texts an item
    INTEGER = 2
    NUMBER = 3
    TIME = 4  # seconds since 1970, UTC


@dataclass(frozen=True)
class Attribute:
    """A column of items that no network reads: to filter by and to show."""

    name: str
    kind: AttributeKind
    value_count: int  #: different texts of categories and sets; of others 0
