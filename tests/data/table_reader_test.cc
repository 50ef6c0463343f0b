// Tables of every form through one door.
#include "data/table_reader.h"

#include "data/header_row.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

using Row = std::vector<std::string>;

struct Read {
  Row header;
  std::vector<Row> rows;
  std::unique_ptr<TableReader> reader;
};

Read Parse(const std::string& text, const TableOptions& options = {}) {
  Read out;
  out.reader = OpenTable(BytesOf(text), "t", options);
  out.header = out.reader->header();
  while (out.reader->Next()) {
    out.rows.emplace_back(out.reader->fields().begin(), out.reader->fields().end());
  }
  return out;
}

TEST(TableReader, SaysWhatItFound) {
  EXPECT_EQ(Parse("a,b\nx,y\n").reader->form(), "CSV, comma, quotes doubled, UTF-8");
  EXPECT_EQ(Parse("a\tb\nx\ty\n", {.latin1 = true}).reader->form(),
            "CSV, tab, quotes none, ISO-8859-1");
  EXPECT_EQ(Parse("1::2\n3::4\n").reader->form(),
            "CSV, \"::\", quotes none, UTF-8, no row of names");
  EXPECT_EQ(Parse("{\"a\":1}\n").reader->form(), "JSON lines");
  EXPECT_EQ(Parse("[{\"a\":1}]").reader->form(), "JSON, an array of objects");
}

TEST(TableReader, SaysWhichQuotesNeverClose) {
  // What is closed within its field, or stands in the middle of one, is no such quote.
  EXPECT_EQ(
      Parse("a\tb\n\"x\" y\t5\" z\n\"q\tw\n").reader->form(),
      "CSV, tab, quotes none, UTF-8; the quote that opens in line 3 never closes and is text");
  EXPECT_EQ(Parse("a,b\n1,x\n2,\"open\n3,\"y\n4,z\n").reader->form(),
            "CSV, comma, quotes none, UTF-8; the quote that opens in line 3 never closes and is "
            "text, as in 1 other row");
  EXPECT_EQ(Parse("a,b\n1,x\n2,\"open\n", {.quotes = Quotes::kNone}).reader->form(),
            "CSV, comma, quotes none, UTF-8");
}

TEST(TableReader, NullsInLists) {
  auto table =
      OpenTable(BytesOf("{\"a\":[1,null],\"b\":null}\n{\"a\":[[1],[2]],\"b\":[3]}\n"), "t", {});
  ASSERT_TRUE(table->Next());
  EXPECT_TRUE(table->has_null(0));
  EXPECT_FALSE(table->has_null(1));
  ASSERT_TRUE(table->Next());
  EXPECT_FALSE(table->has_null(0));
  EXPECT_FALSE(table->has_null(1));
}

TEST(TableReader, ColumnsWithoutAName) {
  Read t = Parse("user-id,game-title,value,\n1,Zork,273,1\n1,Blimm,87,\n");
  EXPECT_EQ(t.header, (Row{"user-id", "game-title", "value", "column 4"}));
  EXPECT_TRUE(t.reader->unnamed(3));
  EXPECT_FALSE(t.reader->unnamed(2));
  EXPECT_EQ(t.rows.size(), 2u);
  EXPECT_EQ(Parse("a, b\nx,y\n").header, (Row{"a", "b"}));
  EXPECT_FAILS(Parse("a,b,a\nx,y,z\n"), Status::kCorrupt, "t, line 1: two columns have the name");
}

