"""String keys, users for items, limits, attributes, sets of items, open files, cancelling."""

import threading

import numpy as np
import pytest

import duomo


def test_keys_in_requests_and_results(club):
    best = club.topk("member-8", 5)
    keys = best.keys
    assert club.item_key(best.ids) == keys
    assert club.item_id(keys[0]) == duomo.id_of_key(keys[0]) == best.ids[0]
    assert best.titles == [club.title(key) for key in keys] == club.title(keys)
    assert best[1:3].keys == keys[1:3]
    assert club.topk("member-8", 3, exclude={keys[0], keys[1]}).keys == keys[2:]
    each = club.topk(["member-8"] * 2, 2, exclude=[[keys[0]], ()])
    assert [hits.keys for hits in each] == [keys[1:3], keys[:2]]
    assert each.queries.tolist() == ["member-8"] * 2
    assert club.topk("member-8", allow=[keys[3], "nothing", keys[1]]).keys == [keys[1], keys[3]]
    assert club.predict("member-8", keys[0]) == best.scores[0]
    assert np.array_equal(club.predict("member-8", keys), best.scores)
    assert np.array_equal(club.rank("member-8", keys), best.scores)
    assert keys[0] not in club.similar(keys[0], 40).keys
    assert np.array_equal(club.encode_items(keys), club.encode_items(best.ids))
    for call, name in (
        (lambda: club.topk(["member-8", "nobody"]), "nobody"),
        (lambda: club.predict(["member-8", "nobody"], keys[0]), r"users\[1\].*nobody"),
    ):
        with pytest.raises(duomo.NotFound, match=name):
            call()
    with pytest.raises(duomo.NotFound) as caught:
        club.topk(["member-8", "nobody"])
    assert caught.value.kind is duomo.ErrorKind.UNKNOWN_ID
    assert caught.value.argument is duomo.Argument.QUERIES
    assert caught.value.position == 1
    with pytest.raises(ValueError, match="NUL"):
        club.topk("member\0")
    with club.context(unknown="mark") as context:
        assert np.isnan(context.predict("nobody", keys[0]))


def test_look_ups(club, models):
    ids = club.item_id(["book-7", "none"])
    assert ids.tolist() == [club.item_id("book-7"), -1]
    assert club.item_key([ids[0], 5]) == ["book-7", None]
    assert club.title(["book-7", "none"]) == [club.title("book-7"), None]
    assert club.user_key(club.user_id(["member-2"])) == ["member-2"]
    assert club.metadata == {}
    with duomo.open(models / "club_later.duomo") as later:
        # A stored id means the same item after training again, or is unknown.
        after = later.item_key(club.item_ids)
        known = [(a, b) for a, b in zip(after, club.item_key(club.item_ids)) if a is not None]
        assert len(known) == 30
        assert all(a == b for a, b in known)
        assert later.info.fingerprint != club.info.fingerprint


def test_users(club):
    everybody = club.users_for("book-7", 10**6)
    assert len(everybody) == 300
    assert np.array_equal(club.predict(everybody.ids, "book-7"), everybody.scores)
    unread = club.users_for("book-7", 300, exclude_seen=True)
    assert len(unread) < 300
    assert "member-7" not in unread.keys
    assert club.users_for("book-7", 3, exclude=everybody.keys[:1]).keys == everybody.keys[1:4]
    assert len(club.users_for(["book-7", "book-8"], 3)) == 2
    like = club.similar_users("member-3", 4)
    assert len(like) == 4
    assert "member-3" not in like.keys
    with pytest.raises(AttributeError):
        like.titles  # noqa: B018


def test_limits_and_k_of_each(club):
    assert len(club.topk("member-8", 40, limits={"author": 2})) == 10  # of five authors
    with pytest.raises(duomo.NotFound, match="nope"):
        club.topk("member-8", limits={"nope": 1})
    each = club.topk(["member-1", "member-2", "member-3"], k=[3, 0, 10**9])
    assert each.counts.tolist() == [3, 0, 40]
    assert each.ids[1].tolist() == [-1] * 40


