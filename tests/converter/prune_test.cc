// prune and merge: what stays answers with the same bits; what is new answers as its features do.
#include <gtest/gtest.h>

#include <cmath>

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
  auto json = ConvertJson({"prune", path_, "-o", out_, "--drop-users", "--no-titles"});
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
  // Users who lost nothing, and items, have their vectors still.
  EXPECT_EQ(PredictionBits(*after, 2, 0), PredictionBits(*before, 2, 1));
  EXPECT_EQ(PredictionBits(*after, 1, 1), PredictionBits(*before, 1, 3));
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
  EXPECT_EQ(Convert({"prune", path_, "-o", out_, "--keep-users", List("7"), "--drop-users"}).code,
            2);
  EXPECT_FALSE(std::filesystem::exists(out_));
}

class Merge : public Prune {};

// Encodes new items of the cosine sample as a host would, from raw rows.
std::vector<float> Encoded(const runtime::Engine& engine, Side side, uint32_t row) {
  std::vector<runtime::InputSource> inputs;
  runtime::Workspace work;
  std::vector<float> out(engine.vector_width());
  engine.StoredInputs(side, {&row, 1}, inputs);
  engine.Encode(side, {1, inputs}, out.data(), work);
  return out;
}

// By the file's own tokeniser, which merge and the commands before it keep.
TEST_F(Merge, TextIsCutAsTheFileSays) {
  ConvertJson({"quantize", std::string(DUOMO_GOLDEN) + "/v3/good/words.duomo", "-o", path_,
               "--weights", "fp16"});
  ConvertJson({"merge", path_, "-o", out_, "--items",
               List("{\"id\": 5, \"features\": {\"title\": \"CAF\xC3\x89 \xE2\x80\x94 Don't!\"}}\n"
                    "{\"id\": 6, \"features\": {\"title\": \"cafe dont\"}}\n")});
  auto engine = OpenEngine(out_);
  const model::Model& m = engine->model();
  EXPECT_EQ(m.description().inputs[1].tokenizer, Tokenizer::kUnicode);
  EXPECT_EQ(m.file().minimum_reader_version(), 3u);
  auto rows = [&](uint64_t item) {
    auto of = m.items().features.inputs[1].RowsOf(item);
    return std::vector<uint32_t>(of.begin(), of.end());
  };
  EXPECT_EQ(rows(2), rows(3));
  EXPECT_EQ(rows(2), (std::vector<uint32_t>{static_cast<uint32_t>(*m.vocabulary(1).Find("cafe")),
                                            static_cast<uint32_t>(*m.vocabulary(1).Find("dont"))}));
  Outcome shown = Convert({"inspect", out_});
  EXPECT_NE(shown.out.find("words by Unicode"), shown.out.npos) << shown.out;
}

TEST_F(Merge, NewItemsByFeaturesAreWhatTheTowerMakesOfThem) {
  for (const std::string type : {"", "int8"}) {
    Save(SoundContents(CosineDescription()), type);
    std::string list = List(
        "{\"id\": 5, \"title\": \"New\", \"features\": {\"genres\": [\"genre0\", \"genre0\", "
        "\"nothing\"], \"title\": \"word0 word1\"}}\n\n{\"id\": 6}\n");
    auto json = ConvertJson({"merge", path_, "-o", out_, "--items", list});
    EXPECT_EQ(json["items_added"], 2);
    EXPECT_EQ(json["unknown_values"]["genres"], 1);
    auto before = OpenEngine(path_), after = OpenEngine(out_);
    ExpectVerified(out_);
    const model::Entities& items = after->model().items();
    ASSERT_EQ(items.count, 6u);
    EXPECT_EQ(items.keys.Find(int64_t{5}), 4u);
    EXPECT_EQ(items.keys.Find(int64_t{7}), before->model().items().keys.Find(int64_t{7}));
    EXPECT_EQ(items.Title(4), "New");
    EXPECT_EQ(items.Title(5), "");
    EXPECT_EQ(items.features.inputs[3].RowsOf(4).size(), 2u);  // genre0 once, and the unknown
    EXPECT_TRUE(items.features.inputs[3].RowsOf(5).empty());
    // What was there answers as before; what is new as its features do.
    for (uint64_t u = 0; u < 5; ++u) {
      for (uint64_t i = 0; i < 4; ++i) {
        EXPECT_EQ(PredictionBits(*after, u, i), PredictionBits(*before, u, i));
      }
    }
    AlignedVector<float> buffer;
    for (uint32_t row : {4u, 5u}) {
      auto frozen = after->Vector(Side::kItem, row, buffer);
      auto made = Encoded(*after, Side::kItem, row);
      for (size_t j = 0; j < made.size(); ++j) {
        EXPECT_NEAR(frozen[j], made[j], type.empty() ? 1e-6 : 0.01);
      }
    }
  }
}

