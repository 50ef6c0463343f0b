"""agree.py PROGRAMS WORK: every WORK/models/*.duomo through ONNX Runtime, against Duomo, and back."""

import glob
import json
import os
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime
import torch_graphs

PAIRS = {"preset": 10_000, "sample": 2_000, "long": 6}
TOLERANCE = 1e-5  # times the number itself, where that is above 1
programs, work = sys.argv[1:]


def export(model, *options):
    """Exports; returns what --json says and a session that runs it."""
    path = f"{work}/{os.path.basename(model)}.onnx"
    out = subprocess.run(
        [f"{programs}/duomo-convert", "export", "onnx", model, "-o", path, "--json", *options],
        check=True, capture_output=True, text=True,
    )
    onnx.checker.check_model(path, full_check=True)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return json.loads(out.stdout), session


def draw_cases(path, pairs):
    """Inputs for a model, and what Duomo says of them."""
    subprocess.run([f"{programs}/onnx_cases", path, str(pairs), f"{work}/cases.npz"], check=True)
    return dict(np.load(f"{work}/cases.npz"))


def import_onnx(onnx_path, like):
    path = f"{work}/imported.duomo"
    command = [f"{programs}/duomo-convert", "import", "onnx", onnx_path, "--like", like, "-o", path]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([f"{programs}/duomo-convert", "verify", path], check=True, stdout=subprocess.DEVNULL)
    return path


def difference(model, name, found, expected):
    assert found.shape == expected.shape, (model, name, found.shape, expected.shape)
    assert np.isfinite(found).all(), (model, name)
    largest = float((np.abs(found - expected) / np.maximum(1, np.abs(expected))).max())
    assert largest <= TOLERANCE, f"{model}: {name} differs by {largest:.3g}"
    return largest


def run(session, cases, pairs):
    """The outputs by name, made piece by piece: lists in as many columns as a piece needs."""
    pieces = []
    for begin in range(0, pairs, 1000):
        feeds = {i.name: cases[i.name][begin : min(begin + 1000, pairs)] for i in session.get_inputs()}
        for name, x in feeds.items():
            if x.ndim == 2:
                used = np.flatnonzero((x >= 0).any(axis=0))
                feeds[name] = x[:, : 1 + (used[-1] if used.size else 0)]
        pieces.append(session.run(None, feeds))
    names = [o.name for o in session.get_outputs()]
    return {name: np.concatenate(parts) for name, parts in zip(names, zip(*pieces))}


def check(path):
    model = os.path.basename(path)
    pairs = next((n for kind, n in PAIRS.items() if model.startswith(kind)), PAIRS["sample"])
    cases = draw_cases(path, pairs)
    said, session = export(path)
    assert [i["name"] for i in said["inputs"]] == [i.name for i in session.get_inputs()], model
    joint = "user_vector" not in cases
    outputs = ["prediction"] if joint else ["prediction", "user_vector", "item_vector"]
    found = run(session, cases, pairs)
    assert sorted(found) == sorted(outputs) == sorted(o["name"] for o in said["outputs"]), model
    largest = {name: difference(model, name, found[name], cases[name]) for name in outputs}
    assert float(np.ptp(found["prediction"])) > 1e-4, f"{model}: every prediction is the same"
    # And back: the imported model on pairs of its own.
    back = draw_cases(import_onnx(said["output"], path), pairs)
    again = run(session, back, pairs)["prediction"]
    largest["imported"] = difference(model, "imported", again, back["prediction"])
    print(f"{model:32}{pairs} pairs  " + "".join(f"{name} {d:8.1e}  " for name, d in largest.items()))

    # The large tensors beside the model: the same numbers, and none left inside.
    said, session = export(path, "--inline-limit", "0")
    for name, value in run(session, cases, 100).items():
        difference(model, name, value, found[name][:100])
    if "data" in said:  # there are large tensors
        assert os.path.getsize(said["data"]) == said["data_size"], model
    inside = onnx.load(said["output"], load_external_data=False).graph.initializer
    assert all(len(t.raw_data) < 1024 for t in inside), model
    if joint:
        return
    # One tower alone asks for its own side's features only.
    for side in "user", "item":
        _, session = export(path, "--tower", side)
        alone = run(session, cases, 100)
        difference(model, side, alone[f"{side}_vector"], found[f"{side}_vector"][:100])
        assert list(alone) == [f"{side}_vector"], model
    # One user for many items.
    _, session = export(path)
    user_inputs = {i["name"] for i in said["inputs"] if i["dims"][0] == "users"}
    items = min(50, pairs)
    feeds = {i.name: cases[i.name][: 1 if i.name in user_inputs else items] for i in session.get_inputs()}
    (many,) = session.run(["prediction"], feeds)
    feeds = {name: np.repeat(x, items // len(x), axis=0) for name, x in feeds.items()}
    (same,) = session.run(["prediction"], feeds)
    difference(model, "one user for many items", many, same)


def sizes_of(preset):
    """Rows of a model's vocabularies, and the unknown one."""
    out = subprocess.run(
        [f"{programs}/duomo-convert", "inspect", "--json", f"{work}/models/preset-{preset}.duomo"],
        check=True, capture_output=True, text=True,
    )
    return {v["name"]: v["size"] + 1 for v in json.loads(out.stdout)["description"]["vocabularies"]}


def multi_hot(rows, size):
    """Sets as vectors; an unknown value is the mean of the known, as in the imported table."""
    out = np.zeros((len(rows), size), np.float32)
    for value in range(size):
        out[:, value] = (rows == value).sum(1) + (rows == size).sum(1) / size
    return out


def foreign():
    """Networks that were trained elsewhere, for the data of our own."""
    for name, graph in torch_graphs.all_graphs(sizes_of).items():
        path = f"{work}/{name}.onnx"
        onnx.checker.check_model(graph, full_check=True)
        onnx.save(graph, path)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        preset = name.split("-torch")[0]
        cases = draw_cases(import_onnx(path, f"{work}/models/preset-{preset}.duomo"), PAIRS["preset"])
        if "title" in cases:  # their maximum over no word at all is another
            some = (cases["title"] >= 0).any(1)
            cases = {name: x[some] for name, x in cases.items()}
        if "candidate_score" in cases:  # nor is a number that is not given
            some = np.isfinite(cases["candidate_score"])
            cases = {name: x[some] for name, x in cases.items()}
        expected = cases["prediction"]
        if "multi-hot" in name:
            cases["genres"] = multi_hot(cases["genres"], sizes_of(preset)["genre"] - 1)
        if "unmasked" in name:  # right for texts without padding: those of one length together
            lengths = (cases["title"] >= 0).sum(1)
            found = np.empty_like(expected)
            for n in np.unique(lengths):
                alike = {k: x[lengths == n] for k, x in cases.items()}
                alike["title"] = alike["title"][:, :n]
                found[lengths == n] = run(session, alike, len(alike["title"]))["scores"]
        else:
            found = run(session, cases, len(expected))["scores"]
        d = difference(name, "prediction", found.reshape(-1), expected)
        print(f"{name:32}{len(expected)} pairs  imported {d:8.1e}")


models = sorted(glob.glob(f"{work}/models/*.duomo"))
assert len(models) >= 20, models
for path in models:
    check(path)
foreign()
print(f"{len(models)} models agree within {TOLERANCE}")
