// Training as DESIGN.md section 2 says, held against an independent implementation's curve, on
// MovieLens 1M; where that is absent, on synthetic data with thresholds of their own, said aloud.
#include "e2e/real_data.h"

#include <duomo/duomo.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "process.h"

namespace duomo::testing {
namespace {

using Json = nlohmann::ordered_json;

struct Expected {
  const char *steps, *test_every;
  std::string user, item;
  int64_t parameters, test_rows;  // -1: not known beforehand
  int64_t first, last;            // tested steps
  double first_cost_least, first_cost_most, last_cost_most;
  uintmax_t largest_file;
  long largest_memory;
};

Json RunJson(std::vector<std::string> words) {
  words.insert(words.begin(), DUOMO_PROGRAM);
  words.push_back("--json");
  Outcome o = RunProgram(words);
  EXPECT_EQ(o.code, 0) << o.err;
  return Json::parse(o.out, nullptr, false);
}

// The number that a host gets for the same pair.
float PredictThroughTheCAbi(const std::string& path, int64_t user, int64_t item) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model* model = nullptr;
  duomo_context* context = nullptr;
  float rating = -1;
  EXPECT_EQ(duomo_model_open(&model, path.c_str(), nullptr, &error), DUOMO_OK) << error.message;
  EXPECT_EQ(duomo_context_create(&context, model, nullptr, &error), DUOMO_OK) << error.message;
  EXPECT_EQ(duomo_predict(&rating, context, &user, &item, 1, &error), DUOMO_OK) << error.message;
  duomo_context_release(context);
  duomo_model_release(model);
  return rating;
}

void Check(const std::string& data, const Expected& e) {
  TemporaryFolder folder;
  std::string file = folder.File("model.duomo"), log = folder.File("run.jsonl");
  Outcome o = RunProgram({DUOMO_PROGRAM, "train", data, "-o", file, "--preset", "hybrid", "--split",
                          "paddle", "--seed", "0", "--steps", e.steps, "--test-every", e.test_every,
                          "--log", log, "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  Json summary = Json::parse(o.out, nullptr, false);
  if (e.parameters >= 0) {
    EXPECT_EQ(summary["parameters"], e.parameters);
  }
  if (e.test_rows >= 0) {
    EXPECT_EQ(summary["test_rows"], e.test_rows);
  }
  // Peak resident memory: the figure is for the program as shipped; sanitizers keep shadows.
  std::printf("peak memory %.0f MB, file %.2f MB\n", static_cast<double>(o.memory) / 1e6,
              static_cast<double>(std::filesystem::file_size(file)) / 1e6);
  if (!kSanitized) {
    EXPECT_LE(o.memory, e.largest_memory);
  }
  EXPECT_LE(std::filesystem::file_size(file), e.largest_file);

  std::map<int64_t, double> costs;
  std::ifstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    Json event = Json::parse(line);
    if (event["event"] == "test") costs[event["step"]] = event["cost"];
  }
  ASSERT_EQ(costs.size(), 3u) << "before, in the middle, at the end";
  ASSERT_TRUE(costs.count(e.first) == 1 && costs.count(e.last) == 1);
  std::printf("test cost %.4f at step %lld, %.4f at step %lld\n", costs[e.first],
              static_cast<long long>(e.first), costs[e.last], static_cast<long long>(e.last));
  EXPECT_GE(costs[e.first], e.first_cost_least);
  EXPECT_LE(costs[e.first], e.first_cost_most);
  EXPECT_LE(costs[e.last], e.last_cost_most);

  Json predicted = RunJson({"predict", file, "--user", e.user, "--item", e.item})["predictions"][0];
  float rating = PredictThroughTheCAbi(file, std::stoll(e.user), std::stoll(e.item));
  EXPECT_EQ(static_cast<float>(predicted["rating"].get<double>()), rating);
  EXPECT_GT(rating, 0);
  EXPECT_LE(rating, 5);
  if (kSanitized) return;
  Json report = RunJson({"evaluate", file, data});
  EXPECT_NEAR(report["cost"].get<double>(), costs[e.last], 1e-3);
  EXPECT_NEAR(report["model"]["rmse"].get<double>(), summary["test"]["rmse"].get<double>(), 1e-4);
  if (e.test_rows >= 0) {
    EXPECT_EQ(report["test_rows"], e.test_rows);
  }
}

TEST(RealData, TrainsAsTheReferenceDoes) {
  std::string real = RealData();
  if (!real.empty() && !kSanitized) {
    Check(real, {"1000", "500", "1", "1962", 528096, 100091, 0, 1000, 9, 10.5, 3.60, 11 << 20,
                 400000000});
    return;
  }
  if (!real.empty()) {
    // Fewer steps: what is slow under sanitizers is the testing.
    Check(real, {"20", "10", "1", "1962", 528096, 100091, 0, 20, 9, 10.5, 9.5, 11 << 20, 0});
    return;
  }
  std::printf("no ml-1m.zip in DUOMO_DATA or %s: training on synthetic data\n", DUOMO_TEST_DATA);
  TemporaryFolder folder;
  std::string data = folder.File("synthetic.zip");
  ASSERT_EQ(RunProgram({DUOMO_PROGRAM, "synth", "-o", data, "--users", "600", "--items", "400",
                        "--ratings", "40000"})
                .code,
            0);
  if (kSanitized) {
    Check(data, {"20", "10", "1", "2", -1, -1, 0, 20, 9, 10.5, 10, 1500000, 0});
  } else {
    Check(data, {"1000", "500", "1", "2", -1, -1, 0, 1000, 9, 10.5, 4, 1500000, 400000000});
  }
}

}  // namespace
}  // namespace duomo::testing
