// Ids of every kind, as people type them: large, negative, with blanks and commas, unknown.
#include "cli/program.h"

namespace duomo::testing {
namespace {

std::vector<std::string> ItemsOf(const Json& list) {
  std::vector<std::string> out;
  for (const Json& item : list) {
    out.push_back(item["item"].is_string() ? item["item"].get<std::string>() : item["item"].dump());
  }
  return out;
}

class Keys : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::string model_ = folder_.File("m.duomo");
};

// JavaScript would make 9007199254740992 of the first.
TEST_F(Keys, BeyondADoubleTheyAreStringsInJson) {
  ModelOfKeys(model_, {"9007199254740993", "9007199254740992"}, {"-9007199254740993", "5"});
  Json json = DuomoJson(
      {"topk", model_, "--user", "9007199254740993", "--user", "9007199254740992"})["users"];
  EXPECT_EQ(json[0]["user"], "9007199254740993");
  EXPECT_EQ(json[1]["user"], 9007199254740992);
  EXPECT_EQ(json[0]["items"][0]["item"], "-9007199254740993");
  EXPECT_EQ(json[0]["items"][1]["item"], 5);
  json = DuomoJson({"predict", model_, "--user", "9007199254740993", "--item", "5"});
  EXPECT_EQ(json["predictions"][0]["user"], "9007199254740993");
  json = DuomoJson({"similar", model_, "--item", "-9007199254740993"});
  EXPECT_EQ(json["items"][0]["item"], "-9007199254740993");
}

TEST_F(Keys, NegativeOnes) {
  ModelOfKeys(model_, {"-5", "6"}, {"-1", "-2", "-3", "4"});
  Json json = DuomoJson({"topk", model_, "--user", "-5", "--exclude", "-1,-3"});
  EXPECT_EQ(json["users"][0]["user"], -5);
  EXPECT_EQ(ItemsOf(json["users"][0]["items"]), (std::vector<std::string>{"-2", "4"}));
  EXPECT_EQ(DuomoJson({"topk", model_, "--user=-5", "--exclude=-1", "--exclude=-3"}), json);
  json = DuomoJson({"similar", model_, "--item", "-1"});
  EXPECT_EQ(json["items"][0]["item"], -1);
  WriteText(folder_.File("pairs"), "-5 -1\n6\t-3\n");
  json = DuomoJson({"predict", model_, "--pairs", folder_.File("pairs")});
  EXPECT_EQ(json["predictions"].size(), 2u);
}

TEST_F(Keys, BlanksCommasAndQuotes) {
  ModelOfKeys(model_, {"ann smith", "7", "o,hara"}, {"salt, pepper", "the \"best\"", "7"});
  Json json = DuomoJson({"topk", model_, "--user", "ann smith", "--exclude", "salt, pepper"});
  EXPECT_EQ(json["users"][0]["user"], "ann smith");
  EXPECT_EQ(ItemsOf(json["users"][0]["items"]), (std::vector<std::string>{"the \"best\"", "7"}));
  json = DuomoJson({"topk", model_, "--user", "o,hara", "--exclude", "7,\"salt, pepper\""});
  EXPECT_EQ(ItemsOf(json["users"][0]["items"]), (std::vector<std::string>{"the \"best\""}));
  json = DuomoJson({"topk", model_, "--user", "7"});
  EXPECT_EQ(json["users"][0]["user"], "7") << "a string key stays a string";

  for (const char* text :
       {"ann smith\tsalt, pepper\no,hara\t7\n", "ann smith,\"salt, pepper\"\n\"o,hara\",7\n",
        "item;user\r\nsalt, pepper;ann smith\r\n7;o,hara\r\n",
        "rating,userId,title,itemId\n5,ann smith,x,\"salt, pepper\"\n1,\"o,hara\",y,7\n"}) {
    WriteText(folder_.File("pairs"), text);
    json = DuomoJson({"predict", model_, "--pairs", folder_.File("pairs")})["predictions"];
    ASSERT_EQ(json.size(), 2u) << text;
    EXPECT_EQ(json[0]["user"], "ann smith") << text;
    EXPECT_EQ(json[0]["item"], "salt, pepper") << text;
    EXPECT_EQ(json[1]["user"], "o,hara") << text;
    EXPECT_EQ(json[1]["item"], "7") << text;
  }
}

TEST_F(Keys, HeadersOfWordsAndSpreadsheetsNumbers) {
  ModelOfKeys(model_, {"7", "17850"}, {"3", "7"});
  for (const char* text : {"user item\n7 7\n17850 3\n", "user_id,movieId\n7,7\n17850.0, 3\n",
                           "7,7\n17850,3\n", "\xEF\xBB\xBFitem user\n7 7\n3 17850\n"}) {
    WriteText(folder_.File("pairs"), text);
    Json json = DuomoJson({"predict", model_, "--pairs", folder_.File("pairs")})["predictions"];
    ASSERT_EQ(json.size(), 2u) << text;
    EXPECT_EQ(json[0]["item"], 7) << text;
    EXPECT_EQ(json[1]["user"], 17850) << text;
  }
}

TEST_F(Keys, PairsSayWhereTheyAreWrong) {
  ModelOfKeys(model_, {"7", "8"}, {"3", "4"});
  auto fails = [&](const std::string& text, const std::vector<std::string>& parts) {
    WriteText(folder_.File("pairs"), text);
    ExpectFailure(1, {"predict", model_, "--pairs", folder_.File("pairs")}, parts);
  };
  fails("user,item\n7,3\n9,3\n", {"pairs:3", "no user 9", "2 users", "ids 7 … 8"});
  fails("7\t3\n7\t5\n", {"pairs:2", "no item 5"});
  fails("7,3\n7,3,4\n", {"pairs", "2"});
  fails("a,b,c\n7,3,4\n", {"pairs:1", "header"});
  fails("", {"pairs", "no pairs"});
  fails("user item\n", {"pairs", "no pairs"});
}

TEST_F(Keys, UnknownOnesComeWithAnExample) {
  ExpectFailure(1, {"topk", SmallModel(), "--user", "61"},
                {"no user 61", SmallModel(), "60 users", "ids 1 … 60"});
  ExpectFailure(1, {"similar", SmallModel(), "--item", "1000"}, {"no item 1000", "ids 1 … 40"});
  ExpectFailure(1, {"topk", SmallModel(), "--user", ""}, {"id of a user is empty"});
  ExpectFailure(1, {"topk", SmallModel(), "--user", "99999999999999999999"},
                {"beyond 64 bits", "ids 1 … 60"});
  ExpectFailure(1, {"topk", SmallModel(), "--user", "ann"}, {"\"ann\" is not a number"});
  ModelOfKeys(model_, {"bob@example.org", "ann@example.org", "dave"}, {"salt"});
  ExpectFailure(1, {"topk", model_, "--user", "anne@example.org"},
                {"no user \"anne@example.org\"", "3 users", "such as \"ann@example.org\""});
  ExpectFailure(1, {"topk", model_, "--user", "dave", "--exclude", "pepper"},
                {"no item \"pepper\"", "1 item,", "\"salt\""});
}

}  // namespace
}  // namespace duomo::testing
