"""Options, results and the command line, with a program that records what it is given."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

import duomo

PLAYS = {"user": [1, 2], "item": [3, 4]}


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ({"goal": "rate", "values": "count"}, ["--goal", "rate", "--values", "count"]),
        ({"positive": "rating>=4"}, ["--positive", "rating>=4"]),
        (
            {"event_weights": {"view": 1, "purchase": 10.5}},
            ["--event-weights", "view=1,purchase=10.5"],
        ),
        ({"repeats": "last", "min_user": 5}, ["--repeats", "last", "--min-user", "5"]),
        ({"budget": 90}, ["--budget", "90"]),
        ({"budget": "20m"}, ["--budget", "20m"]),
        ({"no_floor": True, "keep_test_rows": False}, ["--no-floor"]),
        ({"no_history": True, "seed": None}, ["--no-history"]),
        (
            {"map": {"user": "customer", "rating": None}},
            ["--map", "user=customer", "--map", "rating=none"],
        ),
        ({"map": ["user=customer", "age:set"]}, ["--map", "user=customer", "--map", "age:set"]),
        ({"sets": {"genres": "|", "tags": ";"}}, ["--sets", "genres=|", "--sets", "tags=;"]),
        ({"date_format": "%d.%m.%Y"}, ["--date-format", "%d.%m.%Y"]),
        ({"user_range": "-5-10"}, ["--user-range=-5-10"]),
        ({"preset": "mf", "id_dropout": {"a=b": 0}}, ["--preset", "mf", "--id-dropout", "a=b=0"]),
        ({"event_weights": {}}, []),
    ],
)  # fmt: skip
def test_options(recorded, options, arguments):
    recorded.train(interactions=PLAYS, **options)
    before, path, *given = recorded["arguments"][4:]
    assert before == "--interactions"
    assert path.endswith("/interactions.csv")
    assert given == arguments


def test_options_of_files(recorded, tmp_path):
    path = tmp_path / "plays.txt"
    path.write_text("x", encoding="utf-8")
    recorded.train(interactions=path, columns=["user", "item"], quotes="none", latin1=True)
    assert recorded["arguments"][6:] == ["--columns", "user,item", "--quotes", "none", "--latin1"]
    with pytest.raises(ValueError, match="separator says how files of text are read, and items is"):
        recorded.train(interactions=path, items={"item": [1]}, separator=";")
    assert list(recorded.temporary.iterdir()) == []


def test_wrong_options(recorded):
    with pytest.raises(ValueError, match='event_weights: "a,b=1" has a comma'):
        recorded.train(interactions=PLAYS, event_weights={"a,b": 1})
    with pytest.raises(ValueError, match='map: "a=b" has a ='):
        recorded.train(interactions=PLAYS, map={"a=b": "c"})
    with pytest.raises(ValueError, match="name it with preset= or model=, or use on_message"):
        recorded.train(interactions=PLAYS, on_event=print)
    with pytest.raises(TypeError, match="so is interactions"):
        recorded.train(PLAYS, interactions=PLAYS)
    with pytest.raises(TypeError, match="output is missing"):
        duomo.train(interactions=PLAYS)
    assert list(recorded.temporary.iterdir()) == []


def test_the_folder_is_private(recorded):
    recorded.train(interactions=PLAYS, users={"user": [1]}, items={"item": [3]})
    assert recorded["modes"] == [0o700] * 3
    assert sorted(recorded["tables"]) == ["interactions", "items", "users"]


def test_result(recorded):
    messages = []
    result = recorded.train(PLAYS, on_message=messages.append)
    assert result.file == result["file"] == "m.duomo"
    assert not result.interrupted
    assert (result.goal, result.split, result.chosen) == ("rank", "time:0.9", "als, 64 wide")
    assert result.test["ndcg@10"] > result.floors["popularity"]["ndcg@10"]
    assert [one["name"] for one in result.tried] == [result.chosen]
    assert (result.steps, result.parameters, result.seconds) == (None, None, None)
    assert (result.train_rows, result.test_rows) == (None, None)
    assert json.loads(json.dumps(result)) == result
    # The program knows the table by a path that is gone.
    assert messages == ["duomo: interactions, line 3: the rating is no number"]
    assert result.messages == tuple(messages)
    with pytest.raises(duomo.FileError):
        result.open(verify=True)


def test_failure(recorded, monkeypatch, tmp_path):
    monkeypatch.setenv("CODE", "2")
    with pytest.raises(duomo.TrainingError, match=r"^interactions, line 3: the rating") as caught:
        recorded.train(PLAYS)
    assert caught.value.returncode == 2
    assert list(recorded.temporary.iterdir()) == []
    path = tmp_path / "plays.parquet"
    pa.parquet.write_table(pa.table(PLAYS), path)
    with pytest.raises(duomo.TrainingError, match=f"^{path}, line 3: the rating"):
        recorded.train(path)


def test_stopped_by_a_message(recorded, monkeypatch):
    monkeypatch.setenv("WAIT", "60")
    began = time.monotonic()
    with pytest.raises(duomo.TrainingError) as caught:
        recorded.train(PLAYS, on_message=lambda line: line != "waiting")
    assert caught.value.returncode == 130
    assert time.monotonic() - began < 50
    assert list(recorded.temporary.iterdir()) == []


def command(recorded, *arguments, **environment):
    environment = {**os.environ, "DUOMO_PROGRAM": str(recorded.program), **environment}
    return subprocess.Popen(
        [sys.executable, "-m", "duomo", *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def files(tmp_path):
    plays, items = tmp_path / "plays.parquet", tmp_path / "items.feather"
    pa.parquet.write_table(pa.table(PLAYS), plays)
    pa.feather.write_feather(pa.table({"item": [3], "tags": [["a"]]}), items)
    return plays, items


@pytest.mark.parametrize("form", ["position", "option", "equals"])
def test_command(recorded, files, form):
    plays, items = files
    tables = {
        "position": [plays, "--items", items],
        "option": ["--interactions", plays, "--items", items],
        "equals": [f"--interactions={plays}", f"--items={items}"],
    }[form]
    process = command(recorded, "train", *tables, "-o", "m.duomo", "--budget", "3m", CODE="5")
    out, err = process.communicate()
    assert process.returncode == 5, err
    assert json.loads(out)["file"] == "m.duomo"  # the program's output, as it is
    assert recorded["tables"] == {
        "interactions": ["plays.csv", "user,item\r\n1,3\r\n2,4\r\n"],
        "items": ["items.jsonl", '{"item":3,"tags":["a"]}\n'],
    }
    assert recorded["arguments"][-4:] == ["-o", "m.duomo", "--budget", "3m"]
    assert list(recorded.temporary.iterdir()) == []


def test_command_without_such_tables(recorded):
    process = command(recorded, "train", "data.zip", "-o", "m.parquet", "--no-floor", CODE="3")
    process.communicate()
    assert process.returncode == 3
    assert recorded["arguments"] == ["train", "data.zip", "-o", "m.parquet", "--no-floor"]


def test_command_refuses(recorded, files, tmp_path):
    plays, _ = files
    for arguments, message in (
        ([tmp_path / "no.parquet"], "duomo: .*no.parquet: there is no such file"),
        ([plays, "--separator", ";"], "duomo: separator says how files of text are read"),
    ):
        process = command(recorded, "train", *arguments, "-o", "m.duomo")
        assert process.wait() == 1
        assert re.match(message, process.communicate()[1])
    assert list(recorded.temporary.iterdir()) == []


def until_waiting(process):
    for line in process.stderr:
        if line == "waiting\n":
            return
    raise AssertionError("the program did not run")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("converted", [True, False])
def test_signals_reach_the_program(recorded, files, number, converted):
    data = files[0] if converted else "data.zip"
    process = command(recorded, "train", data, "-o", "m.duomo", WAIT="60")
    until_waiting(process)
    process.send_signal(number)
    assert process.wait(50) == 128 + number
    process.communicate()
    assert list(recorded.temporary.iterdir()) == []


def test_a_program_that_a_signal_ends(recorded, files):
    process = command(recorded, "train", files[0], "-o", "m.duomo", WAIT="60")
    until_waiting(process)
    process.send_signal(signal.SIGQUIT)
    assert process.wait(50) == 128 + signal.SIGQUIT
    process.communicate()
    assert list(recorded.temporary.iterdir()) == []


def test_both_stop_and_go_on(recorded, files):
    process = command(recorded, "train", files[0], "-o", "m.duomo", WAIT="60")
    until_waiting(process)
    both = (process.pid, recorded["process"])
    assert both[0] != both[1]

    def wait_until_stopped(wanted):
        end = time.monotonic() + 50
        while [stopped(number) for number in both] != [wanted, wanted]:
            assert time.monotonic() < end
            time.sleep(0.01)

    def stopped(number):
        stat = Path(f"/proc/{number}/stat").read_text(encoding="utf-8")
        return stat.rpartition(")")[2].split()[0] == "T"

    process.send_signal(signal.SIGTSTP)
    wait_until_stopped(True)
    process.send_signal(signal.SIGCONT)
    wait_until_stopped(False)
    process.send_signal(signal.SIGINT)
    assert process.wait(50) == 130
    process.communicate()
