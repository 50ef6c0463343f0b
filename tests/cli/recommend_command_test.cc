// What the command says is what the process prints; the library has tests of its own.
#include "cli/program.h"

namespace duomo::testing {
namespace {

// Both stages, trained for a few steps on the same small data.
class Recommend : public ::testing::Test {
 protected:
  void SetUp() override {
    TrainSmall(candidates_, {"--preset", "youtube-candidates", "--store-history"});
    TrainSmall(ranking_, {"--preset", "youtube-ranking", "--candidates", candidates_});
  }
  TemporaryFolder folder_;
  std::string candidates_ = folder_.File("c.duomo"), ranking_ = folder_.File("r.duomo");
};

TEST_F(Recommend, OrdersCandidatesByExpectedWatchTime) {
  Json out = DuomoJson(
      {"recommend", candidates_, ranking_, "--user", "3", "--candidates", "15", "-k", "6"});
  EXPECT_EQ(out["user"], 3);
  EXPECT_EQ(out["candidates"], 15);
  ASSERT_EQ(out["items"].size(), 6u);
  double before = INFINITY;
  for (const Json& item : out["items"]) {
    double output = item["output"];
    EXPECT_GT(output, 0);
    EXPECT_LE(output, before);
    EXPECT_LE(item["candidate_score"].get<double>(), 0);
    EXPECT_FALSE(item["title"].get<std::string>().empty());
    before = output;
  }
}

TEST_F(Recommend, SomebodyKnownByAHistoryAlone) {
  Json out = DuomoJson({"recommend", candidates_, ranking_, "--history", "4,9,2"});
  ASSERT_EQ(out["items"].size(), 10u);
  for (const Json& item : out["items"]) {
    for (int watched : {4, 9, 2}) EXPECT_NE(item["item"], watched);
  }
}

TEST_F(Recommend, SaysWhatIsWrong) {
  ExpectFailure(2, {"recommend", candidates_, ranking_}, {"--user or --history"});
  ExpectFailure(1, {"recommend", ranking_, ranking_, "--user", "3"}, {"joint model"});
  ExpectFailure(1, {"recommend", candidates_, SmallModel(), "--user", "3"},
                {"not a ranking model"});
  ExpectFailure(1, {"recommend", candidates_, ranking_, "--user", "99999"}, {"99999"});
  ExpectFailure(
      1, {"train", SmallData(), "-o", folder_.File("x.duomo"), "--preset", "youtube-ranking"},
      {"--candidates"});
}

}  // namespace
}  // namespace duomo::testing
