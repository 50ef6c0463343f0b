"""Tables of every kind, as the files that the program gets."""

import datetime
import decimal
import enum
import json
import sys
import uuid

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

NOON = datetime.datetime(2020, 5, 31, 12, 30)
VALUES = {
    "user_id": [7, None, 9],
    "item_id": ['Zork, the "Blimm"', "a\nb", "ü\r"],
    "rating": [4.5, None, 0.1],
    "liked": [True, None, False],
    "at": [NOON, None, NOON.replace(microsecond=250000)],
}


def lines(digits):
    """What VALUES become, where times have so many digits behind the seconds."""
    zeros, quarter = "0" * digits, "25".ljust(digits, "0")
    return [
        "interactions.csv",
        "user_id,item_id,rating,liked,at",
        f'7,"Zork, the ""Blimm""",4.5,true,2020-05-31T12:30:00.{zeros}Z',
        ',"a\nb",,,',
        f'9,"ü\r",0.1,false,2020-05-31T12:30:00.{quarter}Z',
    ]


def test_pandas(recorded):
    frame = pd.DataFrame(VALUES)
    frame["at"] = frame["at"].astype("datetime64[us]")
    assert frame["user_id"].dtype == float  # integers by way of NaN: 7, not 7.0
    assert recorded.table(frame) == lines(6)
    frame["at"] = (
        frame["at"].astype("datetime64[ns]").dt.tz_localize("UTC").dt.tz_convert("Asia/Tokyo")
    )
    assert recorded.table(frame) == lines(9)
    nullable = {"user_id": "Int64", "item_id": "string", "rating": "Float64", "liked": "boolean"}
    assert recorded.table(frame.astype(nullable)) == lines(9)
    assert recorded.table(frame.astype({"item_id": "category"})) == lines(9)


def test_polars(recorded):
    frame = pl.DataFrame(VALUES)
    assert recorded.table(frame) == lines(6)
    assert recorded.table(frame.lazy()) == lines(6)
    zoned = frame.with_columns(
        pl.col("at").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo"),
        pl.col("item_id").cast(pl.Categorical),
    )
    assert recorded.table(zoned) == lines(6)


def test_arrow(recorded):
    table = pa.table(VALUES)
    assert recorded.table(table) == lines(6)
    assert recorded.table(table.to_batches()[0]) == lines(6)

    class Stream:
        def __arrow_c_stream__(self, requested_schema=None):
            return table.__arrow_c_stream__(requested_schema)

    class Query:
        def to_arrow(self):
            return table

    assert recorded.table(Stream()) == lines(6)
    assert recorded.table(Query()) == lines(6)
    zoned = table.set_column(4, "at", table["at"].cast(pa.timestamp("ns", "Asia/Tokyo")))
    coded = zoned.set_column(1, "item_id", zoned["item_id"].dictionary_encode())
    assert recorded.table(coded) == lines(9)


def test_rows_and_columns(recorded):
    plain = [line.replace(".000000Z", "Z") for line in lines(6)]  # value by value: no common unit
    assert recorded.table(VALUES) == plain
    rows = [dict(zip(VALUES, row)) for row in zip(*VALUES.values())]
    del rows[1]["rating"]
    assert recorded.table(rows) == plain
    mixed = {
        "user_id": pd.Series(VALUES["user_id"]),
        "item_id": pl.Series(VALUES["item_id"]),
        "rating": np.array(VALUES["rating"], float),
        "liked": pa.array(VALUES["liked"]),
        "at": tuple(VALUES["at"]),
    }
    assert recorded.table(mixed) == plain


@pytest.mark.parametrize("kind", ["parquet", "feather", "arrow", "arrow stream"])
def test_files(recorded, tmp_path, kind):
    table = pa.table(VALUES)
    path = tmp_path / ("plays." + kind.partition(" ")[0])
    if kind == "parquet":
        pa.parquet.write_table(table, path)
    elif kind == "arrow stream":
        with pa.ipc.new_stream(path, table.schema) as out:
            out.write_table(table)
    else:
        pa.feather.write_feather(table, path)
    assert recorded.table(path) == ["plays.csv", *lines(6)[1:]]
    recorded.train(str(path))  # as the program takes DATA
    assert recorded["arguments"][1] == "-o"
    assert recorded["tables"]["interactions"][0] == "plays.csv"
    path.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(ValueError, match=f"{path}: this cannot be read as"):
        recorded.train(path)


