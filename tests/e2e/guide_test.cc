// The guide, docs/guide: a reader who types every command of its chapters, in order and in one
// folder, sees what the chapters show.
#include <stdlib.h>

#include <algorithm>
#include <filesystem>

#include "markdown.h"
#include "process.h"
#include "transcript.h"

namespace duomo::testing {
namespace {

std::vector<std::string> Chapters() {
  std::vector<std::string> chapters;
  for (const auto& entry : std::filesystem::directory_iterator(DUOMO_SOURCE "/docs/guide")) {
    if (entry.path().extension() == ".md") chapters.push_back(entry.path());
  }
  std::sort(chapters.begin(), chapters.end());
  return chapters;
}

std::string Folder(const std::string& file) { return file.substr(0, file.rfind('/')); }

// The reader's machine: the programs on the PATH, the library where pkg-config finds it.
class Guide : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string libraries = Folder(DUOMO_LIBRARY);
    WriteText(settings_.File("duomo.pc"),
              "Name: duomo\nDescription: the build's\nVersion: 0\nCflags: -I" DUOMO_SOURCE
              "/include\nLibs: -L" +
                  libraries + " -lduomo\n");
    std::string path = Folder(DUOMO_PROGRAM) + ":" + getenv("PATH");
    ::setenv("PATH", path.c_str(), 1);
    ::setenv("PKG_CONFIG_PATH", settings_.path().c_str(), 1);
    ::setenv("LD_LIBRARY_PATH", libraries.c_str(), 1);
    ::setenv("LC_ALL", "C.UTF-8", 1);
  }

  void Run(const Step& step, const std::string& chapter, bool varies = false) {
    SCOPED_TRACE(chapter + ":" + std::to_string(step.line) + ": " + step.command);
    ASSERT_NE(step.command, "") << "a transcript begins with \"$ \"";
    Outcome o = RunProgram(
        {"/bin/bash", "-c", "cd '" + folder_.path() + "' && {\n" + step.command + "} 2>&1"});
    EXPECT_EQ(o.code, 0);
    std::vector<std::string> printed = Lines(o.out);
    // Where the text itself depends on how fast the machine is, the form has to do.
    bool matches =
        varies ? printed.size() == step.output.size() : OutputMatches(step.output, printed);
    EXPECT_TRUE(matches) << "printed:\n" << o.out;
  }

  void Follow(const std::string& chapter) {
    size_t commands = 0;
    for (const Block& block : Blocks(chapter)) {
      SCOPED_TRACE(chapter + ":" + std::to_string(block.line));
      if (!block.title.empty()) {
        ASSERT_EQ(block.title.find('/'), block.title.npos) << "files go to the reader's folder";
        WriteText(folder_.File(block.title), block.text);
      } else if (block.language == "console") {
        bool varies = block.comment.rfind("varies: ", 0) == 0;
        for (const Step& step : Steps(block.text, block.line)) {
          Run(step, chapter, varies);
          ++commands;
        }
      } else if (block.language == "sh" || block.language == "bash") {
        EXPECT_EQ(block.comment.rfind("not run: ", 0), 0u)
            << "commands stand in a block of ```console, where they are run; say above it why "
               "these are not: "
               "<!-- not run: REASON -->";
      }
    }
    EXPECT_GT(commands, 0u) << chapter << " has no command";
  }

  TemporaryFolder folder_, settings_;
};

TEST_F(Guide, CommandsPrintWhatIsShown) {
  std::vector<std::string> chapters = Chapters();
  ASSERT_EQ(chapters.size(), 7u);
  for (const std::string& chapter : chapters) Follow(chapter);

  // The languages' pages say that their program runs on chapter 2's file. C stands for all: the
  // bindings' checks hold every language to the same output on one file.
  for (const Block& block : Blocks(DUOMO_SOURCE "/bindings/c/README.md")) {
    if (block.language == "c") WriteText(folder_.File("page.c"), block.text);
  }
  Step page;
  page.command = "cc page.c $(pkg-config --cflags --libs duomo) -o page && ./page shop.duomo\n";
  page.output = {"user 3, item 1006: … score", "…", "somebody new: …", "after the swap: … stars"};
  Run(page, "bindings/c/README.md");
}

TEST(Transcript, IsReadStepByStep) {
  std::vector<Step> steps = Steps("$ one \\\n  more\n1\n2\n$ two\n", 10);
  ASSERT_EQ(steps.size(), 2u);
  EXPECT_EQ(steps[0].command, "one \\\n  more\n");
  EXPECT_EQ(steps[0].output, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(steps[1].command, "two\n");
  EXPECT_EQ(steps[1].line, 14u);
  EXPECT_EQ(Steps("no command\n", 1)[0].command, "");
}

TEST(Transcript, ForgivesWhatDiffersByMachineAlone) {
  EXPECT_TRUE(LineMatches("pass 0: 703 steps in 2.42 s", "pass 0: 703 steps in 12.5 s"));
  EXPECT_FALSE(LineMatches("pass 0: 703 steps in 2.42 s", "pass 0: 704 steps in 2.42 s"));
  EXPECT_TRUE(LineMatches("RMSE 0.8207", "RMSE 0.8199"));
  EXPECT_FALSE(LineMatches("RMSE 0.8207", "RMSE 0.9207"));
  EXPECT_FALSE(LineMatches("RMSE 0.8207", "RMSE nan"));
  EXPECT_TRUE(LineMatches("  1.  4.75  Tetregril", "  1. 4.75 Tetregril"));
  EXPECT_FALSE(LineMatches("wrote a file", "wrotea file"));
  EXPECT_FALSE(LineMatches("  1.  4.75  Tetregril", "  2.  4.75  Tetregril"));
  EXPECT_TRUE(LineMatches("crc32 …, whole", "crc32 33c8f214, whole"));
  EXPECT_FALSE(LineMatches("crc32 …, whole", "crc32 33c8f214, torn"));
  EXPECT_FALSE(LineMatches("two", "two more"));
  EXPECT_FALSE(LineMatches("two more", "two"));
  EXPECT_TRUE(OutputMatches({"a", "…", "z"}, {"a", "b", "c", "z"}));
  EXPECT_TRUE(OutputMatches({"a", "…", "z"}, {"a", "z"}));
  EXPECT_FALSE(OutputMatches({"a", "…", "z"}, {"a", "b"}));
  EXPECT_FALSE(OutputMatches({"a"}, {"a", "b"}));
}

}  // namespace
}  // namespace duomo::testing