TEST(TableReader, WithoutARowOfNames) {
  const std::string text = "A1,B1,5.0,964982703\nA1,B2,4.0,964982704\nA2,B1,3.0,964982705\n";
  Read t = Parse(text);
  EXPECT_TRUE(t.reader->first_row_looks_like_data());
  EXPECT_EQ(t.header, (Row{"column 1", "column 2", "column 3", "column 4"}));
  EXPECT_EQ(t.rows.size(), 3u);  // none of them is lost
  EXPECT_EQ(SuggestColumns(t.reader->sample()), (Row{"user", "item", "rating", "timestamp"}));

  TableOptions named{.columns = {"user", "item", "rating", "timestamp"}};
  t = Parse(text, named);
  EXPECT_FALSE(t.reader->first_row_looks_like_data());
  EXPECT_EQ(t.header, named.columns);
  EXPECT_EQ(t.rows.size(), 3u);
  EXPECT_EQ(Parse("who,what,stars,when\n" + text, named).rows.size(), 3u);  // names replaced
  EXPECT_FAILS(Parse(text, {.columns = {"user", "item"}}), Status::kInvalidArgument,
               "--columns names 2 columns, but the first row has 4: A1, B1, 5.0");
  EXPECT_EQ(Parse("a,b\nc,d\n", {.header = false}).rows.size(), 2u);
  EXPECT_EQ(Parse("1,2\n3,4\n", {.header = true}).header, (Row{"1", "2"}));
}

TEST(TableReader, FirstRows) {
  auto data = [](std::vector<Row> rows) { return FirstRowLooksLikeData(rows); };
  EXPECT_FALSE(data({{"userId", "x"}, {"1", "2"}}));
  EXPECT_FALSE(data({{"who", "n"}, {"1", "2"}}));
  EXPECT_TRUE(data({{"5", "7"}, {"1", "2"}}));
  EXPECT_TRUE(data({{"x", "2019-01-01"}, {"y", "2020-05-01"}}));
  EXPECT_TRUE(data({{"x", "a"}, {"x", "b"}, {"y", "a"}}));  // values that come again
  EXPECT_FALSE(data({{"x", "a"}, {"b", "c"}, {"y", "d"}}));
  EXPECT_FALSE(data({{"", "101"}, {"u", "4"}}));  // the corner of a matrix, or an index
  EXPECT_FALSE(data({{"item", "2019"}, {"7", "1"}}));
  EXPECT_TRUE(data({{"1", "24", "M", "technician"}, {"2", "53", "F", "other"}}));
  EXPECT_FALSE(data({}));
  EXPECT_EQ(SuggestColumns({{"1", "2"}, {"3", "4"}}), (Row{"user", "item"}));
  EXPECT_EQ(SuggestColumns({{"1", "2", "2020-01-31", "x"}, {"3", "4", "2020-02-01", "y"}}),
            (Row{"user", "item", "timestamp", "column4"}));
}

TEST(TableReader, TypedNames) {
  Read t = Parse("item_id:token\tgenre:token_seq\tprice:float\tv:float_seq\n1\ta b\t3\t1 2\n");
  EXPECT_EQ(t.header, (Row{"item_id", "genre", "price", "v"}));
  EXPECT_EQ(t.reader->hint(0), ColumnHint::kNone);
  EXPECT_EQ(t.reader->hint(1), ColumnHint::kSet);
  EXPECT_EQ(t.reader->hint(2), ColumnHint::kNumber);
  EXPECT_EQ(t.reader->hint(3), ColumnHint::kNotForUse);
  EXPECT_EQ(Parse("a:token,b\n1,x\n").header, (Row{"a:token", "b"}));
}

TEST(TableReader, SkippedRowsByReason) {
  Read t = Parse("a,b\nx,1\nx\n\xC3\xA9,2\ny\nz,\xE9\n", {.skip_bad_lines = true});
  EXPECT_EQ(t.rows.size(), 2u);
  EXPECT_EQ(t.reader->skipped(), 3u);
  auto reader = OpenTable(BytesOf("a,b\nx,1\ny,2\nz,3\n"), "t", {.skip_bad_lines = true});
  while (reader->Next()) {
    reader->Bad("user \"", reader->fields()[0], "\" is not in u.csv");
  }
  ASSERT_EQ(reader->skipped_reasons().size(), 1u);
  const SkippedRows& rows = reader->skipped_reasons()[0];
  EXPECT_EQ(rows.reason, "user \"…\" is not in u.csv");
  EXPECT_EQ(rows.example, "user \"x\" is not in u.csv");
  EXPECT_EQ(rows.count, 3u);
  EXPECT_EQ(rows.first_line, 2u);
}

