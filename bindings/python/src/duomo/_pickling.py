"""What is pickled, so that models and results travel to other processes:

- a Model: its path and how it was opened. It is opened again, and must hold what it held. Of one
  that was opened from bytes, the bytes; not of an open file, or of a copy.
- a Context and a ModelSlot: their model, and a context's options.
- an ItemSet: its ids and its model.
- Hits and TopK: their arrays and their model, which gives keys and titles.

Features and what has a CancelFlag are not pickled: make them where they are used."""

from __future__ import annotations

import copyreg
import errno
import os
from collections.abc import Mapping
from typing import Any, NoReturn
from weakref import WeakValueDictionary

from ._cancel import CancelFlag
from ._errors import ClosedError, FileError
from ._features import Features
from ._model import Context, Model
from ._open import open as open_file
from ._open import open_buffer
from ._results import Hits, TopK
from ._sets import ItemSet
from ._slot import ModelSlot

# Models that came here, so that a thousand results of one model open it once.
_arrived: WeakValueDictionary[tuple[Any, ...], Model] = WeakValueDictionary()


def _model(model: Model) -> tuple[Any, ...]:
    if model.closed:
        raise ClosedError("the model is closed, and cannot be pickled")
    unknown, threads, cancelled = model._options
    if cancelled is not None:
        raise TypeError("a model with a CancelFlag is not pickled: the flag is of this process")
    origin = model._origin
    if origin is None:
        raise TypeError(
            "a model of an open file or a copy is not pickled; open its path or its bytes"
        )
    data = origin if isinstance(origin, str) else memoryview(origin).tobytes()
    options = {**model._how, "unknown": unknown, "threads": threads}
    return _open_model, (data, options, model.info.fingerprint)


def _open_model(data: str | bytes, options: Mapping[str, Any], fingerprint: int) -> Model:
    key = (data if isinstance(data, str) else None, fingerprint, *options.values())
    known = _arrived.get(key)
    if known is not None and not known.closed:
        known = _arrived[key] = known._share()
        return known
    how = {**options, "unknown": ("error", "mark")[options["unknown"]]}
    model = open_file(data, **how) if isinstance(data, str) else open_buffer(data, **how)
    if model.info.fingerprint != fingerprint:
        model.close()
        error = FileError(
            f"{os.fsdecode(data)}: the file holds another model than when this was pickled"
        )
        error.errno, error.filename = errno.ESTALE, data
        raise error
    _arrived[key] = model
    return model


def _context(context: Context) -> tuple[Any, ...]:
    unknown, threads, cancelled = context._options
    if cancelled is not None:
        raise TypeError("a context with a CancelFlag is not pickled: the flag is of this process")
    return _open_context, (context.model, unknown, threads)


def _open_context(model: Model, unknown: int, threads: int) -> Context:
    return model.context(("error", "mark")[unknown], threads)


def _set(items: ItemSet) -> tuple[Any, ...]:
    return _make_set, (items._catalogue, items.ids)


def _make_set(model: Model, ids: Any) -> ItemSet:
    return model.item_set(ids)


def _slot(slot: ModelSlot) -> tuple[Any, ...]:
    return ModelSlot, (slot.get(),)


def _hits(hits: Hits) -> tuple[Any, ...]:
    return Hits, (hits.ids, hits.scores, hits._source)


def _topk(found: TopK) -> tuple[Any, ...]:
    return TopK, (found.ids, found.scores, found.counts, found.queries, found._source)


def _features(_: Features) -> NoReturn:
    raise TypeError("Features are not pickled; pickle the dict or DataFrame that they are made of")


def _flag(_: CancelFlag) -> NoReturn:
    raise TypeError("a CancelFlag is not pickled: it ends calls of its own process")


def register() -> None:
    """Tells pickle and copy."""
    for kind, reduce in (
        (Model, _model),
        (Context, _context),
        (ItemSet, _set),
        (ModelSlot, _slot),
        (Hits, _hits),
        (TopK, _topk),
        (Features, _features),
        (CancelFlag, _flag),
    ):
        copyreg.pickle(kind, reduce)  # type: ignore[arg-type]
