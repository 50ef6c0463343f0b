// Small tables as they come from public data sets and went wrong at first: each is understood, or
// refused with a sentence that says what to do. The values are invented, the shapes are not.
#include "cli/program.h"

namespace duomo::testing {
namespace {

class Cases : public ::testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    WriteText(folder_.File(name), text);
    return folder_.File(name);
  }

  // What describe says of such tables: on stderr, and as JSON. Learning from so few rows is another
  // matter.
  std::string Said(std::vector<std::string> words) {
    words.insert(words.begin(), "describe");
    Outcome o = Duomo(words);
    EXPECT_EQ(o.code, 0) << o.err;
    if (o.code == 0) json_ = Json::parse(o.out);
    return o.err;
  }

  // One table's column: {"name", "role", "values"}.
  Json Column(size_t table, const std::string& name) const {
    for (const Json& column : json_["data"]["tables"][table]["columns"]) {
      if (column["name"] == name) return column;
    }
    return {};
  }

  static void Has(const std::string& text, const std::vector<std::string>& parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(text.find(part), text.npos) << part << " is not in\n" << text;
    }
  }

  TemporaryFolder folder_;
  Json json_;
};

// 4,194,304 to 8,388,607 was where small ids end and large ones began.
TEST_F(Cases, IdsAroundFourMillion) {
  std::string rows = Write("rows.csv",
                           "user_id,item_id,rating\n3000000,1,5\n3000001,2,4\n5000000,1,3\n"
                           "5000000,2,2\n5000000,3,1\n"),
              users = Write("users.csv", "user_id,age\n3000000,30\n3000001,40\n5000000,50\n"),
              file = folder_.File("m.duomo");
  Has(Said({"--interactions", rows}), {"3 users, 3 items, 5 rows"});
  Has(Said({"--interactions", rows, "--users", users}), {"3 users, 3 items, 5 rows", "age"});
  Outcome trained = Duomo({"train", "--interactions", rows, "--users", users, "-o", file,
                           "--preset", "mf", "--split", "none", "--steps", "3", "--threads", "1"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_EQ(DuomoJson({"topk", file, "--user", "5000000", "-k", "3"})["users"][0]["items"].size(),
            3u);
}

TEST_F(Cases, SkewedCountsAreNoRatings) {
  std::string plays =
      Write("play_counts.tsv",
            "userID\tartistID\tweight\n1\t11\t13000\n1\t12\t40\n1\t13\t1\n2\t11\t7\n"
            "2\t14\t350000\n3\t12\t3\n3\t14\t90\n4\t11\t12\n4\t13\t260\n");
  Has(Said({"--interactions", plays}), {"tab", "\"weight\" counts something (1 to 350000",
                                        "by its logarithm, and no rating", "goal: lists"});
  EXPECT_EQ(json_["data"]["evidence"]["values"], "count");
  std::string file = folder_.File("m.duomo");
  ExpectFailure(1, {"train", "--interactions", plays, "--goal", "rate", "-o", file},
                {"nothing to rate", "\"weight\" counts something", "--goal rate"});
  ExpectFailure(1, {"train", "--interactions", plays, "--preset", "mf", "-o", file},
                {"nothing to rate", "\"weight\" counts something", "without --preset"});
}

TEST_F(Cases, EventsAreReadAndOtherColumnsNamed) {
  std::string events = Write("events_types.csv",
                             "timestamp,visitorid,event,itemid,transactionid\n"
                             "1435685771914,1,view,704,\n1435685831914,1,addtocart,704,\n"
                             "1435686371914,1,transaction,704,55\n1435685771914,2,view,704,\n"
                             "1435689771914,2,view,705,\n");
  std::string said = Said({"--interactions", events});
  Has(said, {"milliseconds", "\"transactionid\" is not read", "--map",
             "--event-weights view=1,addtocart=3,transaction=10", "5 rows are 3 pairs"});
  EXPECT_EQ(Column(0, "event")["role"], "event");
  Has(Said({"--interactions", events, "--event-weights", "view=1,transaction=10"}),
      {"1 row has an event without a weight"});
  ExpectFailure(1, {"describe", "--interactions", events, "--event-weights", "buy=1"},
                {"\"buy\"", "view, addtocart, transaction"});
}

TEST_F(Cases, AFirstRowOfData) {
  std::string rows =
      Write("no_header.csv", "A1,B1,5.0,964982703\nA1,B2,4.0,964982704\nA2,B1,3.0,964982705\n");
  Has(Said({"--interactions", rows}),
      {"the first row looks like data", "--columns user,item,rating,timestamp",
       "2 users, 2 items, 3 rows"});
  Has(Said({"--interactions", rows, "--columns", "user,item,rating,timestamp"}),
      {"2 users, 2 items, 3 rows", "rating     3 to 5"});
}

TEST_F(Cases, JsonLines) {
  std::string lines = Write(
      "lines.jsonl",
      "{\"reviewerID\":\"A1\",\"asin\":\"B1\",\"overall\":5.0,\"unixReviewTime\":964982703}\n"
      "{\"reviewerID\":\"A2\",\"asin\":\"B1\",\"overall\":3.0,\"unixReviewTime\":964982704}\n");
  Has(Said({"--interactions", lines}), {"JSON lines", "2 users, 1 item, 2 rows"});
  const std::pair<const char*, const char*> kRoles[] = {
      {"reviewerID", "user"}, {"asin", "item"}, {"overall", "rating"}, {"unixReviewTime", "time"}};
  for (auto [name, role] : kRoles) EXPECT_EQ(Column(0, name)["role"], role);
}

TEST_F(Cases, CommasBetweenTheValuesOfSets) {
  std::string items = Write("items.csv",
                            "item_id,genre\n1,\"Drama, Action\"\n2,\"Action, Drama\"\n"
                            "3,Action\n"),
              plays = Write("plays.csv", "user_id,item_id\n1,1\n1,2\n2,3\n");
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{}, {"--set-separator", ","}, {"--sets", "genre=,"}}) {
    std::vector<std::string> words = {"--interactions", plays, "--items", items};
    words.insert(words.end(), more.begin(), more.end());
    Said(words);
    EXPECT_EQ(Column(1, "genre")["role"], "set");
    EXPECT_EQ(Column(1, "genre")["values"].get<std::string>().rfind("2 values", 0), 0u)
        << Column(1, "genre");
  }
}