TEST(TableReader, EncodingsAreFoundOut) {
  auto found = Parse("a,b\nplain,1\nCaf\xE9,2\n");
  EXPECT_EQ(found.rows[1], (Row{"Caf\xC3\xA9", "2"}));
  EXPECT_NE(found.reader->form().find("ISO-8859-1"), std::string::npos);
  // Most of the sample's rows decide, wherever the others stand.
  EXPECT_EQ(Parse("a\n\xC3\xA9\n\xE9\n\xE8\n").rows[0], (Row{"\xC3\x83\xC2\xA9"}));
  EXPECT_FAILS(Parse("a,b\n\xE9,1\n\xC3\xA9,2\n\xC3\xA8,2\n"), Status::kCorrupt,
               "line 2: the text is not UTF-8");
  // Behind the sample the first row beyond ASCII decides, and stays.
  std::string far = "a,b\n";
  for (int i = 0; i < 200000; ++i) far += "plain,1\n";
  EXPECT_EQ(Parse(far + "\xE9,1\n").rows.back(), (Row{"\xC3\xA9", "1"}));
  EXPECT_FAILS(Parse(far + "\xC3\xA9,1\n\xE9,1\n"), Status::kCorrupt, "not UTF-8");
}

TEST(TableReader, JsonLines) {
  Read t = Parse(
      "{\"reviewerID\":\"A1\",\"asin\":\"B1\",\"overall\":5.0,\"unixReviewTime\":964982703}\n"
      "\r\n"
      "{\"asin\":\"B\\u00e9\",\"reviewerID\":\"A2\",\"overall\":3,\"style\":{\"Color:\":\"red\"},"
      "\"also\":[\"x\",\"y|z\"],\"n\":[{\"id\":1,\"k\":\"a\"},{\"id\":2,\"k\":\"b\"}],"
      "\"ok\":true,\"big\":9223372036854775807}\r\n");
  EXPECT_EQ(t.header, (Row{"reviewerID", "asin", "overall", "unixReviewTime",
                           "style.Color:", "also", "n.id", "n.k", "ok", "big"}));
  ASSERT_EQ(t.rows.size(), 2u);
  EXPECT_EQ(t.rows[0], (Row{"A1", "B1", "5.0", "964982703", "", "", "", "", "", ""}));
  EXPECT_EQ(t.rows[1], (Row{"A2", "B\xC3\xA9", "3", "", "red", "\x1Fx\x1Fy|z",
                            "\x1F"
                            "1\x1F"
                            "2",
                            "\x1F"
                            "a\x1F"
                            "b",
                            "true", "9223372036854775807"}));
  EXPECT_EQ(t.reader->line(), 3u);
}

TEST(TableReader, JsonArrays) {
  Read t = Parse(" [ {\"a\": 1,\n\"b\": \"}\\\"]\"},\n{\"b\": null, \"a\": [ ]} , {\"a\":{}}\n]\n");
  EXPECT_EQ(t.header, (Row{"a", "b"}));
  EXPECT_EQ(t.rows, (std::vector<Row>{{"1", "}\"]"}, {"", ""}, {"", ""}}));
  EXPECT_EQ(Parse("{\n \"a\": 1\n}\n{\n \"a\": 2\n}\n").rows.size(), 2u);
  EXPECT_EQ(Parse("{\"a\":null,\"b\":1}\n{\"a\":{\"c\":2}}\n{\"d\":null}").header,
            (Row{"b", "a.c", "d"}));
}

TEST(TableReader, BadJson) {
  const std::string good = "{\"a\":1}\n";
  EXPECT_FAILS(Parse(good + "{\"a\":}\n"), Status::kCorrupt, "t, line 2: the text is no JSON");
  EXPECT_FAILS(Parse(good + "[1]\n"), Status::kCorrupt, "t, line 2: there is no JSON object");
  EXPECT_FAILS(Parse(good + "{\"a\":\"\xE9\"}\n"), Status::kCorrupt, "t, line 2");
  EXPECT_FAILS(Parse(good + "{\"a\":\"\\u0000\"}\n"), Status::kCorrupt, "NUL");
  EXPECT_FAILS(Parse("{'a': 1}\n"), Status::kCorrupt, "as Python prints it");
  EXPECT_FAILS(Parse("[{\"a\": 1}, {\"a\": 2"), Status::kCorrupt, "cut off");
  EXPECT_FAILS(Parse("{}\n"), Status::kCorrupt, "empty");
  EXPECT_FAILS(Parse(good, {.columns = {"x"}}), Status::kInvalidArgument, "names of its own");
  Read t = Parse(good + "{\"a\":}\n{\"a\":2}\n", {.skip_bad_lines = true});
  EXPECT_EQ(t.rows, (std::vector<Row>{{"1"}, {"2"}}));
  EXPECT_EQ(t.reader->skipped(), 1u);
  EXPECT_EQ(Parse("{\"a\":\"\xE9\"}\n", {.latin1 = true}).rows[0], (Row{"\xC3\xA9"}));
}