def test_paths_stay(recorded, tmp_path):
    path = tmp_path / "plays.csv"
    path.write_text("a,b\n", encoding="utf-8")
    recorded.train(interactions=path, items=path)
    assert recorded["arguments"] == [
        "train", "-o", "m.duomo", "--json", "--interactions", str(path), "--items", str(path),
    ]  # fmt: skip
    with pytest.raises(FileNotFoundError, match=r"nothing\.parquet"):
        recorded.train(tmp_path / "nothing.parquet")


def test_integers(recorded):
    large = 2**63 - 1
    assert recorded.table({"a": [large, None], "b": np.array([2**64 - 1, 0], np.uint64)})[2:] == [
        f"{large},18446744073709551615",
        ",0",
    ]
    assert recorded.table(pa.table({"a": [large, None]}))[2:] == [str(large), '""']
    assert recorded.table(pl.DataFrame({"a": [large, None]}))[2:] == [str(large), '""']
    # Without a missing value a column of floats is one: 9.0 is a price and no category.
    assert recorded.table({"a": [9.0, 10.0], "b": [np.nan, 1e300]})[2:] == ["9.0,", "10.0,1e+300"]
    assert recorded.table({"a": np.array([0.1, 3], np.float32)})[2:] == ["0.1", "3.0"]


def test_other_values(recorded):
    class Colour(str, enum.Enum):
        RED = "red"

    key = uuid.UUID(int=5)
    tokyo = datetime.timezone(datetime.timedelta(hours=9))
    table = {
        "a": [Colour.RED, np.str_("x"), pd.NA, np.int32(5)],
        "b": [decimal.Decimal("1.50"), np.float32(0.1), pd.NaT, key],
        "c": [NOON.replace(tzinfo=tokyo), NOON.date(), np.datetime64("2020-05-31T01:02"), True],
    }
    assert recorded.table(table)[2:] == [
        "red,1.50,2020-05-31T03:30:00Z",
        "x,0.1,2020-05-31",
        ",,2020-05-31T01:02:00Z",
        f"5,{key},true",
    ]
    assert recorded.table(pd.DataFrame({"a": pd.Categorical([3, None, 3])}))[2:] == ["3", '""', "3"]


def test_an_index_with_a_name_is_a_column(recorded):
    frame = pd.DataFrame({"price": [1, 2]}, index=pd.Index(["a", "b"], name="item"))
    assert recorded.table(frame)[1:] == ["item,price", "a,1", "b,2"]
    assert recorded.table(frame.rename_axis(None))[1:] == ["price", "1", "2"]


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_lists_make_json_lines(recorded, kind):
    table = kind(
        {
            "item": [1, 2, 3],
            "tags": [["b|c", 'ü "x"'], [], None],
            "price": [0.5, None, 2.0],
            "new": [True, False, None],
        }
    )
    name, *rows = recorded.table(table)
    assert name == "interactions.jsonl"
    assert [json.loads(row) for row in rows] == [
        {"item": 1, "tags": ["b|c", 'ü "x"'], "price": 0.5, "new": True},
        {"item": 2, "tags": None, "price": None, "new": False},
        {"item": 3, "tags": None, "price": 2.0, "new": None},
    ]
    assert "ü" in rows[0]


def test_values_of_lists(recorded):
    table = {
        "a": [{"y", "x"}, (1, None), np.array([3.0, np.nan])],
        "b": [[{"name": "n"}], [NOON], pl.Series([True])],
    }
    assert [json.loads(row) for row in recorded.table(table)[1:]] == [
        {"a": ["x", "y"], "b": [{"name": "n"}]},
        {"a": [1], "b": ["2020-05-31T12:30:00Z"]},
        {"a": [3], "b": [True]},
    ]


@pytest.mark.parametrize("kind", [dict, pd.DataFrame, pl.DataFrame, pa.table])
def test_dicts_are_columns(recorded, kind):
    table = kind({"item": [1, 2], "by": [{"at": {"town": "Ulm"}, "name": "a"}, None]})
    assert recorded.table(table)[1:] == ["item,by.at.town,by.name", "1,Ulm,a", "2,,"]