def test_weights_of_histories(club):
    """A model that reads no histories folds them in."""
    history = ["book-1", "book-2"]
    one = club.topk(history=history, history_weights=[9, 0.1])
    other = club.topk(history=history, history_weights=[0.1, 9])
    assert one.scores.tolist() != other.scores.tolist()
    many = club.topk(histories=[history, history[:1]], history_weights=[[9, 0.1], [1]])
    assert list(many[0]) == list(one)
    with pytest.raises(duomo.InvalidArgument, match="history_weights"):
        club.topk(history=history, history_weights=[1, -1])


def test_attributes(shop):
    """As tests/abi/fixtures.h says."""
    kinds = {one.name: one.kind.name for one in shop.attributes}
    assert kinds == {
        "price": "NUMBER",
        "year": "INTEGER",
        "added": "TIME",
        "brand": "CATEGORY",
        "labels": "SET",
    }
    ids = shop.item_ids
    prices = shop.attribute("price", ids)
    assert prices[3] == 2.5
    assert np.isnan(prices[9])
    assert shop.attribute("year", ids[[2, 6]]) == [1982, None]
    assert shop.attribute("added", [ids[1], 7]).astype(str).tolist() == [
        "2020-09-14T12:26:40",
        "NaT",
    ]
    assert shop.attribute("brand", ids[2:4]) == ["größe", None]
    assert sorted(shop.attribute("labels", int(ids[4]))) == ["new", "sale", "vegan"]
    with pytest.raises(duomo.NotFound, match="nope"):
        shop.attribute("nope", ids)


def test_item_sets(shop, club):
    some = shop.item_set({1000, 1003, 1006, 7})
    years = shop.item_set(where=duomo.Filter("year", minimum=1980, below=1982))
    assert [len(s) for s in (some, years, some & years, some | years, ~some)] == [3, 2, 2, 3, 37]
    assert len(some - years) == 1
    assert len(shop.item_set()) == 40
    assert len(shop.item_set([])) == 0
    assert len(shop.item_set([1000, 1003], where=duomo.Filter("year", above=1980))) == 1
    assert 1003 in some
    assert 1003 not in ~some
    wanted = shop.topk(3, allow=[1000, 1003, 1006])
    assert list(shop.topk(3, allow=some)) == list(wanted)
    each = shop.topk([1, 2, 3], 40, allow=[some, None, shop.item_set([])])
    assert each.counts.tolist() == [3, 40, 0]
    book = club.item_set(["book-1", "nothing"])
    assert len(book) == 1
    with pytest.raises(duomo.InvalidArgument, match="model"):
        book & some
    with pytest.raises(duomo.InvalidArgument, match="model"):
        shop.topk(3, allow=book)


def test_open_files(shop, models, tmp_path):
    data = (models / "shop.duomo").read_bytes()
    archive = tmp_path / "archive"
    archive.write_bytes(bytes(128) + data + b"behind")
    with archive.open("rb") as file:
        model = duomo.open(file, offset=128, length=len(data))
        with pytest.raises(duomo.InvalidArgument):
            duomo.open(file, offset=128, length=len(data) + 7)
        with pytest.raises(ValueError, match="negative"):
            duomo.open(file.fileno(), offset=-1)
    assert model.predict(3, 1006) == shop.predict(3, 1006)
    assert not model.info.copied
    with pytest.raises(AttributeError):
        duomo.open(None)


def test_cancelling(shop):
    flag = duomo.CancelFlag()
    users = np.tile(shop.user_ids, 100_000)
    with shop.context(cancelled=flag) as context:
        assert len(context.topk(3)) == 10
        timer = threading.Timer(0.02, flag.set)
        timer.start()
        with pytest.raises(duomo.Cancelled):  # under way
            context.topk(users)
        with pytest.raises(duomo.Cancelled):  # before it begins
            context.topk(3)
        assert flag.is_set()
        flag.clear()
        assert len(context.topk(3)) == 10
        timer.join()


def test_trim(shop):
    shop.topk(np.tile(shop.user_ids, 1000))
    shop.trim()
    assert not shop._pool
    assert len(shop.topk(3)) == 10
