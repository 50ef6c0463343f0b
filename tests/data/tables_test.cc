// Data of one's own: roles, kinds, keys, missing tables, and every wrong row.
#include "data/tables.h"

#include <cmath>

#include "data/encode.h"
#include "data/gzip.h"
#include "data/lone_table.h"
#include "data/propose.h"
#include "data/test_files.h"
#include "data/zip_builder.h"

namespace duomo::data {
namespace {

using Strings = std::vector<std::string>;

// Good tables that tests spoil one row at a time.
struct Files {
  std::string interactions =
      "user_id,item_id,stars,when,extra\n2,b,4.5,2001-09-09T01:46:40Z,x\n1,a,1,,y\n2,a,3,900,z\n";
  std::string users = "id;age;height;town\n1;30;1.5;Ulm\n2;40;;\n";
  std::string items =
      "item_id,name,tags,price,code\nb,\"Blimm, or \"\"Zork\"\"\nthe "
      "second\",x|y,3,01\na,Zork,,5,20\n";
  TablesSpec spec;

  Files() {
    spec.name = "mine";
    spec.roles.timestamp = "when";
  }

  Dataset Read(bool skip = false) const {
    TablesSpec s = spec;
    s.skip_bad_lines = skip;
    auto open = [](const std::string& text, const char* where) {
      TableSource source;
      if (!text.empty()) source = {BytesOf(text), where};
      return source;
    };
    return ReadTables(s, open(interactions, "i.csv"), open(users, "u.csv"), open(items, "t.csv"));
  }
};

TEST(Tables, SideTables) {
  Dataset d = Files().Read();
  EXPECT_EQ(d.name, "mine");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{1, 2}));
  EXPECT_TRUE(d.users.keys.empty());
  ASSERT_EQ(d.users.columns.size(), 4u);
  EXPECT_EQ(d.users.columns[0].name, "user_id");  // as the interactions call it
  EXPECT_EQ(d.users.Find("user_id")->integers, d.users.ids);
  EXPECT_EQ(d.users.Find("age")->integers, (std::vector<int64_t>{30, 40}));
  EXPECT_EQ(d.users.Find("height")->numbers[0], 1.5f);
  EXPECT_TRUE(std::isnan(d.users.Find("height")->numbers[1]));
  EXPECT_EQ(d.users.Find("town")->texts, (Strings{"Ulm", ""}));
  EXPECT_TRUE(d.items.ids.empty());
  EXPECT_EQ(d.items.keys, (Strings{"b", "a"}));
  EXPECT_EQ(d.items.Find("item_id")->texts, d.items.keys);
  EXPECT_EQ(d.items.titles, (Strings{"Blimm, or \"Zork\"\nthe second", "Zork"}));
  EXPECT_EQ(d.items.Find("name")->texts, d.items.titles);
  EXPECT_EQ(d.items.Find("tags")->texts, (Strings{"x", "y"}));
  EXPECT_EQ(d.items.Find("tags")->offsets, (std::vector<uint64_t>{0, 2, 2}));
  EXPECT_EQ(d.items.Find("price")->kind, ColumnKind::kInteger);
  EXPECT_EQ(d.items.Find("code")->texts, (Strings{"01", "20"}));
  EXPECT_EQ(d.interactions.users, (std::vector<uint32_t>{1, 0, 1}));
  EXPECT_EQ(d.interactions.items, (std::vector<uint32_t>{0, 1, 1}));
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{4.5f, 1, 3}));
  EXPECT_EQ(d.interactions.timestamps, (std::vector<int64_t>{1000000000, 0, 900}));
}

TEST(Tables, MissingSideTables) {
  Files files;
  files.users = files.items = "";
  Dataset d = files.Read();
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{2, 1}));  // in order of first appearance
  EXPECT_EQ(d.items.keys, (Strings{"b", "a"}));
  ASSERT_EQ(d.users.columns.size(), 1u);
  EXPECT_EQ(d.users.columns[0].integers, d.users.ids);
  EXPECT_TRUE(d.items.titles.empty());
  EXPECT_EQ(d.interactions.users, (std::vector<uint32_t>{0, 1, 0}));

  files.interactions = "who\twhat\nx\t5\n7\t6\nx\t06\n";
  files.spec.roles = {};
  files.spec.roles.user = "who";
  files.spec.roles.item = "what";
  d = files.Read();
  EXPECT_EQ(d.users.keys, (Strings{"x", "7"}));
  EXPECT_EQ(d.items.keys, (Strings{"5", "6", "06"}));
  EXPECT_EQ(d.interactions.items, (std::vector<uint32_t>{0, 1, 2}));
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{1, 1, 1}));
  EXPECT_EQ(d.interactions.timestamps, (std::vector<int64_t>{0, 0, 0}));
}

