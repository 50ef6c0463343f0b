#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "console/paths.h"
#include "core/error.h"
#include "temporary_folder.h"

namespace duomo::console {
namespace {

namespace fs = std::filesystem;

// A command with the kinds of options that there are; gives the message, or "" where it may run.
std::string Refusal(std::vector<std::string> words) {
  CLI::App app{"", "tool"};
  CLI::App* command = app.add_subcommand("make");
  std::string file, table, output, log, plot, kind;
  std::vector<std::string> more;
  command->add_option("FILE", file);
  command->add_option("--table", table);
  command->add_option("--more", more)->delimiter(',');
  command->add_option("--kind", kind)->check(CLI::IsMember({"plain"}));
  command->add_option("-o,--output", output);
  command->add_option("--log", log);
  command->add_option("--plot", plot);
  bool ran = false;
  command->callback([&] { ran = true; });
  app.parse_complete_callback([&] { RefuseOverwriting(app); });
  words.insert(words.begin(), "make");
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const Error& error) {
    EXPECT_FALSE(ran) << "refused before any work";
    return error.message();
  }
  EXPECT_TRUE(ran);
  return "";
}

class Paths : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::WriteText(in_, "x");
    testing::WriteText(other_, "y");
  }
  void Refused(const std::vector<std::string>& words, const std::vector<std::string>& parts) {
    std::string message = Refusal(words);
    EXPECT_NE(message, "");
    for (const std::string& part : parts) {
      EXPECT_NE(message.find(part), message.npos) << part << " in: " << message;
    }
  }
  testing::TemporaryFolder folder_;
  std::string in_ = folder_.File("in"), other_ = folder_.File("other"), out_ = folder_.File("out");
};

TEST_F(Paths, AnOutputIsNoInput) {
  Refused({in_, "-o", in_}, {"--output " + in_, "is the input itself", "FILE " + in_});
  Refused({"--table", in_, "--log", in_}, {"--log", "--table"});
  Refused({"--more", other_ + "," + in_, "--plot", in_}, {"--plot", "--more"});
  Refused({folder_.path() + "/./in", "-o", folder_.path() + "/x/../in"}, {"--output"});
  EXPECT_EQ(Refusal({in_, "-o", out_}), "");
  EXPECT_EQ(Refusal({in_, "-o", other_}), "") << "an older output is replaced";
}

TEST_F(Paths, LinksOfBothKindsAreSeenThrough) {
  fs::create_symlink(in_, folder_.File("soft"));
  fs::create_hard_link(in_, folder_.File("hard"));
  fs::create_directory_symlink(folder_.path(), folder_.File("folder"));
  for (const char* name : {"soft", "hard", "folder/in", "folder/hard"}) {
    Refused({in_, "-o", folder_.File(name)}, {"is the input itself", name});
    Refused({folder_.File(name), "-o", in_}, {"is the input itself", name});
  }
}

TEST_F(Paths, NoTwoOutputsAreOneFile) {
  Refused({in_, "-o", out_, "--log", out_}, {"--output", "--log", "the same file"});
  Refused({in_, "--plot", out_, "--log", folder_.path() + "/./out"}, {"--plot", "--log"});
  fs::create_directory_symlink(folder_.path(), folder_.File("folder"));
  Refused({in_, "-o", out_, "--plot", folder_.File("folder/out")}, {"the same file"});
  EXPECT_EQ(Refusal({in_, "-o", out_, "--log", folder_.File("log")}), "");
}

TEST_F(Paths, AFileOfAnArchiveOrFolderThatIsRead) {
  Refused({in_ + "/ratings.csv", "-o", in_}, {"is the input itself"});
  fs::create_directory(folder_.File("data"));
  testing::WriteText(folder_.File("data/ratings.dat"), "x");
  testing::WriteText(folder_.File("data/old.duomo"), "x");
  Refused({folder_.File("data"), "-o", folder_.File("data/ratings.dat")},
          {"--output", "would replace a file of FILE"});
  EXPECT_EQ(Refusal({folder_.File("data"), "-o", folder_.File("data/new")}), "");
  EXPECT_EQ(Refusal({folder_.File("data"), "-o", folder_.File("data/old.duomo")}), "");
}

TEST_F(Paths, WordsOfAListAreNoPaths) {
  fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  testing::WriteText("plain", "x");
  EXPECT_EQ(Refusal({"--kind", "plain", "-o", "plain"}), "");
  Refused({"plain", "-o", "./plain"}, {"is the input itself"});
  Refused({"-o", "new", "--log", "./new"}, {"the same file"});
  fs::current_path(before);
}

TEST_F(Paths, FilesWithoutAnOption) {
  EXPECT_THROW(RefuseOverwriting(folder_.path() + "/./in", in_), Error);
  EXPECT_NO_THROW(RefuseOverwriting(out_, in_));
}

}  // namespace
}  // namespace duomo::console
