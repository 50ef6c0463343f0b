"""Training through the program, on invented data."""

import _thread
import os
import subprocess

import pytest

import duomo


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "data.zip"
    program = os.environ["DUOMO_PROGRAM"]
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

    with pytest.raises(KeyboardInterrupt):
        duomo.train(data, file, passes=100_000, threads=1, on_event=on_event)
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
