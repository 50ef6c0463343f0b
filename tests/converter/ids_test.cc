// Ids that hosts have stored, and codes of users' vectors: what becomes of them from file to file.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "abi/fixtures.h"
#include "converter/shrinking.h"
#include "core/error.h"
#include "core/key_hash.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using Json = nlohmann::ordered_json;
using model::Side;

constexpr size_t kMembers = 300, kBooks = 280;  // enough for codes and lists

class Ids : public ::testing::Test {
 protected:
  static model::Contents Club() {
    std::vector<size_t> users(kMembers), items(kBooks);
    std::iota(users.begin(), users.end(), size_t{0});
    std::iota(items.begin(), items.end(), size_t{0});
    return fixtures::ClubModel(users, items);
  }
  static size_t RemoveIds(model::Contents& c) {
    return std::erase_if(c.tensors,
                         [](const auto& t) { return t.name.find("/ids/") != t.name.npos; });
  }
  void SetUp() override { model::Save(path_, Club()); }

  // Every id that the club ever had means what it meant, or nothing; the file finds by its own
  // table.
  void Check(const std::string& path, size_t users, size_t items) {
    auto m = model::Model::Open(path);
    EXPECT_EQ(m->users().count, users);
    EXPECT_EQ(m->items().count, items);
    EXPECT_TRUE(m->file().Find("users/ids/sorted").has_value());
    EXPECT_TRUE(m->file().Find("items/ids/order").has_value());
    for (auto [side, key, count] :
         {std::tuple(Side::kUser, "member-", kMembers), std::tuple(Side::kItem, "book-", kBooks)}) {
      const model::Entities& e = m->side(side);
      size_t found = 0;
      for (size_t n = 0; n < count; ++n) {
        std::string text = StrCat(key, n);
        auto row = e.ids.Find(IdOfString(text));
        EXPECT_EQ(row.has_value(), e.keys.Find(text).has_value());
        EXPECT_EQ(e.ids.FindKey(text), row);
        if (!row) continue;
        EXPECT_EQ(e.keys.StringAt(*row), text);
        ++found;
      }
      EXPECT_LE(found, e.count);
      for (uint64_t row = 0; row < e.count; ++row) {
        ASSERT_EQ(e.ids.Find(e.ids.At(row)), row) << path;
      }
    }
    for (const char* check : {"keys", "search"}) EXPECT_EQ(Problems(path, check), Json::array());
  }
  static Json Problems(const std::string& path, const std::string& name) {
    Json all = Json::parse(Convert({"verify", path, "--json"}).out);
    for (const Json& check : all["checks"]) {
      if (check["name"] == name) return check["problems"];
    }
    return "no such check";
  }
  std::string List(const std::string& name, const std::string& text) {
    WriteText(folder_.File(name), text);
    return folder_.File(name);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("club.duomo"), out_ = folder_.File("out.duomo");
};

TEST_F(Ids, MeanTheSameInEveryFileMadeOfAFile) {
  Check(path_, kMembers, kBooks);
  auto run = [&](std::vector<std::string> arguments, size_t users, size_t items) {
    SCOPED_TRACE(arguments[0]);
    arguments.insert(arguments.begin() + 1, {path_, "-o", out_});
    ConvertJson(arguments);
    Check(out_, users, items);
  };
  run({"index", "--users"}, kMembers, kBooks);
  run({"index", "--lists", "8"}, kMembers, kBooks);
  run({"index", "--none"}, kMembers, kBooks);
  run({"quantize", "--vectors", "fp16"}, kMembers, kBooks);
  run({"compress"}, kMembers, kBooks);
  run({"upgrade"}, kMembers, kBooks);
  run({"prune", "--keep-items", List("i", "book-7\nbook-3\nbook-270\n")}, kMembers, 3);
  run({"prune", "--keep-users", List("u", "member-9\nmember-250\n")}, 2, kBooks);
  run({"merge", "--items",
       List("more.jsonl",
            "{\"id\": \"book-1000\", \"features\": {\"author\": \"a1\"}}\n"
            "{\"id\": \"a book\", \"features\": {\"author\": \"a2\"}}\n"),
       "--users", List("members.jsonl", "{\"id\": \"aaa\", \"features\": {\"town\": \"t1\"}}\n")},
      kMembers + 1, kBooks + 2);
  auto merged = model::Model::Open(out_);
  EXPECT_TRUE(merged->items().ids.Find(IdOfString("book-1000")).has_value());
  EXPECT_TRUE(merged->users().ids.Find(IdOfString("aaa")).has_value());
  std::string json = folder_.File("club.json");
  ConvertJson({"dump", path_, "-o", json});
  ConvertJson({"build", json, "-o", out_});
  Check(out_, kMembers, kBooks);
}

TEST_F(Ids, OfOlderFilesAreTheSameAndUpgradeWritesThem) {
  model::Contents old = Club();
  ASSERT_EQ(RemoveIds(old), 4u);
  std::string before = folder_.File("before.duomo");
  model::Save(before, old);
  auto m = model::Model::Open(before);
  EXPECT_EQ(m->items().ids.Find(IdOfString("book-17")), 17u);
  EXPECT_EQ(m->users().ids.Find(IdOfString("member-250")), 250u);
  EXPECT_FALSE(m->users().ids.Find(250).has_value());
  ConvertJson({"upgrade", before, "-o", out_});
  Check(out_, kMembers, kBooks);
  EXPECT_TRUE(ReadText(out_) == ReadText(path_));
}

TEST_F(Ids, TwoKeysOfOneIdAreRefusedByEveryWriter) {
  // Both have the FNV-1a hash 0; the first is no UTF-8, and so cannot come in as JSON.
  const std::string a("\xd5\x6b\xb9\x53\x42\x87\x08\x36"), b("!0IC=VloaY");
  model::Contents c = Club();
  auto text = std::ranges::find_if(c.tensors, [](const auto& t) { return t.name == "items/text"; });
  std::memcpy(text->bytes.data() + text->bytes.size() - 8, a.data(), 8);  // book-279
  RemoveIds(c);
  model::Save(path_, c);
  Outcome o = Convert(
      {"merge", path_, "-o", out_, "--items",
       List("more.jsonl", StrCat("{\"id\": \"", b, "\", \"features\": {\"author\": \"a1\"}}\n"))});
  EXPECT_NE(o.code, 0);
  EXPECT_NE(o.err.find("have the same id"), o.err.npos) << o.err;
  EXPECT_NE(o.err.find(b), o.err.npos) << o.err;
}

TEST_F(Ids, VerifyFindsWrongOnes) {
  auto damaged = [&](const char* name, size_t place, auto value) {
    model::Contents c = Club();
    for (auto& t : c.tensors) {
      if (t.name == name)
        std::memcpy(t.bytes.data() + place * sizeof(value), &value, sizeof(value));
    }
    model::Save(path_, c);
    return Problems(path_, "keys").dump();
  };
  EXPECT_NE(damaged("items/ids/order", 5, uint32_t{9999}).find("items/ids/sorted: place 5"),
            std::string::npos);
  EXPECT_NE(damaged("users/ids/sorted", 0, int64_t{3}).find("not the id of the key of its row"),
            std::string::npos);
  EXPECT_NE(damaged("users/ids/sorted", 299, int64_t{3}).find("not above the one before"),
            std::string::npos);
}

TEST_F(Ids, CodesOfUsersStayWithTheirVectors) {
  Json json = ConvertJson({"index", path_, "-o", out_, "--users"});
  EXPECT_EQ(json["users"]["count"], kMembers);
  EXPECT_EQ(json["items"], kBooks);
  EXPECT_GT(json["users"]["first_bytes"], 0);
  auto m = model::Model::Open(out_);
  EXPECT_EQ(m->users().planes.count, kMembers);
  EXPECT_EQ(m->items().planes.count, kBooks);
  EXPECT_EQ(Problems(out_, "search"), Json::array());
  Json inspected = Json::parse(Convert({"inspect", out_, "--json"}).out);
  EXPECT_EQ(inspected["search_users"]["second_bytes"], json["users"]["second_bytes"]);
  EXPECT_NE(Convert({"inspect", out_}).out.find("search users"), std::string::npos);
  // What leaves the users' vectors alone keeps them, what changes them leaves them out.
  struct Case {
    std::vector<std::string> arguments;
    bool users, items;
  };
  std::string second = folder_.File("second.duomo");
  for (const Case& c : {Case{{"compress"}, true, true}, Case{{"index"}, true, true},
                        Case{{"index", "--none"}, false, false},
                        Case{{"quantize", "--item-vectors", "fp16"}, true, false},
                        Case{{"quantize", "--user-vectors", "fp16"}, false, true},
                        Case{{"prune", "--keep-items", List("i", "book-7\nbook-3\n")}, true, false},
                        Case{{"prune", "--keep-users", List("u", "member-9\n")}, false, true},
                        Case{{"prune", "--no-user-vectors"}, false, true}}) {
    std::vector<std::string> arguments = c.arguments;
    arguments.insert(arguments.begin() + 1, {out_, "-o", second});
    SCOPED_TRACE(StrCat(c.arguments[0], " ", c.arguments.back()));
    ConvertJson(arguments);
    auto after = model::Model::Open(second);
    EXPECT_EQ(!after->users().planes.empty(), c.users);
    EXPECT_EQ(after->file().Find("users/planes/first").has_value(), c.users);
    EXPECT_EQ(!after->items().planes.empty(), c.items);
    EXPECT_EQ(Problems(second, "search"), Json::array());
  }
  ConvertJson({"prune", out_, "-o", second, "--no-user-vectors"});
  Outcome o = Convert({"index", second, "-o", folder_.File("third.duomo"), "--users"});
  EXPECT_NE(o.err.find("holds no vectors of users"), o.err.npos) << o.err;
}

}  // namespace
}  // namespace duomo::convert
