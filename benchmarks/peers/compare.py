#!/usr/bin/env python3
"""One table of ratios and one chart from what Duomo and its peers measured: compare.py OUT.json OUT.svg IN.json …

Inputs are Google Benchmark's JSON, ours and the peers'. A peer's benchmark is called "WHAT @ PEER, SETTING",
WHAT as in ours; the best of a peer's settings counts. Compared are medians of single calls (p50); for training
the CPU seconds of all threads.
"""

import html
import json
import math
import os
import pathlib
import re
import sys
import textwrap

# What is compared: our benchmark, what people call it, and the ratio that is asked against each peer.
COMPARISONS = [
    ("predict/pairs/1", "predict, one known pair", {"ONNX Runtime": 60}),
    ("predict/cold_caches/1", "the same, caches cold", {"ONNX Runtime": None}),
    ("predict/pairs/256", "predict, 256 known pairs", {"ONNX Runtime": 30, "Paddle": 30}),
    ("cold_user/set_and_encode/1", "cold user to vector", {"ONNX Runtime": 4}),
    ("cold_user/set_and_encode/256", "256 cold users to vectors", {"ONNX Runtime": 2}),
    ("topk/unseen", "top-10 of 3,883, 200 seen left out", {"FAISS": 8}),
    ("topk/trained-100k/users/1", "top-10 of 100k, trained", {"FAISS": None}),
    ("topk/noise-100k/users/1", "top-10 of 100k, structureless", {"FAISS": None}),
    ("topk/trained-100k/users/256", "256 users, 100k, trained", {"FAISS": 10}),
    ("topk/noise-100k/users/256", "256 users, 100k, structureless", {"FAISS": 4}),
    ("topk/trained-1m/users/1", "top-10 of 1M, trained", {"FAISS": 15}),
    ("topk/noise-1m/users/1", "top-10 of 1M, structureless", {"FAISS": 3.3}),
    ("topk/trained-1m/users/256", "256 users, 1M, trained", {"FAISS": 10}),
    ("topk/noise-1m/users/256", "256 users, 1M, structureless", {"FAISS": 4}),
    ("approximate/trained-1m/users/1", "approximate top-10 of 1M, recall ≥ 0.95", {"hnswlib": 1}),
    ("train/pass", "training, a pass of ml-1m (CPU time)", {"Paddle": None}),
]
# A peer by the beginning of its name, with its class in the chart. SQ8 gives other items, so it stands apart.
PEERS = [("Duomo", "s0"), ("ONNX Runtime", "s1"), ("Paddle", "s3"), ("FAISS", "s2"), ("OpenBLAS", "s5"),
         ("usearch", "s4"), ("hnswlib", "s6")]


def load(paths):
    """{what: {(peer, setting): benchmark}}, and what the runs say of themselves."""
    found, context = {}, {}
    for path in paths:
        text = json.loads(pathlib.Path(path).read_text())
        context.update(text.get("context", {}))
        for row in text["benchmarks"]:
            if row.get("error_occurred"):
                sys.exit(f"FAILED: {row['name']}: {row['error_message']}")
            if "p50" not in row:
                continue
            what, _, by = re.sub(r"/iterations:.*$", "", row["name"]).partition(" @ ")
            peer = by or "Duomo"
            found.setdefault(what, {})[peer] = row
    return found, context


def cost(row):
    return row.get("cpu", row["p50"])


def family(peer):
    return next(name for name, _ in PEERS if peer.startswith(name))


def best(rows, name):
    """The fastest setting of a peer that finds what is asked: everything, or 0.95 of an approximate search."""
    least = 0.95 if any(key in row["name"] for row in rows.values() for key in ["approximate/"]) else 1
    of = {p: r for p, r in rows.items() if family(p) == name and r.get("recall", 1) >= least}
    return min(of.items(), key=lambda item: cost(item[1])) if of else None


def duration(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9)):
        if seconds >= size * 0.9995:
            break
    value = seconds / size
    return f"{value:.0f} {unit}" if value >= 99.5 else f"{value:.1f} {unit}" if value >= 9.95 else f"{value:.2f} {unit}"


def times(ratio):
    return f"{ratio:.0f} ×" if ratio >= 19.5 else f"{ratio:.1f} ×" if ratio >= 2 else f"{ratio:.2f} ×"


def table(found):
    lines = ["| what | Duomo p50 | p99 | beside, its best setting | p50 | ratio | asked |", "|---|---|---|---|---|---|---|"]
    for what, label, asked in COMPARISONS:
        rows = found.get(what, {})
        ours = rows.get("Duomo")
        peers = [name for name, _ in PEERS[1:] if best(rows, name)]
        if not ours or not peers:
            lines.append(f"| {label} | not measured | | | | | |")
            continue
        for i, name in enumerate(sorted(peers, key=lambda n: (n not in asked, PEERS.index(next(p for p in PEERS if p[0] == n))))):
            peer, row = best(rows, name)
            goal = asked.get(name)
            recall = f", recall {row['recall']:.3f}" if row.get("recall", 1) < 1 else ""
            mine = f"{duration(cost(ours))} | {duration(ours['p99'])}" if i == 0 else " | "
            if "recall" in ours and i == 0:
                mine = f"{duration(cost(ours))}, recall {ours['recall']:.3f} | {duration(ours['p99'])}"
            ratio = cost(row) / cost(ours)
            mark = "" if goal is None else f"{goal:g} ×" + ("" if ratio >= goal else ", missed")
            lines.append(f"| {label if i == 0 else ''} | {mine} | {peer}{recall} | {duration(cost(row))} | {times(ratio)} | {mark} |")
    return "\n".join(lines)


