// duomo topk for many users into a file, and for histories of nobody in particular.
#include <algorithm>
#include <csignal>

#include "cli/program.h"

namespace duomo::testing {
namespace {

class Recommendations : public ::testing::Test {
 protected:
  std::vector<std::string> To(const std::string& output, std::vector<std::string> more) {
    more.insert(more.begin(), {"topk", SmallModel(), "-o", folder_.File(output)});
    return more;
  }
  // What the command said on stderr.
  std::string Write(const std::string& output, const std::vector<std::string>& more) {
    Outcome o = Duomo(To(output, more));
    EXPECT_EQ(o.code, 0) << o.err;
    EXPECT_EQ(o.out, "");
    return o.err;
  }
  std::vector<std::string> LinesOf(const std::string& name) {
    return Lines(ReadText(folder_.File(name)));
  }
  TemporaryFolder folder_;
};

TEST_F(Recommendations, AllUsersHaveTheListsThatTheyHaveAlone) {
  Write("all.jsonl", {"--users", "all", "-k", "4", "--exclude-seen", "--exclude", "5,6"});
  auto lines = LinesOf("all.jsonl");
  size_t at = 0;
  for (int user = 1; user <= 60; ++user) {
    Json alone = DuomoJson({"topk", SmallModel(), "--user", std::to_string(user), "-k", "4",
                            "--exclude-seen", "--exclude", "5", "--exclude", "6"})["users"][0];
    size_t rank = 0;
    for (const Json& item : alone["items"]) {
      ASSERT_LT(at, lines.size());
      Json line = Json::parse(lines[at++]);
      EXPECT_EQ(line, (Json{{"user", user},
                            {"rank", ++rank},
                            {"item", item["item"]},
                            {"score", item["rating"]},
                            {"title", item["title"]}}));
    }
  }
  EXPECT_EQ(at, lines.size());
}

TEST_F(Recommendations, CsvIsTheSameInQuotes) {
  Write("r.csv", {"--user", "7", "--user", "9", "-k", "2"});
  Write("r.jsonl", {"--user", "7", "--user", "9", "-k", "2"});
  auto csv = LinesOf("r.csv"), json = LinesOf("r.jsonl");
  ASSERT_EQ(csv.size(), 5u);
  EXPECT_EQ(csv[0], "user,rank,item,score,title");
  for (size_t i = 0; i < 4; ++i) {
    Json line = Json::parse(json[i]);
    std::string start = line["user"].dump() + "," + line["rank"].dump() + "," + line["item"].dump();
    EXPECT_EQ(csv[i + 1].rfind(start + ",", 0), 0u) << csv[i + 1];
  }
  std::string model = folder_.File("keys.duomo");
  ModelOfKeys(model, {"o,hara"}, {"the \"best\"", "plain"});
  Outcome o = Duomo({"topk", model, "--users", "all", "-o", folder_.File("k.csv")});
  ASSERT_EQ(o.code, 0) << o.err;
  csv = LinesOf("k.csv");
  ASSERT_EQ(csv.size(), 3u);
  EXPECT_EQ(csv[1].rfind("\"o,hara\",1,\"the \"\"best\"\"\",", 0), 0u) << csv[1];
}

TEST_F(Recommendations, AnyTableWithAColumnOfUsers) {
  for (const char* text : {"9\n7\n9\n\n8\n", "user\n9\n7\n8\n", "ID\r\n9\r\n7\r\n8\r\n",
                           "movieId,userId,rating\n1,9,5\n2,7,4\n3,9,4\n1,8,2\n",
                           "age\tuser_id\n20\t9\n30\t7\n40\t8\n"}) {
    WriteText(folder_.File("list"), text);
    Write("r.csv", {"--users", folder_.File("list"), "-k", "1"});
    auto lines = LinesOf("r.csv");
    ASSERT_EQ(lines.size(), 4u) << text;
    EXPECT_EQ(lines[1].rfind("9,1,", 0), 0u) << text;
    EXPECT_EQ(lines[2].rfind("7,1,", 0), 0u) << text;
    EXPECT_EQ(lines[3].rfind("8,1,", 0), 0u) << text;
  }
}

TEST_F(Recommendations, UnknownUsersStopItOrAreCountedAndNamed) {
  WriteText(folder_.File("list"), "7\n61\n8\n62\n63\n64\n61\n");
  ExpectFailure(1, To("r.csv", {"--users", folder_.File("list")}),
                {folder_.File("list"), "4 users: 61, 62, 63 …", "--skip-unknown"});
  EXPECT_FALSE(std::filesystem::exists(folder_.File("r.csv")));
  std::string said = Write("r.csv", {"--users", folder_.File("list"), "--skip-unknown", "-k", "1"});
  EXPECT_NE(said.find("2 items for 2 users"), said.npos) << said;
  EXPECT_NE(said.find("4 users: 61, 62, 63 …"), said.npos) << said;
  EXPECT_EQ(LinesOf("r.csv").size(), 3u);
  WriteText(folder_.File("list"), "61\n");
  ExpectFailure(1, To("r.csv", {"--users", folder_.File("list"), "--skip-unknown"}),
                {"no users that"});
}

TEST_F(Recommendations, SaysWhatIsWrong) {
  ExpectFailure(2, {"topk", "m", "--users", "all"}, {"--users", "--output"});
  ExpectFailure(2, {"topk", "m", "--users", "all", "-o", "r.txt"}, {"r.txt", ".csv", ".jsonl"});
  ExpectFailure(2, {"topk", "m", "--users", "all", "-o", "r.csv", "--user", "1"},
                {"--users", "--user"});
  ExpectFailure(2, {"topk", "m", "--user", "1", "--skip-unknown"}, {"--skip-unknown", "--users"});
  ExpectFailure(1, To("r.csv", {"--users", folder_.File("nope")}), {"nope", "No such file"});
  ExpectFailure(1, To("no/r.csv", {"--users", "all"}), {"no/r.csv", "No such file"});
  WriteText(folder_.File("list"), "a,b\n7,1\n");
  ExpectFailure(1, To("r.csv", {"--users", folder_.File("list")}), {"list:1", "user column"});
  Surroundings full;
  full.largest_file = 1000;
  ExpectFailure(1, To("r.csv", {"--users", "all", "-k", "40"}), {"r.csv", "File too large"}, full);
  EXPECT_EQ(folder_.Names(), std::vector<std::string>{"list"});
}

TEST_F(Recommendations, ASignalLeavesNothing) {
  // Enough users that the signal comes before the end.
  std::vector<std::string> users, items;
  for (int i = 0; i < 200000; ++i) users.push_back(std::to_string(i));
  for (int i = 0; i < 3000; ++i) items.push_back(std::to_string(i));
  std::string model = folder_.File("m.duomo");
  ModelOfKeys(model, users, items);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    Process topk(
        {DUOMO_PROGRAM, "topk", model, "--users", "all", "-k", "500", "-o", folder_.File("r.csv")});
    for (int i = 0; i < 1000 && folder_.Names().size() < 2; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    ASSERT_EQ(folder_.Names().size(), 2u) << "it has begun to write";
    topk.Signal(signal);
    Outcome o = topk.Wait();
    EXPECT_EQ(o.code, 128 + signal) << o.err;
    EXPECT_NE(o.err.find("nothing was written"), o.err.npos) << o.err;
    EXPECT_EQ(folder_.Names(), std::vector<std::string>{"m.duomo"});
  }
}

TEST(History, SomebodyWithoutAnId) {
  TemporaryFolder folder;
  std::string model = folder.File("c.duomo");
  TrainSmall(model, {"--preset", "youtube-candidates", "--store-history"});
  Json all = DuomoJson({"topk", model, "--history", "4,9,2", "-k", "40"});
  EXPECT_EQ(all["users"][0]["history"], (Json{4, 9, 2}));
  EXPECT_FALSE(all["users"][0].contains("user"));
  EXPECT_EQ(all["users"][0]["items"].size(), 40u);
  EXPECT_EQ(DuomoJson({"topk", model, "--history", "4", "--history", "9,2", "-k", "40"}), all);
  Json other = DuomoJson({"topk", model, "--history", "1,3,5", "-k", "40"});
  EXPECT_NE(other["users"][0]["items"], all["users"][0]["items"]) << "the history is read";
  Json rest = DuomoJson({"topk", model, "--history", "4,9,2", "-k", "40", "--exclude-seen"});
  EXPECT_EQ(rest["users"][0]["items"].size(), 37u);
  for (const Json& item : rest["users"][0]["items"]) {
    for (int taken : {4, 9, 2}) EXPECT_NE(item["item"], taken);
  }
  Json known = DuomoJson({"topk", model, "--user", "3", "--history", "4,9,2"});
  EXPECT_EQ(known["users"][0]["user"], 3);

  ExpectFailure(1, {"topk", model, "--history", "4,99"}, {"no item 99", "40 items"});
  ExpectFailure(1, {"topk", model, "--history", ""}, {"--history names no items"});
  ExpectFailure(2, {"topk", model, "--history", "4", "--user", "1", "--user", "2"}, {"--history"});
  // Without a history input the vector is the one that fits the items.
  Json folded =
      DuomoJson({"topk", SmallModel(), "--history", "4,9,2", "-k", "5", "--exclude-seen"});
  EXPECT_EQ(folded["users"][0]["items"].size(), 5u);
  Json alone = DuomoJson({"topk", SmallModel(), "--history", "4", "-k", "1"});
  EXPECT_EQ(alone["users"][0]["items"][0]["item"], 4) << "a cosine model's nearest item is itself";
}

}  // namespace
}  // namespace duomo::testing