TEST(Tables, Mappings) {
  Files files;
  files.users = "who,age,zip\n2,30,1\n1,?,2\n";
  files.interactions = "who,what,n\n1,a,5\n";
  for (const char* wish : {"user=who", "item=what", "rating=n", "title=tags", "users.age:string",
                           "zip:string", "items.price:number"}) {
    ApplyMapping(files.spec, wish);
  }
  files.spec.roles.timestamp.clear();
  Dataset d = files.Read();
  EXPECT_EQ(d.users.columns[0].name, "who");
  EXPECT_EQ(d.items.columns[0].name, "what");
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{5}));
  EXPECT_EQ(d.users.Find("age")->texts, (Strings{"30", "?"}));
  EXPECT_EQ(d.users.Find("zip")->texts, (Strings{"1", "2"}));
  EXPECT_EQ(d.items.Find("price")->numbers, (std::vector<float>{3, 5}));
  EXPECT_EQ(d.items.titles, (Strings{"x|y", ""}));

  ApplyMapping(files.spec, "who:string");  // a key, too
  EXPECT_EQ(files.Read().users.keys, (Strings{"2", "1"}));
  TablesSpec spec;
  ApplyMapping(spec, "users.id=u=1");
  EXPECT_EQ(spec.roles.user_key, "u=1");
  ApplyMapping(spec, "a:b:set");
  EXPECT_EQ(spec.kinds[0].first, "a:b");
  for (const char* wrong : {"", "user", "user=", "=who", "age:", ":string", "age:text", "x=y"}) {
    EXPECT_FAILS(ApplyMapping(spec, wrong), Status::kInvalidArgument, "neither ROLE=COLUMN");
  }
}

TEST(Tables, ColumnsOfTheSameName) {
  Files files;
  files.users = "user_id,name,item_id\n1,x,5\n2,y,6\n";
  Dataset d = files.Read();
  EXPECT_NE(d.users.Find("user_name"), nullptr);
  EXPECT_NE(d.items.Find("item_name"), nullptr);
  EXPECT_EQ(d.users.Find("name"), nullptr);
  EXPECT_EQ(d.users.Find("item_id"), nullptr);
  EXPECT_NE(d.users.Find("users.item_id"), nullptr);
  EXPECT_EQ(d.items.titles.size(), 2u);
}

TEST(Tables, UnnamedColumnsAreLeftOut) {
  Files files;
  files.users = ",id,age\n0,1,30\n1,2,40\n";
  EXPECT_EQ(files.Read().users.columns.size(), 2u);
}

// Each bad row, put behind the good ones: an error with its place, or skipped without a trace.
TEST(Tables, BadRows) {
  struct Case {
    std::string Files::*file;
    const char *place, *row, *message;
  };
  std::string Files::*inter = &Files::interactions, Files::*users = &Files::users,
              Files::*items = &Files::items;
  const Case cases[] = {
      {inter, "i.csv, line 5", "1,a,5,900", "4 fields instead of 5"},
      {inter, "i.csv, line 5", "3,a,5,900,", "user \"3\" is not in u.csv"},
      {inter, "i.csv, line 5", "02,a,5,900,", "user \"02\" is not in u.csv"},
      {inter, "i.csv, line 5", "1,c,5,900,", "item \"c\" is not in t.csv"},
      {inter, "i.csv, line 5", "1,a,five,900,", "the stars \"five\" is not a number"},
      {inter, "i.csv, line 5", "1,a,,900,", "the stars \"\" is not a number"},
      {inter, "i.csv, line 5", "1,a,nan,900,", "is not a number"},
      {inter, "i.csv, line 5", "1,a,5,soon,", "the when \"soon\" is no time since 1970"},
      {inter, "i.csv, line 5", "1,a,5,-1,", "is no time since 1970"},
      {users, "u.csv, line 4", "2;30;1;Bonn", "user \"2\" stands there twice"},
      {users, "u.csv, line 4", ";30;1;Bonn", "the user is empty"},
      {users, "u.csv, line 4", "3;30;1", "3 fields instead of 4"},
      {users, "u.csv, line 4", "3;thirty;1;Bonn", "\"thirty\" in the column \"age\" is not a"},
      {items, "t.csv, line 5", "a,Zork,,5,20", "item \"a\" stands there twice"},
  };
  Files good;
  ApplyMapping(good.spec, "age:integer");
  const Dataset wanted = good.Read();
  auto equal = [](Dataset a, Dataset b) {  // NaN is not itself
    for (Dataset* d : {&a, &b}) {
      d->skipped_lines = 0;
      d->users.columns[2].numbers.resize(1);
    }
    return a == b;
  };
  for (const Case& c : cases) {
    Files files = good;
    files.*c.file += c.row + std::string("\n");
    Error error = test::ErrorOf([&] { files.Read(); });
    EXPECT_EQ(error.status(), Status::kCorrupt) << c.row;
    EXPECT_EQ(error.message().rfind(StrCat(c.place, ": "), 0), 0u) << error.message();
    EXPECT_NE(error.message().find(c.message), std::string::npos) << error.message();
    Dataset rest = files.Read(true);
    EXPECT_EQ(rest.skipped_lines, 1u) << c.row;
    EXPECT_TRUE(equal(rest, wanted)) << c.row;
  }
}

