// Data of one's own at the command line: tables in, a proposed model, training, recommendations.
#include "cli/program.h"
#include "core/error.h"
#include "data/gzip.h"

namespace duomo::testing {
namespace {

// 30 readers and 20 books, each reader fond of one of two kinds.
class Shop : public ::testing::Test {
 protected:
  Shop() {
    std::string sales = "reader,book,stars,when\n", readers = "reader,age,town\n",
                books = "book,name,shelves,price\n";
    for (int reader = 0; reader < 30; ++reader) {
      readers += "r" + std::to_string(reader) + "," + std::to_string(20 + reader) + ",Ulm\n";
      for (int i = 0; i < 12; ++i) {
        int book = (reader * 7 + i * 3) % 20;
        int stars = book % 2 == reader % 2 ? 5 : 1 + i % 2;
        sales += "r" + std::to_string(reader) + ",b" + std::to_string(book) + "," +
                 std::to_string(stars) + ",2020-05-" + std::to_string(10 + i) + "\n";
      }
    }
    for (int book = 0; book < 20; ++book) {
      books += "b" + std::to_string(book) + ",\"Zork, \"\"the " + std::to_string(book) +
               "th\"\"\"," + (book % 2 ? "odd|all" : "even|all") + ",9.5\n";
    }
    WriteText(sales_, sales);
    WriteText(readers_, readers);
    WriteText(books_, books);
  }

