#include <cmath>
#include <map>

#include "cli/program.h"
#include "evaluation/xml_check.h"

namespace duomo::testing {
namespace {

// SmallData() has 900 ratings: three or four steps of 256 a pass.
struct Log {
  std::vector<int64_t> train, test;
  std::map<int64_t, double> cost;  // of tests
};

Log ReadLog(const std::string& path) {
  Log log;
  for (const std::string& line : Lines(ReadText(path))) {
    Json event = Json::parse(line, nullptr, false);
    EXPECT_TRUE(event.is_object()) << line;
    int64_t step = event.at("step");
    EXPECT_TRUE(std::isfinite(event.at("cost").get<double>())) << line;
    if (event.at("event") == "train") {
      EXPECT_EQ(event.size(), 5u) << line;
      EXPECT_TRUE(event.at("pass").is_number_unsigned()) << line;
      EXPECT_TRUE(event.at("batch").is_number_unsigned()) << line;
      log.train.push_back(step);
      continue;
    }
    EXPECT_EQ(event.at("event"), "test") << line;
    EXPECT_EQ(event.size(), 4u) << line;
    double cost = event.at("cost"), rmse = event.at("rmse");
    EXPECT_NEAR(rmse, std::sqrt(cost) / 2, 1e-6) << line;
    log.test.push_back(step);
    log.cost[step] = cost;
  }
  return log;
}

std::vector<int64_t> EveryTen(int64_t steps) {
  std::vector<int64_t> out;
  for (int64_t step = 0; step < steps; step += 10) out.push_back(step);
  return out;
}

TEST(Train, SummaryInJson) {
  TemporaryFolder folder;
  Json json = TrainSmall(folder.File("m.duomo"));
  EXPECT_EQ(json["file"], folder.File("m.duomo"));
  EXPECT_EQ(json["steps"], 30);
  EXPECT_EQ(json["train_rows"].get<int>() + json["test_rows"].get<int>(), 900);
  EXPECT_GT(json["test_rows"].get<int>(), 50);
  EXPECT_GT(json["parameters"].get<int>(), 10000);
  EXPECT_EQ(json["unknown_parameters"], 176) << "one row a table: 4 of 32, 3 of 16";
  EXPECT_EQ(json["interrupted"], false);
  EXPECT_EQ(json["test"]["step"], 30);
  EXPECT_NEAR(json["test"]["rmse"].get<double>(), std::sqrt(json["test"]["cost"].get<double>()) / 2,
              1e-6);
  EXPECT_GE(json["seconds"].get<double>(), 0);
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"m.duomo"});
}

TEST(Train, LogHasEveryTenthStepAndEveryTestOnce) {
  struct Case {
    const char *steps, *test_every;
    std::vector<int64_t> tests;
  };
  for (const Case& c : {Case{"30", "10", {0, 10, 20, 30}},
                        {"31", "10", {0, 10, 20, 30, 31}},
                        {"30", "1000", {0, 30}},
                        {"30", "0", {0, 30}},
                        {"1", "1", {0, 1}}}) {
    TemporaryFolder folder;
    Json json = TrainSmall(
        folder.File("m.duomo"),
        {"--steps", c.steps, "--test-every", c.test_every, "--log", folder.File("run.jsonl")});
    Log log = ReadLog(folder.File("run.jsonl"));
    EXPECT_EQ(log.test, c.tests) << c.steps << " " << c.test_every;
    EXPECT_EQ(log.train, EveryTen(std::stoll(c.steps)));
    EXPECT_EQ(json["test"]["cost"].get<double>(), log.cost[c.tests.back()]);
    if (c.tests.back() >= 30) {
      EXPECT_LT(log.cost[c.tests.back()], log.cost[0]) << "it learns";
    }
  }
}

TEST(Train, TrainEventsSayPassAndBatch) {
  TemporaryFolder folder;
  Json json = TrainSmall(folder.File("m.duomo"),
                         {"--passes", "6", "--batch", "100", "--log", folder.File("run.jsonl")});
  int64_t a_pass = (json["train_rows"].get<int64_t>() + 99) / 100;  // the last batch is kept
  EXPECT_EQ(json["steps"], 6 * a_pass);
  size_t seen = 0;
  for (const std::string& line : Lines(ReadText(folder.File("run.jsonl")))) {
    Json event = Json::parse(line);
    if (event["event"] != "train") continue;
    int64_t step = event["step"];
    EXPECT_EQ(event["pass"], step / a_pass) << line;
    EXPECT_EQ(event["batch"], step % a_pass) << line;
    ++seen;
  }
  EXPECT_EQ(seen, EveryTen(6 * a_pass).size());
}

TEST(Train, SameSeedAndThreadsSameBytes) {
  TemporaryFolder folder;
  for (const char* threads : {"1", "2"}) {
    std::string a = folder.File("a.duomo"), b = folder.File("b.duomo"), c = folder.File("c.duomo");
    TrainSmall(a, {"--threads", threads, "--store-history"});
    TrainSmall(b, {"--threads", threads, "--store-history"});
    TrainSmall(c, {"--threads", threads, "--store-history", "--seed", "1"});
    EXPECT_FALSE(ReadText(a).empty());
    EXPECT_TRUE(ReadText(a) == ReadText(b)) << threads;
    EXPECT_FALSE(ReadText(a) == ReadText(c)) << threads;
  }
}

