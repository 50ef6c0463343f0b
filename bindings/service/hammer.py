"""hammer.py MODELS SECONDS [--other-kernels] COMMAND…: asks a service of README.md from four
clients while it swaps models 40 times a second, and compares every answer with the library's own,
to the bit.

MODELS is what tests/abi/make_fixtures wrote; FILE and PORT are put behind COMMAND. What a tower
computes, which is what newcomers get, has the same bits from the same kernels alone: of a service
that has others (WebAssembly) these scores may be apart by 1e-5, and must have the same bits every
time.
"""

import http.client
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duomo
import numpy as np

CLIENTS, SWAPS = 4, 40  # a second
GROWTH = 16 << 20  # what the memory of a service may grow by; some of it is the collector's
HOME = {"plan": "paid", "age": 20}


class Client:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body)
        self.connection.request("GET" if body is None else "POST", path, data)
        response = self.connection.getresponse()
        text = response.read()
        kind = response.headers["Content-Type"]
        return response.status, json.loads(text) if kind.startswith("application/json") else text


def hits(model, found):
    return [
        {"id": item, "score": np.float32(score), "title": title}
        for (item, score), title in zip(found, found.titles)
    ]


def questions(models):
    """(path, body, {fingerprint: answer}) of everything that is asked."""
    first = next(iter(models.values()))
    calls = []
    for user in first.user_ids.tolist():
        calls.append((f"/recommend?user={user}&k=5", None, lambda m, u=user: m.topk(u, 5)))
        path = f"/recommend?user={user}&k=40&exclude_seen=1"
        calls.append((path, None, lambda m, u=user: m.topk(u, 40, exclude_seen=True)))
        for item in first.item_ids.tolist()[:10]:
            path = f"/predict?user={user}&item={item}"
            calls.append((path, None, lambda m, u=user, i=item: np.float32(m.predict(u, i))))
    for item in first.item_ids.tolist():
        calls.append((f"/similar?item={item}&k=4", None, lambda m, i=item: m.similar(i, 4)))
    calls.append(("/newcomer?k=5", HOME, lambda m: m.topk(features=HOME, k=5)))
    for path, body, call in calls:
        answers = {}
        for name, model in models.items():
            found = call(model)
            wanted = hits(model, found) if isinstance(found, duomo.Hits) else found
            answers[name] = wanted
        yield path, body, answers


def same(answer, wanted, close=False):
    if isinstance(wanted, np.float32):
        return np.float32(answer["prediction"]) == wanted
    read = [{**hit, "score": np.float32(hit["score"])} for hit in answer["hits"]]
    if not close:
        return read == wanted
    without = [[{**hit, "score": None} for hit in hits] for hits in (read, wanted)]
    scores = [[hit["score"] for hit in hits] for hits in (read, wanted)]
    return without[0] == without[1] and np.allclose(*scores, rtol=0, atol=1e-5)


class Own:
    """What a service has answered first where bits of its own are its right."""

    def __init__(self, allowed):
        self.allowed, self.first = allowed, {}

    def same(self, path, answer, wanted):
        own = self.allowed and path.startswith("/newcomer")
        if not same(answer, wanted, close=own):
            return False
        return not own or self.first.setdefault((path, answer["model"]), answer) == answer


def refused(client):
    """What cannot be answered is said so, and nothing else comes to harm."""
    for path, body, status in (
        ("/recommend?user=99", None, 404),
        ("/predict?user=3&item=7", None, 404),
        ("/recommend?user=me", None, 400),
        ("/recommend", None, 400),
        ("/nothing", None, 400),
        ("/newcomer", {"nonsense": 1}, 404),
        ("/swap", {"file": "/nowhere/model.duomo"}, 404),
        ("/swap", {"file": __file__}, 400),
    ):
        got, answer = client.ask(path, body)
        assert got == status, (path, got, answer)
        assert isinstance(answer["error"], str), answer
        assert answer["error"], path


def resident(process):
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main():
    folder, seconds, command = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]
    own = Own(command[0] == "--other-kernels")
    command = command[own.allowed :]
    with tempfile.TemporaryDirectory() as work, socket.socket() as free:
        files = [folder / "shop.duomo", Path(work) / "other.duomo"]
        duomo.convert.quantize(files[0], files[1], vectors="int8")
        models = {f"{m.info.fingerprint:016x}": m for m in map(duomo.open, files)}
        asked = list(questions(models))
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        service = subprocess.Popen(
            [*command, files[0], str(port)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert service.stdout.readline() == "ready\n", "the service did not start"
            hammer(service.pid, port, files, asked, seconds, command, own)
            assert service.poll() is None, f"the service ended with {service.returncode}"
        finally:
            service.kill()


def hammer(process, port, files, asked, seconds, command, own):
    refused(Client(port))
    stop, wrong, answers = threading.Event(), [], [0] * CLIENTS

    def work(number):
        client, dice = Client(port), random.Random(number)
        try:
            while not stop.is_set():
                path, body, wanted = dice.choice(asked)
                status, answer = client.ask(path, body)
                if status != 200 or not own.same(path, answer, wanted[answer["model"]]):
                    wrong.append((path, status, answer))
                answers[number] += 1
        except Exception as error:
            wrong.append((number, repr(error)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    swapper, begin, swaps, before = Client(port), time.monotonic(), 0, None
    while time.monotonic() - begin < seconds and not wrong:
        swaps += 1
        status, answer = swapper.ask("/swap", {"file": str(files[swaps % 2])})
        if status != 200:
            wrong.append(("swap", status, answer))
        if before is None and time.monotonic() - begin > seconds / 2:
            before = resident(process)
        time.sleep(max(begin + swaps / SWAPS - time.monotonic(), 0))
    after = resident(process)
    stop.set()
    for thread in threads:
        thread.join()
    assert not wrong, f"{len(wrong)} of {sum(answers)} answers are wrong, first: {wrong[0]}"
    assert after - before < GROWTH, f"memory grew from {before} to {after} bytes in half the time"
    counted = dict(line.split() for line in Client(port).ask("/metrics")[1].decode().splitlines())
    assert int(counted["duomo_swaps_total"]) == swaps, counted
    assert int(counted["duomo_requests_total"]) == sum(answers) + swaps + 8, counted
    assert int(counted["duomo_errors_total"]) == 8, counted
    assert float(counted["duomo_seconds_total"]) > 0, counted
    print(
        f"{' '.join(command)}: {sum(answers)} answers, {swaps} swaps in {seconds:.0f} s, none lost "
        f"or wrong; memory {before >> 10} kB, later {after >> 10} kB",
        file=sys.stderr,
    )


main()
