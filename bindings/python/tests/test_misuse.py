"""Use after close, wrong types and lengths, huge k, one context in two threads, memory."""

import gc
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import duomo


def test_after_close(models):
    model = duomo.open(models / "shop.duomo")
    context, features = model.context(), model.features("user", {"age": [10]})
    items = model.item_set([1000, 1003])
    wanted = model.predict(1, 1000)
    model.close()
    model.close()
    assert model.closed
    for call in (
        lambda: model.predict(1, 1000),
        lambda: model.topk(1),
        lambda: model.encode(features),
        lambda: model.title(1000),
        lambda: model.context(),
        lambda: model.features("user", 2),
        lambda: model.item_ids,
        lambda: model.item_set([1000]),
        lambda: model.metadata,
    ):
        with pytest.raises(duomo.ClosedError, match="closed"):
            call()
    # What was made before holds the model.
    assert context.predict(1, 1000) == wanted
    assert context.encode(features).shape == (1, 20)
    assert len(context.topk(1, allow=items)) == 2
    items.close()
    items.close()
    for call in (lambda: len(items), lambda: ~items, lambda: context.topk(1, allow=items)):
        with pytest.raises(duomo.ClosedError):
            call()
    assert "closed" in repr(items)
    context.trim()
    context.close()
    context.close()
    with pytest.raises(duomo.ClosedError):
        context.predict(1, 1000)
    assert model.info.name == "shop"


def test_wrong_arguments(shop):
    for call in (
        lambda: shop.predict([1.5], [1000]),
        lambda: shop.predict([True], [1000]),
        lambda: shop.predict(None, 1000),
        lambda: shop.topk(1, "ten"),
        lambda: shop.topk(1, minimum_score="good"),
        lambda: shop.topk([1, 2], exclude=[[1000], ["a"]]),
        lambda: shop.topk(["a", 2]),
        lambda: shop.topk(1, allow=[shop.item_set([1000]), 1000]),
        lambda: shop.topk(1, limits={"tags": 0}),
        lambda: shop.context(cancelled=True),
        lambda: shop.item_set([1000]) & {1000},
    ):
        with pytest.raises((TypeError, ValueError)):
            call()
    for call in (  # the keys of this catalogue are integers
        lambda: shop.predict("1", 1000),
        lambda: shop.predict(["1"], ["1000"]),
        lambda: shop.topk("me"),
        lambda: shop.rank("me", [1000]),
        lambda: shop.item_set({"sku"}),
    ):
        with pytest.raises(duomo.Unsupported):
            call()
    for call in (
        lambda: shop.predict([1, 2], [1000]),
        lambda: shop.predict([[1, 2]], [[1000, 1003]]),
        lambda: shop.predict([1], [1000], out=np.zeros(2, np.float32)),
        lambda: shop.predict([1], [1000], out=np.zeros(1)),
        lambda: shop.predict(np.array([2**63], np.uint64), [1000]),
        lambda: shop.predict_vectors(np.zeros((2, 19)), np.zeros((2, 19))),
        lambda: shop.topk(1, k=0),
        lambda: shop.topk(1, k=-1),
        lambda: shop.topk(1, probes=-1),
        lambda: shop.topk(),
        lambda: shop.topk(1, vectors=np.zeros((1, 20))),
        lambda: shop.topk([1, 2], exclude=[[1000]]),
        lambda: shop.topk([1, 2], k=[1]),
        lambda: shop.topk([1, 2], k=[1, -1]),
        lambda: shop.topk([1, 2], allow=[shop.item_set([1000])]),
        lambda: shop.topk(history=[1000], history_weights=[1, 2]),
        lambda: shop.topk(1, where=duomo.Filter("year", minimum=np.nan)),
        lambda: shop.topk(1, minimum_score=np.nan),
        lambda: shop.topk(1, where=duomo.Filter("tags", ["red"], "some")),
        lambda: shop.context(unknown="maybe"),
        lambda: shop.context(threads=-1),
        lambda: duomo.open("x", backend="cuda"),
        lambda: duomo.open(b"a\0b"),
        lambda: duomo.open("x", offset=64),
    ):
        with pytest.raises(ValueError):
            call()
    for number in (2**63, -(2**63) - 1, 10**30):
        with pytest.raises(OverflowError):
            shop.predict(number, 1000)
        with pytest.raises((OverflowError, ValueError, TypeError)):
            shop.predict([number], [1000])
    read_only = np.zeros(1, np.float32)
    read_only.flags.writeable = False
    with pytest.raises((ValueError, BufferError)):
        shop.predict([1], [1000], out=read_only)


def test_the_extension_checks_by_itself(shop):
    """What no public call lets through would still not hurt the process."""
    from duomo import _native

    context = _native.Context(shop._native, 0, 1, None)
    ids, out = np.array([1, 2]), np.zeros(2, np.float32)
    with pytest.raises(TypeError, match="int64"):
        context.predict(out, out, out)
    with pytest.raises(ValueError, match="out"):
        context.predict(out[:1], ids, ids)
    with pytest.raises(TypeError):
        context.predict(out)
    with pytest.raises((ValueError, BufferError)):
        context.predict(np.zeros(4, np.float32)[::2], ids, ids)
    with pytest.raises(TypeError):
        context.encode_features(out, shop)
    features = _native.Features(shop._native, 0, 2)
    with pytest.raises(ValueError):
        features.integers("age", np.array([1]))
    items = _native.Features(shop._native, 1, 2)
    for offsets in ([0, 1], [0, 2, 1], [0, 1, 3], [1, 1, 2]):
        with pytest.raises(ValueError, match="codes"):
            items.integer_lists("codes", np.array(offsets, np.uint64), ids)
    huge = [0, ids, out, np.zeros(2, np.uint64), 2**62, False, None, None, 2, ids]
    huge += [None] * 12 + [(), ()]
    with pytest.raises(ValueError, match="too large"):
        context.search(*huge)


