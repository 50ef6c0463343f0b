"""Every call, against what other calls say."""

import mmap
import os
import shutil

import numpy as np
import pytest

import duomo


def test_info_and_inputs(shop, joint):
    info = shop.info
    assert (info.name, info.unit, info.head) == ("shop", "stars", duomo.Head.COSINE)
    assert (info.user_count, info.item_count, info.vector_width) == (12, 40, 20)
    assert info.has_user_vectors
    assert info.has_history
    assert info.has_titles
    assert not info.copied
    assert (info.minimum_output, info.maximum_output) == (0, 5)
    inputs = {i.name: i for i in shop.inputs}
    assert inputs["plan"].keys is duomo.Keys.STRING
    assert inputs["codes"].kind is duomo.Kind.CATEGORY_SET
    assert inputs["title"].scope is duomo.Scope.ITEM
    assert joint.info.head is duomo.Head.LOGISTIC
    assert joint.info.maximum_output == np.inf
    assert "shop" in repr(shop)
    assert duomo.version() == duomo.__version__
    assert duomo.build_info().startswith("duomo 0.1.0")


def test_ids_keys_and_titles(shop, player):
    assert shop.user_ids.tolist() == list(range(1, 13))
    assert shop.item_ids.tolist() == list(range(1000, 1120, 3))
    assert shop.title(1003) == "Große Lampe 1"
    assert player.user_key(player.user_id("u7")) == "u7"
    assert player.item_key(player.item_id("i7")) == "i7"
    with pytest.raises(duomo.NotFound, match="u99"):
        player.user_id("u99")
    with pytest.raises(duomo.Unsupported):
        shop.item_id("1000")
    with pytest.raises(duomo.Unsupported, match="title"):
        player.title(0)
    with pytest.raises(LookupError):
        shop.title(999)


def test_predict_takes_ids_of_every_kind(shop):
    users, items = [1, 2, 3], [1000, 1003, 1006]
    wanted = shop.predict(users, items)
    assert wanted.dtype == np.float32
    for dtype in (np.int64, np.int32, np.uint8, np.uint64):
        assert np.array_equal(shop.predict(np.array(users, dtype), np.array(items)), wanted)
    strided = np.arange(1, 7)[::2]
    assert np.array_equal(shop.predict(strided, 1000), shop.predict([1, 3, 5], [1000] * 3))
    assert shop.predict(2, items)[1] == wanted[1]
    assert shop.predict(np.int64(1), np.int64(1000)) == wanted[0]
    out = np.zeros(3, np.float32)
    assert shop.predict(users, items, out=out) is out
    assert np.array_equal(out, wanted)
    assert shop.predict([], []).shape == (0,)


def test_predict_vectors_and_encode(shop):
    users, items = shop.user_ids, shop.item_ids[:12]
    u, i = shop.encode_users(users), shop.encode_items(items)
    assert u.shape == (12, 20)
    assert np.array_equal(shop.predict_vectors(u, i), shop.predict(users, items))
    assert shop.predict_vectors(u[0], i[0])[0] == shop.predict(1, 1000)


def brute(model, user, k):
    scores = model.predict(user, model.item_ids)
    order = np.argsort(-scores, kind="stable")[:k]
    return list(zip(model.item_ids[order].tolist(), scores[order].tolist()))


def test_topk_is_predict_and_sort(shop, player):
    for model in (shop, player):
        for user in model.user_ids:
            assert list(model.topk(int(user), k=7)) == brute(model, int(user), 7)
        found = model.topk(model.user_ids, 7)
        assert [list(h) for h in found] == [brute(model, int(u), 7) for u in model.user_ids]
    vectors = shop.encode_users(shop.user_ids)
    assert np.array_equal(shop.topk(vectors=vectors, k=5).ids, shop.topk(shop.user_ids, 5).ids)
    assert list(shop.topk(vectors=vectors[3])) == list(shop.topk(4))


def test_topk_leaves_out_what_it_should(shop):
    everything = [i for i, _ in shop.topk(1, k=1000)]
    assert sorted(everything) == shop.item_ids.tolist()
    fresh = [i for i, _ in shop.topk(1, 40, exclude_seen=True)]
    assert set(everything) - set(fresh) == {1000, 1003}
    assert [i for i, _ in shop.topk(1, 40, exclude=everything[:3])] == everything[3:]
    each = shop.topk([1, 2], 40, exclude=[[1000], [1003, 1006, 5]])
    assert each.counts.tolist() == [39, 38]
    assert not {1003, 1006} & set(each[1].ids.tolist())
    assert each.ids[1, 38] == -1
    assert np.isnan(each.scores[1, 38])
    shared = shop.topk([1, 2], 40, exclude=np.array([1000]))
    assert shared.counts.tolist() == [39, 39]
    allowed = shop.topk(1, allow=[1000, 1009])
    assert sorted(i for i, _ in allowed) == [1000, 1009]
    assert len(shop.topk(1, allow=[])) == 0
    score = shop.topk(1, 5)[4][1]
    assert len(shop.topk(1, 40, minimum_score=score)) == 5


def test_probes(shop):
    for probes in (0, 1, 2**62):  # the file has no lists: exact
        assert list(shop.topk(1, 40, probes=probes)) == list(shop.topk(1, 40))
        assert list(shop.similar(1000, 40, probes=probes)) == list(shop.similar(1000, 40))


