"""The best items of every user of a table, on Apache Spark.

    spark-submit spark_topk.py --model movies.duomo --users users.parquet --output best -k 10

Users are read from Parquet (a column of ids), results written to Parquet: user, items, scores. The
model file travels with the job and is mapped by every Python worker; each task has a context of its
own. A task that is run again writes the same bytes. Spark ships a path once: give a new model a new
name, or a new session. Executors need the wheel `duomo` and pyarrow (spark-submit --archives, or
installed).
"""

from __future__ import annotations

import argparse
import os
from typing import Any

SCHEMA = "user long, items array<long>, scores array<float>"


def recommend(spark: Any, users: Any, model: str, k: int, column: str = "user") -> Any:
    """A DataFrame of SCHEMA for the ids in `column` of the DataFrame `users`; those that the model
    does not know get empty lists."""
    spark.sparkContext.addFile(model)  # to every executor, once
    name = os.path.basename(model)

    def task(batches: Any) -> Any:  # runs on the executors, once a partition
        import numpy as np
        import pyarrow as pa
        from pyspark import SparkFiles

        import duomo

        with duomo.open(SparkFiles.get(name)) as opened, opened.context(unknown="mark") as context:
            for batch in batches:
                ids = batch.column(0).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
                best = context.topk(ids, k)
                there = np.arange(best.ids.shape[1]) < best.counts[:, None]
                offsets = pa.array(np.concatenate([[0], np.cumsum(best.counts)]), pa.int32())
                columns = [
                    pa.array(ids),
                    pa.ListArray.from_arrays(offsets, pa.array(best.ids[there])),
                    pa.ListArray.from_arrays(offsets, pa.array(best.scores[there])),
                ]
                yield pa.RecordBatch.from_arrays(columns, ["user", "items", "scores"])

    return users.select(column).mapInArrow(task, SCHEMA)


def main() -> None:
    from pyspark.sql import SparkSession

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("model", "users", "output"):
        parser.add_argument("--" + name, required=True)
    parser.add_argument("--column", default="user", help="of the users' ids [user]")
    parser.add_argument("-k", type=int, default=10, help="items a user [10]")
    o = parser.parse_args()
    spark = SparkSession.builder.appName("duomo top-k").getOrCreate()
    users = spark.read.parquet(o.users)
    recommend(spark, users, o.model, o.k, o.column).write.mode("overwrite").parquet(o.output)
    spark.stop()


if __name__ == "__main__":
    main()
