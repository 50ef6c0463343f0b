// duomo train without a preset: what it says of the data, what it decides, and what it writes.
#include "cli/program.h"

namespace duomo::testing {
namespace {

// 150 people of three tastes, 60 songs; plays are skewed.
class Plays : public ::testing::Test {
 protected:
  Plays() {
    std::string plays = "userID\tartistID\tweight\n", artists = "id\tname\n";
    for (int user = 1; user <= 150; ++user) {
      for (int i = 0; i < 9; ++i) {
        int place = (i * i + user * 5) % 20;
        int artist = 1 + place * 3 + user % 3;
        int weight = 1 + (user * 7919 + i * 104729) % 97 * ((user + i) % 11 == 0 ? 3000 : 1);
        plays += std::to_string(user) + "\t" + std::to_string(artist) + "\t" +
                 std::to_string(weight) + "\n";
      }
    }
    for (int artist = 1; artist <= 60; ++artist) {
      artists += std::to_string(artist) + "\tThe \"Zork\" " + std::to_string(artist) + "\n";
    }
    WriteText(folder_.File("user_artists.dat"), plays);
    WriteText(folder_.File("artists.dat"), artists);
  }

  TemporaryFolder folder_;
  std::string file_ = folder_.File("m.duomo");
};

TEST_F(Plays, AFolderIsEnough) {
  Outcome o = Duomo({"train", folder_.path(), "-o", file_, "--budget", "4s", "--threads", "1"});
  ASSERT_EQ(o.code, 0) << o.err;
  // What was understood.
  EXPECT_NE(o.err.find("150 users, 60 items"), std::string::npos) << o.err;
  EXPECT_NE(o.err.find("\"weight\" counts something"), std::string::npos) << o.err;
  EXPECT_NE(o.err.find("goal: lists"), std::string::npos) << o.err;
  // The table with the floors, and lists with titles.
  EXPECT_NE(o.out.find("NDCG@10"), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("popularity"), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("item-top-n"), std::string::npos) << o.out;
  EXPECT_NE(o.out.find("The \"Zork\""), std::string::npos) << o.out;
  // The file answers, without what was seen.
  Json best = DuomoJson({"topk", file_, "--user", "8", "--exclude-seen", "-k", "5", "--json"});
  EXPECT_EQ(best["users"][0]["items"].size(), 5u);
}

TEST_F(Plays, TheResultAsJsonHasTheFloors) {
  Json result = DuomoJson(
      {"train", folder_.path(), "-o", file_, "--budget", "4s", "--threads", "1", "--json"});
  EXPECT_EQ(result["goal"], "rank");
  EXPECT_EQ(result["split"].get<std::string>().rfind("ratio:", 0), 0u);
  ASSERT_TRUE(result["floors"].contains("popularity")) << result.dump(2);
  EXPECT_GT(result["test"]["ndcg@10"].get<double>(), 0);
  EXPECT_GT(result["tried"].size(), 3u);
}

TEST_F(Plays, RowsThatTrainedAreNotTestedOn) {
  Outcome o = Duomo({"train", folder_.path(), "-o", file_, "--budget", "3s", "--threads", "1"});
  ASSERT_EQ(o.code, 0) << o.err;
  ExpectFailure(1, {"evaluate", file_, "--interactions", folder_.File("user_artists.dat")},
                {"all rows", "--test"});
}

TEST_F(Plays, TheMeasuredModelCanBeKeptAndMeasuredAgain) {
  Json result = DuomoJson({"train", folder_.path(), "-o", file_, "--budget", "3s", "--threads", "1",
                           "--keep-test-rows", "--json"});
  Json again = DuomoJson({"evaluate", file_, "--interactions", folder_.File("user_artists.dat"),
                          "--items", folder_.File("artists.dat"), "--json"});
  double before = result["test"]["ndcg@10"].get<double>();
  EXPECT_NEAR(again["ranking"]["measures"]["ndcg@10"]["value"].get<double>(), before, 1e-6)
      << again.dump(2);
}

// The same users are ranked, and what is left out is said, by every command.
TEST_F(Plays, TrainEvaluateAndCompareTellOneStory) {
  // Somebody whose only row is among the last: a newcomer of a split by time.
  std::string text = "user_id,item_id,time\n";
  int second = 0;
  for (int i = 0; i < 9; ++i) {
    for (int user = 1; user <= 150; ++user) {
      text += std::to_string(user) + "," + std::to_string(1 + (i * 7 + user % 3 * 20) % 60) + "," +
              std::to_string(1600000000 + 60 * second++) + "\n";
    }
  }
  text += "999,1," + std::to_string(1600000000 + 60 * second) + "\n";
  std::string rows = folder_.File("rows.csv");
  WriteText(rows, text);
  Outcome trained = Duomo({"train", "--interactions", rows, "-o", file_, "--budget", "3s",
                           "--threads", "1", "--split", "time:0.9", "--keep-test-rows"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  const std::string newcomer = "1 user without a row to learn from left out";
  EXPECT_NE(trained.out.find(newcomer), std::string::npos) << trained.out;
  EXPECT_NE(trained.err.find("No training row is later than any test row."), std::string::npos)
      << trained.err;
  Json measured = DuomoJson({"evaluate", file_, "--interactions", rows});
  EXPECT_NE(measured["remarks"].dump().find(newcomer), std::string::npos) << measured;
  Json compared =
      DuomoJson({"compare", "--interactions", rows, file_, "--baselines", "popularity"});
  EXPECT_NE(compared["remarks"].dump().find(newcomer), std::string::npos) << compared;
  EXPECT_EQ(compared["users"], measured["ranking"]["users"]);
  EXPECT_EQ(compared["systems"][0]["measures"]["ndcg@10"]["value"],
            measured["ranking"]["measures"]["ndcg@10"]["value"]);
  EXPECT_NE(compared["notes"].dump().find("No training row is later"), std::string::npos)
      << compared;
}

// What describe writes is what train uses: the same split and evidence, and a network that trains.
TEST_F(Plays, WhatDescribeWritesIsReadBack) {
  std::string plan = folder_.File("plan.json");
  ASSERT_EQ(Duomo({"describe", folder_.path(), "-o", plan}).code, 0);
  Json json = Json::parse(ReadText(plan));
  EXPECT_EQ(json["search"]["goal"], "rank");
  EXPECT_EQ(json["data"]["mapping"]["roles"]["rating"], "weight");
  EXPECT_EQ(json["data"]["evidence"]["values"], "count");
  EXPECT_EQ(json["search"]["candidates"][0]["learner"], "als");
  EXPECT_EQ(json["search"]["candidates"][0]["weights"], true);
  Json result = DuomoJson(
      {"train", folder_.path(), "-o", file_, "--budget", "3s", "--threads", "1", "--json"});
  EXPECT_EQ(result["split"], json["split"]);
  Json first;  // of what was learned
  for (const Json& tried : result["tried"]) {
    if (first.is_null() && tried["name"].get<std::string>().starts_with("als")) first = tried;
  }
  EXPECT_EQ(first["name"], json["search"]["candidates"][0]["name"]);

  Outcome alone = Duomo(
      {"train", folder_.path(), "-o", file_, "--model", plan, "--passes", "1", "--threads", "1"});
  ASSERT_EQ(alone.code, 0) << alone.err;
  // The plays are weights, not ratings, here too; and evaluate reads them so.
  EXPECT_NE(alone.err.find("\"weight\" counts something"), std::string::npos) << alone.err;
  EXPECT_NE(ReadText(file_).find("\"values\":\"count\""), std::string::npos);
  EXPECT_GT(DuomoJson({"evaluate", file_, folder_.path()})["ranking"]["users"].get<int>(), 0);
}

TEST_F(Plays, WhatCannotBeIsSaidInASentence) {
  auto train = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"train", folder_.path(), "-o", file_, "--budget", "2s"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  ExpectFailure(1, train({"--positive", "weight>=1e9"}), {"--positive", "fulfils"});
  ExpectFailure(1, train({"--goal", "rate"}), {"counts something"});
  ExpectFailure(1, train({"--min-user", "1000"}), {"--min-user"});
  ExpectFailure(2, train({"--budget", "soon"}), {"--budget"});
  ExpectFailure(2, train({"--steps", "3"}), {"--budget", "--steps"});
  ExpectFailure(2, train({"--repeats", "most"}), {"--repeats"});
}

TEST(Automatic, TinyTablesGiveSentences) {
  TemporaryFolder folder;
  std::string table = folder.File("t.csv"), file = folder.File("m.duomo");
  auto refuse = [&](const std::string& text) {
    WriteText(table, text);
    ExpectFailure(1, {"train", "--interactions", table, "-o", file, "--budget", "1s"}, {});
  };
  refuse("user_id,item_id\n");
  refuse("user_id,item_id\n1,1\n");
  refuse("user_id,item_id\n1,1\n2,1\n3,1\n");
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Automatic, RatingsArePredictedOnRequest) {
  TemporaryFolder folder;
  std::string table = folder.File("ratings.csv"), file = folder.File("m.duomo");
  std::string text = "user_id,item_id,rating\n";
  for (int user = 0; user < 60; ++user) {
    for (int i = 0; i < 20; ++i) {
      int item = (user * 7 + i * 3) % 40;
      text += std::to_string(user) + "," + std::to_string(item) + "," +
              std::to_string(1 + (item * 2 + user % 3 + i % 2) % 5) + "\n";
    }
  }
  WriteText(table, text);
  Json result = DuomoJson({"train", "--interactions", table, "-o", file, "--goal", "rate",
                           "--budget", "4s", "--threads", "1", "--json"});
  EXPECT_EQ(result["goal"], "rate");
  EXPECT_TRUE(result["floors"].contains("mean") || result["floors"].contains("bias"))
      << result.dump(2);
  EXPECT_GT(result["test"]["rmse"].get<double>(), 0);
}

}  // namespace
}  // namespace duomo::testing
