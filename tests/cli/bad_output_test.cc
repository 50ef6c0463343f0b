// Outputs appear whole or not at all: full disks, folders that may not be written, Ctrl-C.
#include <algorithm>
#include <csignal>

#include "cli/program.h"

namespace duomo::testing {
namespace {

std::vector<std::string> TrainTo(const std::string& file) {
  return {"train", SmallData(), "-o", file, "--steps", "2", "--threads", "1"};
}

// RLIMIT_FSIZE stands for the full disk: writes beyond the limit fail as they do there.
TEST(Write, AFullDiskLeavesNothing) {
  std::string good = ReadText(SmallModel());
  // Above what the messages themselves need: they go to files here.
  for (long limit : {2000L, 66000L, static_cast<long>(good.size()) / 2}) {
    TemporaryFolder folder;
    Surroundings full;
    full.largest_file = limit;
    ExpectFailure(1, TrainTo(folder.File("m.duomo")), {}, full);
    EXPECT_TRUE(folder.Names().empty()) << limit << " " << folder.Names()[0];
  }
}

TEST(Write, AFullDiskKeepsTheOlderFile) {
  TemporaryFolder folder;
  WriteText(folder.File("m.duomo"), "older");
  Surroundings full;
  full.largest_file = 5000;
  ExpectFailure(1, TrainTo(folder.File("m.duomo")), {folder.File("m.duomo"), "File too large"},
                full);
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"m.duomo"});
  EXPECT_EQ(ReadText(folder.File("m.duomo")), "older");
}

// A run that cannot save its state ends, and what it had saved before is what it goes on from.
TEST(Write, AFullDiskKeepsTheOlderCheckpoint) {
  TemporaryFolder folder, state;
  std::vector<std::string> words = TrainTo(folder.File("m.duomo"));
  words.insert(words.end(), {"--checkpoint", state.path()});
  ASSERT_EQ(Duomo(words).code, 0);
  const std::string path = state.File("checkpoint.duomo-train"), older = ReadText(path);
  Surroundings full;
  full.largest_file = static_cast<long>(older.size()) / 2;
  ExpectFailure(1, words, {path, "File too large"}, full);
  EXPECT_EQ(state.Names(), std::vector<std::string>{"checkpoint.duomo-train"});
  EXPECT_TRUE(ReadText(path) == older);
  words.push_back("--resume");
  EXPECT_EQ(Duomo(words).code, 0);
}

TEST(Write, AFullDiskForDataAndPlots) {
  TemporaryFolder folder;
  Surroundings full;
  full.largest_file = 2000;
  ExpectFailure(1, {"synth", "-o", folder.File("s.zip")}, {"s.zip", "File too large"}, full);
  EXPECT_TRUE(folder.Names().empty());
  ExpectFailure(1, {"synth", "-o", folder.File("s")}, {"/s/", "File too large"}, full);
  TemporaryFolder plots;
  std::vector<std::string> words = TrainTo("/dev/null/no/m.duomo");
  words.insert(words.end(), {"--plot", plots.File("cost.svg")});
  ExpectFailure(1, words, {"/dev/null/no/m.duomo"});
  EXPECT_TRUE(plots.Names().empty());
}

// Root goes without CAP_DAC_OVERRIDE here, so that the folder's mode binds it as anybody.
TEST(Write, AReadOnlyFolder) {
  std::string data = SmallData();
  TemporaryFolder folder;
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  Surroundings obedient;
  obedient.obey_permissions = true;
  ExpectFailure(1, TrainTo(folder.File("m.duomo")), {folder.File("m.duomo"), "Permission denied"},
                obedient);
  ExpectFailure(1, {"synth", "-o", folder.File("s.zip")}, {"s.zip", "Permission denied"}, obedient);
  ExpectFailure(1, {"synth", "-o", folder.File("s")}, {folder.File("s"), "Permission denied"},
                obedient);
  TemporaryFolder elsewhere;
  std::vector<std::string> words = TrainTo(elsewhere.File("m.duomo"));
  words.insert(words.end(), {"--log", folder.File("run.jsonl")});
  ExpectFailure(1, words, {folder.File("run.jsonl"), "Permission denied"}, obedient);
  ExpectFailure(1, {"demo", "-o", folder.File("demo")}, {folder.File("demo"), "ermission denied"},
                obedient);
  EXPECT_TRUE(folder.Names().empty());
}

TEST(Write, NothingButARegularFileIsReplaced) {
  TemporaryFolder folder;
  for (const std::string& target : {std::string("/dev/null"), folder.path()}) {
    ExpectFailure(1, TrainTo(target), {target, "not a regular file"});
    std::vector<std::string> words = TrainTo(folder.File("m.duomo"));
    words.insert(words.end(), {"--plot", target});
    ExpectFailure(1, words, {target, "not a regular file"});
  }
  EXPECT_TRUE(folder.Names().empty());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(Write, AFolderThatDoesNotExistOrIsAFile) {
  TemporaryFolder folder;
  WriteText(folder.File("file"), "x");
  ExpectFailure(1, TrainTo(folder.File("nope/m.duomo")),
                {folder.File("nope/m.duomo"), "No such file"});
  ExpectFailure(1, TrainTo(folder.File("file/m.duomo")),
                {folder.File("file/m.duomo"), "Not a directory"});
  ExpectFailure(1, {"synth", "-o", folder.File("file/s.zip")}, {"file/s.zip", "Not a directory"});
  ExpectFailure(1, {"demo", "-o", folder.File("file")}, {folder.File("file")});
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"file"});
}

TEST(Write, CtrlCWritesWhatHasBeenLearned) {
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    TemporaryFolder folder;
    Process train({DUOMO_PROGRAM, "train", SmallData(), "-o", folder.File("m.duomo"), "--json",
                   "--threads", "1", "--passes", "100000000", "--test-every", "7", "--log",
                   folder.File("run.jsonl"), "--plot", folder.File("cost.svg")});
    ASSERT_TRUE(train.WaitFor("step      7 "));
    train.Signal(signal);
    Outcome o = train.Wait();
    EXPECT_EQ(o.code, 128 + signal) << o.err;
    EXPECT_NE(o.err.find("interrupted"), o.err.npos) << o.err;
    EXPECT_NE(o.err.find("wrote "), o.err.npos) << o.err;
    Json json = Json::parse(o.out);
    EXPECT_EQ(json["interrupted"], true);
    EXPECT_GE(json["steps"].get<int>(), 7);
    EXPECT_EQ(json["test"]["step"], json["steps"]) << "what was written has been tested";
    auto names = folder.Names();
    std::sort(names.begin(), names.end());
    EXPECT_EQ(names, (std::vector<std::string>{"cost.svg", "m.duomo", "run.jsonl"}));

    Outcome verify = RunProgram({DUOMO_CONVERT, "verify", folder.File("m.duomo")});
    EXPECT_EQ(verify.code, 0) << verify.err;
    Json report = DuomoJson({"evaluate", folder.File("m.duomo"), SmallData()});
    EXPECT_NEAR(report["model"]["rmse"].get<double>(), json["test"]["rmse"].get<double>(), 1e-4);
    // One event a line, and the last test is the last step's, once.
    int last = 0;
    for (const std::string& line : Lines(ReadText(folder.File("run.jsonl")))) {
      Json event = Json::parse(line);
      if (event["event"] == "test" && event["step"] == json["steps"]) ++last;
    }
    EXPECT_EQ(last, 1);
  }
}

}  // namespace
}  // namespace duomo::testing
