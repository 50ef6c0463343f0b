// `duomo demo` as somebody who tries Duomo for the first time runs it.
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

// A sanitized demo takes minutes: there, what it does is covered by the tests of its parts on
// smaller data (tests/cli), and this program says that it leaves the demo out.
TEST(Demo, LearnsMoreThanTheBaselinesAndDrawsIt) {
  if (kSanitized) GTEST_SKIP() << "the demo takes minutes under " DUOMO_SANITIZE;
  TemporaryFolder folder;
  Outcome o = RunProgram({DUOMO_PROGRAM, "demo", "-o", folder.File("out")});
  ASSERT_EQ(o.code, 0) << o.err;
  double model = Rmse(o.out, "hybrid"), bias = Rmse(o.out, "user + item bias"),
         mean = Rmse(o.out, "global mean");
  EXPECT_LT(model, bias - 0.01) << "clearly better";
  EXPECT_LT(bias, mean - 0.01);
  EXPECT_GT(model, 0.5);
  for (const char* part : {" would give item ", " stars.", "Top 10 for user ", "by cosine:"}) {
    EXPECT_NE(o.out.find(part), o.out.npos) << part << " in:\n" << o.out;
  }
  EXPECT_NE(o.err.find("test cost"), o.err.npos) << "progress goes to stderr";

  XmlCheck svg(ReadText(folder.File("out/cost.svg")));
  ASSERT_EQ(svg.error(), "");
  EXPECT_EQ(svg.elements().at(0).name, "svg");
  EXPECT_GE(svg.All("path").size() + svg.All("polyline").size(), 2u) << "a line for each cost";

  // The ten items of its top list are in the file's answers, too: what was seen is left out.
  std::istringstream lines(o.out.substr(o.out.find("Top 10 for user ")));
  std::string line, user;
  std::getline(lines, line);
  user = line.substr(std::string("Top 10 for user ").size());
  user = user.substr(0, user.find(','));
  Outcome topk = RunProgram({DUOMO_PROGRAM, "topk", folder.File("out/demo.duomo"), "--user", user, "--exclude-seen"});
  ASSERT_EQ(topk.code, 0) << topk.err;
  for (int i = 0; i < 10; ++i) {
    std::getline(lines, line);
    std::string title = line.substr(line.rfind("  ") + 2);
    EXPECT_FALSE(title.empty());
    EXPECT_NE(topk.out.find("  " + title + "\n"), topk.out.npos) << title << " in\n" << topk.out;
  }
}

}  // namespace
}  // namespace duomo::testing