STYLE = """text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:13px}
.title{font-size:18px;font-weight:600}.ratio{font-weight:600}.panel,.grid,.axis{stroke-width:1}.panel{fill:#fff;stroke:#d5dae1}
.title,.ratio{fill:#1a2230}.text{fill:#4b5666}.grid{stroke:#e7eaef}.axis{stroke:#98a2b0}.bar{stroke:#c3cad4;stroke-width:2}
.s0{fill:#0072b2}.s1{fill:#d55e00}.s2{fill:#009e73}.s3{fill:#b8578f}.s4{fill:#a87400}.s5{fill:#5f6b7a}.s6{fill:#8a63d2}
@media (prefers-color-scheme:dark){.panel{fill:#161b24;stroke:#333c4a}.title,.ratio{fill:#eef2f7}.text{fill:#a9b4c3}
.grid{stroke:#262e3a}.axis{stroke:#6c7787}.bar{stroke:#46505f}.s0{fill:#5cb8f0}.s1{fill:#ff9a52}.s2{fill:#3fcfa4}.s3{fill:#e79ac6}
.s4{fill:#f0bd4a}.s5{fill:#b4bfcc}.s6{fill:#b79bf2}}"""


def chart(found, machine, versions):
    rows = [(label, found[what], asked) for what, label, asked in COMPARISONS
            if "Duomo" in found.get(what, {}) and any(best(found[what], n) for n, _ in PEERS[1:])]
    left, right, top, step, width = 300, 190, 116, 34, 980
    notes = textwrap.wrap(machine, 130) + textwrap.wrap(versions, 130)
    height = top + step * len(rows) + 44 + 20 * len(notes)
    values = [cost(best(of, n)[1]) for _, of, _ in rows for n, _ in PEERS if best(of, n)]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def x(seconds):
        return left + (math.log10(seconds) - low) / (high - low) * (width - left - right)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
           "<title>Duomo beside its peers</title>", f"<style>{STYLE}</style>",
           f'<rect class="panel" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="12"/>',
           '<text x="28" y="40" class="title">Time of one call on one thread; training on two (logarithmic, less is better)</text>']
    at = 28
    used = {family(peer) for _, of, _ in rows for peer in of}
    for name, css in PEERS:
        if name in used:
            out += [f'<circle cx="{at + 6}" cy="67" r="6" class="{css}"/>', f'<text x="{at + 19}" y="71.5" class="text">{name}</text>']
            at += 42 + 7.2 * len(name)
    bottom = top + step * len(rows) - 8
    for power in range(low, high + 1):
        out += [f'<line x1="{x(10 ** power):.1f}" y1="{top - 12}" x2="{x(10 ** power):.1f}" y2="{bottom}" class="grid"/>',
                f'<text x="{x(10 ** power):.1f}" y="{top - 18}" text-anchor="middle" class="text">{duration(10 ** power).replace(".00", "").replace(".0", "")}</text>']
    for i, (label, of, asked) in enumerate(rows):
        y = top + 10 + step * i
        points = [(name, css, cost(best(of, name)[1])) for name, css in PEERS if best(of, name)]
        out += [f'<text x="{left - 18}" y="{y + 4.5}" text-anchor="end" class="text">{html.escape(label)}</text>',
                f'<line x1="{x(min(p[2] for p in points)):.1f}" y1="{y}" x2="{x(max(p[2] for p in points)):.1f}" y2="{y}" class="bar"/>']
        for name, css, value in reversed(points):
            out.append(f'<circle cx="{x(value):.1f}" cy="{y}" r="{7 if name == "Duomo" else 6}" class="{css}"><title>{name}: {duration(value)}</title></circle>')
        first = next((n for n in asked if best(of, n)), points[1][0] if len(points) > 1 else None)
        if first:
            out.append(f'<text x="{width - right + 22}" y="{y + 4.5}" class="text"><tspan class="ratio">'
                       f'{times(cost(best(of, first)[1]) / points[0][2])}</tspan> {first}</text>')
    for i, line in enumerate(notes):
        out.append(f'<text x="28" y="{bottom + 34 + 20 * i}" class="text">{html.escape(line)}</text>')
    return "\n".join(out + ["</svg>"]) + "\n"


def main():
    output, svg, inputs = sys.argv[1], sys.argv[2], sys.argv[3:]
    found, context = load(inputs)
    info = pathlib.Path("/proc/cpuinfo").read_text()
    cpu = re.search(r"model name\s*: (.*)", info)
    flags = set((re.search(r"flags\s*: (.*)", info) or [0, ""])[1].split())
    isa = next((n for n, f in (("AVX-512 VNNI", "avx512_vnni"), ("AVX-512", "avx512f"), ("AVX2", "avx2")) if f in flags), "")
    machine = f"{cpu[1] if cpu else 'unknown processor'}, {os.cpu_count()} cores, {isa}; {context.get('duomo', 'duomo')}"
    names = sorted({re.split(r", ", peer)[0] for rows in found.values() for peer in rows if peer != "Duomo"})
    versions = "beside " + ", ".join(names)
    text = table(found)
    print(f"\n{text}\n\n{machine}\n{versions}")
    if "machine/read" in found:
        print(f"reading memory: {0.268435456 / found['machine/read']['Duomo']['p50']:.1f} GB/s")
    pathlib.Path(svg).write_text(chart(found, machine, versions))
    pathlib.Path(output).write_text(json.dumps({"machine": machine, "versions": versions, "benchmarks": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
