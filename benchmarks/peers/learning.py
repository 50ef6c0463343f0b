#!/usr/bin/env python3
"""Seconds to the same quality, Duomo beside other libraries: learning.py BIN RATINGS [OUT.json]

BIN: the folder with duomo, duomo-convert and duomo-als-passes. RATINGS: MovieLens 1M, its archive or folder. A tenth
of the rows, drawn once, measures; all learn from the rest, one thread each. Each pass of each learner becomes a file
that `duomo evaluate` measures, so quality is the same thing for all. Seconds are CPU seconds of learning alone; for
Duomo's network those of `duomo train` less those of the same command with a single step.

Two tables: the error of ratings (a factorisation, 32 wide, with biases: the same network in Duomo and PyTorch;
LIBMF's has none), and lists (ALS of 64 dimensions, the same sum minimised by both: items that were not taken count half
as much as those that were, λ is 15 for all; the best of ten settings tried of implicit). Where a learner's package is missing, its row says so.
"""

import json
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
PEERS = pathlib.Path(os.environ.get("DUOMO_PEERS", CACHE / "duomo-peers")) / "venv/bin/python"
TORCH = CACHE / "duomo-torch/venv/bin/python"
GOALS = {"rmse": 0.862, "ndcg@10": 0.31}  # what all of a table reach

NETWORK = {
    "model": {
        "name": "mf32",
        "vocabularies": [{"name": "user", "keys": "range"}, {"name": "item", "keys": "range"}],
        "tables": [{"name": side, "vocabulary": side, "dim": 32} for side in ("user", "item")],
        "inputs": [{"name": side, "scope": side, "kind": "category", "vocabulary": side} for side in ("user", "item")],
        "towers": [{"side": side, "encoders": [{"input": side, "kind": "embedding", "table": side}]}
                   for side in ("user", "item")],
        "head": {"kind": "dot", "scale": 1, "user_bias": "user", "item_bias": "item", "global_bias": True},
        "output": {"kind": "linear", "scale": 1, "offset": 3.6, "unit": "stars"}},
    "training": {"loss": "squared", "batch": 1024, "learning_rate": 2e-3}}


def run(words, **more):
    """What it prints, and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"{words[0]} failed")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.stdout, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def ratings_of(path):
    path = pathlib.Path(path)
    if path.is_dir():
        return (path / "ratings.dat").read_text()
    with zipfile.ZipFile(path) as archive:
        return archive.read(next(n for n in archive.namelist() if n.endswith("ratings.dat"))).decode()


class Comparison:
    def __init__(self, binaries, work):
        self.bin, self.work = pathlib.Path(binaries), work
        self.train, self.test = work / "train.csv", work / "test.csv"

    def split(self, text):
        draw = random.Random(1)
        with open(self.train, "w") as train, open(self.test, "w") as test:
            for file in (train, test):
                file.write("user,item,rating,timestamp\n")
            for line in text.splitlines():
                (test if draw.random() < 0.1 else train).write(line.replace("::", ",") + "\n")

    def quality(self, file, measure):
        words = [self.bin / "duomo", "evaluate", file, "--interactions", self.train, "--test", self.test,
                 "--trained-rows", "allow", "--cache", self.work, "--json"]
        found = json.loads(run(words + (["--no-ranking"] if measure == "rmse" else []))[0])
        return found["model"]["rmse"] if measure == "rmse" else found["ranking"]["measures"][measure]["value"]

    def network(self, passes):
        """Duomo's passes, as (pass, seconds, file)."""
        description = self.work / "mf32.json"
        description.write_text(json.dumps(NETWORK))

        def learn(*how):
            file = self.work / f"mf{how[-1]}.duomo"
            return file, run([self.bin / "duomo", "train", "--interactions", self.train, "--goal", "rate", "--model",
                              description, "--split", "none", "--threads", 1, "--test-every", 0, "-o", file, *how])[1]
        _, nothing = learn("--steps", 1)
        for number in passes:
            file, seconds = learn("--passes", number)
            yield number, seconds - nothing, file

    def als(self, passes):
        folder = self.work / "als"
        folder.mkdir()
        text, _ = run([self.bin / "duomo-als-passes", self.train, folder, 64, 0.5, 15, 0, max(passes)])
        begin, *lines = text.splitlines()
        for line in lines:  # grouping the rows by item is part of everybody's learning
            number, seconds = line.split()
            if int(number) in passes:
                yield int(number), float(begin.split()[1]) + float(seconds), folder / f"{number}.duomo"

    def peer(self, name, python, passes):
        folder = self.work / name
        text, _ = run([python, "-W", "ignore", HERE / "learners.py", name, self.train, folder, max(passes)])
        for line in text.splitlines():
            number, _, seconds = line.partition(" ")
            if not number.isdigit() or int(number) not in passes:
                continue
            of, file = folder / number, self.work / f"{name}{number}.duomo"
            run([self.bin / "duomo-convert", "import", "vectors", "--head", "dot", "--users", of / "users.npy", "--items",
                 of / "items.npy", "--user-ids", of / "user-ids.npy", "--item-ids", of / "item-ids.npy", "--offset",
                 (of / "offset").read_text(), "-o", file])
            yield int(number), float(seconds), file


def main():
    binaries, ratings, *output = sys.argv[1:]
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        c = Comparison(binaries, pathlib.Path(folder))
        c.split(ratings_of(ratings))
        tables = {
            "rmse": [("Duomo, the network", lambda: c.network(range(1, 7))),
                     ("PyTorch, the same, SparseAdam", lambda: c.peer("pytorch", TORCH, range(1, 7))),
                     ("LIBMF", lambda: c.peer("libmf", PEERS, range(2, 31, 2)))],
            "ndcg@10": [("Duomo, ALS", lambda: c.als((1, 2, 3, 4, 5, 6, 8, 12))),
                        ("implicit, ALS", lambda: c.peer("implicit", PEERS, (1, 2, 3, 4, 5, 6, 8, 12, 16)))]}
        for measure, learners in tables.items():
            goal, lower = GOALS[measure], measure == "rmse"
            print(f"\n| {measure} | passes to {goal} | CPU seconds | best | passes | CPU seconds |\n|---|---|---|---|---|---|")
            for name, learn in learners:
                curve = []
                try:
                    for number, seconds, file in learn():
                        curve.append((number, seconds, c.quality(file, measure)))
                        print(f"{name}: pass {number}, {seconds:.2f} s, {measure} {curve[-1][2]:.4f}", file=sys.stderr)
                except (OSError, RuntimeError) as error:
                    print(f"| {name} | not measured: {error} | | | | |", flush=True)
                    continue
                found[name] = {"measure": measure, "curve": curve}
                there = next((x for x in curve if (x[2] <= goal if lower else x[2] >= goal)), None)
                best = (min if lower else max)(curve, key=lambda x: x[2])
                first = f"{there[0]} | {there[1]:.2f}" if there else "never | –"
                print(f"| {name} | {first} | {best[2]:.4f} | {best[0]} | {best[1]:.2f} |", flush=True)
    if output:
        pathlib.Path(output[0]).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
