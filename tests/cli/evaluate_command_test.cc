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
      EXPECT_NEAR(report["model"]["rmse"].get<double>(), trained["test"]["rmse"].get<double>(),
                  1e-4)
          << split;
      EXPECT_NEAR(report["cost"].get<double>(), trained["test"]["cost"].get<double>(), 1e-3)
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
  Json all =
      DuomoJson({"evaluate", SmallModel(), SmallData(), "--split", "ratio:0.5", "--seed", "1"});
  Json again =
      DuomoJson({"evaluate", SmallModel(), SmallData(), "--split", "ratio:0.5", "--seed", "1"});
  Json other =
      DuomoJson({"evaluate", SmallModel(), SmallData(), "--split", "ratio:0.5", "--seed", "2"});
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

}  // namespace
}  // namespace duomo::testing
