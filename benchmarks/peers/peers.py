#!/usr/bin/env python3
"""The peers in Python, on the vectors and weights of Duomo's own files: peers.py LIBDUOMO OUT.json [TASK …]

A task is KIND:NAME=FILE. KIND flat: FAISS, exactly and with 8-bit codes, and usearch exactly; graph/P/Q…: HNSW of
hnswlib, usearch or faiss; paddle: Paddle Inference (FILE.duomo beside FILE.npz); training: a pass by PaddlePaddle (of FILE.npz);
duomo-training: a pass by the program NAME.
Every peer has one thread, in training two. Times are those of the calling thread as in benchmarks/measure.h, less what the
same call costs on an index of one vector, which is Python's part of it.
"""

import argparse
import ctypes
import gc
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import time
import zlib

import numpy as np

QUERIES, CHECKED, K = 1024, 64, 10
GRAPH_RECALL = 0.95


class TopK(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("flags", ctypes.c_uint32), ("count", ctypes.c_size_t)] + [
        (name, ctypes.c_void_p) for name in ("ids", "vectors", "features", "history_offsets", "history_ids")] + [
        ("k", ctypes.c_size_t), ("exclude_offsets", ctypes.c_void_p), ("exclude_ids", ctypes.c_void_p),
        ("allow_ids", ctypes.c_void_p), ("allow_count", ctypes.c_size_t), ("filters", ctypes.c_void_p),
        ("filter_count", ctypes.c_size_t), ("minimum_score", ctypes.c_float), ("reserved", ctypes.c_uint32)]


class Result(ctypes.Structure):
    _fields_ = [("struct_size", ctypes.c_uint32), ("reserved", ctypes.c_uint32), ("ids", ctypes.c_void_p),
                ("scores", ctypes.c_void_p), ("counts", ctypes.c_void_p)]


class Duomo:
    """A file through the C ABI: its vectors, and its own answers to check the peers by."""

    def __init__(self, library, path):
        self.c = ctypes.CDLL(library)
        self.model, self.context = ctypes.c_void_p(), ctypes.c_void_p()
        self.must(self.c.duomo_model_open(ctypes.byref(self.model), str(path).encode(), None, None))
        self.must(self.c.duomo_context_create(ctypes.byref(self.context), self.model, None, None))
        info = (ctypes.c_uint64 * 32)()
        ctypes.cast(info, ctypes.POINTER(ctypes.c_uint32))[0] = ctypes.sizeof(info)
        self.must(self.c.duomo_model_get_info(info, self.model, None))
        self.users, self.items, self.width = info[1], info[2], info[3]

    def must(self, status):
        if status:
            raise RuntimeError(f"Duomo: status {status}")

    def ids(self, side, rows):
        out, at = np.empty(len(rows), np.int64), getattr(self.c, f"duomo_{side}_id_at")
        for i, row in enumerate(rows):
            at(ctypes.c_void_p(out.ctypes.data + 8 * i), self.model, ctypes.c_uint64(int(row)), None)
        return out

    def vectors(self, side, ids):
        out = np.empty((len(ids), self.width), np.float32)
        self.must(getattr(self.c, f"duomo_encode_{side}s")(
            ctypes.c_void_p(out.ctypes.data), self.context, ctypes.c_void_p(ids.ctypes.data),
            ctypes.c_size_t(len(ids)), None))
        return out

    def topk(self, ids):
        found, scores = np.empty((len(ids), K), np.int64), np.empty((len(ids), K), np.float32)
        counts = np.empty(len(ids), np.uint64)
        request = TopK(struct_size=ctypes.sizeof(TopK), count=len(ids), ids=ids.ctypes.data, k=K)
        result = Result(ctypes.sizeof(Result), 0, found.ctypes.data, scores.ctypes.data, counts.ctypes.data)
        self.must(self.c.duomo_topk(ctypes.byref(result), self.context, ctypes.byref(request), None))
        return found

    def predict(self, users, items):
        out = np.empty(len(users), np.float32)
        self.must(self.c.duomo_predict(ctypes.c_void_p(out.ctypes.data), self.context,
                                       ctypes.c_void_p(users.ctypes.data), ctypes.c_void_p(items.ctypes.data),
                                       ctypes.c_size_t(len(users)), None))
        return out


