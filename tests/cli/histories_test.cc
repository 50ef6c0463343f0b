// Preset `sasrec` where histories are longer than its places, of one item or empty, and where
// learning fails.
#include "cli/program.h"
#include "core/error.h"

namespace duomo::testing {
namespace {

// User 1 has 120 of 150 items, users 2 and 3 one each, 27 others 30.
class Histories : public ::testing::Test {
 protected:
  Histories() {
    std::string text = "user_id,item_id,rating,timestamp\n";
    for (int user = 1; user <= 30; ++user) {
      int count = user == 1 ? 120 : user <= 3 ? 1 : 30;
      for (int i = 0; i < count; ++i) {
        text += StrCat(user, ',', 1 + (user * 11 + i * 7) % 150, ",1,", 1000 + i, '\n');
      }
    }
    WriteText(rows_, text);
  }
  std::vector<std::string> Train(std::vector<std::string> more) {
    std::vector<std::string> words = {"train", "--interactions", rows_, "--preset", "sasrec", "-o",
                                      file_,   "--threads",      "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  static std::string Items(int first, int last) {
    std::string out;
    for (int i = first; i <= last; ++i) out += StrCat(out.empty() ? "" : ",", i);
    return out;
  }
  TemporaryFolder folder_;
  std::string rows_ = folder_.File("rows.csv"), file_ = folder_.File("m.duomo");
};

TEST_F(Histories, LongerThanThePlacesOfOneAndEmpty) {
  ASSERT_EQ(Duomo(Train({"--passes", "2"})).code, 0);
  Json report = DuomoJson({"evaluate", file_, "--interactions", rows_});
  EXPECT_EQ(report["ranking"]["users"], 28);  // who has one row has none to test
  auto best = [&](const std::string& history) {
    Outcome o = Duomo({"topk", file_, "--history", history, "-k", "5"});
    EXPECT_EQ(o.code, 0) << o.err;
    return o.out;
  };
  // The newest 100 of 120 count: 50 for attention, the others for what is known.
  EXPECT_EQ(best(Items(1, 120)), best(Items(21, 120)));
  EXPECT_NE(best(Items(1, 120)), best(Items(22, 120)));
  EXPECT_EQ(Duomo({"topk", file_, "--history", "5"}).code, 0);
  EXPECT_EQ(Duomo({"topk", file_, "--user", "2"}).code, 0);
  ExpectFailure(1, {"topk", file_, "--history", ""}, {"--history names no items"});
}

TEST_F(Histories, ACostThatIsNotANumberEndsTheRunAndKeepsTheCheckpoint) {
  ASSERT_EQ(Duomo(Train({"--steps", "1"})).code, 0);
  const std::string before = ReadText(file_), state = folder_.File("state");
  std::vector<std::string> spoilt = {"--passes",     "40",  "--learning-rate",    "1e30",
                                     "--checkpoint", state, "--checkpoint-every", "1"};
  ExpectFailure(1, Train(spoilt),
                {"training diverged at step ", "is not finite", "lower the learning rate"});
  EXPECT_EQ(ReadText(file_), before) << "what was there stays";
  // From the last good step it goes on, to the same end.
  const std::string kept = ReadText(state + "/checkpoint.duomo-train");
  spoilt.push_back("--resume");
  ExpectFailure(1, Train(spoilt), {"training diverged at step "});
  EXPECT_EQ(ReadText(state + "/checkpoint.duomo-train"), kept);
}

}  // namespace
}  // namespace duomo::testing
