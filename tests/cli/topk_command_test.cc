#include <algorithm>
#include <set>

#include "cli/program.h"

namespace duomo::testing {
namespace {

// What has been seen, by the data themselves: the items that a user rated.
std::set<int64_t> Rated(int64_t user) {
  DataFolder data;
  std::set<int64_t> items;
  std::string start = std::to_string(user) + "::";
  for (const std::string& line : Lines(data.Text("ratings.dat"))) {
    if (line.rfind(start, 0) == 0) items.insert(std::stoll(line.substr(start.size())));
  }
  return items;
}

std::vector<int64_t> Items(const Json& list) {
  std::vector<int64_t> out;
  for (const Json& item : list) out.push_back(item["item"]);
  return out;
}

TEST(Topk, EqualsPredictingEveryItemAndSorting) {
  Json json = DuomoJson({"topk", SmallModel(), "--user", "7", "-k", "1000"});
  ASSERT_EQ(json.size(), 1u);
  ASSERT_EQ(json["users"].size(), 1u);
  EXPECT_EQ(json["users"][0]["user"], 7);
  const Json& found = json["users"][0]["items"];
  ASSERT_EQ(found.size(), 40u) << "k beyond the catalogue gives all of it";

  std::vector<std::string> words = {"predict", SmallModel(), "--user", "7"};
  for (int item = 1; item <= 40; ++item)
    words.insert(words.end(), {"--item", std::to_string(item)});
  std::vector<Json> all = DuomoJson(words)["predictions"];
  std::stable_sort(all.begin(), all.end(), [](const Json& a, const Json& b) {
    return a["rating"].get<double>() > b["rating"].get<double>();
  });
  for (size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(found[i].size(), 4u);
    EXPECT_EQ(found[i]["item"], all[i]["item"]) << i;
    EXPECT_EQ(found[i]["rating"], all[i]["rating"]) << i;
    EXPECT_EQ(found[i]["score"], all[i]["score"]) << i;
    EXPECT_FALSE(found[i]["title"].get<std::string>().empty()) << i;
  }
  // Fewer are the first of more; ten unless said.
  EXPECT_EQ(DuomoJson({"topk", SmallModel(), "--user", "7"})["users"][0]["items"].size(), 10u);
  Json three = DuomoJson({"topk", SmallModel(), "--user", "7", "-k", "3"})["users"][0]["items"];
  EXPECT_EQ(three, Json(std::vector<Json>(found.begin(), found.begin() + 3)));
  Json largest = DuomoJson({"topk", SmallModel(), "--user", "7", "-k", "18446744073709551615"});
  EXPECT_EQ(largest["users"][0]["items"], found);
}

TEST(Topk, TitlesAreThoseOfTheData) {
  DataFolder data;
  std::string movies = data.Text("movies.dat");  // ISO-8859-1; look at plain titles alone
  size_t compared = 0;
  Json json = DuomoJson({"topk", SmallModel(), "--user", "7", "-k", "40"});
  for (const Json& item : json["users"][0]["items"]) {
    std::string title = item["title"];
    if (std::any_of(title.begin(), title.end(), [](char c) { return c < 0; })) continue;
    std::string line = std::to_string(item["item"].get<int64_t>()) + "::" + title + "::";
    EXPECT_NE(("\n" + movies).find("\n" + line), movies.npos) << line;
    ++compared;
  }
  EXPECT_GT(compared, 10u);
}

TEST(Topk, ManyUsersInTheOrderGiven) {
  Json json = DuomoJson({"topk", SmallModel(), "--user", "9", "--user", "2", "-k", "4"});
  ASSERT_EQ(json["users"].size(), 2u);
  for (size_t i = 0; i < 2; ++i) {
    std::string user = i == 0 ? "9" : "2";
    EXPECT_EQ(json["users"][i],
              DuomoJson({"topk", SmallModel(), "--user", user, "-k", "4"})["users"][0]);
  }
}

TEST(Topk, ExcludedItemsAreLeftOutAndTheRestStays) {
  auto all =
      Items(DuomoJson({"topk", SmallModel(), "--user", "7", "-k", "40"})["users"][0]["items"]);
  std::string first = std::to_string(all[0]), third = std::to_string(all[2]);
  std::vector<int64_t> rest = all;
  rest.erase(rest.begin() + 2);
  rest.erase(rest.begin());
  rest.resize(5);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"--exclude", first + "," + third},
        std::vector<std::string>{"--exclude", first, "--exclude", third}}) {
    std::vector<std::string> line = {"topk", SmallModel(), "--user", "7", "-k", "5"};
    line.insert(line.end(), words.begin(), words.end());
    EXPECT_EQ(Items(DuomoJson(line)["users"][0]["items"]), rest);
  }
  ExpectFailure(1, {"topk", SmallModel(), "--user", "7", "--exclude", "1,99"}, {"no item 99"});
}