TEST_F(Cases, Repeats) {
  std::string text = "user_id,item_id,rating\n";
  for (int i = 0; i < 3; ++i) text += "1,1,5\n1,2,3\n2,1,4\n";
  std::string rows = Write("repeats.csv", text);
  Has(Said({"--interactions", rows}),
      {"9 rows", "3 pairs", "--repeats sum", "2 users, 2 items, 3 rows to learn from"});
  Has(Said({"--interactions", rows, "--repeats", "keep"}), {"9 rows to learn from"});
  // The copies of a pair go where the first of them goes, whatever becomes of them.
  size_t test = json_["search"]["test_rows"], train = json_["search"]["train_rows"];
  EXPECT_EQ(test + train, 9u);
  EXPECT_EQ(test % 3, 0u);
}

TEST_F(Cases, DatesWithTheDayFirst) {
  std::string rows = Write("date_ddmmyyyy.csv",
                           "user_id,item_id,date\n1,10,31122019\n1,20,1012020\n1,30,2012020\n"
                           "2,10,30112019\n2,30,1122019\n");
  Has(Said({"--interactions", rows}), {"2019-11-30 to 2020-01-02", "DDMMYYYY"});
  Has(Said({"--interactions", rows, "--date-format", "%d%m%Y"}), {"2019-11-30 to 2020-01-02"});
  std::string either = Write("either.csv", "user_id,item_id,date\n1,10,01022020\n2,10,03042020\n");
  ExpectFailure(1, {"describe", "--interactions", either},
                {"day or the month first", "--date-format"});
}