def test_names_of_late_dicts_are_known(recorded):
    rows = [{"item": i, "more": {"x": 1} if i == 70_000 else {"y": None}} for i in range(70_001)]
    name, header, *rest = recorded.table(rows)
    assert (name, header) == ("interactions.csv", "item,more.y,more.x")
    assert (len(rest), rest[0], rest[-1]) == (70_001, "0,,", "70000,,1")


class Odd:
    pass


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        ([], ValueError, "interactions: the table is empty; it has 0 columns and no row"),
        (pd.DataFrame({"a": []}), ValueError, "it has 1 columns and no row"),
        (pl.DataFrame({"a": []}), ValueError, "it has 1 columns and no row"),
        (pa.table({"a": []}), ValueError, "it has 1 columns and no row"),
        (pd.DataFrame([[1, 2]]), TypeError, "number 0 has the name 0; rename it"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), ValueError, 'two columns "a"'),
        (pd.DataFrame({"a": [1]}, index=pd.Index([1], name="a")), ValueError, 'two columns "a"'),
        (pa.table([[1], [2]], names=["a", "a"]), ValueError, 'two columns "a"'),
        ({"a": [{"b": 1}], "a.b": [2]}, ValueError, r'two columns "a\.b"'),
        ({"a": [1], "": [2]}, ValueError, "column number 1 has no name"),
        ({"a": [1], "b": [2, 3]}, ValueError, 'column "b" has 2 rows, and "a" has 1'),
        ({"a": "text"}, TypeError, 'column "a": a str is no column'),
        ({"a": 5}, TypeError, 'column "a": a int is no column'),
        ([{"a": 1}, (2,)], TypeError, "row 1 is a tuple, not a dict"),
        (5, TypeError, "a int is no table; give a path, a DataFrame"),
        ({"a": [1, b"x"]}, TypeError, 'interactions, column "a", row 1: bytes; decode them'),
        (pl.DataFrame({"a": [b"x"]}), TypeError, 'column "a", row 0: bytes'),
        (pa.table({"a": [[b"x"]]}), TypeError, 'column "a", row 0: bytes'),
        ({"a": np.array([1, 1j])}, TypeError, 'column "a", row 0: a complex number'),
        (pd.DataFrame({"a": [1j]}), TypeError, 'column "a", row 0: a complex number'),
        ({"a": [1, 2, Odd()]}, TypeError, r'column "a", row 2: a .*Odd; tables hold numbers'),
        ({"a": [datetime.timedelta(1)]}, TypeError, "row 0: a duration; make it a number"),
        (pd.DataFrame({"a": pd.to_timedelta([1], unit="s")}), TypeError, "row 0: a duration"),
        (pl.DataFrame({"a": [datetime.time(1)]}), TypeError, "row 0: a time of day"),
        (pd.DataFrame({"a": pd.cut([1, 2], 2)}), TypeError, 'column "a", row 0: a .*Interval'),
        ({"a": [1.0, float("inf")]}, ValueError, 'column "a", row 1: an infinite number'),
        (pd.DataFrame({"a": [1, -np.inf]}), ValueError, 'column "a", row 1: an infinite number'),
        ({"a": [{"b": 1}, 2]}, TypeError, 'column "a": there are dicts and other values'),
        ({"a": [{1: 2}]}, TypeError, 'column "a", row 0: a dict with the key 1'),
        ({"b": ["x"], "a": ["x\ud800"]}, ValueError, 'column "a": a text in it is not valid'),
        ({"b": [["x"]], "a": ["x\ud800"]}, ValueError, 'column "a": a text in it is not valid'),
    ],
)  # fmt: skip
def test_refused(recorded, table, error, message):
    with pytest.raises(error, match=message):
        recorded.train(interactions=table)
    assert list(recorded.temporary.iterdir()) == []


def test_without_pyarrow(recorded, monkeypatch, tmp_path):
    path = tmp_path / "plays.feather"
    pa.feather.write_feather(pa.table({"a": [1]}), path)
    stream = pa.table({"a": [1]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(
        ImportError, match=r"plays\.feather is read by pyarrow.* pip install pyarrow"
    ):
        recorded.train(path)
    with pytest.raises(ImportError, match="interactions: a Table is read by pyarrow"):
        recorded.train(stream)
    assert recorded.table(pl.DataFrame({"a": [1], "b": [NOON.date()]}))[2:] == ["1,2020-05-31"]
    assert recorded.table(pd.DataFrame({"a": [1]}))[2:] == ["1"]
