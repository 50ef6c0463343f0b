"""Models in other processes and in asyncio: pickled, forked, awaited."""

import asyncio
import copy
import multiprocessing
import os
import pickle
import shutil
import threading
import time

import numpy as np
import pytest

import duomo


def again(value):
    return pickle.loads(pickle.dumps(value))


def same(one, other):
    assert one.ids.tolist() == other.ids.tolist()
    assert np.array_equal(one.scores, other.scores)


def test_models(shop, models, monkeypatch):
    monkeypatch.chdir(models)
    with duomo.open("shop.duomo", unknown="mark", threads=2, verify=True) as model:
        data = pickle.dumps(model)
        monkeypatch.chdir("/")  # it was opened by a relative path
        copied = pickle.loads(data)
        assert copied._options[:2] == (1, 2)
        assert copied._how == model._how
    same(copied.topk(3), shop.topk(3))  # closed by itself
    assert np.isnan(copied.predict(99, 1000))
    copied.close()
    assert len(again(shop).topk(3)) == 10
    same(copy.deepcopy(shop).topk(3), shop.topk(3))


def test_models_of_bytes(shop, models):
    data = (models / "shop.duomo").read_bytes()
    with duomo.open_buffer(data) as model:
        same(again(model).topk(3), shop.topk(3))
    with duomo.open_buffer(data, copy=True) as model, pytest.raises(TypeError, match="copy"):
        pickle.dumps(model)
    with (models / "shop.duomo").open("rb") as file, pytest.raises(TypeError, match="open file"):
        pickle.dumps(duomo.open(file))


def test_a_file_that_has_changed(models, tmp_path):
    path = tmp_path / "model.duomo"
    shutil.copy(models / "shop.duomo", path)
    with duomo.open(path) as model:
        data, hits = pickle.dumps(model), pickle.dumps(model.topk(3))
    shutil.copy(models / "player.duomo", tmp_path / "new")
    os.replace(tmp_path / "new", path)
    for one in (data, hits):
        with pytest.raises(duomo.FileError, match=r"model\.duomo: the file holds another model"):
            pickle.loads(one)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        pickle.loads(data)


def test_what_holds_a_model(club):
    hits, many = club.topk("member-8", 3), club.topk(["member-1", "member-2"], 3)
    same(again(hits), hits)
    assert again(hits).keys == hits.keys
    assert again(hits[1:]).titles == hits.titles[1:]
    same(again(many), many)
    assert again(many)[1].keys == many[1].keys
    assert again(many).queries.tolist() == ["member-1", "member-2"]
    items = club.item_set(hits.keys)
    assert again(items).ids.tolist() == items.ids.tolist()
    assert len(club.topk("member-8", allow=again(hits).keys)) == 3
    with club.context(unknown="mark", threads=2) as context:
        assert np.isnan(again(context).predict("nobody", hits.keys[0]))
    with again(duomo.ModelSlot(club)).get() as model:
        same(model.topk("member-8", 3), hits)
    filters = duomo.Filter("year", minimum=1990)
    assert again(filters) == filters
    assert again(club.info) == club.info


def test_what_is_not_pickled(shop, models):
    flag = duomo.CancelFlag()
    with duomo.open(models / "shop.duomo", cancelled=flag) as model:
        for one in (model, flag, shop.context(cancelled=flag), shop.features("user", 2)):
            with pytest.raises(TypeError, match="not pickled"):
                pickle.dumps(one)
    with pytest.raises(duomo.ClosedError):
        pickle.dumps(model)


def test_errors(shop, models):
    calls = (
        lambda: shop.predict([1, 99], [1000, 1000]),
        lambda: duomo.open("/nowhere/x.duomo"),
        lambda: duomo.open(models / "corrupt.duomo"),
        lambda: duomo.train("/nowhere/x.csv", "/nowhere/x.duomo"),
        lambda: duomo.convert.inspect("/nowhere/x.duomo"),
    )
    for call in calls:
        with pytest.raises(duomo.Error) as caught:
            call()
        error, copied = caught.value, again(caught.value)
        assert type(copied) is type(error)
        assert str(copied) == str(error)
        for name in ("status", "kind", "argument", "position", "errno", "filename", "returncode"):
            assert getattr(copied, name, None) == getattr(error, name, None)


def best(model, user):
    return model.topk(user, 3)


def best_of_mine(user):
    return best(_mine, user)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools(shop, method):
    shop.topk(3)  # there is a context, and a fork has it, too
    with multiprocessing.get_context(method).Pool(2) as pool:
        found = pool.starmap(best, [(shop, user) for user in range(1, 13)])
    for user, hits in enumerate(found, 1):
        same(hits, shop.topk(user, 3))
        assert hits.titles == shop.topk(user, 3).titles


def test_a_fork_goes_on(shop):
    global _mine
    _mine = shop
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for user, hits in enumerate(pool.map(best_of_mine, range(1, 13)), 1):
            same(hits, shop.topk(user, 3))
    same(shop.topk(3, 3), best_of_mine(3))


def test_asyncio(shop):
    """Calls are short, and release the GIL: in a thread they hold no event loop up."""
    users = np.tile(shop.user_ids, 100_000)

    async def recommend():
        ticks, long = 0, asyncio.create_task(asyncio.to_thread(shop.topk, users))
        while not long.done():
            await asyncio.sleep(0.001)
            ticks += 1
        several = await asyncio.gather(*(asyncio.to_thread(shop.topk, u, 3) for u in (1, 2, 3)))
        return await long, ticks, several

    found, ticks, several = asyncio.run(recommend())
    assert len(found) == len(users)
    assert ticks >= 10
    for user, hits in enumerate(several, 1):
        same(hits, shop.topk(user, 3))


def test_a_cancelled_task_ends_its_call(shop):
    flag = duomo.CancelFlag()
    users = np.tile(shop.user_ids, 1_000_000)

    async def impatient():
        with shop.context(cancelled=flag) as context:
            call = asyncio.create_task(asyncio.to_thread(context.topk, users))
            await asyncio.sleep(0.05)
            flag.set()
            with pytest.raises(duomo.Cancelled):
                await call

    begin = time.monotonic()
    asyncio.run(impatient())
    assert time.monotonic() - begin < 30
    assert threading.active_count() < 10
