"""sources.py ROOT WORK: a line a source of the static library: processor, file, flags (of compile_commands.json)."""

import json
import shlex
import sys

root, work = sys.argv[1:]
# Of the place where CMake ran, or what build.rs says for itself; everything else is kept.
DROPPED = ("-I", "-isystem", "-o", "-c", "-std", "-DNDEBUG", "-fPIC", "-fPIE", "-W")
WITH_VALUE = ("-isystem", "-o", "-c")


def flags(command):
    words = iter(shlex.split(command)[1:])
    for word in words:
        if word in WITH_VALUE:
            next(words)
        elif word.startswith("-") and not word.startswith(DROPPED):
            yield word


for processor in ("x86_64", "aarch64"):
    with open(f"{work}/{processor}/compile_commands.json", encoding="utf-8") as file:
        commands = json.load(file)
    seen = {}
    for one in commands:
        name = one["file"][len(root) + 1 :]
        if "duomo_inference_kernels" in one["command"]:  # the shared library's
            continue
        kept = list(flags(one["command"]))
        if one["command"].split()[0].endswith("ccache"):
            kept = list(flags(one["command"].split(" ", 1)[1]))
        assert seen.setdefault(name, kept) == kept, name
    for name, kept in sorted(seen.items()):
        print(processor, name, *kept)
