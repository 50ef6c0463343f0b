// Files know the rows that they were trained on, and nothing is measured on them unasked.
#include "cli/program.h"

namespace duomo::testing {
namespace {

class TrainedRows : public ::testing::Test {
 protected:
  // The file with other settings in its report.
  void Rewrite(const std::string& file, void (*change)(Json& settings)) {
    std::string text = folder_.File("dump.json");
    ASSERT_EQ(RunProgram({DUOMO_CONVERT, "dump", file, "-o", text}).code, 0);
    Json dump = Json::parse(ReadText(text));
    Json settings = Json::parse(dump["report"]["settings"].get<std::string>());
    change(settings);
    dump["report"]["settings"] = settings.dump();
    WriteText(text, dump.dump());
    Outcome built = RunProgram({DUOMO_CONVERT, "build", text, "-o", file});
    ASSERT_EQ(built.code, 0) << built.err;
  }

  // Rows of users 1 … 20 with items that synth has, at a time that no data have.
  std::string NewRows(const std::string& more = "") {
    std::string file = folder_.File("new.csv"), text = "userId,movieId,rating,timestamp\n";
    for (int user = 1; user <= 20; ++user) {
      for (int i = 0; i < 3; ++i) {
        text += std::to_string(user) + "," + std::to_string(1 + (user * 7 + i * 11) % 40) + "," +
                std::to_string(1 + (user + i) % 5) + "," + std::to_string(2000000000 + i) + "\n";
      }
    }
    WriteText(file, text + more);
    return file;
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.File("m.duomo");
};

TEST_F(TrainedRows, TheSplitOfTheFileIsFine) {
  TrainSmall(file_, {"--split", "ratio:0.2", "--seed", "5"});
  Json report = DuomoJson({"evaluate", file_, SmallData()});
  EXPECT_EQ(report["trained_rows"],
            (Json{{"checked", true}, {"how", "same split"}, {"share", 0.0}}));
  EXPECT_EQ(DuomoJson({"evaluate", file_, SmallData(), "--split", "ratio:0.2", "--seed", "5"}),
            report);
}

TEST_F(TrainedRows, AnotherSeedOrSplitIsRefused) {
  TrainSmall(file_, {"--split", "ratio:0.2", "--seed", "5"});
  ExpectFailure(1, {"evaluate", file_, SmallData(), "--seed", "6"},
                {file_, "was trained on ", "% of the test rows of ratio:0.2", "ratio:0.2, seed 5",
                 "Leave --split and --seed out", "--test FILE", "--trained-rows allow"});
  ExpectFailure(1, {"evaluate", file_, SmallData(), "--split", "leave-last"}, {"leave-last"});
  ExpectFailure(1, {"compare", SmallData(), file_, "--split", "leave-last"}, {file_, "leave-last"});
  std::vector<std::string> insist = {"evaluate",       file_,  SmallData(), "--seed", "6",
                                     "--trained-rows", "allow"};
  Json report = DuomoJson(insist);
  EXPECT_EQ(report["trained_rows"]["how"], "counted");
  EXPECT_EQ(report["trained_rows"]["allowed"], true);
  EXPECT_NEAR(report["trained_rows"]["share"].get<double>(), 0.8, 0.1);
  Outcome said = Duomo(insist);
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("of these test rows: its figures flatter it"), said.out.npos) << said.out;
  ExpectFailure(2, {"evaluate", file_, SmallData(), "--trained-rows", "perhaps"},
                {"--trained-rows"});
}

// The sketch alone: the data have grown, so neither their fingerprint nor their draws are the same.
TEST_F(TrainedRows, AGrownDataSetIsRefusedToo) {
  TrainSmall(file_, {"--split", "ratio:0.2"});
  DataFolder data;
  std::string text = data.Text("ratings.dat");
  data.Replace("ratings.dat", "1::1::3::1900000000\n" + text);
  ExpectFailure(1, {"evaluate", file_, data.path()}, {file_, "was trained on about", "--test"});
  Json report = DuomoJson({"evaluate", file_, data.path(), "--trained-rows", "allow"});
  EXPECT_EQ(report["trained_rows"]["how"], "estimated");
  EXPECT_NEAR(report["trained_rows"]["share"].get<double>(), 0.8, 0.1);
}

TEST_F(TrainedRows, OtherDataOfTheSameIdsAreFine) {
  TrainSmall(file_, {"--split", "ratio:0.2"});
  std::string other = folder_.File("other.zip");
  ASSERT_EQ(Duomo({"synth", "-o", other, "--users", "60", "--items", "40", "--ratings", "900",
                   "--seed", "9"})
                .code,
            0);
  EXPECT_EQ(DuomoJson({"evaluate", file_, other})["trained_rows"]["how"], "estimated");
}

// `duomo train` without a model chooses on a split, and learns from all rows in the end.
TEST_F(TrainedRows, AChosenFileSaysWhatItReached) {
  ASSERT_EQ(Duomo({"train", SmallData(), "-o", file_, "--budget", "2s"}).code, 0);
  ExpectFailure(1, {"evaluate", file_, SmallData()},
                {"was trained on all rows", "on the split ratio:0.", "hr@10 0.", "--test FILE",
                 "--trained-rows allow"});
  Json report = DuomoJson({"evaluate", file_, SmallData(), "--trained-rows", "allow"});
  EXPECT_TRUE(report["split"].get<std::string>().starts_with("ratio:0.")) << report["split"];
  EXPECT_EQ(report["trained_rows"]["share"], 1);
  EXPECT_TRUE(report.contains("floors"));
}

TEST_F(TrainedRows, AFileOfAllRowsNeedsNewOnes) {
  TrainSmall(file_, {"--split", "none", "--store-history"});
  ExpectFailure(1, {"evaluate", file_, SmallData()},
                {file_, "was trained on all rows", "--test FILE"});
  ExpectFailure(1, {"evaluate", file_, SmallData(), "--split", "ratio:0.1"},
                {"100 %", "on all rows that there were", "Give new rows with --test FILE"});
  std::string rows = NewRows("999,1,3,2000000000\n1,777,3,2000000000\n");
  Json report = DuomoJson({"evaluate", file_, SmallData(), "--test", rows});
  EXPECT_EQ(report["split"], "--test new.csv");
  EXPECT_EQ(report["test_rows"], 60);
  EXPECT_EQ(report["unknown_rows"], 0);
  EXPECT_TRUE(report.contains("user_item_bias"));
  EXPECT_EQ(report["remarks"][0],
            "2 test rows are left out: the data do not have 1 user (999) and 1 item (777)");
  // Without the data, the file's own history takes their place.
  Json alone = DuomoJson({"evaluate", file_, "--test", rows});
  EXPECT_EQ(alone["test_rows"], 60);
  EXPECT_EQ(alone["ranking"]["measures"]["hr@10"], report["ranking"]["measures"]["hr@10"]);
  EXPECT_EQ(alone["model"], report["model"]);
  EXPECT_FALSE(alone.contains("user_item_bias")) << "a history has no ratings";
  Json compared = DuomoJson({"compare", SmallData(), file_, "--test", rows});
  EXPECT_EQ(compared["systems"][0]["measures"]["ndcg@10"],
            report["ranking"]["measures"]["ndcg@10"]);
  ExpectFailure(2, {"evaluate", file_, SmallData(), "--test", rows, "--split", "none"}, {"--test"});
  ExpectFailure(2, {"evaluate", file_}, {"--test FILE"});
}

TEST_F(TrainedRows, TestFilesAreCheckedToo) {
  TrainSmall(file_, {"--split", "none"});
  DataFolder data;
  std::string rows = folder_.File("old.csv"), text = "userId,movieId,rating,timestamp\n";
  size_t count = 0;
  for (const std::string& line : Lines(data.Text("ratings.dat"))) {
    if (++count > 100) break;
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == ':') ++i;
      text += line[i] == ':' ? ',' : line[i];
    }
    text += "\n";
  }
  WriteText(rows, text);
  ExpectFailure(1, {"evaluate", file_, SmallData(), "--test", rows},
                {"100 % of the test rows of --test old.csv"});
}