class Searched:
    def __init__(self, library, path):
        duomo = Duomo(library, path)
        self.width, self.items = duomo.width, duomo.items
        item_ids = duomo.ids("item", range(duomo.items))
        self.vectors = duomo.vectors("item", item_ids)
        users = duomo.ids("user", [i * 37 % duomo.users for i in range(QUERIES)])
        self.queries = duomo.vectors("user", users)
        self.best = np.searchsorted(item_ids, duomo.topk(users[:CHECKED]))

    def recall(self, rows):
        """The part of Duomo's items in `rows`; one that ties with the last of them may stand for it."""
        found = 0
        for query, ours, theirs in zip(self.queries, self.best, rows):
            theirs = np.unique(theirs[theirs >= 0])
            last = self.vectors[ours[-1]].astype(np.float64) @ query
            ties = np.abs(self.vectors[theirs].astype(np.float64) @ query - last) < 1e-6
            found += np.count_nonzero(np.isin(theirs, ours) | ties)
        return found / (len(self.best) * K)


def times(call, least=5, budget=0.5):
    """Seconds of single calls; call(i) for i = 0, 1, …"""
    call(0)
    begin = time.thread_time_ns()
    call(1)
    once = max(time.thread_time_ns() - begin, 1000) / 1e9
    if once > 1:
        return np.array([once])
    clock = time.perf_counter_ns if once < 20e-6 else time.thread_time_ns
    out = []
    for i in range(max(least, min(20000, int(budget / once)))):
        begin = clock()
        call(i)
        out.append((clock() - begin) / 1e9)
    return np.sort(out)


class Report:
    def __init__(self):
        self.rows = []

    def add(self, what, peer, seconds, overhead=0.0, **more):
        seconds = np.maximum(seconds - overhead, 1e-9)
        row = {"name": f"{what} @ {peer}", "p50": float(np.median(seconds)),
               "p99": float(seconds[min(len(seconds) - 1, int(0.99 * len(seconds)))]),
               "mean": float(np.mean(seconds)), **more}
        self.rows.append(row)
        print(f"{row['name']:<76} p50 {row['p50'] * 1e6:12.2f} µs  p99 {row['p99'] * 1e6:12.2f} µs "
              + " ".join(f"{k} {v:.4g}" for k, v in more.items()), flush=True)


def batches(queries, users):
    return [queries[i:i + users] for i in range(0, QUERIES, users)]


def measure(report, what, peer, searched, search, empty, users, exact=False):
    """search(queries) and empty(queries), the same on an index of one vector, give rows."""
    recall = searched.recall(search(searched.queries[:CHECKED]))
    if exact and recall < 1:
        raise RuntimeError(f"{peer} found other items than Duomo: {recall}")
    parts = batches(searched.queries, users)
    overhead = float(np.median(times(lambda i: empty(parts[i % len(parts)]), budget=0.1)))
    report.add(f"{what}/users/{users}", peer, times(lambda i: search(parts[i % len(parts)])), overhead,
               recall=recall)


