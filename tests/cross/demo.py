"""demo.py TARGET MODEL USER ITEM: memory and cold start of the C demo (capi/examples/recommend.c) where a phone would
run it: in 512 MB of address space, its file not in memory yet. TARGET has been built by ./dev cross."""
import os
import resource
import subprocess
import sys
import time

SPACE, ROUNDS = 512 << 20, 7
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def forget(path):
    with open(path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(command, limit, files):
    """Milliseconds, and kilobytes of memory at most, of a program that has just been started."""
    for path in files:
        forget(path)
    before = time.perf_counter()  # time(1): a child of this program would count its memory until it is another
    done = subprocess.run(["time", "-f", "%M", *command], capture_output=True, text=True, preexec_fn=limit)
    taken = (time.perf_counter() - before) * 1e3
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(command)}: {done.stderr}")
    return taken, int(done.stderr), done.stdout


def main():
    target, model, user, item = sys.argv[1:]
    with open(f"{ROOT}/cmake/cross/targets.txt", encoding="utf-8") as file:
        by = next(line.split()[3] for line in file if line.split()[:1] == [target])
    program = f"{ROOT}/build/cross/{target}/bin/recommend"
    command = [program, model, user, item]
    limit = lambda: resource.setrlimit(resource.RLIMIT_AS, (SPACE, SPACE))
    if by.startswith("qemu"):  # it has memory of its own; -R is what the program may have
        command, limit = by.split(":")[:1] + ["-R", hex(SPACE)] + command, None
    cold = [measure(command, limit, [model, program]) for _ in range(ROUNDS)]
    warm = [measure(command, limit, []) for _ in range(ROUNDS)]
    middle = lambda runs: sorted(ms for ms, _, _ in runs)[ROUNDS // 2]
    print(cold[0][2], end="")
    print(f"{target}, {os.path.getsize(model) / 1e6:.1f} MB, in {SPACE >> 20} MB of address space, by {by.split(':')[0]}: started and answered in "
          f"{middle(cold):.0f} ms cold, {middle(warm):.0f} ms warm (median of {ROUNDS}), {max(kb for _, kb, _ in cold) / 1024:.1f} MB in memory")


main()
