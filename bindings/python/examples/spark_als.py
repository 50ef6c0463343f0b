"""The factors of Spark MLlib's ALS as a .duomo file, in one call.

    model = ALS(rank=32, userCol="user", itemCol="item", ratingCol="stars").fit(ratings)
    model.userFactors.write.parquet("user-factors")
    model.itemFactors.write.parquet("item-factors")

    python spark_als.py user-factors item-factors plays.duomo [--titles items.csv]

Needs pyarrow and numpy, and the program `duomo-convert`; no Spark. Scores are ALS's own
predictions: dot products. With `fold_in`, the regularisation of an ALS with implicit feedback,
hosts make vectors of new users from what they took."""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.dataset as ds


def factors(parquet: str) -> tuple[Any, Any]:
    """Ids and vectors [n, rank] of a folder that `userFactors.write.parquet` has made, by id."""
    table = ds.dataset(parquet, format="parquet").to_table(columns=["id", "features"])
    if len(table) == 0:
        raise ValueError(f"{parquet} has no factors")
    ids = table["id"].to_numpy()
    lists = table["features"].combine_chunks()
    widths = np.unique(lists.value_lengths().to_numpy())
    if len(widths) != 1 or lists.null_count:
        raise ValueError(f"{parquet}: the vectors are not of one length")
    vectors = lists.flatten().to_numpy().astype(np.float32).reshape(len(ids), widths[0])
    order = np.argsort(ids, kind="stable")
    return ids[order], vectors[order]


def import_als(
    users: str,
    items: str,
    output: str,
    titles: str | None = None,
    fold_in: float | None = None,
    program: str = "duomo-convert",
) -> None:
    """Writes `output`. Raises ValueError for folders that are no factors, RuntimeError with what
    the program says."""
    with tempfile.TemporaryDirectory() as folder:
        words = [program, "import", "vectors", "--head", "dot", "-o", output]
        for side, parquet in (("user", users), ("item", items)):
            ids, vectors = factors(parquet)
            np.save(Path(folder) / f"{side}s.npy", vectors)
            np.save(Path(folder) / f"{side}-ids.npy", ids.astype(np.int64))
            words += [f"--{side}s", f"{folder}/{side}s.npy"]
            words += [f"--{side}-ids", f"{folder}/{side}-ids.npy"]
        if titles is not None:
            words += ["--titles", titles]
        if fold_in is not None:
            words += ["--fold-in", f"l2={fold_in}"]
        done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("users", help="the folder of userFactors")
    parser.add_argument("items", help="the folder of itemFactors")
    parser.add_argument("output", help="the .duomo file to write")
    parser.add_argument("--titles", help="a table with the columns id and title, for items")
    parser.add_argument("--fold-in", type=float, help="ALS's regParam, for vectors of new users")
    parser.add_argument("--program", default="duomo-convert", help="[on the PATH]")
    o = parser.parse_args()
    import_als(o.users, o.items, o.output, o.titles, o.fold_in, o.program)


if __name__ == "__main__":
    main()
