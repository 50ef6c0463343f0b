"""Training through the program, on invented data."""

import _thread
import csv
import random
import signal
import subprocess

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import duomo
from duomo import _program


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "data.zip"
    program = _program.find()
    sizes = ["--users", "60", "--items", "50", "--ratings", "1500"]
    subprocess.run([program, "synth", "-o", path, *sizes], check=True, capture_output=True)
    return path


def test_train_and_use(data, tmp_path):
    events = []
    file = tmp_path / "model.duomo"
    summary = duomo.train(
        data, file, preset="hybrid", steps=30, threads=1, store_history=True, on_event=events.append
    )
    assert summary["file"] == str(file)
    assert summary["steps"] == 30
    assert not summary["interrupted"]
    assert {e["event"] for e in events} == {"train", "test"}
    assert [e["step"] for e in events if e["event"] == "train"] == [0, 10, 20]
    with duomo.open(file) as model:
        user = int(model.user_ids[0])
        assert len(model.topk(user, 5, exclude_seen=True)) == 5
        assert model.title(int(model.item_ids[0]))
        assert "gender" in {i.name for i in model.inputs}


def test_stopped_by_the_callback(data, tmp_path):
    file = tmp_path / "model.duomo"
    summary = duomo.train(
        data, file, passes=100_000, threads=1, on_event=lambda event: event["step"] < 20
    )
    assert summary["interrupted"]
    assert duomo.open(file).info.user_count == 60


def test_interrupted(data, tmp_path):
    file = tmp_path / "model.duomo"

    def on_event(event):
        if event["event"] == "train":
            _thread.interrupt_main()  # as Ctrl-C would

    # Ignored where a shell has started this in its background.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            duomo.train(data, file, passes=100_000, threads=1, on_event=on_event)
    finally:
        signal.signal(signal.SIGINT, before)
    assert duomo.open(file).info.user_count == 60  # what had been learned was written


def test_a_callback_that_raises(data, tmp_path):
    def on_event(event):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        duomo.train(data, tmp_path / "model.duomo", passes=100_000, on_event=on_event)


def test_failures(data, tmp_path):
    with pytest.raises(duomo.TrainingError, match=r"nothing\.zip") as caught:
        duomo.train(tmp_path / "nothing.zip", tmp_path / "model.duomo")
    assert caught.value.returncode == 1
    with pytest.raises(duomo.TrainingError, match="colour") as caught:
        duomo.train(data, tmp_path / "model.duomo", colour="red")
    assert caught.value.status is duomo.Status.INVALID_ARGUMENT
    with pytest.raises(FileNotFoundError, match="DUOMO_PROGRAM"):
        duomo.train(data, tmp_path / "model.duomo", program="/nowhere/duomo")
    with pytest.raises(TypeError, match="on_event"):
        duomo.train(data, tmp_path / "model.duomo", log="x")


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture(scope="module")
def shop_tables(tmp_path_factory):
    """CSV files of plays and items, with missing values, quotes and sets."""
    folder = tmp_path_factory.mktemp("tables")
    dice = random.Random(1)
    plays = [["user_id", "item_id", "rating", "timestamp"]]
    for user in range(1, 31):
        for item in dice.sample(range(100, 130), 12):
            time = f"2020-05-{dice.randint(1, 31):02}T12:30:{dice.randint(0, 59):02}Z"
            plays.append([user, item, dice.randint(1, 5), "" if user == 7 else time])
    items = [["item_id", "title", "price", "year", "genres"]]
    for item in range(100, 130):
        title = f'Zork "{item}", the\nBlimm' if item % 3 else f"Über {item}"
        year = "" if item % 7 == 0 else 1950 + item
        items.append([item, title, item / 8, year, "|".join(dice.sample("abcd", 2))])
    return write(folder / "interactions.csv", plays), write(folder / "items.csv", items)


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow", "parquet", "feather"])
def test_tables_train_as_their_csv(shop_tables, tmp_path, kind):
    def train(name, plays, items):
        file = tmp_path / name
        summary = duomo.train(
            output=file, interactions=plays, items=items, preset="mf", steps=30, threads=1
        )
        assert summary.file == str(file)
        return summary

    expected = train("csv.duomo", *shop_tables)
    frames = [pd.read_csv(path) for path in shop_tables]
    frames[0]["timestamp"] = pd.to_datetime(frames[0]["timestamp"])
    assert frames[1]["year"].dtype == float
    tables = {
        "pandas": lambda frame, _: frame,
        "polars": lambda frame, _: pl.from_pandas(frame),
        "arrow": lambda frame, _: pa.Table.from_pandas(frame),
        "parquet": lambda frame, name: frame.to_parquet(tmp_path / name),
        "feather": lambda frame, name: frame.to_feather(tmp_path / name),
    }
    names = [f"interactions.{kind}", f"items.{kind}"]
    made = [tables[kind](frame, name) for frame, name in zip(frames, names)]
    if kind in ("parquet", "feather"):
        made = [tmp_path / name for name in names]
    found = train("table.duomo", *made)
    assert found.test == expected.test
    assert (tmp_path / "table.duomo").read_bytes() == (tmp_path / "csv.duomo").read_bytes()
    with found.open() as model:
        assert (model.info.user_count, model.info.item_count) == (30, 30)
        assert model.title(101) == 'Zork "101", the\nBlimm'


def test_messages_name_the_table(shop_tables, tmp_path):
    frame = pd.read_csv(shop_tables[0]).astype({"rating": object})
    frame.loc[3, "rating"] = "many"
    with pytest.raises(duomo.TrainingError, match=r"^interactions, line 5: .*many"):
        duomo.train(frame, tmp_path / "model.duomo", preset="mf")
