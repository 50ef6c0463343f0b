// CSV: what RFC 4180 says, what files do besides, and every way to be wrong.
#include "data/csv.h"

#include <algorithm>

#include "core/random.h"
#include "core/text.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

using Row = std::vector<std::string>;

// Gives a few bytes at a time, so that rows are met in pieces.
class Drops : public ByteSource {
 public:
  Drops(std::string_view text, size_t most) : rest_(text), most_(most) {}
  size_t Read(char* out, size_t size) override {
    size_t n = rest_.copy(out, std::min(size, most_));
    rest_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view rest_;
  size_t most_;
};

struct Table {
  Row header;
  std::vector<Row> rows;
  std::vector<uint64_t> lines;
  uint64_t skipped = 0;
  char separator = 0;
};

Table Drain(CsvReader in) {
  Table out;
  out.header = in.header();
  while (in.Next()) {
    out.rows.emplace_back(in.fields().begin(), in.fields().end());
    out.lines.push_back(in.line());
  }
  EXPECT_FALSE(in.Next());
  out.skipped = in.skipped();
  out.separator = in.separator();
  return out;
}

// The table, the same whether it comes at once or byte by byte.
Table Parse(const std::string& text, const CsvOptions& options = {}) {
  Table whole = Drain({BytesOf(text), "t.csv", options});
  for (size_t most : {1, 2, 7}) {
    if (text.size() > 100000) break;
    Table drops = Drain({std::make_unique<Drops>(text, most), "t.csv", options});
    EXPECT_EQ(drops.rows, whole.rows);
    EXPECT_EQ(drops.lines, whole.lines);
    EXPECT_EQ(drops.skipped, whole.skipped);
  }
  return whole;
}

TEST(Csv, Plain) {
  Table t = Parse("a,b,c\n1,2,3\n,,\nx y, z ,\n");
  EXPECT_EQ(t.header, (Row{"a", "b", "c"}));
  EXPECT_EQ(t.rows, (std::vector<Row>{{"1", "2", "3"}, {"", "", ""}, {"x y", " z ", ""}}));
  EXPECT_EQ(t.lines, (std::vector<uint64_t>{2, 3, 4}));
}

TEST(Csv, QuotesHoldAnything) {
  Table t = Parse(
      "\"a\",b\n\"x,y\",\"say \"\"hi\"\"\"\n\"two\nlines\r\nand more\",\"\"\n"
      "\"\"\"\",\"\"\"\"\"\"\nlast,1\n");
  EXPECT_EQ(t.header, (Row{"a", "b"}));
  EXPECT_EQ(
      t.rows,
      (std::vector<Row>{
          {"x,y", "say \"hi\""}, {"two\nlines\r\nand more", ""}, {"\"", "\"\""}, {"last", "1"}}));
  EXPECT_EQ(t.lines, (std::vector<uint64_t>{2, 3, 6, 7}));
}

TEST(Csv, AQuoteInsideAPlainFieldIsACharacter) {
  EXPECT_EQ(Parse("a,b\n5\" disk,x\"\n").rows[0], (Row{"5\" disk", "x\""}));
}

TEST(Csv, BackslashQuotes) {
  CsvOptions options{.separator = ';', .quotes = Quotes::kBackslash};
  Table t = Parse("a;b\n\"say \\\"hi\\\"\";\"c:\\\\\"\n\"x;\\\"\ny\";\"a\\b\"\"c\"\n", options);
  EXPECT_EQ(t.rows, (std::vector<Row>{{"say \"hi\"", "c:\\"}, {"x;\"\ny", "a\\b\"c"}}));
}

// Where quotes were found out and not stated, a field that breaks their rule costs no row.
TEST(Csv, Lenient) {
  CsvOptions options{.separator = ',', .lenient = true};
  Table t = Parse("a,b\n\"Weird\" Al,1\n\"x \\\"y\\\" z\",2\n\"c:\\\",\"3\"\n", options);
  EXPECT_EQ(t.rows, (std::vector<Row>{{"\"Weird\" Al", "1"}, {"x \"y\" z", "2"}, {"c:\\", "3"}}));
  EXPECT_FAILS(Parse("a,b\n\"a\nb\"c,2\n", options), Status::kCorrupt, "field 1 has a quote");
}

TEST(Csv, SeparatorsOfSeveralCharacters) {
  CsvOptions twice{.separator = ':', .twice = true};
  EXPECT_EQ(Parse("a::b\nx:y::\"z::\"\n1::2:\r\n::", twice).rows,
            (std::vector<Row>{{"x:y", "z::"}, {"1", "2:"}, {"", ""}}));
  CsvOptions runs{.separator = ' ', .runs = true};
  EXPECT_EQ(Parse("a b\n  1   2  \r\n3 4 \n5 6", runs).rows,
            (std::vector<Row>{{"1", "2"}, {"3", "4"}, {"5", "6"}}));
}

TEST(Csv, EndsOfLines) {
  const std::vector<Row> rows = {{"1", "2"}, {"3", ""}};
  for (const char* text :
       {"a,b\n1,2\n3,\n", "a,b\r\n1,2\r\n3,\r\n", "a,b\n1,2\n3,", "\n\na,b\n\n1,2\r\n\r\n3,\n\n\n",
        "a,b\r\n\"1\",\"2\"\r\n\"3\",\"\"", "a,b\n1,2\n3,\"\"\r",
        "\xEF\xBB\xBF"
        "a,b\n1,2\n3,\n"}) {
    Table t = Parse(text);
    EXPECT_EQ(t.header, (Row{"a", "b"})) << text;
    EXPECT_EQ(t.rows, rows) << text;
  }
  EXPECT_EQ(Parse("a\n1\n\n2\n").rows, (std::vector<Row>{{"1"}, {""}, {"2"}}));
  EXPECT_EQ(Parse("a,b\n1\r2,\r\n").rows, (std::vector<Row>{{"1\r2", ""}}));
  EXPECT_TRUE(Parse("a,b").rows.empty());
}

TEST(Csv, Separators) {
  for (char c : std::string(",;\t|")) {
    std::string text = "a" + std::string(1, c) + "\"b,,,;;;\"\n1" + std::string(1, c) + "2\n";
    Table t = Parse(text);
    EXPECT_EQ(t.separator, c);
    EXPECT_EQ(t.rows, (std::vector<Row>{{"1", "2"}}));
  }
  EXPECT_EQ(Parse("id\n1\n").separator, ',');
  EXPECT_EQ(Parse("a,b,c;d\n1,2,3;4\n", {.separator = ';'}).rows,
            (std::vector<Row>{{"1,2,3", "4"}}));
  EXPECT_FAILS(Parse("a\n", {.separator = '"'}), Status::kInvalidArgument, "cannot separate");
}

TEST(Csv, WithoutHeaderAndWithoutQuotes) {
  Table t = Parse("1|5\" disk\n2|\"x\n",
                  {.separator = '|', .quotes = Quotes::kNone, .names = {"a", "b"}});
  EXPECT_EQ(t.header, (Row{"a", "b"}));
  EXPECT_EQ(t.rows, (std::vector<Row>{{"1", "5\" disk"}, {"2", "\"x"}}));
}

TEST(Csv, Encodings) {
  const std::string latin1 = "n\xE4me,b\n\xE9,\"\xFF\"\"\xA0\"\n";
  Table t = Parse(latin1, {.latin1 = true});
  EXPECT_EQ(t.header[0], "n\xC3\xA4me");
  EXPECT_EQ(t.rows, (std::vector<Row>{{"\xC3\xA9", "\xC3\xBF\"\xC2\xA0"}}));
  EXPECT_FAILS(Parse(latin1), Status::kCorrupt, "t.csv, line 1: the text is not UTF-8");
  EXPECT_EQ(Parse("a,b\n\xC3\xA9,\xE2\x82\xAC\n").rows[0], (Row{"\xC3\xA9", "\xE2\x82\xAC"}));
  EXPECT_FAILS(Parse("a,b\n1,2\n\xC3,\xA9\n"), Status::kCorrupt, "line 3: the text is not UTF-8");
  EXPECT_FAILS(Parse(std::string("\xFF\xFE") + "a"), Status::kCorrupt, "UTF-16");
}

TEST(Csv, BadHeaders) {
  EXPECT_FAILS(Parse(""), Status::kCorrupt, "t.csv is empty");
  EXPECT_FAILS(Parse("\n\r\n"), Status::kCorrupt, "t.csv is empty");
  EXPECT_FAILS(Parse("\xEF\xBB\xBF"), Status::kCorrupt, "t.csv is empty");
  EXPECT_FAILS(Parse("a,b,a\n"), Status::kCorrupt,
               "t.csv, line 1: two columns have the name \"a\"");
  CsvOptions skip{.skip_bad_lines = true};  // a header cannot be skipped
  EXPECT_FAILS(Parse("\n\na,\"b\"x\n1,2\n", skip), Status::kCorrupt, "t.csv, line 3: field 2");
  EXPECT_FAILS(Parse(std::string(20000, ',')), Status::kCorrupt, "at most 16384");
}

// Each between good rows: an error with its place, or skipped without a trace.
TEST(Csv, BadRows) {
  struct Case {
    std::string row;
    const char* message;
  };
  const std::string megabyte(size_t{1} << 20, 'x');
  const Case cases[] = {
      {"1", "1 field instead of 2"},
      {"1,2,3", "3 fields instead of 2"},
      {"1,2,", "3 fields instead of 2"},
      {"\"1\"", "1 field instead of 2"},
      {"\"a\"b,2", "field 1 has a quote in its middle"},
      {"1,\"a\" ", "field 2 has a quote in its middle"},
      {"\"a\nb\"c,2", "field 1 has a quote in its middle"},
      {std::string("1,a\0b", 5), "NUL"},
      {std::string("1,\"a\0b\"", 7), "NUL"},
      {"1,\xE9", "not UTF-8"},
      {"1," + megabyte + "x", "field 2 has more than 1048576 bytes"},
      {megabyte + megabyte + "," + megabyte, "field 1 has more than 1048576 bytes"},
      {"1,\"" + megabyte + "\ny\"\"x\"", "does the quote that opens in line 3 ever close?"},
  };
  const std::string before = "a,b\n\"p\",1\n", after = "\nq,\"2\"\n";
  for (const Case& c : cases) {
    std::string text = before + c.row + after;
    Error error = test::ErrorOf([&] { Parse(text); });
    EXPECT_EQ(error.status(), Status::kCorrupt);
    EXPECT_EQ(error.message().rfind("t.csv, line 3: ", 0), 0u) << error.message();
    EXPECT_NE(error.message().find(c.message), std::string::npos) << error.message();
    Table t = Parse(text, {.skip_bad_lines = true});
    EXPECT_EQ(t.rows, (std::vector<Row>{{"p", "1"}, {"q", "2"}})) << c.message;
    EXPECT_EQ(t.skipped, 1u);
    auto newlines = static_cast<uint64_t>(std::count(c.row.begin(), c.row.end(), '\n'));
    EXPECT_EQ(t.lines, (std::vector<uint64_t>{2, 4 + newlines})) << c.message;
  }
  EXPECT_EQ(Parse("a,b\n1," + megabyte + "\n").rows[0][1].size(), megabyte.size());
  EXPECT_EQ(Parse("a,b\n1,\"" + megabyte + "\"\n").rows[0][1].size(), megabyte.size());
  std::string row = megabyte;
  for (int i = 0; i < 17; ++i) row += "," + megabyte;
  EXPECT_FAILS(Parse("a,b\n" + row + "\n"), Status::kCorrupt, "line 2: the row has more than");
  EXPECT_EQ(Parse("a,b\n" + row + "\n1,2\n", {.skip_bad_lines = true}).rows.size(), 1u);
}

TEST(Csv, AnOpenQuoteIsAlwaysAnError) {
  for (bool skip : {false, true}) {
    CsvOptions options{.skip_bad_lines = skip};
    EXPECT_FAILS(Parse("a,b\n1,2\n3,\"x\n4,5\n6,7\n", options), Status::kCorrupt,
                 "t.csv, line 3: the quote that opens here is never closed");
    EXPECT_FAILS(Parse("a,b\n\"1\n\",\"", options), Status::kCorrupt, "t.csv, line 3: the quote");
    EXPECT_FAILS(Parse("a,b\n1,\"x\"\"", options), Status::kCorrupt, "t.csv, line 2: the quote");
    EXPECT_FAILS(Parse("\"a,b\n", options), Status::kCorrupt, "t.csv, line 1: the quote");
  }
  std::string huge = "a,b\n1,\"" + std::string(3 << 20, 'x');
  EXPECT_FAILS(Parse(huge, {.skip_bad_lines = true}), Status::kCorrupt, "line 2: the quote");
}

TEST(Csv, BadOfTheCallers) {
  const std::string text = "a\n1\n2\n";
  CsvReader strict(BytesOf(text), "t.csv");
  ASSERT_TRUE(strict.Next() && strict.Next());
  EXPECT_FAILS(strict.Bad("no ", 7), Status::kCorrupt,
               "t.csv, line 3: no 7. Mend the line, or leave bad lines out");
  CsvReader lenient(BytesOf(text), "t.csv", {.skip_bad_lines = true});
  ASSERT_TRUE(lenient.Next());
  EXPECT_FALSE(lenient.Bad("no"));
  EXPECT_EQ(lenient.skipped(), 1u);
}

// Whatever fields hold, a table written by the rules reads back the same.
TEST(Csv, RandomTablesReadBack) {
  Random random(3);
  const std::string_view parts[] = {"a",  "\"",       ",", "\n", "\r\n",
                                    "\r", "\xC3\xA9", ";", " ",  "xyz"};
  for (int round = 0; round < 200; ++round) {
    size_t columns = 2 + random.Below(4), rows = random.Below(30);
    std::string text;
    std::vector<Row> wanted;
    auto write = [&](const Row& row, bool crlf) {
      for (size_t i = 0; i < row.size(); ++i) {
        if (i > 0) text += ',';
        bool quoted = row[i].find_first_of("\",\r\n") != row[i].npos || random.Below(3) == 0;
        if (!quoted) {
          text += row[i];
          continue;
        }
        text += '"';
        for (char c : row[i]) text += c == '"' ? "\"\"" : std::string(1, c);
        text += '"';
      }
      text += crlf ? "\r\n" : "\n";
    };
    Row header;
    for (size_t i = 0; i < columns; ++i) header.push_back(StrCat("c", i));
    write(header, false);
    for (size_t r = 0; r < rows; ++r) {
      Row row(columns);
      for (std::string& field : row) {
        for (uint64_t i = random.Below(6); i > 0; --i) field += parts[random.Below(10)];
      }
      write(row, random.Below(2) == 0);
      wanted.push_back(row);
    }
    Table t = Parse(text, {.separator = ','});
    ASSERT_EQ(t.rows, wanted) << text;
  }
}

}  // namespace
}  // namespace duomo::data
