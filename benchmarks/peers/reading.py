#!/usr/bin/env python3
"""Reading interactions: reading.py DUOMO TABLE.csv

Duomo reads a table of user,item,rating,timestamp, numbers users and items, merges repeats, proposes a
network and a split and keeps the rows (`duomo describe --cache`), then does so again from what it
kept. pandas and polars (from PyPI) read the table and number users and items; then the same from
Parquet, which they wrote. One thread each; CPU seconds of the whole process, and of its imports.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

DUOMO, TABLE = sys.argv[1:3]
PEERS = {
    "pandas": "import pandas as pd",
    "polars": "import polars as pl",
}
READ = {
    ("pandas", "csv"): "d = pd.read_csv(F)",
    ("pandas", "parquet"): "d = pd.read_parquet(F)",
    ("polars", "csv"): "d = pl.read_csv(F)",
    ("polars", "parquet"): "d = pl.read_parquet(F)",
}
NUMBER = {
    "pandas": "u, users = pd.factorize(d.user); i, items = pd.factorize(d.item); print(len(users), len(items), len(u))",
    "polars": "n = [d[c].cast(pl.String).cast(pl.Categorical).to_physical() if T else d[c].rank('dense') "
    "for c in ('user', 'item')]; print(*[s.n_unique() for s in n], len(n[0]))",
}
WRITE = {"pandas": "d.to_parquet(P)", "polars": "d.write_parquet(P)"}
ONE = {"OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "ARROW_NUM_THREADS": "1"}


def cpu(words):
    """CPU seconds, largest resident memory in MB, and what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    p = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **ONE})
    out, err = p.communicate()
    if p.returncode != 0:
        return None, 0, err[-300:]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, after.ru_maxrss / 1024, out


def say(what, seconds, more=""):
    size = Path(TABLE).stat().st_size / 1e6
    print(f"{what:44} {seconds:6.2f} s of CPU, {size / seconds:5.0f} MB of CSV a second{more}", flush=True)


def python(*lines):
    return cpu([sys.executable, "-c", "\n".join(lines)])


def main():
    with tempfile.TemporaryDirectory(dir=Path(TABLE).parent) as folder:
        describe = [DUOMO, "describe", "--interactions", TABLE, "--cache", folder, "-o", f"{folder}/net.json"]
        for what in ("Duomo, the table", "Duomo, what it kept"):
            say(what, cpu(describe)[0])
        for name, load in PEERS.items():
            imports = python(load)[0]
            if imports is None:
                print(f"{name} is not there: pip install {name}")
                continue
            parquet = f"{folder}/{name}.parquet"
            for kind, file in (("csv", TABLE), ("parquet", parquet)):
                read = [load, f"F, P, T = {file!r}, {parquet!r}, False", READ[name, kind]]
                seconds = python(*read)[0]
                if seconds is None:
                    print(f"{name} reads no {kind} here")
                    continue
                say(f"{name}, {kind}", seconds - imports, f" ({imports:.2f} s of imports left out)")
                numbered = python(*read, NUMBER[name])
                say(f"{name}, {kind}, users and items numbered", numbered[0] - imports, f" [{numbered[2].strip()}]")
                if kind == "csv":
                    python(*read, WRITE[name])


if __name__ == "__main__":
    main()