TEST(Topk, ExcludeSeenLeavesOutWhatTheUserRated) {
  std::set<int64_t> seen = Rated(7);
  ASSERT_FALSE(seen.empty());
  auto all =
      Items(DuomoJson({"topk", SmallModel(), "--user", "7", "-k", "40"})["users"][0]["items"]);
  std::vector<int64_t> expected;
  for (int64_t item : all) {
    if (seen.count(item) == 0) expected.push_back(item);
  }
  ASSERT_LT(expected.size(), all.size());
  Json json = DuomoJson({"topk", SmallModel(), "--user", "7", "-k", "40", "--exclude-seen"});
  EXPECT_EQ(Items(json["users"][0]["items"]), expected);
}

TEST(Topk, ExcludeSeenNeedsHistoryInTheFile) {
  TemporaryFolder folder;
  TrainSmall(folder.File("m.duomo"));
  ExpectFailure(1, {"topk", folder.File("m.duomo"), "--user", "7", "--exclude-seen"},
                {"history", "--store-history"});
}

TEST(Topk, UnknownUsersAreNamed) {
  ExpectFailure(1, {"topk", SmallModel(), "--user", "1", "--user", "61", "--json"}, {"no user 61"});
}

TEST(Topk, TextForPeople) {
  Outcome o = Duomo({"topk", SmallModel(), "--user", "7", "-k", "3"});
  ASSERT_EQ(o.code, 0) << o.err;
  auto lines = Lines(o.out);
  ASSERT_EQ(lines.size(), 4u) << o.out;
  EXPECT_NE(lines[0].find("user 7"), o.out.npos);
  std::string title =
      DuomoJson({"topk", SmallModel(), "--user", "7", "-k", "1"})["users"][0]["items"][0]["title"];
  EXPECT_NE(lines[1].find(title), o.out.npos) << o.out;
}

TEST(Similar, CosinesDescendAndTheItemItselfIsLeftOut) {
  Json json = DuomoJson({"similar", SmallModel(), "--item", "5", "--item", "6", "-k", "100"});
  ASSERT_EQ(json["items"].size(), 2u);
  for (int64_t query : {5, 6}) {
    const Json& answer = json["items"][static_cast<size_t>(query - 5)];
    EXPECT_EQ(answer["item"], query);
    const Json& similar = answer["similar"];
    ASSERT_EQ(similar.size(), 39u);
    double before = 1;
    for (const Json& item : similar) {
      EXPECT_EQ(item.size(), 3u);
      EXPECT_NE(item["item"], query);
      EXPECT_LE(item["cosine"].get<double>(), before);
      EXPECT_FALSE(item["title"].get<std::string>().empty());
      before = item["cosine"];
    }
    EXPECT_GE(before, -1);
  }
  // As near one way as the other.
  auto cosine = [&](size_t from, int64_t to) -> double {
    for (const Json& item : json["items"][from]["similar"]) {
      if (item["item"] == to) return item["cosine"];
    }
    return 9;
  };
  EXPECT_EQ(cosine(0, 6), cosine(1, 5));
}

TEST(Similar, UnknownItemsAreNamed) {
  ExpectFailure(1, {"similar", SmallModel(), "--item", "41"}, {"no item 41"});
}

}  // namespace
}  // namespace duomo::testing