TEST_F(TrainedRows, FilesOfDifferentSplitsAreNotCompared) {
  std::string other = folder_.File("other.duomo");
  TrainSmall(file_, {"--split", "ratio:0.2", "--seed", "5"});
  TrainSmall(other, {"--split", "ratio:0.2", "--seed", "6"});
  ExpectFailure(1, {"compare", SmallData(), file_, other},
                {file_, other, "seed 5", "seed 6", "--test FILE"});
  TrainSmall(other, {"--split", "leave-last"});
  ExpectFailure(1, {"compare", SmallData(), file_, other},
                {file_, other, "leave-last", "ratio:0.2", "--test FILE"});
  Json report = DuomoJson({"compare", SmallData(), file_, other, "--trained-rows", "allow"});
  EXPECT_EQ(report["systems"][0]["trained_rows"]["share"], 0.0);
  EXPECT_EQ(report["systems"][1]["trained_rows"]["allowed"], true);
  EXPECT_EQ(report["remarks"].size(), 1u);
  DuomoJson({"compare", SmallData(), file_, other, "--test", NewRows()});
}

TEST_F(TrainedRows, OlderFilesCannotBeChecked) {
  TrainSmall(file_, {"--split", "ratio:0.2", "--seed", "5"});
  Rewrite(file_, [](Json& settings) { settings.erase("data"); });
  std::vector<std::string> command = {"evaluate", file_, SmallData(), "--seed", "6"};
  EXPECT_EQ(DuomoJson(command)["trained_rows"], (Json{{"checked", false}}));
  Outcome said = Duomo(command);
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_NE(said.out.find("has no record of the rows"), said.out.npos) << said.out;
}

