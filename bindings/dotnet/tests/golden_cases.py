"""golden_cases.py GOLDEN: the cases of GOLDEN/v*/vectors.json, one a line, for a language without a JSON reader."""

import json
import sys
from pathlib import Path


def words(values):
    return " ".join(map(str, values))


for version in sorted(Path(sys.argv[1]).glob("v[0-9]")):
    for case in json.loads((version / "vectors.json").read_text(encoding="utf-8"))["cases"]:
        call, model = case["call"], f"{version.name}/good/{case['model']}"
        if call == "predict":
            row = [words(case["users"]), words(case["items"]), words(case["predictions"])]
        elif call.startswith("encode"):
            row = [words(case["ids"]), words(case["vectors"])]
        else:
            queries = case["items" if call == "similar" else "users"]
            lists = [";".join(map(words, case[name])) for name in ("exclude", "ids", "scores")]
            row = [words(queries), str(case["k"]), *lists]
        print(call, model, *row, sep="\t")
