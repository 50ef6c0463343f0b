"""The model in use, swapped under clients: none of their requests is lost or wrong."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import duomo

SWAPS = 40  # a second
REQUESTS = 50_000  # of each of the two tests
NAMES = ("shop", "player")


def best(model):
    """What user 2 of a model is recommended."""
    return model.topk(int(model.user_ids[2]), 5)


def mapped(name):
    return Path("/proc/self/maps").read_text().count(f"/{name}.duomo")


@pytest.mark.parametrize("close", [True, False])
def test_swaps_under_load(models, close):
    wanted = {}
    for name in NAMES:
        with duomo.open(models / f"{name}.duomo") as model:
            wanted[name] = best(model)
    slot = duomo.ModelSlot(duomo.open(models / "shop.duomo"))
    stop = threading.Event()

    asked = [0] * 4

    def client(number):
        while not stop.is_set():
            model = slot.get()
            found, want = best(model), wanted[model.info.name]
            assert np.array_equal(found.ids, want.ids)
            assert np.array_equal(found.scores, want.scores)
            if close:
                model.close()
            asked[number] += 1

    with ThreadPoolExecutor(4) as pool:
        clients = [pool.submit(client, number) for number in range(4)]
        begin = time.monotonic()
        try:
            swap = 0
            while swap < 2 * SWAPS or (sum(asked) < REQUESTS and swap < 60 * SWAPS):
                swap += 1
                slot.set(duomo.open(models / f"{NAMES[swap % 2]}.duomo"))
                time.sleep(max(begin + swap / SWAPS - time.monotonic(), 0))
        finally:
            stop.set()
        for one in clients:
            one.result(60)
    slot.set(duomo.open(models / "shop.duomo"))
    assert mapped("player") == 0  # what was swapped out is closed


def test_references(models):
    first, second = (duomo.open(models / "shop.duomo") for _ in range(2))
    wanted = list(best(first))
    slot = duomo.ModelSlot(first)
    held = slot.get()
    first.close()  # which hurts nobody
    with slot.get() as model:
        assert list(best(model)) == wanted
    slot.set(second)
    with pytest.raises(duomo.ClosedError):
        slot.set(first)
    assert list(best(held)) == wanted
    held.close()
    with pytest.raises(duomo.ClosedError):
        best(held)
    assert list(best(slot.get())) == wanted
