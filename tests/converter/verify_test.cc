#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "converter/files.h"
#include "file/duomo_generated.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using Json = nlohmann::ordered_json;

class Verify : public ::testing::Test {
 protected:
  template <typename T>
  static T* Values(model::Contents& contents, const std::string& name) {
    return reinterpret_cast<T*>(TensorOf(contents, name).bytes.data());
  }

  // Verifies `contents` after `damage`, with checksums that fit the damage. Returns the check
  // that failed and its first problem, "CHECK: PROBLEM"; "" where all is well.
  std::string After(const model::Description& d,
                    const std::function<void(model::Contents&)>& damage) {
    model::Contents contents = SoundContents(d);
    damage(contents);
    model::Save(path_, contents);
    Outcome o = Convert({"verify", "--json", path_});
    Json json = Json::parse(o.out);
    EXPECT_EQ(o.code, json["ok"].get<bool>() ? 0 : 1) << o.out;
    for (const Json& check : json["checks"]) {
      if (check["ok"].get<bool>()) continue;
      std::string problem = check["problems"][0];
      EXPECT_NE(o.err.find(problem), o.err.npos) << o.err;
      return check["name"].get<std::string>() + ": " + problem;
    }
    return "";
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo");
};

TEST_F(Verify, SoundFilesOfEveryKind) {
  std::vector<model::Description> all = AllDescriptions();
  all.push_back(HybridDescription());
  for (const model::Description& d : all) {
    EXPECT_EQ(After(d, [](model::Contents&) {}), "") << d.name;
    Outcome o = Convert({"verify", path_});
    EXPECT_EQ(o.code, 0) << o.out;
    EXPECT_EQ(o.err, "");
    EXPECT_NE(o.out.find("checksums"), o.out.npos);
    EXPECT_NE(o.out.find(model::IsJoint(d) ? "joint tower" : "differ by at most"), o.out.npos)
        << o.out;
  }
}

TEST_F(Verify, SaysHowFarFrozenVectorsAreFromTheTowers) {
  model::Save(path_, SoundContents(CosineDescription()));
  Json json = Json::parse(Convert({"verify", "--json", path_}).out);
  const Json& towers = json["checks"].back();
  EXPECT_EQ(towers["name"], "towers");
  for (const char* side : {"users", "items"}) {
    double difference = towers["largest_difference"][side];
    EXPECT_GE(difference, 0) << side;
    EXPECT_LE(difference, 1e-5) << side;
  }
  // A difference that is allowed is shown, not hidden.
  EXPECT_EQ(After(CosineDescription(),
                  [](model::Contents& c) { Values<float>(c, "items/vectors")[1] += 4e-6f; }),
            "");
  json = Json::parse(Convert({"verify", "--json", path_}).out);
  EXPECT_NEAR(json["checks"].back()["largest_difference"]["items"].get<double>(), 4e-6, 1e-6);
}

TEST_F(Verify, AFlippedByteNamesTheSegmentWhereverItIs) {
  // Large enough that opening alone does not look at all of it.
  model::Save(path_, SoundContents(HybridDescription()));
  const std::string good = ReadText(path_);
  auto model = model::Model::Open(path_);
  size_t tried = 0;
  for (const file::SegmentInfo& s : model->file().segments()) {
    if (s.stored_size == 0) continue;
    std::string bad = good;
    bad[s.offset + s.stored_size / 2] ^= 0x10;
    std::string path = folder_.File("bad.duomo");
    WriteText(path, bad);
    Outcome o = Convert({"verify", path});
    EXPECT_EQ(o.code, 1) << s.name;
    EXPECT_NE(o.out.find("\"" + std::string(s.name) + "\""), o.out.npos) << o.out;
    EXPECT_NE(o.err.find("\"" + std::string(s.name) + "\""), o.err.npos) << o.err;
    ++tried;
  }
  EXPECT_GT(tried, 30u);
  // In the preamble, in the header, and in the zeros between segments.
  auto segments = model->file().segments();
  uint64_t gap = 0;
  for (const auto& s : segments) {
    uint64_t end = s.offset + s.stored_size;
    if (end % 64 != 0 && end < good.size()) gap = end;
  }
  for (uint64_t place : {uint64_t{20}, uint64_t{200}, gap}) {
    ASSERT_GT(place, 0u);
    std::string bad = good;
    bad[place] ^= 0x10;
    WriteText(folder_.File("bad.duomo"), bad);
    EXPECT_EQ(Convert({"verify", folder_.File("bad.duomo")}).code, 1) << place;
  }
  WriteText(folder_.File("short.duomo"), good.substr(0, good.size() - 100));
  EXPECT_EQ(Convert({"verify", folder_.File("short.duomo")}).code, 1);
}

TEST_F(Verify, NamesEveryDamagedSegment) {
  model::Save(path_, SoundContents(HybridDescription()));
  std::string bad = ReadText(path_);
  {
    auto model = model::Model::Open(path_);
    for (const auto& s : model->file().segments()) {
      if (s.stored_size > 100000) bad[s.offset] ^= 1;
    }
  }
  WriteText(path_, bad);
  Json json = Json::parse(Convert({"verify", "--json", path_}).out);
  EXPECT_EQ(json["checks"][1]["name"], "checksums");
  EXPECT_EQ(json["checks"][1]["problem_count"], 3);  // the tables of users, movies and words
}

TEST_F(Verify, ATamperedFrozenVector) {
  // Turned, so that its length is still 1: only the towers can tell.
  std::string problem = After(CosineDescription(), [](model::Contents& c) {
    auto* x = Values<float>(c, "items/vectors");
    float a = x[0], b = x[1];
    x[0] = 0.8f * a - 0.6f * b;
    x[1] = 0.6f * a + 0.8f * b;
  });
  EXPECT_EQ(problem.rfind("towers: items/vectors: row 0 differs", 0), 0u) << problem;
  problem = After(DotDescription(),
                  [](model::Contents& c) { Values<float>(c, "users/vectors")[8 + 2] += 0.01f; });
  EXPECT_EQ(problem.rfind("towers: users/vectors: row 1 differs", 0), 0u) << problem;
  // A weight that is not the one the vectors were made with.
  problem = After(CosineDescription(), [](model::Contents& c) {
    Values<float>(c, "parameters/user/dense0/bias")[0] += 1;
  });
  EXPECT_EQ(problem.rfind("towers: users/vectors", 0), 0u) << problem;
}

TEST_F(Verify, VectorsFiniteAndOfUnitLength) {
  std::string problem = After(CosineDescription(), [](model::Contents& c) {
    for (int i = 0; i < 6; ++i) Values<float>(c, "users/vectors")[6 + i] *= 2;
  });
  EXPECT_EQ(problem.rfind("vectors: users/vectors: row 1 has length 2", 0), 0u) << problem;
  problem = After(DotDescription(), [](model::Contents& c) {
    Values<float>(c, "items/vectors")[0] = std::numeric_limits<float>::quiet_NaN();
  });
  EXPECT_EQ(problem, "vectors: items/vectors: row 0 is not finite");
}

TEST_F(Verify, FeaturesInRange) {
  // The unknown row is the vocabulary's size and in range; the next is not.
  EXPECT_EQ(After(CosineDescription(),
                  [](model::Contents& c) {
                    Values<uint32_t>(c, "users/features/gender/rows")[1] = 2;
                    Freeze(c);
                  }),
            "");
  std::string problem = After(CosineDescription(), [](model::Contents& c) {
    Values<uint32_t>(c, "users/features/gender/rows")[1] = 3;
  });
  EXPECT_EQ(problem.rfind("features: users/features/gender/rows: value 1 is row 3", 0), 0u)
      << problem;
  problem = After(CosineDescription(), [](model::Contents& c) {
    Values<uint64_t>(c, "items/features/genres/offsets")[1] = 1000;
  });
  EXPECT_EQ(problem.rfind("features: items/features/genres/offsets fall at 2", 0), 0u) << problem;
  problem = After(JointDescription(), [](model::Contents& c) {
    Values<float>(c, "items/features/length/numbers")[2] = std::numeric_limits<float>::infinity();
  });
  EXPECT_EQ(
      problem.rfind(
          "features: items/features/length/numbers: 1 values are not finite, the first at 2", 0),
      0u)
      << problem;
  // Not given is fine.
  EXPECT_EQ(After(JointDescription(),
                  [](model::Contents& c) {
                    Values<float>(c, "items/features/length/numbers")[2] =
                        std::numeric_limits<float>::quiet_NaN();
                  }),
            "");
}

TEST_F(Verify, KeysSortedOnceAndText) {
  std::string problem = After(CosineDescription(), [](model::Contents& c) {
    std::swap(Values<uint32_t>(c, "users/order")[0], Values<uint32_t>(c, "users/order")[3]);
  });
  EXPECT_EQ(problem.rfind("keys: users: wrong order of rows", 0), 0u) << problem;
  problem = After(CosineDescription(),
                  [](model::Contents& c) { Values<uint32_t>(c, "users/order")[2] = 5; });
  EXPECT_EQ(problem, "keys: users/order: place 2 names row 5 of 5");
  problem = After(CosineDescription(),
                  [](model::Contents& c) { Values<int64_t>(c, "users/keys")[1] = 100; });
  EXPECT_EQ(problem.rfind("keys: users: ", 0), 0u) << problem;
  problem = After(CosineDescription(), [](model::Contents& c) {
    auto* order = Values<uint32_t>(c, "vocabularies/word/order");
    std::swap(order[0], order[1]);
  });
  EXPECT_EQ(problem.rfind("keys: vocabularies/word: wrong order", 0), 0u) << problem;
  problem = After(HistoryDescription(),
                  [](model::Contents& c) { Values<uint8_t>(c, "items/text")[0] = 0xFF; });
  EXPECT_EQ(problem.rfind("keys: items/text: row 0 is not UTF-8", 0), 0u) << problem;
  problem = After(CosineDescription(),
                  [](model::Contents& c) { Values<uint8_t>(c, "items/titles/text")[2] = 0xC0; });
  EXPECT_EQ(problem, "titles: items/titles/text: row 0 is not UTF-8");
  problem = After(CosineDescription(),
                  [](model::Contents& c) { Values<uint64_t>(c, "users/titles/offsets")[0] = 1; });
  EXPECT_EQ(problem, "titles: users/titles/offsets do not start at 0");
}

TEST_F(Verify, HistoryParametersStatisticsSettings) {
  std::string problem = After(HistoryDescription(), [](model::Contents& c) {
    Values<uint32_t>(c, "users/history/rows")[3] = 4;
  });
  EXPECT_EQ(problem.rfind("history: users/history/rows: value 3 is row 4", 0), 0u) << problem;
  problem = After(HistoryDescription(),
                  [](model::Contents& c) { Values<uint64_t>(c, "users/history/offsets")[5] = 6; });
  EXPECT_EQ(problem.rfind("history: users/history/offsets end at 6", 0), 0u) << problem;
  problem = After(JointDescription(), [](model::Contents& c) {
    Values<float>(c, "parameters/joint/dense0/weight")[3] = std::numeric_limits<float>::infinity();
  });
  EXPECT_EQ(problem.rfind("parameters: parameters/joint/dense0/weight: 1 values", 0), 0u)
      << problem;
  problem = After(JointDescription(), [](model::Contents& c) {
    Values<float>(c, "inputs/impressions/mean_deviation")[1] = -1;
  });
  EXPECT_EQ(problem, "parameters: the statistics of input impressions: the deviation is negative");
  problem = After(JointDescription(), [](model::Contents& c) {
    Values<float>(c, "inputs/since_watch/quantiles")[0] = 100;
  });
  EXPECT_EQ(problem,
            "parameters: the statistics of input since_watch: the quantiles do not ascend");
  problem = After(CosineDescription(), [](model::Contents& c) { c.report.settings = "{not json"; });
  EXPECT_EQ(problem, "parameters: the settings of the training report are not JSON");
}

TEST_F(Verify, ManyProblemsAreCountedAndTheFirstShown) {
  model::Contents contents = SoundContents(HybridDescription());
  for (int i = 0; i < 5173; ++i) Values<uint32_t>(contents, "vocabularies/word/order")[i] = 0;
  model::Save(path_, contents);
  Outcome o = Convert({"verify", path_});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.out.find("more"), o.out.npos) << o.out;
  EXPECT_LT(o.out.size(), 4000u);
}

TEST_F(Verify, NoFileIsAnErrorNotADamagedFile) {
  Outcome o = Convert({"verify", folder_.File("none")});
  EXPECT_EQ(o.code, 1);
  EXPECT_EQ(o.out, "");
  EXPECT_NE(o.err.find("No such file"), o.err.npos) << o.err;
  WriteText(path_, "");
  EXPECT_EQ(Convert({"verify", path_}).code, 1);
}

}  // namespace
}  // namespace duomo::convert
