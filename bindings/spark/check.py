"""Both Spark examples on a cluster of two worker processes, against one process that does the same,
and again with an executor killed in the middle of a task:
check.py WORK JOB_JAR DUOMO_JAR MODEL TIMES

TIMES is how often the table has every user of the model; with a large one the rates mean something.
"""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duomo
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
from pyspark import TaskContext
from pyspark.sql import DataFrame, SparkSession
from spark_topk import recommend

K = 10
FILES = 4
CONFIG = {
    "spark.master": "local-cluster[2,1,1024]",  # two workers, a core and 1,024 MB each
    "spark.executor.memory": "512m",
    "spark.ui.enabled": "false",
    # A task a file. How files are packed into tasks depends otherwise on how many cores have
    # reported to the driver when the plan is made, and with it what each written file holds.
    "spark.sql.files.openCostInBytes": "1000000000",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
}


def one_process(path, source, target):
    """The same job in this process, on as many threads as the cluster has cores: seconds."""
    target.mkdir()
    with duomo.open(path, unknown="mark") as model, ThreadPoolExecutor(2) as pool:

        def task(file):
            best = []
            users = pq.read_table(file)["user"].to_numpy()
            for first in range(0, len(users), 2000):
                best += model.topk(users[first : first + 2000], K)
            columns = {"user": users, "items": [b.ids for b in best]}
            columns["scores"] = [b.scores for b in best]
            pq.write_table(pa.table(columns), target / file.name)

        start = time.perf_counter()
        list(pool.map(task, sorted(source.glob("*.parquet"))))
        return time.perf_counter() - start


def rows(folder):
    """User, items and the bits of the scores by user: Spark numbers its files by size."""
    table = pa.concat_tables(pq.read_table(p) for p in folder.glob("part-*.parquet"))
    table = table.sort_by("user")
    ids, lists = table["user"].to_numpy(), [table[n].combine_chunks() for n in ("items", "scores")]
    ends = np.cumsum(lists[0].value_lengths().to_numpy())
    assert lists[0].value_lengths() == lists[1].value_lengths()
    items, scores = (v.flatten().to_numpy() for v in lists)
    assert scores.dtype == np.float32
    return ids, ends, items, scores.view(np.uint32)


def parts(folder):
    """Of every file, in the order of the tasks: the bytes of all its pages, and what its footer
    says. Parquet's Java writer lists a column's encodings there in the order of a hash set, which
    each process of the JVM has its own of: they are sorted here. All else is compared as it is."""
    found = []
    for path in sorted(folder.glob("part-*.parquet")):
        data = path.read_bytes()
        footer = pq.read_metadata(path)
        description = footer.to_dict()
        for group in description["row_groups"]:
            for column in group["columns"]:
                column["encodings"] = sorted(column["encodings"])
        pages = data[: -8 - int.from_bytes(data[-8:-4], "little")]
        found.append((pages, len(data), footer.metadata, description))
    return found


def killing(table, marker):
    """The same table, but where there is no file `marker` yet, the executor that reads partition 1
    is killed in the middle."""

    def executor():
        with open(f"/proc/{os.getppid()}/stat") as stat:  # of the daemon that forked this process
            return int(stat.read().rpartition(")")[2].split()[1])

    def task(batches):
        for at, batch in enumerate(batches):
            if at == 1 and TaskContext.get().partitionId() == 1 and not os.path.exists(marker):
                Path(marker).write_text(str(TaskContext.get().attemptNumber()))
                os.kill(executor(), signal.SIGKILL)
            yield batch

    return table.mapInArrow(task, table.schema)


def java_recommend(spark, users, path, k):
    jvm = spark.sparkContext._jvm
    return DataFrame(jvm.SparkTopK.recommend(spark._jsparkSession, users._jdf, path, k), spark)


def main():
    work, job, jar, path, times = Path(sys.argv[1]), *sys.argv[2:5], int(sys.argv[5])
    source = work / "users.parquet"
    source.mkdir()
    with duomo.open(path) as model:
        users = np.append(np.tile(model.user_ids, times), -1)  # and nobody
    for part, ids in enumerate(np.array_split(users, FILES)):
        pq.write_table(pa.table({"user": ids}), source / f"part-{part}.parquet")

    def report(what, seconds):
        rate = len(users) / seconds
        print(f"{what}: {len(users)} users in {seconds:.1f} s, {rate:,.0f} a second")

    def compare(folder):
        for found, wanted in zip(rows(folder), best):
            assert np.array_equal(found, wanted), f"{folder.name}: other than in one process"

    report("one process, two threads", one_process(path, source, work / "alone"))
    best = rows(work / "alone")
    assert len(best[2]) == (len(users) - 1) * K

    builder = SparkSession.builder.config("spark.jars", f"{job},{jar}")
    for name, value in CONFIG.items():
        builder = builder.config(name, value)
    spark = builder.config("spark.executorEnv.PYTHONPATH", os.environ["PYTHONPATH"]).getOrCreate()
    table = spark.read.parquet(str(source))
    for name, call in (("python", recommend), ("java", java_recommend)):
        call(spark, table.limit(10), path, K).collect()  # workers are started, the model is there
        start = time.perf_counter()
        call(spark, table, path, K).write.parquet(str(work / name))
        report(f"{name}, two workers", time.perf_counter() - start)
        compare(work / name)

        # One plan run twice; in the second an executor dies.
        marker = work / f"{name}-was-killed"
        for once in ("undisturbed", "killed"):
            marker.write_text("") if once == "undisturbed" else marker.unlink()
            call(spark, killing(table, str(marker)), path, K).write.parquet(f"{work}/{name}-{once}")
        assert marker.read_text() == "0", "no first attempt was killed"
        undisturbed, killed = (parts(work / f"{name}-{o}") for o in ("undisturbed", "killed"))
        assert len(killed) == FILES
        assert killed == undisturbed, f"{name}: a task that was run again wrote other bytes"
        compare(work / f"{name}-killed")
        print(f"{name}: a task run again wrote the same bytes")
    spark.stop()

    submit = [Path(pyspark.__file__).parent / "bin" / "spark-submit"]
    for name, value in {**CONFIG, "spark.master": "local[2]"}.items():  # what is left is `main`
        submit += ["--conf", f"{name}={value}"]
    example = Path(os.environ["PYTHONPATH"]) / "spark_topk.py"
    jobs = {
        "submitted-java": ["--class", "SparkTopK", "--jars", jar, job, path, source],
        "submitted-python": [example, "--model", path, "--users", source, "--output"],
    }
    for name, arguments in jobs.items():
        last = [work / name, str(K)] if name == "submitted-java" else [work / name, "-k", str(K)]
        done = subprocess.run([*submit, *arguments, *last], capture_output=True, text=True)
        assert done.returncode == 0, f"{name}\n{done.stderr[-5000:]}"
        compare(work / name)
        print(f"{name.replace('-', ' ')}: as in one process")


if __name__ == "__main__":
    main()
