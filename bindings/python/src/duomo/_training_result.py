"""What training gives back: the program's summary, with names for its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ._model import Model
from ._open import open as open_model


class TrainingResult(dict[str, Any]):
    """What `duomo train --json` prints, as a dict that json.dumps takes, and the most of it as
    attributes, which are None or empty where the other way of training has no such thing."""

    def __init__(self, summary: Mapping[str, Any], messages: Sequence[str] = ()) -> None:
        super().__init__(summary)
        #: what the program said meanwhile, line by line: how it read the tables, what it tried
        self.messages: tuple[str, ...] = tuple(messages)

    def open(self, **options: Any) -> Model:
        """Opens the file that was written; the model is the caller's to close. ``options`` and
        errors are those of duomo.open."""
        return open_model(self.file, **options)

    @property
    def file(self) -> str:
        """The .duomo file that was written."""
        return cast(str, self["file"])

    @property
    def interrupted(self) -> bool:
        """Training was stopped early; the file has what was learned until then."""
        return bool(self.get("interrupted", False))

    @property
    def goal(self) -> str | None:
        """ "rank" or "rate", of a search for the best model."""
        return self.get("goal")

    @property
    def split(self) -> str | None:
        """How test rows were chosen, of a search: "time:0.9"."""
        return self.get("split")

    @property
    def chosen(self) -> str | None:
        """The model that a search has written: "als, 64 wide", or a floor, where nothing that was
        learned is better than it."""
        return self.get("chosen")

    @property
    def test(self) -> Mapping[str, float]:
        """Figures on test rows. A search: "hr@10" and "ndcg@10" to rank, "rmse" and "mae" to rate.
        A preset: "step", "cost" and, where there are ratings, "rmse". Empty without test rows."""
        return self.get("test") or {}

    @property
    def floors(self) -> Mapping[str, Mapping[str, float]]:
        """The same figures of what needs no learning, by name."""
        return self.get("floors") or {}

    @property
    def tried(self) -> Sequence[Mapping[str, Any]]:
        """What a search has tried, in order: "name", and figures on validation rows."""
        return self.get("tried") or ()

    @property
    def steps(self) -> int | None:
        """Steps taken, with a preset or model."""
        return self.get("steps")

    @property
    def parameters(self) -> int | None:
        """Weights that were learned, with a preset or model."""
        return self.get("parameters")

    @property
    def train_rows(self) -> int | None:
        """Rows that it learned from."""
        return self.get("train_rows")

    @property
    def test_rows(self) -> int | None:
        """Rows that it was tested on."""
        return self.get("test_rows")

    @property
    def seconds(self) -> float | None:
        """How long training took."""
        return self.get("seconds")
