"""agree.py PROGRAMS WORK EXAMPLES TORCHRUN: see check."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from rows import Rows

PROGRAMS, WORK, EXAMPLES, TORCHRUN = sys.argv[1:]


def run(*words, code=0):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    assert done.returncode == code, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


def duomo(*words, **how):
    return run(f"{PROGRAMS}/duomo", *words, **how)


def tables():
    """Listeners of 8 tastes, and what they play in the end for the test."""
    random = np.random.default_rng(0)
    train, test = ["user_id,item_id,rating,timestamp"], ["user_id,item_id,rating,timestamp"]
    for user in range(400):
        liked = (np.arange(40) * 8 + user % 8) % 320
        mine = random.permutation(liked)[:20]
        mine = np.concatenate([mine, random.permutation(320)[:3]])
        for at, item in enumerate(dict.fromkeys(mine.tolist())):
            stars = 1 + (user % 8 + item) % 5
            rows = test if at in (0, 1) else train
            rows.append(f"{user + 1},{item + 1},{stars},{1_600_000_000 + at * 1000 + user}")
    Path(WORK, "train.csv").write_text("\n".join(train) + "\n")
    Path(WORK, "test.csv").write_text("\n".join(test) + "\n")


def network(loss, head, dense, training):
    """A description over the ids alone."""
    layers = [{"units": dense, "activation": "tanh"}] if dense else []
    sides = (("user", "user_id"), ("item", "item_id"))
    model = {
        "name": "towers",
        "vocabularies": [{"name": n, "keys": "range"} for _, n in sides],
        "tables": [{"name": n, "vocabulary": n, "dim": 16} for _, n in sides],
        "inputs": [
            {"name": n, "scope": s, "kind": "category", "vocabulary": n} for s, n in sides
        ],
        "towers": [
            {"side": s, "encoders": [{"input": n, "kind": "embedding", "table": n}], "dense": layers}
            for s, n in sides
        ],
        "head": {"kind": "dot", "scale": 1, **head},
        "output": {"kind": "linear", "scale": 1, "offset": 3 if loss == "squared" else 0, "unit": "stars"},
    }
    path = Path(WORK, f"{loss}.json")
    path.write_text(json.dumps({"model": model, "training": {"loss": loss, **training}}))
    return path


def both(path, more=()):
    """The file that `duomo train` makes, and the one by way of PyTorch."""
    data, own, theirs = f"{WORK}/train.csv", path.with_suffix(".own.duomo"), path.with_suffix(".duomo")
    read = ["--interactions", data, "--cache", f"{WORK}/rows"]
    before = set(Path(WORK, "rows").iterdir())
    words = ["train", *read, "--model", path, "--split", "none", "--threads", 1, *more]
    duomo(*words, "-o", own)
    (rows,) = set(Path(WORK, "rows").iterdir()) - before
    tensors = path.with_suffix(".safetensors")
    out = run(TORCHRUN, "--standalone", "--nproc-per-node", 2, f"{EXAMPLES}/two_towers.py", path, rows, tensors)
    costs = [float(line.split()[-1]) for line in out.splitlines() if line.startswith("pass")]
    assert costs[-1] < costs[0], out
    convert = [f"{PROGRAMS}/duomo-convert", "import", "torch", tensors]
    run(*convert, "--preset", path, "--data", data, "-o", theirs)
    return rows, own, theirs


def measure(file):
    words = ["evaluate", file, "--interactions", f"{WORK}/train.csv", "--test", f"{WORK}/test.csv"]
    return json.loads(duomo(*words, "--trained-rows", "allow", "--json"))


def find(tree, name):
    """The first number of that name anywhere in the JSON."""
    if isinstance(tree, dict):
        if isinstance(tree.get(name), (int, float)):
            return tree[name]
        tree = list(tree.values())
    for branch in tree if isinstance(tree, list) else []:
        found = find(branch, name)
        if found is not None:
            return found
    return None


def main():
    tables()
    rating = network("squared", {"user_bias": "user_id", "item_bias": "item_id", "global_bias": True}, 0,
                     {"batch": 64, "passes": 30, "learning_rate": 0.01})  # fmt: skip
    rows, own, theirs = both(rating)
    kept = Rows(str(rows))
    table = np.loadtxt(f"{WORK}/train.csv", delimiter=",", skiprows=1, dtype=np.int64)
    assert np.array_equal(np.asarray(kept.column("users", "user_id"))[kept.users], table[:, 0])
    assert np.array_equal(np.asarray(kept.column("items", "item_id"))[kept.items], table[:, 1])
    assert np.array_equal(kept.ratings, table[:, 2]) and np.array_equal(kept.timestamps, table[:, 3])
    found, wanted = (find(measure(f), "rmse") for f in (theirs, own))
    print(f"rmse: {found:.4f} by PyTorch on two processes, {wanted:.4f} by duomo train")
    assert found < 1.05 * wanted, (found, wanted)

    lists = network("softmax", {"item_bias": "item_id"}, 16, {"batch": 256, "passes": 40, "learning_rate": 0.01})
    _, own, theirs = both(lists, ["--negatives", "in-batch"])
    found, wanted = (measure(f)["ranking"]["measures"]["ndcg@10"]["value"] for f in (theirs, own))
    print(f"ndcg@10: {found:.4f} by PyTorch on two processes, {wanted:.4f} by duomo train")
    assert found > 0.95 * wanted, (found, wanted)

    broken = Path(WORK, "broken.duomo-rows")
    broken.write_bytes(b"x" * 100)
    out = subprocess.run([TORCHRUN, "--standalone", f"{EXAMPLES}/two_towers.py", lists, broken, "x"],
                         capture_output=True, text=True)  # fmt: skip
    assert out.returncode != 0 and "holds no rows of this version" in out.stderr, out.stderr[-2000:]


if __name__ == "__main__":
    main()