TEST(Tables, WrongTables) {
  auto fails = [](auto change, const char* message) {
    Files files;
    change(files);
    EXPECT_FAILS(files.Read(true), Status::kInvalidArgument, message);
  };
  fails(
      [](Files& f) {
        f.interactions = "a,item\n1,2\n";
        f.spec.roles = {};
      },
      "i.csv: none of the columns a, item looks like the user; name it with --map user=COLUMN");
  fails(
      [](Files& f) {
        f.interactions = "user,b\n1,2\n";
        f.spec.roles = {};
      },
      "looks like the item");
  fails([](Files& f) { f.users = "age\n1\n"; },
        "u.csv: none of the columns age looks like the users.id");
  fails([](Files& f) { f.spec.roles.rating = "rate"; }, "no column \"rate\" to be the rating");
  fails([](Files& f) { f.spec.roles.item = "user_id"; }, "cannot be both the user and the item");
  fails(
      [](Files& f) {
        f.spec.kinds = {{"weight", ColumnKind::kNumber}};
      },
      "there is no column \"weight\" of users or items");
  fails([](Files& f) { f.spec.kinds = {{"id", ColumnKind::kSet}}; }, "must be integer or string");
  fails([](Files& f) { f.interactions = "user_id,item_id,when\n"; }, "i.csv has no interactions");
  fails([](Files& f) { f.interactions = "user_id,item_id,when\n9,9,9\n"; },
        "i.csv has no interactions; all of its 1 lines were bad and skipped");
  fails([](Files& f) { f.users = "id\n"; }, "u.csv has no users");
  Files duplicate;
  duplicate.users = "id;age;age\n1;2;3\n";
  EXPECT_FAILS(duplicate.Read(true), Status::kCorrupt, "u.csv, line 1: two columns");
  Files strings;
  strings.users = "";
  strings.interactions = "user_id,item_id,when\nx,a,\n1,a,\n";
  ApplyMapping(strings.spec, "user_id:integer");
  EXPECT_FAILS(strings.Read(), Status::kCorrupt, "line 2: the user \"x\" is not an integer");
  EXPECT_EQ(strings.Read(true).users.ids, (std::vector<int64_t>{1}));
}

TEST(Tables, Latin1) {
  Files files;
  files.items = "item_id,title\nb,Bl\xE9m\na,Zork\n";
  EXPECT_EQ(files.Read().items.titles[0], "Bl\xC3\xA9m") << "found out";
  files.spec.latin1 = true;
  EXPECT_EQ(files.Read().items.titles[0], "Bl\xC3\xA9m");
  files.spec.latin1 = false;
  files.items = "item_id,title\nb,Bl\xE9m\na,Z\xC3\xB6rk\nc,Z\xC3\xB6rk\n";
  EXPECT_FAILS(files.Read(), Status::kCorrupt, "t.csv, line 2: the text is not UTF-8");
}

TEST(Tables, FilesPlainAndPacked) {
  test::TemporaryFolder folder;
  Files files;
  test::WriteText(folder / "rated.csv.gz", test::Gzip(files.interactions));
  test::WriteText(folder / "users.csv", files.users);
  test::ZipBuilder zip;
  zip.Add(test::ZipEntry("x/items.csv", files.items));
  zip.Add(test::ZipEntry("x/readme", ""));
  test::WriteText(folder / "side.zip", zip.Finish());
  TablesSpec spec = files.spec;
  spec.name.clear();
  spec.interactions = folder / "rated.csv.gz";
  spec.users = folder / "users.csv";
  spec.items = folder / "side.zip/x/items.csv";
  Dataset d = ReadTables(spec);
  EXPECT_EQ(d.name, "rated");
  EXPECT_EQ(d.interactions, files.Read().interactions);
  EXPECT_EQ(d.items, files.Read().items);
  spec.items = folder / "side.zip/items.csv";
  EXPECT_FAILS(ReadTables(spec), Status::kNotFound, "side.zip has no entry items.csv");
  EXPECT_FAILS(ReadTables(TablesSpec()), Status::kInvalidArgument, "interactions");
}

