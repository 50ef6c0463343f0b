// README's C program is capi/examples/recommend.c; it compiles without a warning, runs, and says
// what the command line says.
#include <algorithm>
#include <sstream>

#include "markdown.h"
#include "process.h"

namespace duomo::testing {
namespace {

const std::string kSource = DUOMO_SOURCE "/capi/examples/recommend.c";

// The C programs of README.md.
std::vector<std::string> CBlocks() {
  std::vector<std::string> programs;
  for (const Block& block : Blocks(DUOMO_SOURCE "/README.md")) {
    if (block.language == "c") programs.push_back(block.text);
  }
  return programs;
}

TEST(Readme, ShowsTheExample) {
  std::vector<std::string> blocks = CBlocks();
  ASSERT_EQ(blocks.size(), 1u);
  EXPECT_EQ(blocks[0], ReadText(kSource));
  size_t lines = static_cast<size_t>(std::count(blocks[0].begin(), blocks[0].end(), '\n'));
  EXPECT_GT(lines, 10u);
  EXPECT_LE(lines, 30u);
}

class ReadmeProgram : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::string> blocks = CBlocks();
    ASSERT_EQ(blocks.size(), 1u);
    WriteText(folder_.File("recommend.c"), blocks[0]);
    std::string library = DUOMO_LIBRARY;
    std::string libraries = library.substr(0, library.rfind('/'));
    std::vector<std::string> compile = {DUOMO_C_COMPILER,
                                        "-std=c99",
                                        "-Wall",
                                        "-Wextra",
                                        "-Wpedantic",
                                        "-Werror",
                                        "-I" DUOMO_SOURCE "/include",
                                        folder_.File("recommend.c"),
                                        "-o",
                                        program_,
                                        "-L" + libraries,
                                        "-lduomo",
                                        "-Wl,-rpath," + libraries};
    // A library that was built with sanitizers needs a program with their runtime.
    if (*DUOMO_SANITIZE != 0) compile.push_back("-fsanitize=" DUOMO_SANITIZE);
    Outcome compiled = RunProgram(compile);
    ASSERT_EQ(compiled.code, 0) << compiled.err;
    EXPECT_EQ(compiled.err, "");
    std::string data = folder_.File("data.zip");
    ASSERT_EQ(RunProgram({DUOMO_PROGRAM, "synth", "-o", data, "--users", "80", "--items", "60",
                          "--ratings", "1500"})
                  .code,
              0);
    ASSERT_EQ(RunProgram({DUOMO_PROGRAM, "train", data, "-o", model_, "--steps", "50",
                          "--test-every", "0"})
                  .code,
              0);
  }

  TemporaryFolder folder_;
  std::string program_ = folder_.File("recommend"), model_ = folder_.File("model.duomo");
};

TEST_F(ReadmeProgram, PredictsAndRecommendsAsTheCommandLineDoes) {
  Outcome o = RunProgram({program_, model_, "3", "12"});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.err, "");
  std::vector<std::string> lines = Lines(o.out);
  ASSERT_EQ(lines.size(), 11u) << o.out;

  std::string predicted =
      RunProgram({DUOMO_PROGRAM, "predict", model_, "--user", "3", "--item", "12"}).out;
  ASSERT_NE(predicted.find(" stars"), predicted.npos);
  EXPECT_EQ(lines[0], predicted.substr(0, predicted.find(" stars")));

  std::vector<std::string> best =
      Lines(RunProgram({DUOMO_PROGRAM, "topk", model_, "--user", "3"}).out);
  ASSERT_EQ(best.size(), 11u);
  for (size_t i = 1; i <= 10; ++i) {
    // " 1. 3.62  Title (1999)" here, "  1.  3.617  Title (1999)" there.
    std::istringstream ours(lines[i]), theirs(best[i]);
    std::string place, other_place, title, other_title;
    double score = 0, other_score = 0;
    ours >> place >> score >> std::ws;
    theirs >> other_place >> other_score >> std::ws;
    std::getline(ours, title);
    std::getline(theirs, other_title);
    EXPECT_EQ(place, std::to_string(i) + ".");
    EXPECT_EQ(place, other_place);
    EXPECT_NEAR(score, other_score, 0.0056);
    EXPECT_FALSE(title.empty());
    EXPECT_EQ(title, other_title);
  }
}

TEST_F(ReadmeProgram, SaysWhatIsWrong) {
  Outcome usage = RunProgram({program_});
  EXPECT_EQ(usage.code, 1);
  EXPECT_NE(usage.err.find("MODEL"), usage.err.npos) << usage.err;
  Outcome missing = RunProgram({program_, folder_.File("nope.duomo"), "3", "12"});
  EXPECT_EQ(missing.code, 1);
  EXPECT_NE(missing.err.find("nope.duomo: No such file"), missing.err.npos) << missing.err;
  Outcome unknown = RunProgram({program_, model_, "81", "12"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("81"), unknown.err.npos) << unknown.err;
  EXPECT_EQ(unknown.out, "");
}

}  // namespace
}  // namespace duomo::testing