TEST(TableReader, LateNamesAreCounted) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "{\"a\":1}\n";
  text += "{\"a\":1,\"b\":2}\n{\"b\":3}\n";
  Read t = Parse(text);
  EXPECT_EQ(t.header, (Row{"a"}));
  EXPECT_EQ(t.rows.size(), 1002u);
  ASSERT_EQ(t.reader->late_columns().size(), 1u);
  EXPECT_EQ(t.reader->late_columns()[0].name, "b");
  EXPECT_EQ(t.reader->late_columns()[0].rows, 2u);
  EXPECT_EQ(t.reader->late_columns()[0].first_line, 1001u);
}

// An object need not have every column: what is not there is not given, what is empty is.
TEST(TableReader, WhatARowHas) {
  TableOptions options;
  options.known = {"late", "b"};
  auto t = OpenTable(BytesOf("{\"a\":1,\"b\":null}\n{\"c\":[],\"a\":[1]}\n{\"late\":\"x\"}\n"), "t",
                     options);
  EXPECT_EQ(t->header(), (Row{"a", "late", "b", "c"}));
  EXPECT_EQ(t->found_columns(), 4u);
  auto given = [&] {
    std::string out;
    for (size_t c = 0; c < t->header().size(); ++c) out += t->given(c) ? 'x' : '-';
    return out;
  };
  ASSERT_TRUE(t->Next());
  EXPECT_EQ(given(), "x-x-");
  ASSERT_TRUE(t->Next());
  EXPECT_EQ(given(), "x--x");
  EXPECT_EQ(t->fields()[3], "");
  ASSERT_TRUE(t->Next());
  EXPECT_EQ(given(), "-x--");
  EXPECT_EQ(t->fields()[1], "x");

  // Known names that only come behind the first rows are columns from the beginning.
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "{\"a\":1}\n";
  t = OpenTable(BytesOf(text), "t", options);
  EXPECT_EQ(t->header(), (Row{"a", "late", "b"}));
  EXPECT_EQ(t->found_columns(), 1u);
  auto csv = OpenTable(BytesOf("a,b\n1,\n2,3\n"), "t", options);
  EXPECT_EQ(csv->found_columns(), 2u);
  ASSERT_TRUE(csv->Next());
  EXPECT_TRUE(csv->given(1));
}

TEST(TableReader, OtherFormatsHaveAMessage) {
  EXPECT_FAILS(Parse("PAR1\x15"), Status::kUnsupported, "Parquet file; save it as CSV");
  EXPECT_FAILS(Parse("ARROW1"), Status::kUnsupported, "Feather");
  EXPECT_FAILS(Parse(std::string("\xFF\xFE"
                                 "a\0",
                                 4)),
               Status::kCorrupt, "UTF-16");
}

// Rows longer than the sample, and files longer than it.
TEST(TableReader, LargeTables) {
  std::string text = "a,b\n";
  for (int i = 0; i < 200000; ++i) text += StrCat("x", i, ",", i, "\n");
  Read t = Parse(text);
  EXPECT_EQ(t.rows.size(), 200000u);
  EXPECT_EQ(t.rows.back(), (Row{"x199999", "199999"}));
  EXPECT_EQ(t.reader->sample().size(), 200u);
  std::string json = "{\"a\":\"" + std::string(3 << 20, 'x') + "\"}\n{\"a\":\"y\"}\n";
  EXPECT_EQ(Parse(json).rows.size(), 2u);
}

}  // namespace
}  // namespace duomo::data