// A record is read from files that anybody may have made.
TEST_F(TrainedRows, DamagedRecordsAreNone) {
  for (auto* change : {+[](Json& s) { s["data"] = 7; }, +[](Json& s) { s["data"]["version"] = 99; },
                       +[](Json& s) {
                         s["data"] = {{"version", 1}};
                       },
                       +[](Json& s) {
                         s["data"] = {{"version", 1}, {"split", "none"}};
                       }}) {
    TrainSmall(file_, {"--split", "ratio:0.2"});
    Rewrite(file_, change);
    EXPECT_EQ(DuomoJson({"evaluate", file_, SmallData()})["trained_rows"],
              (Json{{"checked", false}}));
  }
}

TEST_F(TrainedRows, FloorsOfTheFileStandBesideItsRanking) {
  TrainSmall(file_, {"--split", "ratio:0.2"});
  Rewrite(file_, [](Json& settings) {
    settings["floors"] = {{"popularity", {{"ndcg@10", 0.125}, {"hr@10", 0.25}}},
                          {"wrong", "not an object"}};
  });
  Json report = DuomoJson({"evaluate", file_, SmallData()});
  EXPECT_EQ(report["floors"], (Json{{"popularity", {{"ndcg@10", 0.125}, {"hr@10", 0.25}}}}));
  EXPECT_EQ(report["file_metrics"]["steps"], 30.0);
  ASSERT_TRUE(report.contains("model") && report.contains("ranking")) << report;
  Outcome said = Duomo({"evaluate", file_, SmallData()});
  for (const char* part : {"RMSE", "users ranked over", "popularity", "0.1250", "in the file: "}) {
    EXPECT_NE(said.out.find(part), said.out.npos) << said.out;
  }
  EXPECT_EQ(said.out.find("measured in training"), said.out.npos) << "the rows are the same";
  said = Duomo({"evaluate", file_, SmallData(), "--test", NewRows()});
  EXPECT_NE(said.out.find("measured in training on other rows"), said.out.npos) << said.out;
  EXPECT_FALSE(DuomoJson({"evaluate", file_, SmallData(), "--no-ranking"}).contains("ranking"));
}

// Nine rows that are three pairs, and others so that something is left to train on.
TEST_F(TrainedRows, RepeatsAreNeverOnBothSides) {
  std::string rows = folder_.File("plays.csv"), text = "user_id,item_id,rating\n";
  for (const char* pair : {"1,1,5", "1,2,3", "2,1,4"}) {
    for (int copy = 0; copy < 3; ++copy) text += std::string(pair) + "\n";
  }
  for (int user = 3; user < 30; ++user) {
    for (int item = 1; item < 4; ++item) {
      text += std::to_string(user) + "," + std::to_string(item) + "," +
              std::to_string(1 + (user + item) % 5) + "\n";
    }
  }
  WriteText(rows, text);
  for (const char* seed : {"0", "1", "2", "3"}) {
    Outcome trained =
        Duomo({"train", "--interactions", rows, "--preset", "mf", "--split", "ratio:0.5", "--seed",
               seed, "--steps", "2", "--threads", "1", "-o", file_});
    ASSERT_EQ(trained.code, 0) << trained.err;
    Json report = DuomoJson({"evaluate", file_, "--interactions", rows});
    EXPECT_EQ(report["trained_rows"]["how"], "same split");
    EXPECT_EQ(report["later_training_rows"], nullptr);
    Json ranking = report["ranking"];
    // A test row that a user has in training, too, would be a repeat, but for copies in test.
    EXPECT_EQ(ranking["repeated_rows"].get<int>() % 2, 0) << ranking;
  }
}

}  // namespace
}  // namespace duomo::testing
