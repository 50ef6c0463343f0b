#include "cli/program.h"

namespace duomo::testing {
namespace {

const char* const kSubcommands[] = {"demo", "train",   "evaluate", "predict",
                                    "topk", "similar", "synth"};

TEST(Usage, EverySubcommandExplainsItselfOnStdout) {
  Outcome all = Duomo({"--help"});
  EXPECT_EQ(all.code, 0);
  EXPECT_EQ(all.err, "");
  for (const char* name : kSubcommands) {
    EXPECT_NE(all.out.find(name), all.out.npos) << name;
    Outcome o = Duomo({name, "--help"});
    EXPECT_EQ(o.code, 0) << name;
    EXPECT_EQ(o.err, "") << name;
    EXPECT_NE(o.out.find("Usage: duomo " + std::string(name)), o.out.npos) << o.out;
    EXPECT_EQ(Duomo({name, "-h"}).out, o.out) << name;
  }
}

TEST(Usage, TheConverterExplainsItselfToo) {
  for (std::vector<std::string> words : std::vector<std::vector<std::string>>{
           {}, {"inspect"}, {"verify"}, {"export"}, {"export", "npz"}}) {
    words.insert(words.begin(), DUOMO_CONVERT);
    words.push_back("--help");
    Outcome o = RunProgram(words);
    EXPECT_EQ(o.code, 0) << words[1];
    EXPECT_NE(o.out.find("Usage: duomo-convert"), o.out.npos) << o.out;
  }
}

TEST(Usage, HelpNamesTheOptionsOfTheTask) {
  struct Case {
    const char* subcommand;
    std::vector<std::string> options;
  };
  for (const Case& c : std::vector<Case>{
           {"train",
            {"DATA", "--output", "--preset", "--model", "--split", "--passes", "--steps", "--batch",
             "--learning-rate", "--seed", "--threads", "--test-every", "--log", "--plot",
             "--store-history", "--no-user-vectors", "--skip-bad-lines", "--json"}},
           {"evaluate", {"FILE", "DATA", "--split", "--json"}},
           {"predict", {"FILE", "--user", "--item", "--pairs", "--json"}},
           {"topk", {"FILE", "--user", "-k", "--exclude-seen", "--exclude", "--json"}},
           {"similar", {"FILE", "--item", "-k", "--json"}},
           {"synth", {"--output", "--users", "--items", "--ratings", "--seed", "--json"}},
           {"demo", {"DATA", "--output"}}}) {
    std::string help = Duomo({c.subcommand, "--help"}).out;
    for (const std::string& option : c.options) {
      EXPECT_NE(help.find(option), help.npos) << c.subcommand << " " << option;
    }
  }
}

TEST(Usage, Version) {
  Outcome o = Duomo({"--version"});
  EXPECT_EQ(o.code, 0);
  EXPECT_EQ(o.out.rfind("duomo 0.", 0), 0u) << o.out;
}

TEST(Usage, EveryCommandWithASplitListsAllOfThem) {
  for (const char* command : {"train", "evaluate", "compare"}) {
    Outcome o = Duomo({command, "--help"});
    EXPECT_EQ(o.code, 0);
    for (const char* form : {" paddle ", " paddle-validation ", " ratio:R ", " leave-last ",
                             " time:Q ", " cold-items:R ", " fold:NAME ", " none "}) {
      EXPECT_NE(o.out.find(form), o.out.npos) << command << form << o.out;
    }
  }
}

TEST(Usage, WrongUsageIsTwo) {
  Outcome none = Duomo({});
  EXPECT_EQ(none.code, 2);
  EXPECT_EQ(none.out, "");
  EXPECT_NE(none.err.find("Usage: duomo"), none.err.npos) << none.err;

  ExpectFailure(2, {"recomend"}, {"recomend"});
  ExpectFailure(2, {"--frobnicate"}, {"--frobnicate"});
  ExpectFailure(2, {"train", "-o", "y"}, {"DATA", "--interactions", "required"});
  ExpectFailure(2, {"train", "x.zip", "-o", "y", "--interactions", "z.csv"},
                {"DATA", "--interactions"});
  ExpectFailure(2, {"train", "x.zip", "-o", "y", "--users", "z.csv"},
                {"--users", "--interactions"});
  ExpectFailure(2, {"train", "x.zip"}, {"--output", "required"});
  ExpectFailure(2, {"train", "x.zip", "-o", "y", "--frobnicate"}, {"--frobnicate"});
  ExpectFailure(2, {"train", "x.zip", "-o", "y", "--preset", "nope"},
                {"--preset", "nope", "hybrid"});
  ExpectFailure(2, {"train", "x.zip", "-o", "y", "--preset", "hybrid", "--model", "z"},
                {"--preset", "--model"});
  ExpectFailure(2, {"train", "x.zip", "-o", "y", "--batch", "0"}, {"--batch"});
  ExpectFailure(2, {"train", "x.zip", "-o", "y", "--steps", "many"}, {"--steps"});
  ExpectFailure(2, {"train", "x.zip", "-o", "y", "--learning-rate", "-1"}, {"--learning-rate"});
  for (const char* split : {"half", "paddle:2", ""}) {
    ExpectFailure(2, {"train", "x.zip", "-o", "y", "--split", split}, {"--split", "leave-last"});
    ExpectFailure(2, {"evaluate", "y", "x.zip", "--split", split}, {"--split", "leave-last"});
  }
  for (const char* split : {"ratio:", "ratio:1.5", "ratio:0", "time:x", "time:1"}) {
    ExpectFailure(2, {"train", "x.zip", "-o", "y", "--split", split}, {split, "between 0 and 1"});
    ExpectFailure(2, {"evaluate", "y", "x.zip", "--split", split}, {split, "between 0 and 1"});
  }
  ExpectFailure(2, {"evaluate", "y"}, {"DATA", "required"});
  ExpectFailure(2, {"predict", "y"}, {"--pairs"});
  ExpectFailure(2, {"predict", "y", "--user", "1"}, {"--item"});
  ExpectFailure(2, {"predict", "y", "--item", "1"}, {"--user"});
  ExpectFailure(2, {"topk", "y"}, {"--user", "--users", "--history", "required"});
  ExpectFailure(2, {"similar", "y"}, {"--item", "required"});
  ExpectFailure(2, {"synth"}, {"--output", "required"});
  ExpectFailure(2, {"synth", "-o", "y", "--users", "0"}, {"--users", "at least 1"});
  ExpectFailure(2, {"synth", "-o", "y", "--users", "99999999999"}, {"--users"});
  ExpectFailure(2, {"synth", "-o", "y", "--ratings", "-5"}, {"--ratings", "at least 1"});
}

TEST(Usage, KIsAWholeNumberOfAtLeastOne) {
  for (const char* k : {"0", "-1", "2.5", "ten", "18446744073709551616"}) {
    for (std::vector<std::string> words :
         std::vector<std::vector<std::string>>{{"topk", "y", "--user", "1"},
                                               {"similar", "y", "--item", "1"},
                                               {"recommend", "y", "z", "--user", "1"}}) {
      words.insert(words.end(), {"-k", k});
      ExpectFailure(2, words, {"-k", k, "at least 1"});
    }
  }
}

TEST(Usage, ExitCodesStandInEveryHelp) {
  for (std::vector<std::string> words : std::vector<std::vector<std::string>>{
           {DUOMO_PROGRAM}, {DUOMO_PROGRAM, "topk"}, {DUOMO_CONVERT, "export", "npz"}}) {
    words.push_back("--help");
    Outcome o = RunProgram(words);
    EXPECT_NE(o.out.find("Exit codes: 0 ok, 1 failed, 2 wrong usage"), o.out.npos) << o.out;
  }
}

TEST(Usage, AClosedPipeIsAFailure) {
  for (const char* command : {"topk", "similar"}) {
    std::string line = std::string("exec > >(exec sleep 0); sleep 0.5; exec ") + DUOMO_PROGRAM +
                       " " + command + " " + SmallModel() +
                       (command[0] == 't' ? " --user 1" : " --item 1");
    Outcome o = RunProgram({"/bin/bash", "-c", line});
    EXPECT_EQ(o.code, 1) << o.signal;
    EXPECT_NE(o.err.find("cannot write the output"), o.err.npos) << o.err;
    EXPECT_NE(o.err.find("Broken pipe"), o.err.npos) << o.err;
  }
}

TEST(Usage, HelpThatCannotBePrintedIsAFailure) {
  Surroundings full;
  full.out = "/dev/full";
  EXPECT_EQ(Duomo({"topk", "--help"}, full).code, 1);
  EXPECT_EQ(RunProgram({DUOMO_CONVERT, "--version"}, full).code, 1);
}

TEST(Usage, OutputThatCannotBePrintedIsAFailure) {
  Surroundings full;
  full.out = "/dev/full";
  Outcome o = Duomo({"predict", SmallModel(), "--user", "1", "--item", "1", "--json"}, full);
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("cannot write the output"), o.err.npos) << o.err;
}

}  // namespace
}  // namespace duomo::testing