TEST(Train, WithoutUserVectorsTheTowerAnswersTheSame) {
  TemporaryFolder folder;
  TrainSmall(folder.File("with.duomo"));
  TrainSmall(folder.File("without.duomo"), {"--no-user-vectors"});
  EXPECT_LT(ReadText(folder.File("without.duomo")).size() + 60 * 200 * 4,
            ReadText(folder.File("with.duomo")).size() + 1000);
  std::string pairs;
  for (int user = 1; user <= 60; ++user)
    pairs += std::to_string(user) + " " + std::to_string(user % 40 + 1) + "\n";
  WriteText(folder.File("pairs"), pairs);
  Json with = DuomoJson(
      {"predict", folder.File("with.duomo"), "--pairs", folder.File("pairs")})["predictions"];
  Json without = DuomoJson(
      {"predict", folder.File("without.duomo"), "--pairs", folder.File("pairs")})["predictions"];
  ASSERT_EQ(with.size(), 60u);
  ASSERT_EQ(without.size(), 60u);
  for (size_t i = 0; i < 60; ++i) {
    EXPECT_EQ(with[i]["user"], without[i]["user"]);
    EXPECT_NEAR(with[i]["rating"].get<double>(), without[i]["rating"].get<double>(), 1e-5) << i;
  }
  EXPECT_EQ(
      DuomoJson({"topk", folder.File("without.duomo"), "--user", "3"})["users"][0]["items"].size(),
      10u);
}

TEST(Train, Splits) {
  TemporaryFolder folder;
  struct Case {
    const char* split;
    int low, high;  // test rows of 900
  };
  for (const Case& c : {Case{"paddle", 60, 120},
                        {"ratio:0.3", 220, 320},
                        {"leave-last", 40, 60},
                        {"time:0.9", 90, 90}}) {
    Json json = TrainSmall(folder.File("m.duomo"), {"--steps", "2", "--split", c.split});
    int test = json["test_rows"];
    EXPECT_GE(test, c.low) << c.split;
    EXPECT_LE(test, c.high) << c.split;
    EXPECT_EQ(json["train_rows"].get<int>() + test, 900) << c.split;
    // The file remembers; evaluate takes the same rows unasked.
    Json report = DuomoJson({"evaluate", folder.File("m.duomo"), SmallData()});
    EXPECT_EQ(report["split"], c.split);
    EXPECT_EQ(report["test_rows"], test);
  }
  Json none = TrainSmall(folder.File("m.duomo"),
                         {"--steps", "2", "--split", "none", "--log", folder.File("run.jsonl")});
  EXPECT_EQ(none["train_rows"], 900);
  EXPECT_EQ(none["test_rows"], 0);
  EXPECT_FALSE(none.contains("test"));
  EXPECT_TRUE(ReadLog(folder.File("run.jsonl")).test.empty());
  ExpectFailure(1, {"evaluate", folder.File("m.duomo"), SmallData()}, {"none", "--split"});
}

TEST(Train, RandomSplitsFollowTheSeed) {
  TemporaryFolder folder;
  auto rows = [&](const char* seed) -> int {
    return TrainSmall(folder.File("m.duomo"),
                      {"--steps", "1", "--split", "ratio:0.5", "--seed", seed})["test_rows"];
  };
  int one = rows("1");
  EXPECT_EQ(one, rows("1"));
  int other = rows("2"), third = rows("3");
  EXPECT_TRUE(one != other || one != third) << one;
}

TEST(Train, AModelOfOnesOwnIsAJsonFile) {
  TemporaryFolder folder;
  Json recipe = Json::parse(ReadText(std::string(DUOMO_PRESETS) + "/hybrid.json"));
  WriteText(folder.File("same.json"), recipe.dump());
  TrainSmall(folder.File("same.duomo"), {"--model", folder.File("same.json")});
  TrainSmall(folder.File("preset.duomo"), {"--preset", "hybrid"});
  EXPECT_TRUE(ReadText(folder.File("same.duomo")) == ReadText(folder.File("preset.duomo")));

  recipe["model"]["name"] = "narrow";
  for (Json& tower : recipe["model"]["towers"]) tower["dense"][0]["units"] = 24;
  WriteText(folder.File("narrow.json"), recipe.dump(2));
  Json narrow = TrainSmall(folder.File("narrow.duomo"), {"--model", folder.File("narrow.json")});
  Json wide = TrainSmall(folder.File("wide.duomo"));
  // 176 units fewer, each with 80 (user) or 96 (item) weights and a bias.
  EXPECT_EQ(wide["parameters"].get<int>() - narrow["parameters"].get<int>(), 176 * (80 + 96 + 2));
  Outcome o = RunProgram({DUOMO_CONVERT, "inspect", folder.File("narrow.duomo"), "--json"});
  Json inspected = Json::parse(o.out);
  EXPECT_EQ(inspected["description"]["name"], "narrow");
  EXPECT_EQ(inspected["vector_width"], 24);
}

TEST(Train, PlotIsWellFormedSvg) {
  TemporaryFolder folder;
  TrainSmall(folder.File("m.duomo"), {"--plot", folder.File("cost.svg"), "--test-every", "10"});
  XmlCheck svg(ReadText(folder.File("cost.svg")));
  ASSERT_EQ(svg.error(), "");
  EXPECT_EQ(svg.elements().at(0).name, "svg");
  EXPECT_GE(svg.All("text").size(), 5u);
}

TEST(Train, ProgressGoesToStderrAndResultsToStdout) {
  TemporaryFolder folder;
  Outcome o = Duomo({"train", SmallData(), "-o", folder.File("m.duomo"), "--steps", "4"});
  EXPECT_EQ(o.code, 0);
  EXPECT_EQ(o.out, "");
  for (const char* part :
       {"60 users, 40 items, 900 ratings", "parameters", "step      0", "test cost", "wrote "}) {
    EXPECT_NE(o.err.find(part), o.err.npos) << part << " in " << o.err;
  }
  EXPECT_EQ(o.err.find('\033'), o.err.npos) << "no colours or bars where there is no terminal";
}

}  // namespace
}  // namespace duomo::testing
