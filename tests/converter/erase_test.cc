// Who is dropped leaves nothing behind; verify --erased-… proves it, and finds what is left.
#include <gtest/gtest.h>

#include "converter/shop.h"
#include "converter/shrinking.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using model::Side;
using Json = nlohmann::ordered_json;
using Rows = std::vector<uint32_t>;

class Erase : public ::testing::Test {
 protected:
  void SetUp() override { model::Save(path_, ShopContents()); }
  std::string List(const std::string& text) {
    WriteText(folder_.File("list"), text);
    return folder_.File("list");
  }
  Outcome Verify(const std::string& path, const std::string& option, const std::string& keys) {
    return Convert({"verify", path, option, List(keys)});
  }
  // The bytes of a row of floats as the file has them.
  static std::string RowBytes(const model::Rows& rows, uint64_t row) {
    return {reinterpret_cast<const char*>(rows.data) + row * rows.width * 4, rows.width * 4};
  }
  static uint64_t RowOf(const model::Entities& of, const std::string& key) {
    return *of.keys.Find(key);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("out.duomo");
};

TEST_F(Erase, ADroppedUserLeavesNothing) {
  auto before = OpenEngine(path_);
  const std::string table = RowBytes(before->model().parameter("tables/user"), 3);
  const std::string vector = RowBytes(before->model().users().vectors, 1);
  ASSERT_NE(ReadText(path_).find(table), std::string::npos);

  Outcome left = Verify(path_, "--erased-users", "user-bob\n");
  EXPECT_EQ(left.code, 1);
  EXPECT_NE(left.out.find("users has the key \"user-bob\" in row 1"), std::string::npos)
      << left.out;
  EXPECT_NE(left.out.find("the vocabulary \"user\" has \"user-bob\" in row 3"), std::string::npos);

  auto json = ConvertJson({"prune", path_, "-o", out_, "--drop-users", List("user-bob\nnobody\n")});
  EXPECT_EQ(json["users"], 4);
  EXPECT_EQ(json["id_values_dropped"], 1);
  EXPECT_EQ(json["users_not_there"], 1);
  EXPECT_TRUE(json["training_sample_emptied"]);
  ExpectVerified(out_);
  Outcome gone = Verify(out_, "--erased-users", "user-bob\n");
  EXPECT_EQ(gone.code, 0) << gone.out << gone.err;

  std::string bytes = ReadText(out_);
  for (const std::string& trace : {std::string("user-bob"), table, vector}) {
    EXPECT_EQ(bytes.find(trace), bytes.npos) << trace.size();
  }
  auto after = OpenEngine(out_);
  const model::Model& m = after->model();
  EXPECT_EQ(m.vocabulary(1).Find("user-bob"), std::nullopt);  // so raw features find nothing
  EXPECT_EQ(m.vocabulary(1).size(), 4u);
  EXPECT_EQ(m.parameter("tables/user").count, 5u);
  // Others have the rows that they had; of friends who are gone nothing is known.
  for (const std::string user : {"user-anna", "user-carla", "user-dan", "user-eve"}) {
    EXPECT_EQ(RowBytes(m.parameter("tables/user"), *m.vocabulary(1).Find(user)),
              RowBytes(before->model().parameter("tables/user"),
                       *before->model().vocabulary(1).Find(user)));
  }
  auto friends = m.users().features.inputs[1].RowsOf(0);
  EXPECT_EQ(Rows(friends.begin(), friends.end()), (Rows{4, 0}));
  EXPECT_EQ(m.report().settings.find("AAAA"), std::string::npos);
  // Who had no such friend answers with the same bits.
  for (const std::string user : {"user-dan", "user-eve"}) {
    for (uint64_t item = 0; item < 4; ++item) {
      EXPECT_EQ(PredictionBits(*after, RowOf(m.users(), user), item),
                PredictionBits(*before, RowOf(before->model().users(), user), item));
    }
  }
}

TEST_F(Erase, KeptUsersAreAllThatIsLeft) {
  ConvertJson({"prune", path_, "-o", out_, "--keep-users", List("user-eve\nuser-dan\n")});
  auto m = model::Model::Open(out_);
  EXPECT_EQ(m->vocabulary(1).size(), 2u);
  ExpectVerified(out_);
  EXPECT_EQ(Verify(out_, "--erased-users", "user-anna\nuser-bob\nuser-carla\n").code, 0);
  EXPECT_EQ(Verify(out_, "--erased-users", "user-dan\n").code, 1);
}

// A part of the catalogue is no erasure: the network and what it knows stay.
TEST_F(Erase, KeptItemsLeaveVocabulariesAsTheyAre) {
  auto before = OpenEngine(path_);
  auto json = ConvertJson({"prune", path_, "-o", out_, "--keep-items", List("sku-bread\n")});
  EXPECT_EQ(json["items"], 1);
  EXPECT_EQ(json["id_values_dropped"], 0);
  EXPECT_FALSE(json["training_sample_emptied"]);
  auto after = OpenEngine(out_);
  EXPECT_EQ(after->model().vocabulary(2).size(), before->model().vocabulary(2).size());
  EXPECT_TRUE(after->model().vocabulary(2).Find("sku-dates"));
  EXPECT_EQ(RowBytes(after->model().parameter("tables/item_id"), 1),
            RowBytes(before->model().parameter("tables/item_id"), 1));
  ExpectVerified(out_);
  EXPECT_EQ(Verify(out_, "--erased-items", "sku-dates\n").code, 1);
  // Dropped besides, an item is erased.
  std::string list = folder_.File("dropped"), kept = folder_.File("kept");
  WriteText(list, "sku-dates\n");
  WriteText(kept, "sku-bread\nsku-dates\n");
  ConvertJson({"prune", path_, "-o", out_, "--keep-items", kept, "--drop-items", list});
  EXPECT_EQ(Verify(out_, "--erased-items", "sku-dates\n").code, 0);
  EXPECT_TRUE(OpenEngine(out_)->model().vocabulary(2).Find("sku-bread"));
  ExpectVerified(out_);
}

TEST_F(Erase, NobodyIsLeftAndTheTowerStillRuns) {
  ConvertJson({"prune", path_, "-o", out_, "--no-users"});
  auto engine = OpenEngine(out_);
  const model::Model& m = engine->model();
  EXPECT_EQ(m.users().count, 0u);
  EXPECT_EQ(m.vocabulary(1).size(), 1u);
  EXPECT_EQ(RowBytes(m.parameter("tables/user"), 0), RowBytes(m.parameter("tables/user"), 1));
  ExpectVerified(out_);
  std::string all;
  for (const std::string& user : kShopUsers) all += user + "\n";
  EXPECT_EQ(Verify(out_, "--erased-users", all).code, 0);
  EXPECT_EQ(ReadText(out_).find("user-"), std::string::npos);
}

TEST_F(Erase, ADroppedItemLeavesHistoriesAndVocabularies) {
  auto before = OpenEngine(path_);
  auto json = ConvertJson({"prune", path_, "-o", out_, "--drop-items", List("sku-bread\n")});
  EXPECT_EQ(json["items"], 3);
  EXPECT_EQ(json["history_entries_dropped"], 2);
  EXPECT_EQ(json["id_values_dropped"], 1);
  auto after = OpenEngine(out_);
  const model::Model& m = after->model();
  EXPECT_EQ(m.vocabulary(0).Find("sku-bread"), std::nullopt);
  EXPECT_EQ(m.vocabulary(2).Find("sku-bread"), std::nullopt);
  EXPECT_EQ(m.parameter("tables/sku").count, 4u);
  EXPECT_EQ(m.parameter("tables/item_id").count, 4u);
  auto history = m.HistoryOf(3);
  EXPECT_EQ(Rows(history.begin(), history.end()), (Rows{1, 0}));
  ExpectVerified(out_);
  EXPECT_EQ(Verify(out_, "--erased-items", "sku-bread\n").code, 0);
  EXPECT_EQ(Verify(path_, "--erased-items", "sku-bread\n").code, 1);
  EXPECT_EQ(ReadText(out_).find("sku-bread"), std::string::npos);
  // Bob has seen nothing, and items that stay have the vectors that they had.
  EXPECT_EQ(PredictionBits(*after, 1, 2), PredictionBits(*before, 1, 3));
}

TEST_F(Erase, ValuesOfWhoWasPrunedLongAgoGoToo) {
  // An older prune took Zoe's row and left the value; Bob came later and has none.
  model::Contents contents = ShopContents();
  std::vector<file::OwnedTensor> made;
  std::vector<std::string> values = {"user-eve", "user-dan", "user-carla", "user-zoe", "user-anna"};
  model::AddKeys(made, "vocabularies/user", std::span<const std::string>(values));
  model::FeatureColumn ids{model::InputKind::kCategory, {}, {4, 5, 2, 1, 0}, {}};
  model::AddFeature(made, "users/features/user_id", ids.view());
  PutTensors(contents, std::move(made));
  Freeze(contents);
  model::Save(path_, contents);
  EXPECT_EQ(Verify(path_, "--erased-users", "user-zoe\n").code, 1);
  auto json = ConvertJson({"prune", path_, "-o", out_, "--drop-users", List("user-zoe\n")});
  EXPECT_EQ(json["users"], 5);
  EXPECT_EQ(json["id_values_dropped"], 1);
  ExpectVerified(out_);
  EXPECT_EQ(Verify(out_, "--erased-users", "user-zoe\n").code, 0);
}

TEST_F(Erase, WhatNoOtherItemHasGoesToo) {
  auto before = OpenEngine(path_);
  const model::Model& b = before->model();
  const std::string dry = RowBytes(b.parameter("tables/tag"), 1);
  const std::string ripe = RowBytes(b.parameter("tables/word"), 2);
  auto json = ConvertJson({"prune", path_, "-o", out_, "--drop-items", List("sku-cheese\n")});
  EXPECT_EQ(json["values_of_nobody_dropped"], Json({{"tag", 1}, {"word", 1}}));
  EXPECT_EQ(json["still_named"], Json({{"count", 0}, {"places", Json::array()}}));
  std::string bytes = ReadText(out_);
  for (const std::string& trace : {dry, ripe, std::string("ripe")}) {
    EXPECT_EQ(bytes.find(trace), bytes.npos) << trace.size();
  }
  auto after = OpenEngine(out_);
  const model::Model& m = after->model();
  EXPECT_EQ(m.vocabulary(3).Find("dry"), std::nullopt);
  EXPECT_EQ(m.vocabulary(4).Find("ripe"), std::nullopt);
  // "old" is a word of another title; nobody ever had "big".
  for (const char* word : {"red", "old", "big"}) {
    EXPECT_EQ(RowBytes(m.parameter("tables/word"), *m.vocabulary(4).Find(word)),
              RowBytes(b.parameter("tables/word"), *b.vocabulary(4).Find(word)));
  }
  EXPECT_EQ(RowBytes(m.parameter("tables/tag"), 2), RowBytes(b.parameter("tables/tag"), 3));
  ExpectVerified(out_);
  for (const std::string item : {"sku-apple", "sku-bread", "sku-dates"}) {
    for (uint64_t user : {0, 1, 2}) {  // whose histories have no cheese
      EXPECT_EQ(PredictionBits(*after, user, RowOf(m.items(), item)),
                PredictionBits(*before, user, RowOf(b.items(), item)));
    }
  }
  Outcome o = Convert({"prune", path_, "-o", out_, "--drop-items", List("sku-cheese\n")});
  EXPECT_NE(o.out.find("2 values that nobody else has: tag 1, word 1\n"), std::string::npos)
      << o.out;
  // A part of the catalogue keeps what the network knows.
  json = ConvertJson({"prune", path_, "-o", out_, "--keep-items", List("sku-apple\n")});
  EXPECT_TRUE(json["values_of_nobody_dropped"].empty());
}

TEST_F(Erase, WhatNoOtherUserHasGoesToo) {
  // Anna and Carla live in Rome, Bob in Zork, Dan in Oslo; Bob alone is of 25 to 34.
  model::Contents contents = ShopContents();
  auto input = [](const char* name, int32_t vocabulary, bool ranges) {
    return model::Input{.name = name, .vocabulary = vocabulary, .bucketed = ranges};
  };
  contents.description.vocabularies.push_back({"town", model::KeyKind::kString, 3, {}, {}});
  contents.description.vocabularies.push_back({"years", model::KeyKind::kInt64, 3, {}, {}});
  contents.description.inputs.push_back(input("town", 5, false));
  contents.description.inputs.push_back(input("years", 6, true));
  std::vector<file::OwnedTensor> made;
  model::AddKeys(made, "vocabularies/town", std::vector<std::string>{"Rome", "Zork", "Oslo"});
  model::AddKeys(made, "vocabularies/years", std::vector<int64_t>{18, 25, 35});
  model::FeatureColumn town{model::InputKind::kCategory, {}, {0, 1, 0, 2, 3}, {}};
  model::FeatureColumn years{model::InputKind::kCategory, {}, {0, 1, 0, 2, 2}, {}};
  model::AddFeature(made, "users/features/town", town.view());
  model::AddFeature(made, "users/features/years", years.view());
  PutTensors(contents, std::move(made));
  model::Save(path_, contents);

  auto towns = [&](const std::vector<std::string>& options) {
    std::vector<std::string> all = {"prune", path_, "-o", out_};
    all.insert(all.end(), options.begin(), options.end());
    auto json = ConvertJson(all);
    ExpectVerified(out_);
    EXPECT_EQ(model::Model::Open(out_)->vocabulary(6).size(), 3u);
    return json["values_of_nobody_dropped"];
  };
  EXPECT_EQ(towns({"--drop-users", List("user-bob\n")}), Json({{"town", 1}}));
  auto m = model::Model::Open(out_);
  EXPECT_EQ(m->vocabulary(5).Find("Zork"), std::nullopt);
  EXPECT_EQ(m->vocabulary(5).Find("Oslo"), 1u);
  EXPECT_EQ(m->users().features.inputs[8].RowsOf(2)[0], 1u);  // Dan's
  EXPECT_EQ(m->users().features.inputs[8].RowsOf(3)[0], 2u);  // Eve's, not known
  EXPECT_EQ(ReadText(out_).find("Zork"), std::string::npos);
  EXPECT_TRUE(towns({"--drop-users", List("user-anna\n")}).empty());  // Carla lives there, too
  EXPECT_EQ(towns({"--keep-users", List("user-anna\nuser-dan\n")}), Json({{"town", 1}}));
  // Requests with features need what was of several; of one alone it tells.
  EXPECT_EQ(towns({"--no-users"}), Json({{"town", 2}}));
  EXPECT_EQ(model::Model::Open(out_)->vocabulary(5).Find("Rome"), 0u);
}

TEST_F(Erase, IntegersOfARangeBecomeAList) {
  // Users 0 … 4 of a range: no key is written anywhere, and yet each has a row.
  model::Contents contents = ContentsOf(DotDescription());
  std::vector<file::OwnedTensor> made;
  std::vector<int64_t> keys = {3, 0, 4, 1, 2};
  model::AddKeys(made, "users", std::span<const int64_t>(keys));
  std::vector<uint32_t> rows(keys.begin(), keys.end());
  model::FeatureColumn column{model::InputKind::kCategory, {}, rows, {}};
  model::AddFeature(made, "users/features/user", column.view());
  std::erase_if(contents.tensors, [](const auto& t) { return t.name == "users/order"; });
  PutTensors(contents, std::move(made));
  Freeze(contents);
  model::Save(path_, contents);
  auto before = OpenEngine(path_);
  EXPECT_EQ(Verify(path_, "--erased-users", "3\n").code, 1);
  ConvertJson({"prune", path_, "-o", out_, "--drop-users", List("3\n")});
  auto after = OpenEngine(out_);
  const model::Model& m = after->model();
  EXPECT_EQ(m.vocabulary(0).kind(), model::KeyKind::kInt64);
  EXPECT_EQ(m.vocabulary(0).Find(int64_t{3}), std::nullopt);
  EXPECT_EQ(m.vocabulary(0).Find(int64_t{4}), 3u);
  EXPECT_EQ(m.parameter("tables/user").count, 5u);
  EXPECT_EQ(m.parameter("head/user_bias").size(), 5u);
  ExpectVerified(out_);
  EXPECT_EQ(Verify(out_, "--erased-users", "3\n").code, 0);
  EXPECT_EQ(PredictionBits(*after, 0, 1), PredictionBits(*before, 1, 1));
  EXPECT_EQ(PredictionBits(*after, 3, 2), PredictionBits(*before, 4, 2));
  // The last of a range leaves a shorter one.
  ConvertJson({"prune", path_, "-o", out_, "--drop-users", List("4\n")});
  EXPECT_EQ(model::Model::Open(out_)->vocabulary(0).kind(), model::KeyKind::kRange);
  EXPECT_EQ(model::Model::Open(out_)->vocabulary(0).size(), 4u);
  EXPECT_EQ(Verify(out_, "--erased-users", "4\n").code, 0);
}

TEST_F(Erase, WhatIsLeftElsewhereIsFound) {
  auto left = [&](const std::string& where) {
    Outcome o = Verify(out_, "--erased-users", "user-bob\n");
    EXPECT_EQ(o.code, 1);
    EXPECT_NE(o.out.find(where), std::string::npos) << o.out;
  };
  std::string pruned = folder_.File("pruned.duomo");
  ConvertJson({"prune", path_, "-o", pruned, "--drop-users", List("user-bob\n")});
  ConvertJson({"annotate", pruned, "-o", out_, "--set", "thanks=to user-bob, of course"});
  left("the header has \"user-bob\"");
  WriteText(folder_.File("items"), "id,title\nsku-new,The best of user-bob\n");
  ConvertJson({"merge", pruned, "-o", out_, "--items", folder_.File("items")});
  left("the segment \"items/titles/text\" has \"user-bob\" at row 4");
  // Prune itself says so, and does what it can.
  ConvertJson({"annotate", path_, "-o", pruned, "--set", "thanks=to user-bob, of course"});
  ConvertJson({"merge", pruned, "-o", out_, "--items", folder_.File("items")});
  Outcome said =
      Convert({"prune", out_, "-o", pruned, "--drop-users", List("user-bob\n"), "--json"});
  EXPECT_EQ(said.code, 0);
  for (const char* place :
       {"the header has \"user-bob\" at byte ", ", in the metadata \"thanks\"\n",
        "the segment \"items/titles/text\" has \"user-bob\" at row 4\n"}) {
    EXPECT_NE(said.err.find(place), std::string::npos) << said.err;
  }
  EXPECT_EQ(nlohmann::json::parse(said.out)["still_named"]["count"], 2);
  EXPECT_EQ(model::Model::Open(pruned)->users().count, 4u);
  said = Convert({"prune", out_, "-o", pruned, "--keep-users", List("user-anna\nuser-eve\n")});
  EXPECT_NE(said.err.find("the metadata \"thanks\""), std::string::npos) << said.err;
  // Also of a user who was pruned before; of somebody else nothing is to be said.
  said =
      Convert({"prune", pruned, "-o", folder_.File("again"), "--drop-users", List("user-bob\n")});
  EXPECT_NE(said.err.find("the metadata \"thanks\""), std::string::npos) << said.err;
  ConvertJson({"prune", out_, "-o", pruned, "--drop-users", List("user-anna\n")});
  ConvertJson({"prune", path_, "-o", pruned, "--drop-users", List("user-bob\n")});
  // Words that only begin so are somebody else's.
  WriteText(folder_.File("users"), "id\nuser-bobby\n");
  ConvertJson({"merge", pruned, "-o", out_, "--users", folder_.File("users")});
  Outcome o = Verify(out_, "--erased-users", "user-bob\n");
  EXPECT_EQ(o.code, 0) << o.out;
}

TEST_F(Erase, ListsThatCannotBe) {
  EXPECT_EQ(Convert({"prune", path_, "-o", out_, "--no-users", "--drop-users", List("x")}).code, 2);
  EXPECT_EQ(Convert({"prune", path_, "-o", out_, "--drop-users", folder_.File("no")}).code, 1);
  EXPECT_EQ(Convert({"verify", path_, "--erased-users", "-", "--erased-items", "-"}).code, 2);
  std::string all;
  for (const std::string& user : kShopUsers) all += user + "\n";
  Outcome o = Convert({"prune", path_, "-o", out_, "--drop-users", List(all)});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("--no-users"), std::string::npos) << o.err;
  EXPECT_FALSE(std::filesystem::exists(out_));
}

}  // namespace
}  // namespace duomo::convert
