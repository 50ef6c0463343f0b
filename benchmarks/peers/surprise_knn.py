#!/usr/bin/env python3
"""User- and item-based filtering beside scikit-surprise's, on MovieLens 100K's folds u1 … u5.

Same formula and neighbours on both sides: surprise's KNNWithMeans, user-based on its own "pearson",
and item-based on adjusted cosine (Sarwar et al. 2001). Surprise has no adjusted cosine (its "cosine"
is taken of raw ratings), so the class below gives KNNWithMeans that similarity and changes nothing
else. Prints the RMSE of both, and the largest difference of any single prediction.

    python3 -m venv /tmp/peer && /tmp/peer/bin/pip install "numpy<2" scikit-surprise
    ninja -C build/release duomo-knn-figures
    DUOMO_DATA=../shared/data /tmp/peer/bin/python benchmarks/peers/surprise_knn.py build/release/bin/duomo-knn-figures
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
from surprise import Dataset, KNNWithMeans, Reader, accuracy
from surprise.model_selection import PredefinedKFold


class AdjustedCosine(KNNWithMeans):
    """KNNWithMeans between items whose similarity counts ratings from each user's mean."""

    def compute_similarities(self):
        n, support = self.n_x, self.sim_options.get("min_support", 1)
        product, own, common = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
        for ratings in self.yr.values():
            items = np.array([item for item, _ in ratings])
            values = np.array([rating for _, rating in ratings])
            values = values - values.mean()
            at = np.ix_(items, items)
            product[at] += np.outer(values, values)
            own[at] += (values * values)[:, None]  # of the row's item, over common users
            common[at] += 1
        norm = np.sqrt(own * own.T)
        result = np.divide(product, norm, out=np.zeros((n, n)), where=norm > 0)
        result[common < support] = 0
        np.fill_diagonal(result, 1)
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("figures", help="path of duomo-knn-figures")
    parser.add_argument("--k", type=int, default=40)
    parser.add_argument("--min-support", type=int, default=1)
    parser.add_argument("--json", help="write the table there, too")
    options = parser.parse_args()

    root = pathlib.Path(__file__).resolve().parents[2]
    archive = pathlib.Path(os.environ.get("DUOMO_DATA", root / "../shared/data")) / "ml-100k.zip"
    if not archive.exists():
        sys.exit(f"{archive} is missing; set DUOMO_DATA to the folder that holds ml-100k.zip")
    rows, worst = [], 0.0
    print(f"k = {options.k}, min_support = {options.min_support}")
    print(f"{'fold':5}{'method':9}{'duomo':>9}{'surprise':>10}{'difference':>12}{'largest':>10}{'seconds':>9}")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(archive) as files:
        for fold in range(1, 6):
            base, test = (os.path.join(folder, f"u{fold}.{part}") for part in ("base", "test"))
            for path in (base, test):
                with open(path, "wb") as out:
                    out.write(files.read("ml-100k/" + os.path.basename(path)))
            ours = json.loads(subprocess.run(
                [options.figures, base, test, str(options.k), str(options.min_support)],
                check=True, stdout=subprocess.PIPE, text=True).stdout)
            data = Dataset.load_from_folds([(base, test)], Reader("ml-100k"))
            train, tests = next(iter(PredefinedKFold().split(data)))
            similarity = {"min_support": options.min_support}
            theirs = {
                "user-cf": KNNWithMeans(k=options.k, verbose=False, sim_options={
                    "name": "pearson", "user_based": True, **similarity}),
                "item-cf": AdjustedCosine(k=options.k, verbose=False, sim_options={
                    "user_based": False, **similarity}),
            }
            for name, algorithm in theirs.items():
                predictions = algorithm.fit(train).test(tests)
                rmse = accuracy.rmse(predictions, verbose=False)
                largest = max(abs(p.est - q) for p, q in zip(predictions, ours[name]["predictions"]))
                difference = ours[name]["rmse"] - rmse
                worst = max(worst, abs(difference))
                rows.append({"fold": f"u{fold}", "method": name, "duomo": ours[name]["rmse"],
                             "surprise": rmse, "largest_difference": largest})
                print(f"u{fold:<4}{name:9}{ours[name]['rmse']:9.5f}{rmse:10.5f}{difference:12.1e}"
                      f"{largest:10.1e}{ours[name]['seconds']:9.2f}", flush=True)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")
    if worst > 0.01:
        sys.exit(f"an RMSE differs by {worst:.4f}, more than 0.01")


if __name__ == "__main__":
    main()
