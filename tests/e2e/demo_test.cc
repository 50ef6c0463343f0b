// `duomo demo` as somebody who tries Duomo for the first time runs it.
#include <algorithm>
#include <cstdio>
#include <sstream>

#include "e2e/real_data.h"
#include "evaluation/xml_check.h"
#include "process.h"

namespace duomo::testing {
namespace {

double Rmse(const std::string& out, const std::string& name) {
  size_t at = out.find("  " + name + " ");
  double rmse = -1;
  if (at == out.npos || std::sscanf(out.c_str() + at + 2 + name.size(), "%lf", &rmse) != 1) {
    ADD_FAILURE() << "no line \"" << name << "\" in:\n" << out;
  }
  return rmse;
}

// What it prints and writes, whatever the data. Returns stdout.
std::string RunDemo(const TemporaryFolder& folder, std::vector<std::string> words) {
  words.insert(words.begin(), {DUOMO_PROGRAM, "demo", "-o", folder.File("out")});
  Outcome o = RunProgram(words);
  EXPECT_EQ(o.code, 0) << o.err;
  for (const char* part : {" would give item ", " stars.", "Top 10 for user ", "by cosine:"}) {
    EXPECT_NE(o.out.find(part), o.out.npos) << part << " in:\n" << o.out;
  }
  EXPECT_NE(o.err.find("test cost"), o.err.npos) << "progress goes to stderr";

  XmlCheck svg(ReadText(folder.File("out/cost.svg")));
  EXPECT_EQ(svg.error(), "");
  EXPECT_EQ(svg.elements().at(0).name, "svg");
  EXPECT_GE(svg.All("path").size() + svg.All("polyline").size(), 2u) << "a line for each cost";

  // Its top list is the one that the file gives without what was seen.
  std::istringstream lines(o.out.substr(std::min(o.out.size(), o.out.find("Top 10 for user "))));
  std::string line;
  std::getline(lines, line);
  std::string user = line.substr(std::string("Top 10 for user ").size());
  user = user.substr(0, user.find(','));
  Outcome topk = RunProgram(
      {DUOMO_PROGRAM, "topk", folder.File("out/demo.duomo"), "--user", user, "--exclude-seen"});
  EXPECT_EQ(topk.code, 0) << topk.err;
  for (int i = 0; i < 10 && std::getline(lines, line); ++i) {
    std::string title = line.substr(line.rfind("  ") + 2);
    EXPECT_FALSE(title.empty());
    EXPECT_NE(topk.out.find("  " + title + "\n"), topk.out.npos) << title << " in\n" << topk.out;
  }
  return o.out;
}

TEST(Demo, OnDataThatAreGiven) {
  TemporaryFolder folder;
  std::string data = folder.File("data.zip");
  ASSERT_EQ(RunProgram({DUOMO_PROGRAM, "synth", "-o", data, "--users", "80", "--items", "60",
                        "--ratings", "1500"})
                .code,
            0);
  std::string out = RunDemo(folder, {data});
  for (const char* name : {"hybrid", "user + item bias", "global mean"}) {
    EXPECT_GT(Rmse(out, name), 0.3);
  }
}

// The whole demo takes minutes under sanitizers; the test above runs the same code there.
TEST(Demo, LearnsMoreThanTheBaselines) {
  if (kSanitized) GTEST_SKIP() << "the whole demo takes minutes under " DUOMO_SANITIZE;
  TemporaryFolder folder;
  std::string out = RunDemo(folder, {});
  double model = Rmse(out, "hybrid"), bias = Rmse(out, "user + item bias"),
         mean = Rmse(out, "global mean");
  std::printf("RMSE: model %.4f, bias %.4f, mean %.4f\n", model, bias, mean);
  EXPECT_LT(model, bias - 0.01) << "clearly better";
  EXPECT_LT(bias, mean - 0.01);
  EXPECT_GT(model, 0.5);
}

}  // namespace
}  // namespace duomo::testing
