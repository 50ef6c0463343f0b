"""Model and Context: an opened file, and the scratch memory of one thread at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from . import _arrays, _filter, _native
from ._arrays import Many
from ._calls import Calls
from ._cancel import CancelFlag
from ._catalogue import Catalogue, Origin
from ._closing import Closing
from ._features import FeatureData, Features
from ._info import Scope, Unknown
from ._sets import ItemSet

_T = TypeVar("_T")


class Model(Closing, Calls, Catalogue):
    """An opened .duomo file. Any number of threads may use it at once: every call borrows a context
    from a pool. Close it, or use it in ``with``; calls that run meanwhile finish undisturbed. To
    swap models under running threads use a ModelSlot. Pickled as its path, which is opened again
    and must hold the same model; where it was opened from bytes, as those. A forked process may go
    on with it. Made by ``duomo.open`` and ``duomo.open_buffer``."""

    def __init__(
        self,
        native: _native.Model,
        unknown: Unknown | str = Unknown.ERROR,
        threads: int = 1,
        cancelled: CancelFlag | None = None,
        origin: Origin = None,
        how: Mapping[str, Any] | None = None,
    ) -> None:
        self._options = _options(unknown, threads, cancelled)
        super().__init__(native, origin, how or {})
        self._pool: deque[_native.Context] = deque()

    # append and pop of a deque are atomic, so the pool needs no lock. Its contexts go with the last
    # Model that has it, or with the last call.
    def _call(self, method: Callable[..., _T], *args: Any) -> _T:
        pool = self._pool
        try:
            context = pool.pop()
        except IndexError:
            context = _native.Context(self._native, *self._options)
        try:
            return method(context, *args)
        finally:
            pool.append(context)

    def _share(self) -> Model:
        """Another Model of the same file and pool, closed by itself: for ModelSlot."""
        other = Model.__new__(Model)
        vars(other).update(vars(self))
        other._native = self._native.share()
        return other

    def _file(self) -> Catalogue:
        return self

    def _marks(self) -> bool:
        return self._options[0] == Unknown.MARK

    def close(self) -> None:
        """Closes the file once the last call, Context and Features are done with it."""
        self._native.close()
        self._pool = deque()
        self._origin = None

    def trim(self) -> None:
        """Gives back the memory that idle contexts hold, for instance after an unusually large
        batch."""
        self._pool.clear()

    def __repr__(self) -> str:
        i = self._info
        state = ", closed" if self.closed else ""
        return f"Model({i.name!r}, {i.user_count} users, {i.item_count} items{state})"

    def context(
        self,
        unknown: Unknown | str = Unknown.ERROR,
        threads: int = 1,
        cancelled: CancelFlag | None = None,
    ) -> Context:
        """A context of the caller's own: for another way with unknown ids, for calls that use
        several threads or can be cancelled, or to spare the pool."""
        return Context(self, unknown, threads, cancelled)

    def features(
        self, scope: Scope | str, data: FeatureData | int, *, strict: bool = False
    ) -> Features:
        """Raw features of users, items or pairs, from

        - a dict of columns, {"age": [25, 40], "genres": [["Drama"], []]}, or of one row's values,
          {"age": 25, "genres": ["Drama"]};
        - a DataFrame with a column for every input given, or a list of dicts, one a row;
        - a number of rows, to be filled with ``set``.

        None and NaN are "not set"; values that the model does not know count as unknown or, with
        ``strict``, raise NotFound. ``input_values`` lists those that it knows."""
        if isinstance(data, int):
            return Features(self, scope, data, strict)
        return Features.of(self, scope, data, strict)

    def item_set(self, items: Many | None = None, *, where: _filter.Filters = ()) -> ItemSet:
        """A set of items for ``allow=``: of ids or keys, unknown ones being left out; or of the
        items for which the filters hold, without filters all."""
        filters = _filter.natives(where)
        if items is None:
            return ItemSet(_native.ItemSet(self._native, None, filters), self._share())
        listed = _native.ItemSet(self._native, _arrays.known(items, "items"), ())
        made = ItemSet(listed, self._share())
        return made & self.item_set(where=where) if filters else made


class Context(Closing, Calls):
    """Scratch memory of one thread at a time; a second call while one runs raises BusyError. Holds
    its model, also after the model's ``close``. Made by ``Model.context``."""

    def __init__(
        self,
        model: Model,
        unknown: Unknown | str = Unknown.ERROR,
        threads: int = 1,
        cancelled: CancelFlag | None = None,
    ) -> None:
        self._of = model
        self._options = _options(unknown, threads, cancelled)
        self._native = _native.Context(model._native, *self._options)

    def _call(self, method: Callable[..., _T], *args: Any) -> _T:
        return method(self._native, *args)

    def _file(self) -> Catalogue:
        return self._of

    def _marks(self) -> bool:
        return self._options[0] == Unknown.MARK

    @property
    def model(self) -> Model:
        """Whose context it is."""
        return self._of

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._native.closed

    def trim(self) -> None:
        """Gives back the memory that calls have left, for instance after an unusually large batch;
        the next call takes what it needs anew."""
        self._native.trim()

    def close(self) -> None:
        """Gives all its memory back. The model stays open."""
        self._native.close()


def _options(
    unknown: Unknown | str, threads: int, cancelled: CancelFlag | None
) -> tuple[int, int, Any]:
    """As the extension takes them."""
    if not 0 <= threads < 2**31:
        raise ValueError(f"threads: {threads}")
    if cancelled is not None and not isinstance(cancelled, CancelFlag):
        raise TypeError(f"cancelled: a CancelFlag, not {cancelled!r}")
    return int(Unknown.of(unknown)), threads, None if cancelled is None else cancelled._flag