TEST_F(Merge, CsvVectorsUsersAndHistories) {
  Save(SoundContents(CosineDescription()));
  std::string csv =
      List("id,title,genres\r\n5,\"A \"\"new\"\" one, here\",genre0|genre1\xC3\xA9\r\n6,,\r\n");
  ConvertJson({"merge", path_, "-o", out_, "--items", csv});
  auto after = OpenEngine(out_);
  EXPECT_EQ(after->model().items().Title(4), "A \"new\" one, here");
  EXPECT_EQ(after->model().items().features.inputs[3].RowsOf(4).size(), 2u);
  ExpectVerified(out_);

  // A vector is made as long as the head wants it.
  std::string vector = List("{\"id\": 9, \"vector\": [0, 3, 0, 4, 0, 0]}");
  auto json = ConvertJson({"merge", path_, "-o", out_, "--users", vector});
  EXPECT_EQ(json["vectors_given"], 1);
  AlignedVector<float> buffer;
  auto merged = OpenEngine(out_);
  auto given = merged->Vector(Side::kUser, 5, buffer);
  EXPECT_NEAR(given[1], 0.6, 1e-7);
  EXPECT_NEAR(given[3], 0.8, 1e-7);
  ExpectVerified(out_);

  Save(SoundContents(HistoryDescription()));
  auto before = OpenEngine(path_);
  std::string first(before->model().items().keys.StringAt(2));
  WriteText(folder_.File("items"), "{\"id\": \"new\"}");
  std::string users = List(StrCat("{\"id\": \"ann\", \"history\": [\"", first, "\", \"new\"]}"));
  ConvertJson({"merge", path_, "-o", out_, "--users", users, "--items", folder_.File("items")});
  auto both = OpenEngine(out_);
  EXPECT_EQ(both->model().users().keys.Find("ann"), 5u);
  ASSERT_EQ(both->model().HistoryOf(5).size(), 2u);
  EXPECT_EQ(both->model().HistoryOf(5)[0], 2u);
  EXPECT_EQ(both->model().HistoryOf(5)[1], 4u);
  ExpectVerified(out_);
}

TEST_F(Merge, BadRecordsAreRefusedWithTheirLine) {
  Save(SoundContents(CosineDescription()));
  auto refuse = [&](const std::string& text, const std::string& words) {
    Outcome o = Convert({"merge", path_, "-o", out_, "--items", List(text)});
    EXPECT_EQ(o.code, 1) << text;
    EXPECT_NE(o.err.find(words), o.err.npos) << o.err;
    EXPECT_FALSE(std::filesystem::exists(out_));
  };
  refuse("{\"id\": 5}\n{\"id\": 7}", "line 2");
  refuse("{\"id\": 5}\n{\"id\": 5}", "stands twice");
  refuse("{\"id\": \"x\"}", "whole number");
  refuse("{\"title\": \"x\"}", "id");
  refuse("{\"id\": 5, \"features\": {\"colour\": 1}}", "colour");
  refuse("{\"id\": 5, \"features\": {\"genres\": 1}}", "must be a list");
  refuse("{\"id\": 5, \"vector\": [1, 2]}", "6 numbers");
  refuse("{\"id\": 5, \"vector\": [1, 2, 3, 4, 5, 1e999]}", "line 1");
  refuse("{\"id\": 5, \"history\": [7]}", "history");
  refuse("{\"id\": 5", "line 1");
  refuse("", "no records");
  refuse("id,title\n5", "1 fields");
  refuse("id,title\n5,\"x", "not closed");
  EXPECT_EQ(Convert({"merge", path_, "-o", out_}).code, 2);
}

}  // namespace
}  // namespace duomo::convert