TEST_F(Cases, QuotesWithBackslashes) {
  std::string items =
                  Write("items.csv",
                        "\"ISBN\";\"Book-Title\";\"Year\"\n"
                        "\"11X\";\"Define \\\"Normal\\\"\";\"2000\"\n"
                        "\"12X\";\"The \\\"new\\\" Tale\";\"2001\"\n\"13X\";\"Plain\";\"2001\"\n"),
              rows = Write("ratings.csv",
                           "\"User-ID\";\"ISBN\";\"Book-Rating\"\n\"1\";\"11X\";\"0\"\n"
                           "\"1\";\"13X\";\"7\"\n\"2\";\"12X\";\"0\"\n");
  Has(Said({"--interactions", rows, "--items", items}),
      {"quotes backslash", "Define \"Normal\"", "2 users, 3 items, 3 rows"});
}

TEST_F(Cases, FriendsWithTabs) {
  std::string friends = Write("friends.tsv", "userID\tfriendID\n1\t2\n2\t1\n"),
              text = "user_id,item_id,rating\n";
  for (int user = 1; user <= 4; ++user) {
    for (int item = 1; item <= 6; ++item) {
      text += std::to_string(user) + "," + std::to_string(item) + "," +
              std::to_string(1 + (user + item) % 5) + "\n";
    }
  }
  std::string rows = Write("rows.csv", text);
  Json compared = DuomoJson({"compare", "--interactions", rows, "--baselines", "social-cf",
                             "--social", friends, "--split", "ratio:0.3"});
  EXPECT_EQ(compared["systems"][0]["name"], "social-cf");
}

// Bytes beyond ASCII that are no UTF-8: the file is ISO-8859-1, found out; UTF-8 stays UTF-8.
TEST_F(Cases, Encodings) {
  std::string rows = Write("rows.csv", "user_id,item_id\n1,a\n2,b\n");
  std::string latin1 = Write("latin1.csv", "item_id,title\na,Plain\nb,Caf\xE9\n");
  Has(Said({"--interactions", rows, "--items", latin1}), {"ISO-8859-1"});
  std::string mixed = Write("mixed.csv", "item_id,title\na,Caf\xC3\xA9\nb,Caf\xE9\n");
  ExpectFailure(1, {"describe", "--interactions", rows, "--items", mixed},
                {"mixed.csv, line 3", "not UTF-8"});
}

// Names that other data sets have, too, and side tables without a row of names.
TEST_F(Cases, AFolderThatOnlyLooksLikeMovieLens) {
  std::string ratings, users, movies;
  for (int user = 1; user <= 9; ++user) {
    users += std::to_string(user) + "::" + std::to_string(7000 + 31 * user) + "\n";
    for (int i = 0; i < 4; ++i) {
      ratings += std::to_string(user) + "::" + std::to_string(100 + (user + i) % 7) +
                 "::" + std::to_string((user * i) % 11) +
                 "::" + std::to_string(1362062307 + user + i) + "\n";
    }
  }
  for (int movie = 0; movie < 7; ++movie) {
    movies += std::to_string(100 + movie) + "::Zork " + std::to_string(movie) +
              " (2013)::" + (movie % 2 ? "Drama|Comedy" : "Comedy|Drama") + "\n";
  }
  std::filesystem::create_directory(folder_.File("tweets"));
  Write("tweets/ratings.dat", ratings);
  Write("tweets/users.dat", users);
  Write("tweets/movies.dat", movies);
  Has(Said({folder_.File("tweets")}),
      {"9 users, 7 items, 36 rows", "users.dat", "movies.dat", "Zork 0"});
  EXPECT_EQ(Column(2, "title")["role"], "title");
}

// Several rows an item are no table of items, and what a user is said to be is no item.
TEST_F(Cases, TablesOfOtherThings) {
  std::filesystem::create_directory(folder_.File("shop"));
  std::string events = "timestamp,visitorid,event,itemid\n", properties = "itemid,property,value\n",
              users = "visitorid,Location,Age\n";
  for (int i = 0; i < 40; ++i) {
    events += std::to_string(1435685771914 + i * 1000) + "," + std::to_string(i % 8) + ",view," +
              std::to_string((i * 7) % 12) + "\n";
  }
  for (int item = 0; item < 12; ++item) {
    for (const char* what : {"colour,red", "size,9"}) {
      properties += std::to_string(item) + "," + what + "\n";
    }
  }
  for (int user = 0; user < 8; ++user) {
    users +=
        std::to_string(user) + ",Ulm," + (user % 3 ? std::to_string(20 + user) : "NULL") + "\n";
  }
  Write("shop/events.csv", events);
  Write("shop/item_properties.csv", properties);
  Write("shop/users.csv", users);
  Has(Said({folder_.File("shop")}), {"8 users, 12 items",
                                     "item_properties.csv is not read: it has "
                                     "several rows"});
  EXPECT_EQ(Column(1, "Age")["role"], "number") << "NULL is a missing number";
}