TEST(Tables, IdsOfAnySize) {
  Files files;
  files.spec = {};
  files.interactions =
      "user_id,item_id,rating\n4100000,1,5\n4100001,2,4\n6000000,1,3\n6000000,2,2\n6000000,3,1\n";
  files.users = "user_id,age\n4100000,30\n4100001,40\n6000000,50\n";
  files.items = "";
  Dataset d = files.Read();
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{4100000, 4100001, 6000000}));
  EXPECT_EQ(d.interactions.users, (std::vector<uint32_t>{0, 1, 2, 2, 2}));
  files.users = "";
  EXPECT_EQ(files.Read().users.size(), 3u);
  EXPECT_EQ(files.Read().interactions.size(), 5u);

  Alone alone;
  d = alone.Read("user,item\n9223372036854775807,\"a b, c\"\n-5,me@x.org\n9223372036854775807,a\n");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{INT64_MAX, -5}));
  EXPECT_EQ(d.items.keys, (Strings{"a b, c", "me@x.org", "a"}));
}

TEST(Tables, SetsAreFoundOut) {
  Files files;
  files.spec = {};
  files.interactions = "user_id,item_id\n1,1\n1,2\n2,3\n";
  files.users = "";
  files.items = "item_id,genre\n1,\"Drama, Action\"\n2,\"Action, Drama\"\n3,Action\n";
  Dataset d = files.Read();
  EXPECT_EQ(d.items.Find("genre")->texts,
            (Strings{"Drama", "Action", "Action", "Drama", "Action"}));
  EXPECT_EQ(d.items.Find("genre")->offsets, (std::vector<uint64_t>{0, 2, 4, 5}));
  ApplySets(files.spec, "genre=none");
  EXPECT_EQ(files.Read().items.Find("genre")->texts,
            (Strings{"Drama, Action", "Action, Drama", "Action"}));
  ApplySets(files.spec, "items.genre=m");
  EXPECT_EQ(files.Read().items.Find("genre")->texts[0], "Dra");
  ApplySets(files.spec, "gender=,");
  EXPECT_FAILS(files.Read(), Status::kInvalidArgument, "there is no column \"gender\"");
  for (const char* bad : {"genre", "=,", "genre=", "genre=::", "genre=ab"}) {
    EXPECT_EQ(test::ErrorOf([&] { ApplySets(files.spec, bad); }).status(),
              Status::kInvalidArgument);
  }
  files.spec.sets.clear();
  files.items = "item_id:token\tgenre:token_seq\tv:float_seq\n1\ta b\t1 2\n2\tc\t1 2\n3\ta\t3 4\n";
  d = files.Read();
  EXPECT_EQ(d.items.Find("genre")->texts, (Strings{"a", "b", "c", "a"}));
  EXPECT_EQ(d.items.Find("v"), nullptr);
}

TEST(Tables, BackslashQuotes) {
  Files files;
  files.spec = {};
  files.interactions =
      "\"User-ID\";\"ISBN\";\"Book-Rating\"\n\"1\";\"1X\";\"0\"\n\"2\";\"2X\";\"7\"\n";
  files.users = "";
  files.items =
      "\"ISBN\";\"Book-Title\";\"Year\"\n\"1X\";\"Zork \\\"Blimm\\\"\";\"2000\"\n"
      "\"2X\";\"A \\\"new\\\" one\";\"2001\"\n";
  Dataset d = files.Read();
  EXPECT_EQ(d.items.titles, (Strings{"Zork \"Blimm\"", "A \"new\" one"}));
  EXPECT_EQ(d.interactions.size(), 2u);
}

// As pandas writes integers once a cell is missing.
TEST(Tables, IntegersThatWereFloats) {
  Alone alone;
  Dataset d = alone.Read("CustomerID,StockCode\n17850.0,71A\n,71B\n13047.0,71A\n");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{17850, 13047}));
  EXPECT_EQ(d.skipped_lines, 1u);
  EXPECT_EQ(alone.report.interactions.skipped_reasons[0].reason, "the user is empty");
  EXPECT_TRUE(alone.report.interactions.numbers_with_zeros);
  EXPECT_EQ(alone.Read("user,item\n1.0,x\n1.5,y\n").users.keys, (Strings{"1.0", "1.5"}));
  // In a table of users, too.
  Files files;
  files.users = "id,age\n1.0,30\n,31\nNULL,32\n2.0,40\n";
  d = files.Read();
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(d.skipped_lines, 2u);
}

// From tables to rows of vocabularies, string keys and all.
TEST(Tables, ProposedAndEncoded) {
  Dataset d = Files().Read();
  Proposal proposal = Propose(d);
  Encoded e = Encode(proposal.model, d);
  EXPECT_EQ(e.users.count, 2u);
  EXPECT_EQ(e.items.count, 2u);
  EXPECT_EQ(e.description.inputs[0].name, "user_id");
}

}  // namespace
}  // namespace duomo::data
