"""In place of the program: records its arguments and the tables that it is given."""

import json
import os
import signal
import stat
import sys
import time
from pathlib import Path

RESULT = {
    "file": "m.duomo",
    "interrupted": False,
    "goal": "rank",
    "split": "time:0.9",
    "chosen": "als, 64 wide",
    "test": {"hr@10": 0.5, "ndcg@10": 0.25},
    "floors": {"popularity": {"hr@10": 0.4, "ndcg@10": 0.125}},
    "tried": [{"name": "als, 64 wide", "validation": {"hr@10": 0.5, "ndcg@10": 0.25}}],
}


def main() -> None:
    record = {"arguments": sys.argv[1:], "tables": {}, "modes": [], "process": os.getpid()}
    for name, value in zip(sys.argv, sys.argv[1:]):
        if name in ("--interactions", "--users", "--items"):
            path = Path(value)
            record["tables"][name[2:]] = [path.name, path.read_bytes().decode("utf-8")]
            record["modes"].append(stat.S_IMODE(os.stat(path.parent.parent).st_mode))
    Path(os.environ["RECORD"]).write_text(json.dumps(record), encoding="utf-8")
    for name, value in zip(sys.argv, sys.argv[1:]):
        if name == "--interactions":
            print(f"duomo: {value}, line 3: the rating is no number", file=sys.stderr, flush=True)
    wait = float(os.environ.get("WAIT", "0"))
    if wait:
        signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        print("waiting", file=sys.stderr, flush=True)
        time.sleep(wait)
    print(json.dumps(RESULT))
    sys.exit(int(os.environ.get("CODE", "0")))


main()
