"""duomo.convert: every verb and option of the program, tables and arrays in memory, failures."""

import inspect
import json
import re
import subprocess
import threading

import numpy as np
import pandas as pd
import pytest

import duomo
from duomo import _program, _verbs, convert

HOW = set(convert.How.__annotations__)
GROUPS = ("import", "export")


def shown(*words):
    command = [_program.find(name="duomo-convert"), *words, "--help"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def verbs(*words):
    text = shown(*words)
    assert "Subcommands:" in text
    return re.findall(r"^  ([a-z][a-z0-9-]*) ", text.partition("Subcommands:")[2], re.MULTILINE)


def all_verbs():
    for verb in verbs():
        yield from ([f"{verb} {kind}" for kind in verbs(verb)] if verb in GROUPS else [verb])


def test_every_verb_is_a_function():
    functions = [
        name
        for name, thing in vars(convert).items()
        if inspect.isfunction(thing) and thing.__module__ == "duomo.convert"
    ]
    assert sorted(functions) == sorted(
        verb.replace(" ", "_").replace("-", "_") for verb in all_verbs()
    )


@pytest.mark.parametrize("verb", list(all_verbs()))
def test_every_option_is_an_argument(verb):
    function = getattr(convert, verb.replace(" ", "_").replace("-", "_"))
    text = shown(*verb.split())
    options = set(re.findall(r"^  (?:-o,)?--([a-z-]+)", text, re.MULTILINE)) - {"json", "help"}
    places = set(re.findall(r"^  ([A-Z]+) TEXT", text, re.MULTILINE))
    wanted = {name.replace("-", "_") for name in options} | {name.lower() for name in places}
    has = set(inspect.signature(function).parameters) - {"how"}
    if verb in _verbs._ARRAYS:
        has |= set(convert.HowParameters.__annotations__) - HOW
        assert set(_verbs._PARAMETERS) == set(convert.HowParameters.__annotations__) - HOW
    assert has == wanted


def test_looking(models):
    shop = models / "shop.duomo"
    assert convert.inspect(shop)["description"]["name"] == "shop"
    assert convert.verify(shop)["ok"]
    broken = convert.verify(models / "corrupt.duomo")
    assert not broken["ok"]
    assert "checksum" in broken["checks"][0]["problems"][0]
    assert convert.diff(shop, shop)["same"]
    assert not convert.diff(shop, models / "player.duomo")["same"]


def test_shrinking(models, tmp_path):
    small = tmp_path / "small.duomo"
    cost = convert.quantize(models / "shop.duomo", small, vectors="int8", users=5, compress=True)
    assert cost["size_after"] == small.stat().st_size < cost["size_before"]
    convert.decompress(small, tmp_path / "-plain.duomo")
    convert.compress(tmp_path / "-plain.duomo", tmp_path / "again.duomo")
    convert.upgrade(tmp_path / "again.duomo", tmp_path / "new.duomo")
    convert.index(tmp_path / "new.duomo", tmp_path / "indexed.duomo", users=True)
    with duomo.open(tmp_path / "indexed.duomo") as model:
        assert len(model.topk(3)) == 10


def erased(answer):
    return next(check["ok"] for check in answer["checks"] if check["name"] == "erased users")


def test_pruning_with_keys_in_memory(club, models, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gone = {"member-1", "member-2"}
    result = convert.prune(
        models / "club.duomo",
        tmp_path / "pruned.duomo",
        drop_users=gone,
        keep_items=[f"book-{i}" for i in range(20)],
        no_history=True,
    )
    assert isinstance(result, dict)
    with duomo.open(tmp_path / "pruned.duomo") as model:
        assert (model.info.user_count, model.info.item_count) == (298, 20)
        assert not model.info.has_history
    assert erased(convert.verify(tmp_path / "pruned.duomo", erased_users=gone))
    assert not erased(convert.verify(models / "club.duomo", erased_users=pd.Series(list(gone))))
    assert [path.name for path in tmp_path.iterdir()] == ["pruned.duomo"]  # no list is left
    convert.prune(models / "shop.duomo", tmp_path / "red.duomo", where={"tags": ["red", "green"]})
    with duomo.open(tmp_path / "red.duomo") as red, duomo.open(models / "shop.duomo") as shop:
        either = shop.item_set(where=duomo.Filter("tags", ["red", "green"]))
        assert red.item_ids.tolist() == either.ids.tolist()


def test_tables_in_memory(models, tmp_path):
    output = tmp_path / "new.duomo"
    ids = np.arange(1000, 1120, 3)
    items = pd.DataFrame({"id": ids, "stock": pd.array([None, *range(39)], "Int64")})
    convert.attributes(models / "shop.duomo", output, items=items, columns={"stock": "integer"})
    with duomo.open(output) as model:
        assert model.attribute("stock", [1000, 1003]) == [None, 0]
    history = [{"user": 3, "item": 1006, "timestamp": 1_700_000_000}]
    convert.merge(models / "shop.duomo", output, history=history)
    with duomo.open(output) as model:
        assert 1006 not in model.topk(3, 40, exclude_seen=True).ids
    convert.annotate(output, output_2 := tmp_path / "noted.duomo", set={"version": "7", "by": "me"})
    convert.annotate(output_2, output, unset=["by"])
    with duomo.open(output) as model:
        assert model.metadata == {"version": "7"}


def test_vectors(tmp_path):
    dice = np.random.default_rng(1)
    items, users = dice.normal(size=(30, 8)), dice.normal(size=(4, 8)).astype(np.float32)
    keys = [f"i{n}" for n in range(30)]
    file = tmp_path / "mine.duomo"
    titles = {"id": keys, "title": [f"Item, no. {n}" for n in range(30)]}
    convert.import_vectors(
        items,
        keys,
        output=file,
        users=users,
        user_ids=["a", "b", "c", "d"],
        titles=titles,
        head="dot",
    )
    with duomo.open(file) as model:
        assert model.predict("b", "i7") == pytest.approx(float(users[1] @ items[7]), rel=1e-5)
        assert model.title("i7") == "Item, no. 7"
    convert.import_vectors(items, np.arange(30) + 100, output=file)
    with duomo.open(file) as model:
        assert model.item_ids.tolist() == list(range(100, 130))
    np.save(tmp_path / "items.npy", items.astype(np.float32))
    convert.import_vectors(tmp_path / "items.npy", output=file)
    assert duomo.open(file).info.item_count == 30
    with pytest.raises(ValueError, match=r"items: vectors are an array \[n, width\]"):
        convert.import_vectors(items[0], output=file)
    with pytest.raises(ValueError, match=r"item_ids\[1\]: .*two lines"):
        convert.import_vectors(items[:2], ["a", "b\nc"], output=file)


@pytest.mark.parametrize("kind", ["npz", "safetensors"])
def test_parameters_there_and_back(models, tmp_path, kind):
    model, file = models / "shop_towers.duomo", tmp_path / f"shop.{kind}"
    if kind == "npz":  # which has the attributes, too, and import knows none
        names = [one.name for one in duomo.open(model).attributes]
        convert.attributes(model, tmp_path / "bare.duomo", remove=names)
        model = tmp_path / "bare.duomo"
    getattr(convert, f"export_{kind}")(model, file)
    into = getattr(convert, f"import_{kind}")
    into(file, tmp_path / "by_path.duomo", like=model)
    into(read(file), tmp_path / "by_dict.duomo", like=model)
    assert (tmp_path / "by_path.duomo").read_bytes() == (tmp_path / "by_dict.duomo").read_bytes()
    assert convert.verify(tmp_path / "by_dict.duomo")["ok"]


def read(file):
    if file.suffix == ".npz":
        with np.load(file) as arrays:
            return {name: arrays[name] for name in arrays if arrays[name].dtype.kind == "f"}
    data = file.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[8 + size :][slice(*one["data_offsets"])], "<f4").reshape(
            one["shape"]
        )
        for name, one in header.items()
    }