def flat(report, library, name, path):
    import faiss
    import usearch
    from usearch.index import MetricKind, search as usearch_search
    faiss.omp_set_num_threads(1)
    s, what = Searched(library, path), f"topk/{name}"
    one = faiss.IndexFlatIP(s.width)
    one.add(s.vectors[:1])
    index = faiss.IndexFlatIP(s.width)
    index.add(s.vectors)
    for users in (1, 256):
        for setting, threshold in (("flat", 1 << 30), ("flat with BLAS", 1)):
            if users > 1 and threshold > 1 and s.items > 500000:
                continue  # reads everything for every query: several times slower for many of them
            faiss.cvar.distance_compute_blas_threshold = threshold
            measure(report, what, f"FAISS {faiss.__version__}, {setting}", s, lambda q: index.search(q, K)[1],
                    lambda q: one.search(q, 1)[1], users, exact=True)
    del index
    codes = faiss.IndexScalarQuantizer(s.width, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    codes.train(s.vectors[:100000])
    codes.add(s.vectors)
    measure(report, what, f"FAISS {faiss.__version__}, SQ8", s, lambda q: codes.search(q, K)[1],
            lambda q: one.search(q, 1)[1], 1)
    del codes

    def exactly(vectors, queries, k):
        found = usearch_search(vectors, queries, k, MetricKind.IP, exact=True, threads=1).keys
        return found.astype(np.int64).reshape(len(queries), -1)
    measure(report, what, f"usearch {usearch.__version__}, exact", s, lambda q: exactly(s.vectors, q, K),
            lambda q: exactly(s.vectors[:1], q, 1), 1)


def graph(report, library, name, path, work, peers):
    """HNSW with 16 links; the search is widened until it finds GRAPH_RECALL of the items."""
    import faiss
    import hnswlib
    import usearch.index
    s = Searched(library, path)
    folder = work / "graphs"
    folder.mkdir(parents=True, exist_ok=True)
    stamp = f"{name}-{zlib.crc32(s.vectors):08x}"
    saved = {peer: folder / f"{stamp}.{peer}" for peer in ("hnswlib", "usearch", "faiss")}

    def with_hnswlib():
        index = hnswlib.Index("ip", s.width)
        if saved["hnswlib"].exists():
            index.load_index(str(saved["hnswlib"]))
        else:
            index.init_index(s.items, M=16, ef_construction=100)
            index.add_items(s.vectors)
            index.save_index(str(saved["hnswlib"]))
        index.set_num_threads(1)
        one = hnswlib.Index("ip", s.width)
        one.init_index(1)
        one.add_items(s.vectors[:1])
        one.set_num_threads(1)
        return (f"hnswlib {getattr(hnswlib, '__version__', '0.8')}", index.set_ef,
                lambda q: index.knn_query(q, K)[0].astype(np.int64), lambda q: one.knn_query(q, 1)[0])

    def with_usearch():
        make = lambda: usearch.index.Index(ndim=s.width, metric="ip", dtype="f32", connectivity=16,
                                           expansion_add=100)
        index, one = make(), make()
        if saved["usearch"].exists():
            index.load(str(saved["usearch"]))
        else:
            index.add(np.arange(s.items), s.vectors)
            index.save(str(saved["usearch"]))
        one.add(np.arange(1), s.vectors[:1])

        def search(where, q, k):
            return where.search(q, k, threads=1).keys.astype(np.int64).reshape(len(q), -1)

        def widen(ef):
            index.expansion_search = ef
        return f"usearch {usearch.__version__}", widen, lambda q: search(index, q, K), lambda q: search(one, q, 1)

    def with_faiss():
        if saved["faiss"].exists():
            index = faiss.read_index(str(saved["faiss"]))
        else:
            index = faiss.IndexHNSWFlat(s.width, 16, faiss.METRIC_INNER_PRODUCT)
            index.hnsw.efConstruction = 100
            index.add(s.vectors)
            faiss.write_index(index, str(saved["faiss"]))
        one = faiss.IndexHNSWFlat(s.width, 16, faiss.METRIC_INNER_PRODUCT)
        one.add(s.vectors[:1])
        faiss.omp_set_num_threads(1)

        def widen(ef):
            index.hnsw.efSearch = ef
        return (f"FAISS {faiss.__version__}, HNSW", widen, lambda q: index.search(q, K)[1],
                lambda q: one.search(q, 1)[1])

    for make in [{"hnswlib": with_hnswlib, "usearch": with_usearch, "faiss": with_faiss}[p] for p in peers]:
        begin = time.time()
        peer, widen, search, empty = make()
        print(f"# {peer}: index of {name} ready after {time.time() - begin:.0f} s", flush=True)
        for ef in (10, 14, 20, 28, 40, 56, 80, 112, 160, 320, 640, 1280):
            widen(ef)
            if s.recall(search(s.queries[:CHECKED])) >= GRAPH_RECALL:
                break
        measure(report, f"approximate/{name}", f"{peer}, ef {ef}", s, search, empty, 1)
        del widen, search, empty
        gc.collect()


def duomo_training(report, program, folder):
    """A pass of MovieLens 1M by `duomo train`, or of the ratings that benchmarks/data invented instead."""
    here = pathlib.Path(__file__).resolve()
    archives = [pathlib.Path(os.environ.get("DUOMO_DATA", here.parents[3] / "shared/data")) / "ml-1m.zip",
                here.parents[4] / "shared/data/ml-1m.zip", folder / "synthetic.zip"]
    archive = next(a for a in archives if a.exists())
    with tempfile.TemporaryDirectory() as work:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        text = subprocess.run([program, "train", archive, "-o", work + "/x.duomo", "--passes", "1", "--threads", "2",
                               "--test-every", "0"], check=True, capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    wall = float(re.search(r"pass 0: .* in ([0-9.]+) s", text.stdout + text.stderr)[1])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime  # reading and export included
    report.add("train/pass", "Duomo", np.array([wall]), cpu=cpu)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("library")
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("tasks", nargs="*")
    options = parser.parse_args()
    report = Report()
    for task in options.tasks:
        kind, rest = task.split(":", 1)
        name, path = rest.split("=", 1)
        path = pathlib.Path(path)
        if kind == "flat":
            flat(report, options.library, name, path)
        elif kind.startswith("graph/"):
            graph(report, options.library, name, path, options.output.parent, kind.split("/")[1:])
        elif kind == "paddle":
            import paddle_peer
            paddle_peer.inference(report, Duomo(options.library, path), path.with_suffix(".npz"))
        elif kind == "training":
            import paddle_peer
            paddle_peer.training(report, path)
        elif kind == "duomo-training":
            duomo_training(report, name, path)
        else:
            parser.error(f"unknown kind {kind}")
        gc.collect()
    options.output.write_text(json.dumps({"benchmarks": report.rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