  std::vector<std::string> With(std::vector<std::string> words,
                                const std::vector<std::string>& more = {}) {
    words.insert(words.end(),
                 {"--interactions", sales_, "--users", readers_, "--items", books_, "--map",
                  "user=reader", "--map", "item=book", "--map", "timestamp=when"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TemporaryFolder folder_;
  std::string sales_ = folder_.File("sales.csv"), readers_ = folder_.File("readers.csv"),
              books_ = folder_.File("books.csv");
};

TEST_F(Shop, FromTablesToRecommendations) {
  std::string recipe = folder_.File("recipe.json"), file = folder_.File("m.duomo");
  Outcome described = Duomo(With({"describe"}, {"-o", recipe, "--goal", "rate"}));
  ASSERT_EQ(described.code, 0) << described.err;
  EXPECT_NE(described.err.find("30 users, 20 items, 360 rows"), described.err.npos);
  Json model = Json::parse(ReadText(recipe));
  ASSERT_TRUE(model.contains("model") && model.contains("training"));

  Json trained =
      DuomoJson(With({"train"}, {"--model", recipe, "-o", file, "--store-history", "--threads", "1",
                                 "--passes", "20", "--split", "leave-last", "--json"}));
  EXPECT_EQ(trained["train_rows"], 330);
  EXPECT_EQ(trained["test_rows"], 30);

  Json measured = DuomoJson(With({"evaluate", file}, {"--json"}));
  EXPECT_EQ(measured["split"], "leave-last");  // as it was trained
  EXPECT_LT(measured["model"]["rmse"], measured["global_mean"]["rmse"]);

  Json top = DuomoJson({"topk", file, "--user", "r3", "-k", "3", "--json"})["users"][0];
  ASSERT_EQ(top["items"].size(), 3u) << top;
  EXPECT_EQ(top["items"][0]["title"].get<std::string>().rfind("Zork, \"the ", 0), 0u) << top;
  EXPECT_EQ(top["items"][0]["item"].get<std::string>()[0], 'b') << top;

  Json compared = DuomoJson(With({"compare", file}, {"--baselines", "popularity,bias", "--json"}));
  EXPECT_EQ(compared["systems"].size(), 3u);
}

TEST_F(Shop, CompressedFilesAndNoSideFiles) {
  std::string packed = folder_.File("sales.csv.gz");
  WriteText(packed, test::Gzip(ReadText(sales_)));
  Outcome o =
      Duomo({"describe", "--interactions", packed, "--map", "user=reader", "--map", "item=book"});
  EXPECT_EQ(o.code, 0);
  EXPECT_NE(o.err.find("30 users, 20 items, 360 rows"), o.err.npos) << o.err;
}

TEST_F(Shop, WhatIsWrongIsNamedWithFileAndLine) {
  std::string text = ReadText(sales_);
  auto fails = [&](const std::string& line, const std::vector<std::string>& parts) {
    WriteText(sales_, text + line);
    std::vector<std::string> all = parts;
    all.push_back("sales.csv, line 362");
    ExpectFailure(1, With({"train"}, {"-o", folder_.File("m.duomo")}), all);
    EXPECT_FALSE(std::filesystem::exists(folder_.File("m.duomo")));
  };
  fails("r99,b1,3,2020-05-01\n", {"r99", "readers.csv"});
  fails("r1,b99,3,2020-05-01\n", {"b99", "books.csv"});
  fails("r1,b1,3\n", {"field"});
  fails("r1,b1,many,2020-05-01\n", {"many"});
  fails("r1,\"b1,3,2020-05-01\n", {"\"b1"});  // a quote that never closes is a letter

  WriteText(sales_, text + "r99,b1,3,2020-05-01\n");
  Outcome o = Duomo(With({"describe"}, {"--skip-bad-lines"}));
  EXPECT_EQ(o.code, 0);
  EXPECT_NE(o.err.find("1 row left out"), o.err.npos) << o.err;
}

TEST_F(Shop, ColumnsThatNothingTellsApartMustBeNamed) {
  std::string table = folder_.File("table.csv");
  WriteText(table, "who,what,stars\na,x,3\nb,y,4\n");
  ExpectFailure(1, {"describe", "--interactions", table},
                {"table.csv", "who, what, stars", "--map user=COLUMN"});
  ExpectFailure(1, With({"describe"}, {"--map", "rating=points"}), {"sales.csv", "points"});
}

TEST_F(Shop, AModelsErrorNamesItsFile) {
  std::string recipe = folder_.File("recipe.json");
  ASSERT_EQ(Duomo(With({"describe"}, {"-o", recipe})).code, 0);
  Json model = Json::parse(ReadText(recipe));
  model["training"]["batch"] = "many";
  WriteText(recipe, model.dump());
  ExpectFailure(1, With({"train"}, {"--model", recipe, "-o", folder_.File("m.duomo")}),
                {recipe, "training.batch"});
}

TEST_F(Shop, BaselinesBecomeFilesWhereTowersCanExpressThem) {
  std::string file = folder_.File("popular.duomo");
  Outcome o = Duomo(With({"baseline", "popularity"}, {"-o", file, "--store-history"}));
  ASSERT_EQ(o.code, 0) << o.err;
  // Everybody's list is that of the most bought, but for what one has bought.
  Json top = DuomoJson({"topk", file, "--user", "r0", "-k", "20", "--json"})["users"][0];
  EXPECT_EQ(top["items"].size(), 20u);
  for (size_t i = 1; i < top["items"].size(); ++i) {
    EXPECT_GE(top["items"][i - 1]["score"], top["items"][i]["score"]);
  }
  EXPECT_EQ(DuomoJson({"topk", file, "--user", "r0", "-k", "20", "--exclude-seen",
                       "--json"})["users"][0]["items"]
                .size(),
            8u);
  std::string bias = folder_.File("bias.duomo");
  ASSERT_EQ(Duomo(With({"baseline", "bias"}, {"-o", bias, "--split", "leave-last"})).code, 0);
  Json measured = DuomoJson(With({"evaluate", bias}, {"--json"}));
  EXPECT_NEAR(measured["model"]["rmse"].get<double>(),
              measured["user_item_bias"]["rmse"].get<double>(), 1e-5);
  ExpectFailure(1, With({"baseline", "user-cf"}, {"-o", folder_.File("no.duomo")}),
                {"user-cf", "evaluation only"});
  EXPECT_FALSE(std::filesystem::exists(folder_.File("no.duomo")));
}

// Rows of returns are no sales, for baselines as for what is trained.
TEST_F(Shop, BaselinesReadRowsAsTrainingDoes) {
  std::string table = folder_.File("orders.csv"), file = folder_.File("popular.duomo");
  std::string text = "user,item,quantity\n";
  for (int user = 0; user < 30; ++user) {
    text += StrCat(user, ",7,", 1 + user * user, "\n", user, ",8,-", user + 1, "\n");
    if (user % 2 == 0) text += StrCat(user, ",9,2\n");
  }
  WriteText(table, text);
  Outcome o = Duomo({"baseline", "popularity", "--interactions", table, "-o", file});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.err.find("30 rows are below 0, so returned: left out"), std::string::npos) << o.err;
  Json top = DuomoJson({"topk", file, "--user", "1", "-k", "1", "--json"})["users"][0];
  EXPECT_EQ(top["items"][0]["item"], 7);
  EXPECT_EQ(top["items"][0]["score"], 30);
}

TEST_F(Shop, FriendsAreABaseline) {
  std::string friends = folder_.File("friends.csv"), text;
  for (int i = 0; i + 2 < 30; ++i) {  // of one taste
    text += "r" + std::to_string(i) + ",r" + std::to_string(i + 2) + "\n";
  }
  WriteText(friends, text);
  Json compared = DuomoJson(With({"compare"}, {"--baselines", "social-cf,bias", "--social", friends,
                                               "--split", "ratio:0.2", "--json"}));
  const Json& systems = compared["systems"];
  EXPECT_LT(systems[0]["measures"]["rmse"]["value"], systems[1]["measures"]["rmse"]["value"])
      << compared;
  ExpectFailure(1, With({"compare"}, {"--baselines", "social-cf"}), {"social-cf", "--social"});
  WriteText(friends, "r0,r1\nr0,r77\n");
  ExpectFailure(1, With({"compare"}, {"--baselines", "social-cf", "--social", friends}),
                {"friends.csv, line 2", "r77"});
}

// A session a row, and new sessions to test on, which are read in the same way.
TEST(Sessions, AreReadAsARowForEachItem) {
  TemporaryFolder folder;
  const std::string file = folder.File("m.duomo"), old = folder.File("old.csv"),
                    more = folder.File("more.csv");
  auto sessions = [](int begin, int end, int shift) {
    std::string text = "session,items\n";
    for (int i = begin; i < end; ++i) {
      text += "s" + std::to_string(i % 40) + ",\"" + std::to_string((i * 7 + shift) % 20) + " " +
              std::to_string((i * 3 + 1 + shift) % 20) + " " +
              std::to_string((i + 5 + shift) % 20) + "\"\n";
    }
    return text;
  };
  WriteText(old, sessions(0, 120, 0));
  WriteText(more, sessions(200, 230, 3));
  Outcome trained = Duomo({"train", "--interactions", old, "-o", file, "--budget", "1s"});
  ASSERT_EQ(trained.code, 0) << trained.err;
  EXPECT_NE(trained.err.find("hold several items each"), trained.err.npos) << trained.err;
  EXPECT_NE(trained.err.find("40 users, 20 items"), trained.err.npos) << trained.err;
  Json report = DuomoJson(
      {"evaluate", file, "--interactions", old, "--test", more, "--trained-rows", "allow"});
  EXPECT_EQ(report["ranking"]["users"], 30);
  EXPECT_EQ(report["ranking"]["items"], 20);
}

}  // namespace
}  // namespace duomo::testing
