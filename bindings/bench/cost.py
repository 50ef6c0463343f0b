"""cost.py MODEL [model]: as cost.c, by a Context or, with `model`, by the Model."""

import sys
import time

import duomo
import numpy as np

CALLS, REPETITIONS = 640, 600  # a repetition shorter than a time slice

opened = duomo.open(sys.argv[1])
asked = opened if sys.argv[2:] == ["model"] else opened.context()
users, items = np.arange(4096) % 12 + 1, 1000 + 3 * (np.arange(4096) % 40)
pairs = list(zip(users[:64].tolist(), items[:64].tolist())) * (CALLS // 64)
out = np.empty(4096, np.float32)
one = batch = 1e18
for _ in range(REPETITIONS):
    predict = asked.predict
    begin = time.perf_counter_ns()
    for user, item in pairs:
        predict(user, item)
    one = min(one, (time.perf_counter_ns() - begin) / len(pairs))
for _ in range(200):
    begin = time.perf_counter_ns()
    asked.predict(users, items, out=out)
    batch = min(batch, (time.perf_counter_ns() - begin) / 4096)
top = 1e18
for _ in range(40):
    begin = time.perf_counter_ns()
    asked.topk(users, 10)
    top = min(top, (time.perf_counter_ns() - begin) / 4096)
print(f"{one:.2f} {batch:.3f} {top:.2f}")