// Titles that the rows themselves have.
TEST_F(Cases, TitlesAmongTheInteractions) {
  std::string text = "CustomerID,StockCode,Description,Quantity,InvoiceDate\n";
  for (int i = 0; i < 60; ++i) {
    int stock = (i * 7) % 11;
    text += std::to_string(12346 + i % 9) + ".0," + std::to_string(85000 + stock) + "A,LANTERN " +
            std::to_string(stock) + "," + std::to_string(i % 10 == 9 ? -1 : 1 + i * i % 50) + "," +
            std::to_string(1 + i % 12) + "/" + std::to_string(13 + i % 15) + "/2010 8:26\n";
  }
  std::string rows = Write("retail.csv", text), file = folder_.File("m.duomo");
  Has(Said({"--interactions", rows}), {"below 0, so returned", "written as 17850.0", "2010-01-"});
  EXPECT_EQ(Column(0, "Description")["role"], "title");
  Outcome trained = Duomo({"train", "--interactions", rows, "-o", file, "--budget", "2s",
                           "--threads", "1", "--split", "ratio:0.2"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_EQ(DuomoJson({"topk", file, "--user", "12346", "-k", "1"})["users"][0]["items"][0]["title"]
                .get<std::string>()
                .rfind("LANTERN", 0),
            0u);
  Has(Said({"--interactions", rows, "--map", "title=none"}), {"\"Description\" is not read"});
}

TEST_F(Cases, WhatNothingCanBeLearnedFrom) {
  std::string file = folder_.File("m.duomo"), one_user = "user_id,item_id,rating\n",
              one_item = one_user, equal = one_user, good = one_user;
  for (int i = 0; i < 30; ++i) {
    std::string n = std::to_string(i);
    one_user += "7," + n + ",4\n";
    one_item += n + ",7," + std::to_string(1 + i % 5) + "\n";
    equal += std::to_string(i % 6) + "," + n + ",4\n";
    good += std::to_string(i % 6) + "," + n + "," + std::to_string(1 + i % 5) + "\n";
  }
  auto refuse = [&](const std::string& text, const std::vector<std::string>& more,
                    const std::vector<std::string>& parts) {
    std::vector<std::string> words = {"train",
                                      "--interactions",
                                      Write("rows.csv", text),
                                      "-o",
                                      file,
                                      "--budget",
                                      "1s",
                                      "--threads",
                                      "1"};
    words.insert(words.end(), more.begin(), more.end());
    ExpectFailure(1, words, parts);
    EXPECT_FALSE(std::filesystem::exists(file));
  };
  refuse("", {}, {"rows.csv is empty"});
  refuse("user_id,item_id,rating\n", {}, {"rows.csv has no interactions", "names"});
  refuse(one_user, {}, {"all 30 rows are of one user", "--map user=COLUMN"});
  refuse(one_item, {}, {"all 30 rows are of one item", "--map item=COLUMN"});
  refuse(equal, {"--goal", "rate"}, {"\"rating\" is the same in every row", "--goal rate"});
  refuse(good, {"--positive", "rating>=6"}, {"--positive rating>=6", "from 1 to 5", "lower"});
  refuse(good, {"--map", "rating=stars"}, {"no column \"stars\"", "user_id, item_id, rating"});
  refuse(good, {"--min-user", "100"}, {"--min-user"});
  refuse("who,what\na,x\nb,y\n", {}, {"who, what", "--map user=COLUMN"});
  // Ratings that are all the same are evidence all the same.
  Has(Said({"--interactions", Write("rows.csv", equal)}), {"\"rating\" is the same in every row"});
  ExpectFailure(2, {"topk", SmallModel(), "--user", "1", "-k", "0"}, {"-k"});
}

}  // namespace
}  // namespace duomo::testing