def test_filters(shop):
    red = set(shop.topk(1, 40, where=duomo.Filter("tags", ["red"])).ids.tolist())
    rest = set(shop.topk(1, 40, where=duomo.Filter("tags", "red", "none")).ids.tolist())
    assert red
    assert rest
    assert not red & rest
    assert len(red) + len(rest) == 40
    both = duomo.Filter("tags", ["red", "green"], "all")
    either = duomo.Filter("codes", [9, 7])
    found = set(shop.topk(1, 40, where=[both, either]).ids.tolist())
    assert found <= red
    assert len(shop.topk(1, where=duomo.Filter("tags", ["purple"]))) == 0  # no item has it
    with pytest.raises(duomo.NotFound, match="purple") as caught:
        shop.topk(1, where=duomo.Filter("tags", ["purple"], strict=True))
    assert caught.value.kind is duomo.ErrorKind.UNKNOWN_VALUE
    for wrong in (
        {"values": ["red"], "minimum": 1},
        {"minimum": 1, "above": 1},
        {},
    ):
        with pytest.raises(ValueError, match="tags"):
            shop.topk(1, where=duomo.Filter("tags", **wrong))
    with pytest.raises(duomo.NotFound, match="colour"):
        shop.topk(1, where=duomo.Filter("colour", ["red"]))


def test_similar(shop):
    hits = shop.similar(1000, 5)
    assert 1000 not in hits.ids
    v = shop.encode_items([1000, int(hits.ids[0])])
    assert hits.scores[0] == pytest.approx(float(v[0] @ v[1]), abs=1e-5)
    many = shop.similar([1000, 1003], 5)
    assert list(many[0]) == list(hits)
    assert len(many[0:1]) == 1
    assert list(hits[:2]) == list(hits)[:2]


def test_histories(player):
    known = player.topk("u0", 5)
    told = player.topk("u0", 5, history=["i0", "i1", "nothing"])  # what the file remembers of u0
    assert list(told) == list(known)
    other = player.topk("u0", 5, history=["i9", "i17"])
    assert list(other) != list(known)
    alone = player.topk(history=["i9", "i17"], k=40, exclude_seen=True)
    assert not {"i9", "i17"} & set(alone.keys)
    many = player.topk(histories=[["i9", "i17"], [], None], k=5)
    assert list(many[0]) == list(player.topk(history=["i9", "i17"], k=5))
    assert list(many[1]) == list(many[2])
    by_id = player.topk(history=player.item_id(["i9", "i17"]), k=5)
    assert list(by_id) == list(many[0])


def test_rank(shop, joint):
    items = shop.item_ids[:5]
    assert np.array_equal(shop.rank(3, items), shop.predict(3, items))
    plain = joint.rank(5, [7, 0, 39])
    same = joint.rank(5, [7, 0, 39], pairs={"delay": [3, 3, 3]})  # the fallback
    assert np.array_equal(plain, same)
    moved = joint.rank(5, [7, 0, 39], pairs={"delay": [1, None, 30], "shown": [0, 2.0, 5]})
    assert (moved != plain).all()
    raw = joint.rank(
        user_features={"user": 5},
        item_features={"item": [7, 0, 39]},
        pairs=[{"delay": 1, "shown": 0}, {"shown": 2}, {"delay": 30, "shown": 5}],
    )
    assert raw == pytest.approx(moved, rel=1e-4)
    with pytest.raises(duomo.Unsupported, match="use rank"):
        joint.predict(1, 1)


def test_unknown_ids(shop):
    with pytest.raises(duomo.NotFound, match=r"user_ids\[1\]") as caught:
        shop.predict([1, 99], [1000, 1000])
    assert caught.value.status is duomo.Status.NOT_FOUND
    with pytest.raises(duomo.NotFound):
        shop.predict(1, 1001)
    with shop.context(unknown="mark") as context:
        assert np.isnan(context.predict(99, 1000))
        found = context.topk([1, 99], 3)
        assert found.counts.tolist() == [3, 0]
        assert np.isnan(context.encode_users([99])).all()


def test_threads(shop, models):
    users = np.tile(shop.user_ids, 400)
    wanted = shop.topk(users, 7)
    with duomo.open(models / "shop.duomo", threads=2) as model, shop.context(threads=3) as context:
        for one in (model, context):
            found = one.topk(users, 7)
            assert np.array_equal(found.ids, wanted.ids)
            assert np.array_equal(found.scores, wanted.scores)


def test_open_options(models, tmp_path):
    path = models / "shop.duomo"
    with duomo.open(os.fspath(path), copy=True, verify=True, unknown="mark") as model:
        assert model.info.copied
        assert np.isnan(model.predict(1, 5))
    with duomo.open(path, backend="portable") as model:
        assert model.predict(1, 1000) > 0
    with duomo.open(path) as plain, duomo.open(path, prepare=True) as prepared:
        assert list(prepared.topk(3, 40)) == list(plain.topk(3, 40))
    odd = tmp_path / "größe \udcff.duomo"  # any bytes may be a file name
    shutil.copy(path, odd)
    assert duomo.open(odd).info.name == "shop"
    with pytest.raises(duomo.FileError, match="missing") as caught:
        duomo.open(tmp_path / "missing.duomo")
    assert isinstance(caught.value, OSError)
    assert caught.value.status is duomo.Status.IO_ERROR


def test_open_buffer_borrows_what_is_aligned(models):
    path = models / "shop.duomo"
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    model = duomo.open_buffer(mapped)
    assert not model.info.copied
    wanted = model.predict(1, 1000)
    with pytest.raises(BufferError):
        mapped.close()  # borrowed
    context = model.context()
    model.close()
    assert context.predict(1, 1000) == wanted
    context.close()
    mapped.close()
    data = bytearray(b"x" * 3 + path.read_bytes())
    with duomo.open_buffer(memoryview(data)[3:], copy=True) as copied:
        data.clear()  # the library has its own
        assert copied.info.copied
        assert copied.predict(1, 1000) == wanted