def test_huge_k(shop):
    assert len(shop.topk(1, k=2**62)) == 40
    assert shop.similar([1000, 1003], k=10**9).counts.tolist() == [39, 39]


def test_one_context_in_two_threads(shop):
    context = shop.context()
    users = np.tile(shop.user_ids, 2_000)
    inside, seen = threading.Event(), []

    def work():
        inside.set()
        for _ in range(50):
            try:
                context.topk(users, 3)
            except duomo.BusyError:
                seen.append("other")

    thread = threading.Thread(target=work)
    thread.start()
    inside.wait()
    while thread.is_alive() and not seen:
        try:
            context.predict(1, 1000)
        except duomo.BusyError as error:
            seen.append(str(error))
    assert seen
    thread.join()
    assert context.predict(1, 1000) > 0


def test_threads_share_a_model(shop):
    wanted = [list(shop.topk(u, 5)) for u in range(1, 13)]

    def work(seed):
        random = np.random.default_rng(seed)
        for u in random.integers(1, 13, 300):
            assert list(shop.topk(int(u), 5)) == wanted[u - 1]
            assert shop.predict(int(u), wanted[u - 1][0][0]) == wanted[u - 1][0][1]

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, seed) for seed in range(8)]:
            done.result()
    assert len(shop._pool) <= 9


def test_close_while_others_call(models):
    for _ in range(20):
        model = duomo.open(models / "shop.duomo")
        wanted = model.predict(1, 1000)
        started = threading.Barrier(4)

        def work(model=model, wanted=wanted, started=started):
            started.wait()
            while True:
                try:
                    assert model.predict(1, 1000) == wanted
                    model.topk(model.user_ids, 5)
                except duomo.ClosedError:
                    return

        with ThreadPoolExecutor(3) as pool:
            running = [pool.submit(work) for _ in range(3)]
            started.wait()
            model.close()
            for one in running:
                one.result(timeout=60)
        assert not model._pool


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_memory_stays_flat(shop, models):
    users, items = shop.user_ids, shop.item_ids[:12]

    def round_of(calls):
        for _ in range(calls):
            shop.predict(1, 1000)
        for _ in range(calls // 100):
            shop.predict(users, items)
            shop.topk(users, 5, exclude=[1000], where=duomo.Filter("tags", ["red"]))
            shop.encode({"plan": ["free"], "age": [10]})
            shop.similar(1000, 3)
            with pytest.raises(duomo.NotFound):
                shop.predict(99, 1000)
        for _ in range(calls // 1000):
            duomo.open(models / "shop.duomo").close()
            with shop.context() as context:
                context.predict(1, 1000)
        gc.collect()

    round_of(50_000)
    before = resident()
    round_of(1_000_000)
    assert resident() - before < 1 << 20


def run(*command, **environment):
    return subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def test_library_of_the_hosts_choice(models):
    library = os.environ["DUOMO_TEST_LIBRARY"]
    code = f"import duomo; print(duomo.load_library()); duomo.open({str(models / 'shop.duomo')!r})"
    chosen = run("-c", code, DUOMO_LIBRARY=library)
    assert chosen.stdout.strip() == library, chosen.stderr
    inside = run("-c", code)
    assert inside.stdout.strip().endswith("duomo/lib/libduomo.so.0"), inside.stderr
    wrong = run("-c", code, DUOMO_LIBRARY="/nowhere/libduomo.so")
    assert "ImportError: cannot load the Duomo library" in wrong.stderr
    with pytest.raises(RuntimeError, match="already uses"):
        duomo.load_library(sys.executable)


def test_command(models):
    shown = run("-m", "duomo", str(models / "shop.duomo"))
    assert shown.returncode == 0, shown.stderr
    assert "40, vectors of 20 floats" in shown.stdout
    failed = run("-m", "duomo", str(models / "corrupt.duomo"))
    assert failed.returncode == 1
    assert failed.stderr.startswith("duomo: ")
    assert "Traceback" not in failed.stderr


def test_messages_have_the_names_of_the_arguments(shop):
    for call, words in (
        (lambda: shop.topk(1, k=0), "k is 0"),
        (lambda: shop.topk(1, limits={"nope": 1}), "limits[0]:"),
        (lambda: shop.topk(1, where=duomo.Filter("nope", ["x"])), "where[0]"),
        (lambda: shop.topk(1, minimum_score=np.nan), "minimum_score"),
        (lambda: shop.topk([1, 2], exclude=[[1000]]), "exclude"),
        (lambda: shop.rank(99, [1000]), "user"),
        (lambda: shop.rank(1, [1000, 7]), "items[1]"),
    ):
        with pytest.raises((duomo.Error, ValueError)) as caught:
            call()
        assert words in str(caught.value)
        assert "request" not in str(caught.value)
