"""Raw features, from dicts, records and DataFrames."""

import numpy as np
import pandas as pd
import pytest

import duomo


def test_a_known_user_from_raw_features(shop):
    cold = shop.encode({"plan": "paid", "age": 20})  # user 2: row 1
    assert cold == pytest.approx(shop.encode_users([2]), abs=1e-5)
    hits = shop.topk(features={"plan": "paid", "age": 20}, k=5)
    assert hits.ids.tolist() == shop.topk(2, 5).ids.tolist()
    assert len(shop.topk(features=[{"plan": "paid", "age": 20}], k=5)) == 1  # TopK


def test_forms_agree(shop):
    columns = {"plan": ["free", None, "paid"], "age": [10, 30, None]}
    wanted = shop.encode(columns)
    assert wanted.shape == (3, 20)
    rows = [{"plan": "free", "age": 10}, {"age": 30}, {"plan": "paid"}]
    frame = pd.DataFrame(columns)  # age becomes float with a NaN
    nullable = frame.astype({"age": "Int64", "plan": "string"})
    categorical = frame.astype({"plan": "category"})
    for data in (rows, frame, nullable, categorical):
        assert np.array_equal(shop.encode(data), wanted)
    by_hand = shop.features("user", 3).set("plan", columns["plan"]).set("age", columns["age"])
    assert np.array_equal(shop.encode(by_hand), wanted)
    assert len(by_hand) == 3
    # Unknown values are those that are not set.
    assert np.array_equal(shop.encode({"plan": ["gold"], "age": [99]}), shop.encode([{}]))


def test_sets_texts_and_items(shop):
    data = {
        "id": [1000, None],
        "tags": [["red", "red"], ["green", "blue"]],
        "codes": [[9], None],
        "title": ["The lamp blau", "Große"],
    }
    vectors = shop.encode(data, "item")
    assert vectors.shape == (2, 20)
    single = {"id": 1000, "tags": ["red", "red"], "codes": [9], "title": "The lamp blau"}
    assert np.array_equal(shop.encode(single, "item")[0], vectors[0])
    near = shop.similar(features=shop.features("item", data), k=3)
    assert len(near) == 2
    assert shop.predict_vectors(shop.encode_users([1, 1]), vectors).shape == (2,)


def test_history_as_a_feature(player):
    vectors = player.encode({"user": ["u0", None], "seen": [["i0", "i1"], []]})
    assert vectors[0] == pytest.approx(player.encode_users(["u0"])[0], abs=1e-5)
    ids = player.item_id(["i0", "i1"])
    hits = player.topk(features={"user": ["u0"], "seen": [ids]}, k=4)
    assert hits[0].ids.tolist() == player.topk("u0", 4).ids.tolist()


def test_strict(shop):
    with pytest.raises(duomo.NotFound, match="payed") as caught:
        shop.features("user", {"plan": ["paid", "payed"]}, strict=True)
    error = caught.value
    assert (error.kind, error.position) == (duomo.ErrorKind.UNKNOWN_VALUE, 1)
    assert error.argument is duomo.Argument.VALUES
    user = shop.features("user", 1, strict=True)
    with pytest.raises(duomo.NotFound):
        user.set("age", [21])
    user.set("age", [20])
    assert shop.input_values("age") == [10, 20, 30]
    assert "red" in shop.input_values("tags")
    with pytest.raises(duomo.NotFound, match="nope"):
        shop.input_values("nope")


def test_series_and_results_as_frames(shop):
    frame = pd.DataFrame({"user": [1, 2, 3], "item": [1000, 1003, 1006]}, index=[7, 8, 9])
    frame["stars"] = shop.predict(frame["user"], frame["item"])
    assert frame["stars"].tolist() == shop.predict([1, 2, 3], [1000, 1003, 1006]).tolist()
    best = shop.topk(frame["user"], k=2, allow=[1000]).to_pandas()
    assert best.columns.tolist() == ["query", "rank", "item", "score"]
    assert best["query"].tolist() == [1, 2, 3]
    assert best["rank"].tolist() == [1, 1, 1]
    assert best["item"].tolist() == [1000] * 3
    hits = shop.topk(1, 3)
    assert hits.to_pandas()["item"].tolist() == [i for i, _ in hits]


def test_wrong_features(shop, player):
    with pytest.raises(duomo.NotFound, match="colour"):
        shop.encode({"colour": ["red"]})
    with pytest.raises(duomo.InvalidArgument, match="tags"):
        shop.encode({"tags": [["red"]]})  # of items
    with pytest.raises(ValueError, match="lengths"):
        shop.encode({"plan": ["free"], "age": [1, 2]})
    with pytest.raises(ValueError, match="only one"):
        shop.encode({"plan": ["free"], "age": 1})
    with pytest.raises(TypeError, match="age"):
        shop.encode({"age": ["old"]})
    with pytest.raises(TypeError, match="age"):
        shop.encode({"age": [10.5]})
    with pytest.raises(TypeError, match="plan"):
        shop.encode({"plan": [3]})
    with pytest.raises(ValueError, match="NUL"):
        shop.encode({"plan": ["fr\0ee"]})
    with pytest.raises(ValueError, match="2 given where 3"):
        shop.features("user", 3).set("plan", ["free", "paid"])
    with pytest.raises(ValueError, match="scope"):
        shop.features("buyer", 3)
    with pytest.raises(duomo.Unsupported):
        shop.features("pair", 3)
    with pytest.raises(duomo.InvalidArgument):  # of another model
        shop.encode(player.features("user", {"user": ["u0"]}))
    items = shop.features("item", {"id": [1000]})
    with pytest.raises(TypeError, match="items"):
        shop.topk(features=items)
    items.close()
    with pytest.raises(duomo.ClosedError):
        items.set("id", [1000])


def test_numbers_must_be_finite(joint):
    with pytest.raises(duomo.InvalidArgument, match="delay"):
        joint.rank(1, [2], pairs={"delay": [np.inf]})
    with pytest.raises(TypeError, match="delay"):
        joint.rank(1, [2], pairs={"delay": ["soon"]})
