"""Factors of Spark MLlib's ALS as a file, and what that file predicts against what Spark predicts:
als.py WORK DUOMO_CONVERT
"""

import subprocess
import sys
from pathlib import Path

import duomo
import numpy as np
from pyspark.ml.recommendation import ALS
from pyspark.sql import SparkSession
from spark_als import factors, import_als


def fails(kind, text, call, *arguments, **options):
    try:
        call(*arguments, **options)
    except kind as error:
        assert text in str(error), error
    else:
        raise AssertionError("no error")


def main():
    work, program = Path(sys.argv[1]), sys.argv[2]
    users, items, output = (str(work / name) for name in ("users", "items", "als.duomo"))
    random = np.random.default_rng(0)
    pairs = {(int(u) * 7, int(i) * 3) for u, i in random.integers(0, 60, (2000, 2))}
    stars = [(u, i, float(1 + (u // 7 * 5 + i // 3) % 5)) for u, i in sorted(pairs)]

    spark = (
        SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    )
    ratings = spark.createDataFrame(stars, "user int, item int, stars float")
    how = {"userCol": "user", "itemCol": "item", "ratingCol": "stars"}
    model = ALS(rank=8, maxIter=3, seed=1, **how).fit(ratings)
    model.userFactors.write.parquet(users)
    model.itemFactors.write.parquet(items)
    import_als(users, items, output, program=program)
    wanted = model.transform(ratings).collect()
    best = {row.user: row.recommendations for row in model.recommendForAllUsers(5).collect()}
    with duomo.open(output) as opened:
        found = opened.predict([r.user for r in wanted], [r.item for r in wanted])
        assert np.allclose(found, [r.prediction for r in wanted], rtol=1e-5, atol=1e-5)
        for user, items_of in best.items():
            scores = [hit.rating for hit in items_of]
            assert np.allclose(opened.topk(user, 5).scores, scores, rtol=1e-5), user
    print(f"als: {len(wanted)} predictions and {len(best)} lists as Spark's")

    subprocess.run(
        [
            *(sys.executable, Path(sys.modules["spark_als"].__file__), users, items, output),
            *("--fold-in", "0.1", "--program", program),
        ],
        check=True,
    )
    uneven = spark.createDataFrame([(1, [1.0, 2.0]), (2, [1.0])], "id int, features array<float>")
    uneven.write.parquet(str(work / "uneven"))
    fails(ValueError, "not of one length", factors, str(work / "uneven"))
    model.userFactors.limit(0).write.parquet(str(work / "empty"))
    fails(ValueError, "no factors", factors, str(work / "empty"))
    narrow = spark.createDataFrame([(1, [1.0])], "id int, features array<float>")
    narrow.write.parquet(str(work / "narrow"))
    fails(RuntimeError, "8", import_als, users, str(work / "narrow"), output, program=program)
    spark.stop()


if __name__ == "__main__":
    main()