def test_dumping(models, tmp_path):
    convert.dump(models / "shop.duomo", tmp_path / "shop.json")
    convert.build(tmp_path / "shop.json", tmp_path / "shop.duomo")
    assert convert.diff(models / "shop.duomo", tmp_path / "shop.duomo")["same"]
    assert convert.export_onnx(models / "shop_towers.duomo", tmp_path / "shop.onnx", tower="item")


def test_failures(models, tmp_path):
    out = tmp_path / "out.duomo"
    with pytest.raises(
        duomo.ConversionError, match=r"^cannot open .*none\.duomo: No such"
    ) as caught:
        convert.quantize(tmp_path / "none.duomo", out, vectors="int8")
    assert isinstance(caught.value, duomo.ProgramError)
    assert caught.value.returncode == 1
    with pytest.raises(duomo.ConversionError, match="--vectors") as caught:
        convert.quantize(models / "shop.duomo", out, vectors="int9")
    assert caught.value.status is duomo.Status.INVALID_ARGUMENT
    with pytest.raises(duomo.ConversionError, match="users"):  # as the caller calls the table
        convert.merge(models / "shop.duomo", out, users=[{"nobody": 1, "knows": 2}])
    with pytest.raises(TypeError, match="inspect: there is no option colour"):
        convert.inspect(models / "shop.duomo", colour="red")
    with pytest.raises(TypeError, match="file: a path"):
        convert.inspect(3)
    with pytest.raises(TypeError, match="drop_users"):
        convert.prune(models / "shop.duomo", out, drop_users=[1.5])
    with pytest.raises(ValueError, match="comma"):
        convert.prune(models / "shop.duomo", out, where={"tags": ["a,b"]})
    with pytest.raises(TypeError, match=r"input\['a'\]"):
        convert.import_npz({"a": ["x"]}, out, like=models / "shop.duomo")
    with pytest.raises(TypeError, match="a CancelFlag"):
        convert.inspect(models / "shop.duomo", cancelled=threading.Event())
    with pytest.raises(FileNotFoundError, match="DUOMO_CONVERT_PROGRAM"):
        convert.inspect(models / "shop.duomo", program="/nowhere/x")
    assert not out.exists()


@pytest.mark.parametrize("before", [True, False])
def test_cancelled(models, tmp_path, before):
    flag = duomo.CancelFlag()
    if before:
        flag.set()
    else:
        threading.Timer(0.3, flag.set).start()
    with pytest.raises(duomo.Cancelled, match="nothing was written"):
        convert.quantize(
            models / "shop.duomo",
            tmp_path / "out.duomo",
            vectors="int8",
            pairs=100_000_000,
            cancelled=flag,
        )
    assert list(tmp_path.iterdir()) == []


def test_stopped_training_keeps_what_was_learned(tmp_path):
    columns = {"user": 9, "item": 11, "stars": 5}
    plays = {name: [i % size for i in range(900)] for name, size in columns.items()}
    flag = duomo.CancelFlag()

    def after_a_while(event):
        if event["step"] >= 20:
            flag.set()

    result = duomo.train(
        plays,
        tmp_path / "m.duomo",
        preset="mf",
        passes=10**6,
        on_event=after_a_while,
        cancelled=flag,
    )
    assert result.interrupted
    assert result.open().info.user_count == 9
