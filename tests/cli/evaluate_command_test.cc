#include <cmath>
#include <cstdio>
#include <map>

#include "cli/program.h"

namespace duomo::testing {
namespace {

TEST(Evaluate, AgreesWithTheTestAtTheEndOfTraining) {
  TemporaryFolder folder;
  std::vector<std::string> user_vectors[] = {{}, {"--no-user-vectors"}};
  for (const char* split : {"paddle", "ratio:0.2", "leave-last", "time:0.8"}) {
    for (std::vector<std::string> words : user_vectors) {
      words.insert(words.end(), {"--split", split, "--seed", "5"});
      Json trained = TrainSmall(folder.File("m.duomo"), words);
      Json report = DuomoJson({"evaluate", folder.File("m.duomo"), SmallData()});
      EXPECT_EQ(report["split"], split);
      EXPECT_EQ(report["test_rows"], trained["test_rows"]);
      // A split by time has test rows of users without a training row. In the file they are the
      // unknown user; the test in training saw what their rows began with.
      double strangers = std::string_view(split).starts_with("time:") ? 100 : 1;
      EXPECT_NEAR(report["model"]["rmse"].get<double>(), trained["test"]["rmse"].get<double>(),
                  strangers * 1e-4)
          << split;
      EXPECT_NEAR(report["cost"].get<double>(), trained["test"]["cost"].get<double>(),
                  strangers * 1e-3)
          << split;
    }
  }
}

TEST(Evaluate, JsonHasTheModelAndBothBaselines) {
  Json report = DuomoJson({"evaluate", SmallModel(), SmallData()});
  EXPECT_EQ(report["file"], SmallModel());
  EXPECT_EQ(report["split"], "paddle");
  EXPECT_EQ(report["unknown_rows"], 0);
  for (const char* name : {"model", "user_item_bias", "global_mean"}) {
    double rmse = report[name]["rmse"], mae = report[name]["mae"];
    EXPECT_GT(mae, 0.3) << name;
    EXPECT_GT(rmse, mae) << name;
    EXPECT_LT(rmse, 3) << name;
  }
  EXPECT_LT(report["user_item_bias"]["rmse"].get<double>(),
            report["global_mean"]["rmse"].get<double>());
}

TEST(Evaluate, OtherRowsOnRequest) {
  // The file was trained on most of them, which has to be asked for.
  auto measure = [](const char* seed) {
    return DuomoJson({"evaluate", SmallModel(), SmallData(), "--split", "ratio:0.5", "--seed", seed,
                      "--trained-rows", "allow"});
  };
  Json all = measure("1"), again = measure("1"), other = measure("2");
  EXPECT_EQ(all, again);
  EXPECT_NE(all["model"], other["model"]);
}

TEST(Evaluate, CountsRowsThatTheModelDoesNotKnow) {
  TemporaryFolder folder;
  ASSERT_EQ(Duomo({"synth", "-o", folder.File("more.zip"), "--users", "90", "--items", "60",
                   "--ratings", "1500", "--seed", "4"})
                .code,
            0);
  Json report =
      DuomoJson({"evaluate", SmallModel(), folder.File("more.zip"), "--split", "time:0.5"});
  EXPECT_EQ(report["test_rows"].get<int>() + report["unknown_rows"].get<int>(), 750);
  EXPECT_GT(report["unknown_rows"].get<int>(), 100);
  EXPECT_GT(report["test_rows"].get<int>(), 100);
  Outcome o = Duomo({"evaluate", SmallModel(), folder.File("more.zip"), "--split", "time:0.5"});
  EXPECT_NE(o.out.find(std::to_string(report["unknown_rows"].get<int>()) +
                       " test rows have users or items"),
            o.out.npos)
      << o.out;
}

TEST(Evaluate, TableForPeople) {
  Outcome o = Duomo({"evaluate", SmallModel(), SmallData()});
  EXPECT_EQ(o.code, 0);
  for (const char* part :
       {"test ratings", "RMSE", "MAE", "global mean", "user + item bias", "hybrid"}) {
    EXPECT_NE(o.out.find(part), o.out.npos) << o.out;
  }
}

// Each user's last item in time, of users with two rows or more; read without the program's help.
std::map<int, int> LastItems(const DataFolder& data) {
  struct Last {
    int item = 0, rows = 0;
    long long time = 0;
  };
  std::map<int, Last> last;
  for (const std::string& line : Lines(data.Text("ratings.dat"))) {
    int user = 0, item = 0, rating = 0;
    long long time = 0;
    EXPECT_EQ(std::sscanf(line.c_str(), "%d::%d::%d::%lld", &user, &item, &rating, &time), 4);
    Last& entry = last[user];
    if (entry.rows++ == 0 || time >= entry.time) entry.item = item, entry.time = time;
  }
  std::map<int, int> out;
  for (const auto& [user, entry] : last) {
    if (entry.rows > 1) out[user] = entry.item;
  }
  return out;
}

// Two stages, trained for a few steps on the same small data.
class EvaluateTwoStages : public ::testing::Test {
 protected:
  void SetUp() override {
    TrainSmall(candidates_, {"--preset", "youtube-candidates", "--store-history"});
    TrainSmall(ranking_, {"--preset", "youtube-ranking", "--candidates", candidates_});
  }
  TemporaryFolder folder_;
  std::string candidates_ = folder_.File("c.duomo"), ranking_ = folder_.File("r.duomo");
};

TEST_F(EvaluateTwoStages, SaysWhatTheOrderIsWorth) {
  Json report = DuomoJson({"evaluate", ranking_, SmallData(), "--candidates", candidates_,
                           "--ranking", "--count", "12", "-k", "4,12"});
  const Json& ranking = report["ranking"];
  std::map<int, int> held_out = LastItems(DataFolder());
  EXPECT_EQ(ranking["users"], held_out.size());
  EXPECT_EQ(report["split"], "leave-last");
  auto value = [&](const char* row, const char* name) {
    return ranking[row][name]["value"].get<double>();
  };
  // The same twelve, so the same twelve found, for certain; further up, another order.
  EXPECT_EQ(value("measures", "hr@12"), value("candidates", "hr@12"));
  EXPECT_EQ(ranking["difference"]["hr@12"], Json({{"value", 0.0}, {"low", 0.0}, {"high", 0.0}}));
  EXPECT_GT(value("measures", "hr@12"), 0);
  EXPECT_NE(value("measures", "mrr"), value("candidates", "mrr"));
  for (const char* name : {"hr@4", "ndcg@4", "ndcg@12", "map@12", "mrr"}) {
    EXPECT_NEAR(value("difference", name), value("measures", name) - value("candidates", name),
                2e-9)
        << name;
    EXPECT_LT(ranking["difference"][name]["low"].get<double>(),
              ranking["difference"][name]["high"].get<double>())
        << name;
  }
  // The same from what `recommend` says to each user.
  double hits = 0, ndcg = 0;
  for (auto [user, item] : held_out) {
    Json said = DuomoJson({"recommend", candidates_, ranking_, "--user", std::to_string(user),
                           "--candidates", "12", "-k", "12"});
    for (size_t i = 0; i < said["items"].size(); ++i) {
      if (said["items"][i]["item"] != item) continue;
      hits += i < 4 ? 1 : 0;
      ndcg += 1 / std::log2(static_cast<double>(i) + 2);
    }
  }
  auto users = static_cast<double>(held_out.size());
  EXPECT_NEAR(value("measures", "hr@4"), hits / users, 2e-9);
  EXPECT_NEAR(value("measures", "ndcg@12"), ndcg / users, 2e-9);
}

// Training sees 8 of the candidates of a list that were not taken, not all of them: without a
// correction the expected watch times of a list would add up to many times what it brings.
TEST_F(EvaluateTwoStages, ExpectedWatchTimesAddUpToWhatIsWatched) {
  TrainSmall(ranking_, {"--preset", "youtube-ranking", "--candidates", candidates_, "--steps",
                        "400", "--learning-rate", "3e-3"});
  Json said = DuomoJson({"evaluate", ranking_, SmallData(), "--candidates", candidates_});
  const double predicted = said["calibration"]["predicted"],
               observed = said["calibration"]["observed"];
  EXPECT_GT(observed, 0.1);
  EXPECT_GT(predicted, observed / 2);
  EXPECT_LT(predicted, observed * 2);
}

TEST_F(EvaluateTwoStages, TableForPeople) {
  Outcome o = Duomo({"evaluate", ranking_, SmallData(), "--candidates", candidates_});
  EXPECT_EQ(o.code, 0) << o.err;
  for (const char* part : {"200 candidates by youtube-candidates",
                           "put in order by youtube-ranking", "pipeline less candidates", "ndcg@10",
                           "all candidates of a user together: expected watch time"}) {
    EXPECT_NE(o.out.find(part), o.out.npos) << o.out;
  }
}

TEST_F(EvaluateTwoStages, AsOneRowOfAComparison) {
  Json alone = DuomoJson({"evaluate", ranking_, SmallData(), "--candidates", candidates_});
  Json report = DuomoJson({"compare", SmallData(), candidates_, "--pipeline", candidates_, ranking_,
                           "--baselines", "popularity"});
  ASSERT_EQ(report["systems"].size(), 3u);
  EXPECT_EQ(report["systems"][1]["name"], "pipeline");
  EXPECT_EQ(report["systems"][1]["measures"], alone["ranking"]["measures"]);
}

TEST_F(EvaluateTwoStages, SaysWhatIsWrong) {
  ExpectFailure(1, {"evaluate", ranking_, SmallData()}, {ranking_, "--candidates"});
  ExpectFailure(1, {"evaluate", ranking_, SmallData(), "--candidates", ranking_}, {"joint model"});
  ExpectFailure(1, {"evaluate", candidates_, SmallData(), "--candidates", candidates_},
                {candidates_, "not a ranking model"});
  ExpectFailure(2, {"evaluate", ranking_, SmallData(), "--candidates", candidates_, "--count", "0"},
                {"--count"});
  ExpectFailure(1, {"compare", SmallData(), candidates_, "--pipeline", candidates_, candidates_},
                {"not a ranking model"});
  ExpectFailure(1, {"compare", SmallData(), SmallModel(), "--pipeline", candidates_, ranking_},
                {candidates_, "leave-last", "paddle", "--split"});
}

}  // namespace
}  // namespace duomo::testing
