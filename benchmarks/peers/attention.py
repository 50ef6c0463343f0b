"""attention.py PROGRAMS MODEL.duomo [COUNT …]: from a history to the user's vector, Duomo beside ONNX
Runtime on the graph that `duomo-convert export onnx --tower user` makes of the same file. One thread
each, medians of single calls, inputs and outputs bound before; needs onnxruntime and numpy. MODEL: as
`duomo train DATA -o MODEL.duomo --preset sasrec` makes it, PROGRAMS: build/release/bin."""

import json
import subprocess
import sys
import time

import numpy as np
import onnxruntime

programs, model = sys.argv[1:3]
counts = [int(n) for n in sys.argv[3:]] or [20, 50]
CALLS = 3000

graph = model + ".user.onnx"
subprocess.run([f"{programs}/duomo-convert", "export", "onnx", model, "--tower", "user", "-o", graph],
               check=True, stdout=subprocess.DEVNULL)  # fmt: skip
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = options.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
ours = subprocess.run([f"{programs}/duomo_bench_history", model, *map(str, counts)], check=True,
                      capture_output=True, text=True).stdout  # fmt: skip
random = np.random.default_rng(1)
for line in map(json.loads, ours.splitlines()):
    bindings = []
    for _ in range(64):
        binding = session.io_binding()
        history = random.integers(0, 100, (1, line["history"]))
        for value in session.get_inputs():  # one that reads the last item alone gets that alone
            fed = history[:, -1:] if value.name == "latest" else history
            binding.bind_ortvalue_input(value.name, onnxruntime.OrtValue.ortvalue_from_numpy(fed))
        binding.bind_output("user_vector")
        bindings.append(binding)
    times = []
    for call in range(CALLS):
        begin = time.perf_counter()
        session.run_with_iobinding(bindings[call % 64])
        times.append(time.perf_counter() - begin)
    peer = float(np.median(times)) * 1e6
    print(f"history of {line['history']}: Duomo {line['p50_us']:.1f} µs, "
          f"ONNX Runtime {onnxruntime.__version__} {peer:.1f} µs, {peer / line['p50_us']:.1f} ×")  # fmt: skip
