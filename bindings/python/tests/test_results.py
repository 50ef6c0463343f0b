"""Results as tables and HTML; sets and numpy's scalars as arguments."""

import errno

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import duomo

TABLES = {"to_pandas": pd.DataFrame, "to_polars": pl.DataFrame, "to_arrow": pa.Table}


def column(table, name):
    values = table[name]
    return values.to_pylist() if isinstance(table, pa.Table) else values.to_list()


@pytest.mark.parametrize(("method", "kind"), TABLES.items())
def test_tables(club, shop, method, kind):
    hits = club.topk("member-8", 5)
    table = getattr(hits, method)(keys=True, titles=True)
    assert isinstance(table, kind)
    assert column(table, "item") == hits.ids.tolist()
    assert column(table, "score") == hits.scores.tolist()
    assert column(table, "key") == hits.keys
    assert column(table, "title") == hits.titles
    many = shop.topk([1, 2, 3], k=[2, 0, 1])
    table = getattr(many, method)(titles=True)
    assert column(table, "query") == [1, 1, 3]
    assert column(table, "rank") == [1, 2, 1]
    assert column(table, "item") == [*many[0].ids.tolist(), *many[2].ids.tolist()]
    assert column(table, "title") == [*many[0].titles, *many[2].titles]
    users = getattr(club.users_for("book-7", 2), method)(keys=True)
    assert column(users, "user") == club.user_id(column(users, "key")).tolist()
    with pytest.raises(AttributeError, match="users have no titles"):
        getattr(club.users_for("book-7", 2), method)(titles=True)


def test_html(club, shop, models):
    best = club.topk("member-8", 25)._repr_html_()
    assert best.count("<tr>") == 21
    assert "<th>key</th><th>title</th>" in best
    assert "20 of 25 results" in best
    assert "book-" in best
    titles = shop.topk([1, 2], 3)._repr_html_()
    assert titles.count("<tr>") == 7
    assert "Große Lampe" in titles
    assert "<th>key</th>" not in titles
    assert "results" not in titles
    assert shop.topk(1, allow=[])._repr_html_().count("<tr>") == 1
    assert shop.topk([], 3)._repr_html_().count("<tr>") == 1
    with duomo.open(models / "club.duomo") as model:
        hits = model.topk("member-8", 3)
    assert "<th>item</th>" in hits._repr_html_()  # closed: what was found is still known


def test_html_escapes():
    from duomo._html import table

    assert "<b>" not in table({"<b>": ["<b>"]}, 1)


def test_sets_and_scalars(shop, club):
    one, item = np.int32(3), np.uint16(1006)
    assert shop.predict(one, item) == shop.predict(3, 1006)
    assert list(shop.topk(one, k=np.int64(4))) == list(shop.topk(3, 4))
    assert shop.rank(one, {1006}) == shop.predict(3, [1006])
    assert shop.title(item) == shop.title({1006})[0] == shop.title(1006)
    assert shop.attribute("year", item) == shop.attribute("year", 1006)
    assert len(shop.topk(3, 40, exclude=item)) == len(shop.topk(3, 40, exclude={1006})) == 39
    assert shop.topk(3, allow=frozenset([item])).ids == shop.topk(3, allow=item).ids == [1006]
    assert len(shop.topk({1, 2}, 2)) == len(shop.topk({1: "a", 2: "b"}.keys(), 2)) == 2
    assert shop.encode_users({3}).tolist() == shop.encode_users([3]).tolist()
    assert shop.topk(3, minimum_score=np.float32(1)).ids.tolist() == shop.topk(3).ids.tolist()
    key = np.str_("book-7")
    assert club.title(key) == club.title({"book-7"})[0]
    assert club.user_key({club.user_id("member-2")}) == ["member-2"]
    assert (
        club.topk(np.array(["member-8"]), 2)[0].ids.tolist()
        == club.topk("member-8", 2).ids.tolist()
    )
    assert list(club.topk(history={"book-1"}, k=3)) == list(club.topk(history=["book-1"], k=3))
    assert club.item_key(pd.Series(club.item_ids[:2])) == club.item_key(club.item_ids[:2])


def test_items_of_a_set(shop, club):
    some = shop.item_set({1006, 1000})
    assert list(some) == some.ids.tolist() == [1000, 1006]
    assert np.int64(1000) in some
    assert 1003 not in some
    books = club.item_set(["book-7"])
    assert "book-7" in books
    assert "book-8" not in books
    assert "nothing" not in books
    assert 0.5 not in books
    assert len(club.topk("member-8", 40, exclude=books)) == 39


@pytest.mark.parametrize(
    ("name", "kind", "of_python"),
    [
        ("none.duomo", duomo.MissingFileError, FileNotFoundError),
        ("", duomo.FolderError, IsADirectoryError),
    ],
)
def test_files_that_cannot_be_read(tmp_path, name, kind, of_python):
    with pytest.raises(kind) as caught:
        duomo.open(tmp_path / name)
    error = caught.value
    assert isinstance(error, of_python)
    assert isinstance(error, duomo.FileError)
    assert error.status is duomo.Status.IO_ERROR
    assert error.filename == str(tmp_path / name)
    assert error.errno
    assert str(error).startswith("cannot ")


def test_refusals_of_other_kinds():
    """What root never sees, and what has no class in Python."""
    from duomo import _errors

    for number, kind in ((errno.EACCES, duomo.FileAccessError), (errno.EIO, duomo.FileError)):
        told = duomo.FileError("cannot read x")
        made = _errors.of_system(told, OSError(number, "why", "x"))
        assert (type(made), str(made), made.errno) == (kind, "cannot read x", number)
    assert issubclass(duomo.FileAccessError, PermissionError)
