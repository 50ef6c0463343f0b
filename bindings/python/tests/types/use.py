"""What type checkers know of the package: `check` gives this file to mypy --strict and pyright. A
line with "ignore" must be refused by both."""

from typing import Any

import numpy as np
import numpy.typing as npt

# assert_type is in typing from Python 3.11 on; this file is checked, never run.
from typing_extensions import assert_type

import duomo

Floats = npt.NDArray[np.float32]


def searches(model: duomo.Model, ids: npt.NDArray[np.int64], context: duomo.Context) -> None:
    assert_type(model.topk(3), duomo.Hits)
    assert_type(model.topk("user-8", 5, exclude={"sku-1"}, exclude_seen=True), duomo.Hits)
    assert_type(context.topk(3), duomo.Hits)
    context.topk(np.int64(3))  # its type is Any where mypy is for Python 3.11 and numpy's for 3.12
    assert_type(model.topk([1, 2], k=[3, 4]), duomo.TopK)
    assert_type(model.topk(ids, where=duomo.Filter("year", minimum=1990)), duomo.TopK)
    assert_type(model.topk({"user-1", "user-2"}), duomo.TopK)
    assert_type(model.topk(history=["sku-1"]), duomo.Hits)
    assert_type(model.topk(histories=[["sku-1"], []]), duomo.TopK)
    assert_type(model.topk(features={"plan": "paid", "age": 20}), duomo.Hits)
    assert_type(model.topk(features=[{"age": 20}]), duomo.Hits | duomo.TopK)
    assert_type(model.similar("sku-1", allow=model.item_set(["sku-2"])), duomo.Hits)
    assert_type(model.similar([1000, 1003]), duomo.TopK)
    assert_type(model.users_for("sku-1"), duomo.Hits)
    assert_type(model.similar_users(ids), duomo.TopK)

    hits = model.topk(3)
    item, score = hits[0]
    assert_type(item, int)
    assert_type(score, float)
    assert_type(hits.titles, list[str])
    many = model.topk([1, 2])
    assert_type(many[0], duomo.Hits)
    hits.nonsense  # type: ignore[attr-defined]  # pyright: ignore
    hits.counts  # type: ignore[attr-defined]  # pyright: ignore
    many.nonsense  # type: ignore[attr-defined]  # pyright: ignore
    many.titles  # type: ignore[attr-defined]  # pyright: ignore
    model.topk(3, colour="red")  # type: ignore[call-overload]  # pyright: ignore
    model.topk(2.5)  # type: ignore[call-overload]  # pyright: ignore
    model.similar(1, history=[2])  # type: ignore[call-overload]  # pyright: ignore
    model.users_for(1, allow=model)  # type: ignore[call-overload]  # pyright: ignore


def numbers(model: duomo.Model, ids: npt.NDArray[np.int64]) -> None:
    assert_type(model.predict(1, "sku-1"), float)
    assert_type(model.predict(1, ids), Floats)
    assert_type(model.predict(ids, 1000), Floats)
    assert_type(model.rank("user-1", {"sku-1"}), Floats)
    assert_type(model.title("sku-1"), str)
    assert_type(model.title(["sku-1"]), list[str | None])
    assert_type(model.item_id("sku-1"), int)
    assert_type(model.user_id(["user-1"]), npt.NDArray[np.int64])
    assert_type([one for one in model.item_set()], list[int])
    model.predict(1)  # type: ignore[call-overload]  # pyright: ignore
    model.predict(1, 1000, out=None)  # type: ignore[call-overload]  # pyright: ignore


def files(frame: list[dict[str, Any]], array: npt.NDArray[np.float32]) -> None:
    assert_type(duomo.train(frame, "m.duomo", preset="mf"), duomo.TrainingResult)
    assert_type(duomo.convert.import_vectors(array, ["a"], output="m.duomo"), dict[str, Any])
    duomo.convert.quantize("m.duomo", "s.duomo", vectors="int8", on_message=print)
    duomo.convert.index("m.duomo", "s", lists="1")  # type: ignore[arg-type]  # pyright: ignore
    duomo.convert.inspect("m.duomo", colour=1)  # type: ignore[call-arg]  # pyright: ignore
    duomo.convert.verify(3)  # type: ignore[arg-type]  # pyright: ignore
    with duomo.open("m.duomo", backend="portable") as model:
        assert_type(model, duomo.Model)
