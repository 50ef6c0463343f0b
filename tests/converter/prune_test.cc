// prune: what stays answers with the same bits.
#include <gtest/gtest.h>

#include "converter/shrinking.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using model::Side;

class Prune : public ::testing::Test {
 protected:
  void Save(model::Contents contents, const std::string& type = "") {
    model::Save(path_, contents);
    if (type.empty()) return;
    ConvertJson({"quantize", path_, "-o", out_, "--vectors", type, "--weights", type});
    std::filesystem::rename(out_, path_);
  }
  std::string List(const std::string& text) {
    WriteText(folder_.File("list"), text);
    return folder_.File("list");
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("out.duomo");
};

// Every pair of `after`, by key, predicts what it did in `before`.
void ExpectSamePredictions(const runtime::Engine& before, const runtime::Engine& after) {
  auto row_of = [](const model::KeyIndex& to, const model::KeyIndex& from, uint64_t row) {
    return from.kind() == model::KeyKind::kString ? *to.Find(from.StringAt(row))
                                                  : *to.Find(from.IntegerAt(row));
  };
  const model::Model &a = before.model(), &b = after.model();
  for (uint64_t u = 0; u < b.users().count; ++u) {
    for (uint64_t i = 0; i < b.items().count; ++i) {
      EXPECT_EQ(PredictionBits(after, u, i),
                PredictionBits(before, row_of(a.users().keys, b.users().keys, u),
                               row_of(a.items().keys, b.items().keys, i)));
    }
  }
}

TEST_F(Prune, ListsOfUsersAndItems) {
  for (const std::string type : {"", "fp16", "int8"}) {
    Save(SoundContents(CosineDescription()), type);
    // Keys of both sides are 100, 7, 30, 31 and, of users, -2.
    ConvertJson({"prune", path_, "-o", out_, "--keep-users", List("31\n-2\r\n\n7\n31")});
    auto users = OpenEngine(out_);
    EXPECT_EQ(users->model().users().count, 3u);
    EXPECT_EQ(users->model().users().keys.IntegerAt(0), 7);
    EXPECT_EQ(users->model().items().count, 4u);
    EXPECT_EQ(users->model().users().vectors.dtype,
              OpenEngine(path_)->model().users().vectors.dtype);
    ExpectSamePredictions(*OpenEngine(path_), *users);
    ExpectVerified(out_);

    std::string both = folder_.File("both.duomo");
    auto json = ConvertJson({"prune", out_, "-o", both, "--keep-items", List("100\n31\n")});
    EXPECT_EQ(json["items"], 2);
    EXPECT_EQ(json["items_before"], 4);
    auto engine = OpenEngine(both);
    EXPECT_EQ(engine->model().items().keys.IntegerAt(1), 31);
    auto before = OpenEngine(path_);
    uint64_t row = *before->model().items().keys.Find(int64_t{31});
    EXPECT_EQ(engine->model().items().Title(1), before->model().items().Title(row));
    ExpectSamePredictions(*before, *engine);
    ExpectVerified(both);
  }
}

TEST_F(Prune, ItemsByWhatTheyAre) {
  auto contents = SoundContents(CosineDescription());
  Save(contents);
  auto before = OpenEngine(path_);
  const auto& d = before->model().description();
  const auto& genres = before->model().items().features.inputs[3];
  ASSERT_EQ(d.inputs[3].name, "genres");
  std::vector<int64_t> expected;
  for (uint64_t i = 0; i < 4; ++i) {
    auto rows = genres.RowsOf(i);
    if (std::find(rows.begin(), rows.end(), 0u) != rows.end()) {
      expected.push_back(before->model().items().keys.IntegerAt(i));
    }
  }
  ASSERT_GT(expected.size(), 0u);
  ASSERT_LT(expected.size(), 4u);
  ConvertJson({"prune", path_, "-o", out_, "--where", "genres=genre0"});
  auto after = OpenEngine(out_);
  ASSERT_EQ(after->model().items().count, expected.size());
  for (uint64_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(after->model().items().keys.IntegerAt(i), expected[i]);
  }
  for (const char* bad : {"genres", "none=1", "genres=none", "id=3"}) {
    EXPECT_EQ(Convert({"prune", path_, "-o", out_, "--where", bad}).code, 1) << bad;
  }
}

TEST_F(Prune, NoUserNoTitleNoHistoryNoVector) {
  Save(SoundContents(HistoryDescription()));
  auto json = ConvertJson({"prune", path_, "-o", out_, "--no-users", "--no-titles"});
  EXPECT_EQ(json["users"], 0);
  auto none = OpenEngine(out_);
  for (const auto& s : none->model().file().segments()) {
    EXPECT_FALSE(s.name.starts_with("users/")) << s.name;
    EXPECT_EQ(s.name.find("titles"), s.name.npos) << s.name;
  }
  EXPECT_EQ(none->model().items().count, 4u);
  ExpectVerified(out_);
  ConvertJson({"prune", path_, "-o", out_, "--no-history", "--no-user-vectors"});
  auto some = OpenEngine(out_);
  EXPECT_FALSE(some->model().has_history());
  EXPECT_TRUE(some->model().users().vectors.empty());
  EXPECT_FALSE(some->model().items().vectors.empty());
  ExpectVerified(out_);
}

// The history's vocabulary has the items' rows: tables, biases and histories follow the items.
TEST_F(Prune, ItemsOfAModelThatReadsHistories) {
  Save(SoundContents(HistoryDescription()));
  auto before = OpenEngine(path_);
  const auto& keys = before->model().items().keys;
  std::string kept = StrCat(keys.StringAt(1), "\n", keys.StringAt(3), "\n");
  auto json = ConvertJson({"prune", path_, "-o", out_, "--keep-items", List(kept)});
  auto after = OpenEngine(out_);
  EXPECT_EQ(after->model().description().vocabularies[0].size, 2u);
  EXPECT_EQ(after->model().parameter("tables/item").count, 3u);
  // Rows 1 and 3 are 0 and 1 now; of [0, 1 | | 3 | 2, 1, 0 | 2] the first user has one left.
  EXPECT_EQ(
      std::vector<uint32_t>(after->model().HistoryOf(0).begin(), after->model().HistoryOf(0).end()),
      std::vector<uint32_t>{0});
  EXPECT_EQ(after->model().HistoryOf(2)[0], 1u);
  EXPECT_EQ(json["history_entries_dropped"], 4);
  EXPECT_TRUE(json["user_vectors_recomputed"]);
  ExpectVerified(out_);
  // Users who lost nothing, and items, have their vectors still; but for the last, which is said to
  // be an item that is gone.
  EXPECT_EQ(PredictionBits(*after, 2, 0), PredictionBits(*before, 2, 1));
  EXPECT_EQ(PredictionBits(*after, 1, 0), PredictionBits(*before, 1, 1));
  EXPECT_TRUE(json["item_vectors_recomputed"]);
}

TEST_F(Prune, ListsFromPipes) {
  Save(SoundContents(CosineDescription()));
  WriteText(folder_.File("record"), "{\"id\": 5}\n");
  auto shell = [&](const std::string& script) {
    std::filesystem::remove(out_);
    return RunProgram(
        {"/bin/bash", "-c", script, "bash", DUOMO_CONVERT, path_, out_, folder_.File("record")});
  };
  auto items = [&] { return model::Model::Open(out_)->items().count; };
  Outcome o = shell("echo 7 | \"$1\" prune \"$2\" --keep-items - -o \"$3\"");
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(items(), 1u);
  o = shell("\"$1\" prune \"$2\" --keep-items <(echo 7) -o \"$3\"");
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(items(), 1u);
  o = shell("\"$1\" merge \"$2\" --items - -o \"$3\" < \"$4\"");
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(items(), 5u);
  o = shell("echo 424242 | \"$1\" prune \"$2\" --keep-items - -o \"$3\"");
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("stdin, line 1"), o.err.npos) << o.err;
  EXPECT_EQ(Convert({"prune", path_, "--keep-items", "-", "--keep-users", "-", "-o", out_}).code,
            2);
  EXPECT_EQ(Convert({"merge", path_, "--items", "-", "--users", "-", "-o", out_}).code, 2);
  EXPECT_EQ(Convert({"prune", path_, "-o", out_}).code, 2);  // nothing to do
  EXPECT_FALSE(std::filesystem::exists(out_));
  EXPECT_EQ(Convert({"prune", path_, "--keep-items", folder_.path(), "-o", out_}).code, 1);
}

TEST_F(Prune, BadListsAreRefused) {
  Save(SoundContents(CosineDescription()));
  Outcome o = Convert({"prune", path_, "-o", out_, "--keep-users", List("7\n8\n")});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("line 2: the model has no user \"8\""), o.err.npos) << o.err;
  o = Convert({"prune", path_, "-o", out_, "--keep-items", List("seven\n")});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("not a whole number"), o.err.npos) << o.err;
  EXPECT_EQ(Convert({"prune", path_, "-o", out_, "--keep-items", List("")}).code, 1);
  EXPECT_EQ(Convert({"prune", path_, "-o", out_, "--keep-items", folder_.File("no")}).code, 1);
  EXPECT_EQ(Convert({"prune", path_, "-o", out_, "--keep-users", List("7"), "--no-users"}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(out_));
}

}  // namespace
}  // namespace duomo::convert
