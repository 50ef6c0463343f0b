// duomo train with --checkpoint, --resume, --early-stop, --user-range and the settings of a recipe.
#include <algorithm>

#include "cli/program.h"

namespace duomo::testing {
namespace {

// The line after "to go on:", as a shell would run it.
std::string ResumeCommand(const std::string& err) {
  size_t at = err.find("to go on:\n  ");
  EXPECT_NE(at, err.npos) << err;
  if (at == err.npos) return "";
  at += 12;
  return err.substr(at, err.find('\n', at) - at);
}

TEST(Checkpoint, CtrlCSaysTheCommandThatEndsInTheSameBytes) {
  TemporaryFolder folder;
  // A name that a shell would take apart.
  std::string file = folder.File("it's a model.duomo"), state = folder.File("the state");
  std::vector<std::string> words = {
      "train",     SmallData(), "-o",           file,           "--threads",    "1",
      "--seed",    "3",         "--passes",     "150",          "--test-every", "7",
      "--dropout", "0.1",       "--id-dropout", "user_id=0.25", "--checkpoint", state};
  std::vector<std::string> whole = words;
  whole[3] = folder.File("whole.duomo");
  whole.resize(whole.size() - 2);
  ASSERT_EQ(Duomo(whole).code, 0);

  std::vector<std::string> command = words;
  command.insert(command.begin(), DUOMO_PROGRAM);
  Process train(command);
  ASSERT_TRUE(train.WaitFor("step      7 "));
  train.Signal(SIGINT);
  Outcome o = train.Wait();
  EXPECT_EQ(o.code, 128 + SIGINT) << o.err;
  EXPECT_NE(o.err.find("interrupted after step"), o.err.npos) << o.err;
  EXPECT_EQ(RunProgram({DUOMO_CONVERT, "verify", file}).code, 0) << "what was learned is there too";
  EXPECT_FALSE(ReadText(file) == ReadText(whole[3]));

  std::string resume = ResumeCommand(o.err);
  ASSERT_EQ(resume.rfind("duomo train ", 0), 0u) << resume;
  EXPECT_EQ(resume.substr(resume.size() - 9), " --resume");
  Outcome resumed = RunProgram({"/bin/sh", "-c", DUOMO_PROGRAM + resume.substr(5)});
  EXPECT_EQ(resumed.code, 0) << resumed.err;
  EXPECT_EQ(resumed.err.find("step      0 "), resumed.err.npos) << "it went on: " << resumed.err;
  EXPECT_TRUE(ReadText(file) == ReadText(whole[3]));
}

TEST(Checkpoint, OfOtherSettingsMissingOrDamaged) {
  TemporaryFolder folder;
  std::string file = folder.File("m.duomo"), state = folder.File("state");
  std::string checkpoint = state + "/checkpoint.duomo-train";
  auto words = [&](std::vector<std::string> more) {
    std::vector<std::string> out = {"train", SmallData(), "-o", file,           "--threads",
                                    "1",     "--steps",   "10", "--checkpoint", state};
    out.insert(out.end(), more.begin(), more.end());
    return out;
  };
  ExpectFailure(1, words({"--resume"}), {checkpoint, "start without --resume"});
  ASSERT_EQ(Duomo(words({})).code, 0);
  std::string trained = ReadText(file);
  ExpectFailure(1, words({"--resume", "--split", "leave-last", "--batch", "77"}),
                {"split was \"paddle\" and is \"leave-last\"", "training.batch was 256 and is 77"});
  ExpectFailure(1, words({"--resume", "--user-range", "1-50"}),
                {"user_range was \"\" and is \"1-50\""});
  EXPECT_EQ(Duomo(words({"--resume"})).code, 0) << "complete, and asked again";
  EXPECT_TRUE(ReadText(file) == trained);
  Outcome anew = Duomo(words({}));
  EXPECT_NE(anew.err.find("will be replaced"), anew.err.npos) << anew.err;

  std::string bytes = ReadText(checkpoint);
  WriteText(checkpoint, bytes.substr(0, bytes.size() / 2));
  ExpectFailure(1, words({"--resume"}), {checkpoint, "damaged", "without --resume"});
  EXPECT_TRUE(ReadText(file) == trained) << "a refused run leaves the model as it was";
  ExpectFailure(2, {"train", SmallData(), "-o", file, "--resume"}, {"--checkpoint"});
  WriteText(folder.File("file"), "x");
  ExpectFailure(
      1,
      {"train", SmallData(), "-o", file, "--steps", "1", "--checkpoint", folder.File("file/state")},
      {folder.File("file/state")});
}

TEST(EarlyStop, KeepsTheBestTest) {
  TemporaryFolder folder;
  Json json = TrainSmall(folder.File("m.duomo"),
                         {"--steps", "5000", "--learning-rate", "0.01", "--test-every", "10",
                          "--early-stop", "2", "--log", folder.File("run.jsonl")});
  double best = INFINITY;
  int64_t at = -1, last = -1;
  for (const std::string& line : Lines(ReadText(folder.File("run.jsonl")))) {
    Json event = Json::parse(line);
    if (event["event"] != "test") continue;
    last = event["step"];
    if (event["cost"] >= best) continue;
    best = event["cost"];
    at = last;
  }
  EXPECT_LT(last, 5000);
  EXPECT_EQ(last, at + 20);
  EXPECT_EQ(json["steps"], last);
  EXPECT_EQ(json["test"]["step"], at);
  EXPECT_EQ(json["test"]["cost"].get<double>(), best);
  Json report = DuomoJson({"evaluate", folder.File("m.duomo"), SmallData()});
  EXPECT_NEAR(report["cost"].get<double>(), best, 1e-3);
  ExpectFailure(
      1,
      {"train", SmallData(), "-o", folder.File("n.duomo"), "--split", "none", "--early-stop", "2"},
      {"early stopping needs test rows"});
}

TEST(Settings, OverrideTheRecipe) {
  TemporaryFolder folder;
  auto settings = [&](std::vector<std::string> more) {
    TrainSmall(folder.File("m.duomo"), std::move(more));
    Outcome o = RunProgram({DUOMO_CONVERT, "inspect", folder.File("m.duomo"), "--json"});
    const Json report = Json::parse(o.out)["report"];
    const Json& s = report["settings"];
    return s.is_string() ? Json::parse(s.get<std::string>()) : s;
  };
  Json plain = settings({});
  EXPECT_EQ(plain["schedule"], "constant");
  EXPECT_FALSE(plain.contains("user_range"));
  Json s = settings({"--schedule", "cosine", "--warmup", "5", "--dropout", "0.25", "--weight-decay",
                     "0.001", "--id-dropout", "user_id=0.5", "--id-dropout", "movie_id=0.25",
                     "--id-dropout", "user_id=0.125", "--user-range", "1-40", "--early-stop", "9"});
  EXPECT_EQ(s["schedule"], "cosine");
  EXPECT_EQ(s["warmup_steps"], 5);
  EXPECT_EQ(s["dropout"], 0.25);
  EXPECT_EQ(s["weight_decay"], 0.001);
  ASSERT_EQ(s["id_dropout"].size(), 2u) << s;
  EXPECT_EQ(s["id_dropout"][0]["rate"], 0.25);
  EXPECT_EQ(s["id_dropout"][1]["rate"], 0.125);
  EXPECT_EQ(s["user_range"], "1-40");
  EXPECT_EQ(s["early_stop"], 9);

  EXPECT_FALSE(plain.contains("average"));
  EXPECT_EQ(settings({"--average", "0.5"})["average"], 0.5);
  const std::vector<std::string> averaged = {
      "train",    SmallData(),          "-o",           folder.File("c.duomo"),
      "--preset", "youtube-candidates", "--early-stop", "1"};
  ExpectFailure(1, averaged, {"early stopping", "average", "set it to 0"});

  EXPECT_EQ(plain["optimizer"], "adam");
  s = settings({"--optimizer", "sgd", "--learning-rate", "0.01", "--momentum", "0.5"});
  EXPECT_EQ(s["optimizer"], "sgd");
  EXPECT_EQ(s["momentum"], 0.5);
  s = settings({"--preset", "youtube-candidates", "--negatives", "in-batch", "--optimizer",
                "adagrad-rows", "--learning-rate", "0.05"});
  EXPECT_EQ(s["negatives"], "in-batch");
  EXPECT_EQ(s["optimizer"], "adagrad-rows");
}

// A learning rate is one of an optimiser, and a checkpoint, too.
TEST(Settings, AnotherOptimizerNeedsItsOwnRateAndItsOwnCheckpoint) {
  TemporaryFolder folder;
  std::string file = folder.File("m.duomo"), state = folder.File("state");
  ExpectFailure(1, {"train", SmallData(), "-o", file, "--optimizer", "adagrad"},
                {"--learning-rate", "Adagrad"});
  ExpectFailure(1, {"train", SmallData(), "-o", file, "--momentum", "0.5"}, {"--optimizer sgd"});
  TrainSmall(file, {"--checkpoint", state});
  ExpectFailure(1,
                {"train", SmallData(), "-o", file, "--checkpoint", state, "--resume", "--optimizer",
                 "sgd", "--learning-rate", "0.01"},
                {"training.optimizer was \"adam\" and is \"sgd\"", "without --resume"});
}

TEST(Settings, UsersAreRestricted) {
  TemporaryFolder folder;
  TrainSmall(folder.File("m.duomo"), {"--user-range", "11-30"});
  for (const char* user : {"11", "30"}) {
    Json json = DuomoJson({"predict", folder.File("m.duomo"), "--user", user, "--item", "1"});
    EXPECT_EQ(json["predictions"].size(), 1u);
  }
  for (const char* user : {"10", "31"}) {
    ExpectFailure(1, {"predict", folder.File("m.duomo"), "--user", user, "--item", "1"}, {user});
  }
  ExpectFailure(1,
                {"train", SmallData(), "-o", folder.File("n.duomo"), "--user-range", "9000-9001"},
                {"9000"});
}

TEST(Settings, WrongOnesAreWrongUsage) {
  TemporaryFolder folder;
  std::string file = folder.File("m.duomo");
  for (const auto& [option, value] :
       std::vector<std::pair<std::string, std::string>>{{"--schedule", "steep"},
                                                        {"--optimizer", "adamw"},
                                                        {"--momentum", "1"},
                                                        {"--negatives", "-1"},
                                                        {"--negatives", "batch"},
                                                        {"--dropout", "1"},
                                                        {"--average", "1"},
                                                        {"--dropout", "x"},
                                                        {"--dropout", "nan"},
                                                        {"--weight-decay", "-1"},
                                                        {"--id-dropout", "user_id"},
                                                        {"--id-dropout", "user_id=1.5"},
                                                        {"--id-dropout", "=0.5"},
                                                        {"--user-range", "5"},
                                                        {"--user-range", "7-3"},
                                                        {"--user-range", "a-b"},
                                                        {"--early-stop", "0"}}) {
    ExpectFailure(2, {"train", SmallData(), "-o", file, option, value}, {option});
  }
  ExpectFailure(1, {"train", SmallData(), "-o", file, "--id-dropout", "nobody=0.5"}, {"nobody"});
  EXPECT_TRUE(folder.Names().empty());
}

}  // namespace
}  // namespace duomo::testing
