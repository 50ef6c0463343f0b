"""The model in use."""

from __future__ import annotations

from ._model import Model


class ModelSlot:
    """Holds the model that a host answers with now, so that one thread can put a new one in its
    place while others ask. Any thread may use it; ``get`` never waits. Pickled with its model.

        slot = duomo.ModelSlot(duomo.open("movies.duomo"))
        with slot.get() as model:  # a reference of the caller's own
            model.topk(8)
        slot.set(duomo.open("movies.duomo"))
    """

    def __init__(self, model: Model) -> None:
        # Reading and writing an attribute are atomic, so the slot needs no lock.
        self._model = model._share()

    def set(self, model: Model) -> None:
        """Puts a model in, of which the slot has a reference of its own: ``model`` may be closed.
        The one before is closed when the last call with it is done."""
        self._model = model._share()

    def get(self) -> Model:
        """The model that is in now, as a reference of the caller's own: closing it hurts nobody."""
        return self._model._share()
