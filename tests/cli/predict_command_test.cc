#include <cmath>
#include <cstdlib>

#include "cli/program.h"

namespace duomo::testing {
namespace {

TEST(Predict, JsonHasScoreAndRatingOfEveryPair) {
  Json json = DuomoJson({"predict", SmallModel(), "--user", "7", "--item", "3", "--item", "11"});
  ASSERT_EQ(json.size(), 1u);
  const Json& predictions = json["predictions"];
  ASSERT_EQ(predictions.size(), 2u);
  int64_t items[] = {3, 11};
  for (size_t i = 0; i < 2; ++i) {
    const Json& p = predictions[i];
    EXPECT_EQ(p.size(), 4u);
    EXPECT_EQ(p["user"], 7);
    EXPECT_EQ(p["item"], items[i]);
    double score = p["score"], rating = p["rating"];
    EXPECT_LE(std::abs(score), 5);
    EXPECT_NEAR(rating, score / 2 + 2.5, 1e-6);
  }
  EXPECT_NE(predictions[0]["score"], predictions[1]["score"]);
}

// Nine digits say which float it was.
TEST(Predict, NumbersAreFloatsInAtMostNineDigits) {
  Outcome o = Duomo({"predict", SmallModel(), "--user", "7", "--item", "3", "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  for (const char* name : {"\"score\":", "\"rating\":"}) {
    size_t at = o.out.find(name);
    ASSERT_NE(at, o.out.npos) << o.out;
    std::string text = o.out.substr(at + std::string(name).size());
    text = text.substr(0, text.find_first_of(",}"));
    int digits = 0;
    for (char c : text.substr(0, text.find('e'))) digits += c >= '0' && c <= '9' ? 1 : 0;
    EXPECT_LE(digits, 10) << text;  // nine, and the zero before the point
    EXPECT_GE(digits, 6) << text;
    double value = std::strtod(text.c_str(), nullptr);
    char again[32];
    std::snprintf(again, sizeof(again), "%.9g", static_cast<double>(static_cast<float>(value)));
    EXPECT_EQ(std::strtod(again, nullptr), value) << text;
  }
}

TEST(Predict, PairsOfAFileInItsOrder) {
  TemporaryFolder folder;
  WriteText(folder.File("pairs"), "7 3\n\n  60\t40  \r\n7 11\n7 3");
  Json json = DuomoJson({"predict", SmallModel(), "--pairs", folder.File("pairs")});
  const Json& predictions = json["predictions"];
  ASSERT_EQ(predictions.size(), 4u);
  int64_t users[] = {7, 60, 7, 7}, items[] = {3, 40, 11, 3};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(predictions[i]["user"], users[i]);
    EXPECT_EQ(predictions[i]["item"], items[i]);
    Json alone = DuomoJson({"predict", SmallModel(), "--user", std::to_string(users[i]), "--item",
                            std::to_string(items[i])});
    EXPECT_EQ(alone["predictions"][0], predictions[i]);
  }
}

TEST(Predict, TextForPeople) {
  Outcome o = Duomo({"predict", SmallModel(), "--user", "7", "--item", "3"});
  EXPECT_EQ(o.code, 0);
  EXPECT_EQ(o.out.rfind("user 7, item 3: ", 0), 0u) << o.out;
  EXPECT_NE(o.out.find(" stars"), o.out.npos) << o.out;
}

TEST(Predict, NamesWhatIsWrongWithPairs) {
  TemporaryFolder folder;
  auto pairs = [&](const std::string& text) -> std::vector<std::string> {
    WriteText(folder.File("pairs"), text);
    return {"predict", SmallModel(), "--json", "--pairs", folder.File("pairs")};
  };
  ExpectFailure(1, pairs("1 2\n\n3\n"), {"pairs:3", "user item"});
  ExpectFailure(1, pairs("1 2 3\n"), {"pairs:1", "user item"});
  ExpectFailure(1, pairs("1 2\none 2\n"), {"\"one\" is not a number"});
  ExpectFailure(1, pairs("1 2\n1 99\n"), {"no item 99"});
  ExpectFailure(1, {"predict", SmallModel(), "--pairs", folder.File("nope")},
                {folder.File("nope"), "No such file"});
  ExpectFailure(1, {"predict", SmallModel(), "--pairs", folder.path()}, {folder.path()});
}

TEST(Predict, UnknownIdsAreNamed) {
  ExpectFailure(1, {"predict", SmallModel(), "--user", "61", "--item", "1"}, {"no user 61"});
  ExpectFailure(1, {"predict", SmallModel(), "--user", "1", "--item", "41"}, {"no item 41"});
  ExpectFailure(1, {"predict", SmallModel(), "--user", "0", "--item", "1"}, {"no user 0"});
  ExpectFailure(1, {"predict", SmallModel(), "--user", "99999999999999999999", "--item", "1"},
                {"user \"99999999999999999999\""});
  ExpectFailure(1, {"predict", SmallModel(), "--user", "ann", "--item", "1"},
                {"user \"ann\" is not a number"});
}

}  // namespace
}  // namespace duomo::testing
