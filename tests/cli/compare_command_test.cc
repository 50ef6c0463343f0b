// What the command says is what the process prints; the library has tests of its own.
#include "cli/program.h"

namespace duomo::testing {
namespace {

TEST(Compare, MeasuresModelsAndBaselinesAlike) {
  TemporaryFolder folder;
  std::string file = folder.File("m.duomo");
  Json trained = TrainSmall(file, {"--split", "ratio:0.2"});
  Json report = DuomoJson({"compare", SmallData(), file, "--baselines", "popularity,bias"});
  EXPECT_EQ(report["split"], "ratio:0.2");
  ASSERT_EQ(report["systems"].size(), 3u);
  EXPECT_EQ(report["systems"][0]["file"], file);
  for (const Json& system : report["systems"]) {
    const Json& measures = system["measures"];
    for (const char* name : {"hr@10", "ndcg@10", "recall@10", "map@10", "hr@50", "mrr"}) {
      double value = measures[name]["value"], low = measures[name]["low"],
             high = measures[name]["high"];
      EXPECT_LE(low, value) << name;
      EXPECT_GE(high, value) << name;
      EXPECT_GE(low, 0) << name;
      EXPECT_LE(high, 1) << name;
    }
    EXPECT_GE(measures["hr@50"]["value"].get<double>(), measures["hr@10"]["value"].get<double>());
  }
  // The same test rows as the training's own last test.
  EXPECT_NEAR(report["systems"][0]["measures"]["rmse"]["value"].get<double>(),
              trained["test"]["rmse"].get<double>(), 1e-4);
  EXPECT_FALSE(report["systems"][1]["measures"].contains("rmse")) << "popularity rates nothing";
}

TEST(Compare, WritesOneFileThatNeedsNothingElse) {
  TemporaryFolder folder;
  std::string html = folder.File("report.html");
  Outcome outcome =
      Duomo({"compare", SmallData(), SmallModel(), "--baselines", "popularity", "--html", html});
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  std::string text = ReadText(html);
  EXPECT_TRUE(text.starts_with("<!DOCTYPE html>") || text.starts_with("<!doctype html>"));
  EXPECT_NE(text.find("</html>"), std::string::npos);
  EXPECT_NE(text.find("<svg"), std::string::npos);
  EXPECT_EQ(text.find("<script"), std::string::npos);
  EXPECT_EQ(text.find("src=\"http"), std::string::npos);
  EXPECT_EQ(text.find("href=\"http"), std::string::npos);
  EXPECT_EQ(text.find("nan"), std::string::npos);
}

// Items that nobody has rated: what the content says of them beats both floors.
TEST(Compare, ItemsHeldOutCompletely) {
  TemporaryFolder folder;
  std::string data = folder.File("data.zip"), file = folder.File("cold.duomo");
  ASSERT_EQ(
      Duomo({"synth", "-o", data, "--users", "200", "--items", "150", "--ratings", "8000"}).code,
      0);
  Outcome trained = Duomo({"train", data, "-o", file, "--preset", "content", "--split",
                           "cold-items:0.2", "--seed", "3", "--steps", "300", "--threads", "1"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  Json report = DuomoJson({"compare", data, file, "--baselines", "popularity,popularity-of-genre"});
  EXPECT_EQ(report["split"], "cold-items:0.2");
  ASSERT_EQ(report["systems"].size(), 3u);
  auto recall = [&](size_t system) {
    return report["systems"][system]["measures"]["recall@50"]["value"].get<double>();
  };
  EXPECT_EQ(report["systems"][2]["name"], "popularity-of-genre");
  EXPECT_LT(recall(1), 0.02) << "nobody has those items, so popularity puts them last";
  EXPECT_GT(recall(2), recall(1));
  EXPECT_GT(recall(0), recall(2));
  // One model alone gives the same numbers.
  Json alone = DuomoJson({"evaluate", file, data, "--ranking"});
  EXPECT_EQ(alone["ranking"]["measures"], report["systems"][0]["measures"]);
}

TEST(Compare, SaysWhatIsWrong) {
  ExpectFailure(1, {"compare", SmallData(), "missing.duomo"}, {"missing.duomo"});
  ExpectFailure(2, {"compare", SmallData(), SmallModel(), "--baselines", "oracle"}, {"oracle"});
}

}  // namespace
}  // namespace duomo::testing
