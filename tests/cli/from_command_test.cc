// duomo train --from: tables grow and change their order, ids keep their meaning, and what was
// learned is where training goes on.
#include <algorithm>

#include "cli/program.h"
#include "core/error.h"

namespace duomo::testing {
namespace {

class From : public ::testing::Test {
 protected:
  From() {
    Write(old_, 0, 24, 16, false);
    // Newcomers on both sides, rows the other way round, and two readers who are gone.
    Write(new_, 2, 30, 20, true);
  }

  static void Write(const std::string& file, int first, int readers, int books, bool backwards) {
    std::vector<std::string> rows;
    for (int reader = first; reader < readers; ++reader) {
      for (int i = 0; i < 8; ++i) {
        int book = (reader * 5 + i * 3) % books;
        rows.push_back(StrCat("r", reader, ',', 700000 + book * 37, ',', 1 + (reader + book) % 5,
                              ",2020-05-", 10 + i, '\n'));
      }
    }
    if (backwards) std::reverse(rows.begin(), rows.end());
    std::string text = "reader,book,mark,when\n";
    for (const std::string& row : rows) text += row;
    WriteText(file, text);
  }

  static std::vector<std::string> Train(const std::string& table, const std::string& output,
                                        const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        "train", "--interactions", table, "--map", "user=reader", "--map", "item=book",
        "--map", "rating=mark",    "-o",  output,  "--threads",   "1"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  static double Predict(const std::string& file, int reader, int book) {
    return DuomoJson({"predict", file, "--user", StrCat("r", reader), "--item",
                      StrCat(700000 + book * 37), "--json"})["predictions"][0]["rating"]
        .get<double>();
  }

  TemporaryFolder folder_;
  std::string old_ = folder_.File("old.csv"), new_ = folder_.File("new.csv"),
              first_ = folder_.File("first.duomo"), second_ = folder_.File("second.duomo");
};

TEST_F(From, ANetworkKeepsWhatItHasLearnedOfEachId) {
  Outcome o = Duomo(Train(old_, first_, {"--preset", "mf", "--steps", "60", "--split", "none"}));
  ASSERT_EQ(o.code, 0) << o.err;
  // One step of next to nothing, so that what is there is what was there.
  o = Duomo(
      Train(new_, second_,
            {"--from", first_, "--steps", "1", "--learning-rate", "1e-12", "--weight-decay", "0"}));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.err.find("rows of tables go on"), o.err.npos) << o.err;
  for (auto [reader, book] : {std::pair{2, 1}, {7, 4}, {23, 15}}) {
    EXPECT_NEAR(Predict(second_, reader, book), Predict(first_, reader, book), 2e-3)
        << reader << ' ' << book;
  }
  EXPECT_NE(Predict(second_, 2, 1), Predict(second_, 23, 15));
  Predict(second_, 29, 19);  // newcomers are there
  ExpectFailure(1, {"predict", second_, "--user", "r0", "--item", "700000"}, {"r0"});
  ExpectFailure(1, {"predict", first_, "--user", "r29", "--item", "700000"}, {"r29"});
}

TEST_F(From, TrainingGoesOn) {
  ASSERT_EQ(
      Duomo(Train(old_, first_, {"--preset", "mf", "--passes", "40", "--split", "none"})).code, 0);
  // As the file says: its own mapping, a tenth of its passes.
  Json result = DuomoJson({"train", "--interactions", new_, "--from", first_, "-o", second_,
                           "--batch", "16", "--threads", "1", "--json"});
  EXPECT_EQ(result["train_rows"], 224);
  EXPECT_EQ(result["steps"], 4 * 14);
  Json measured = DuomoJson({"evaluate", second_, "--interactions", new_, "--trained-rows", "allow",
                             "--split", "leave-last", "--json"});
  EXPECT_EQ(measured["split"], "leave-last");
  EXPECT_EQ(measured["trained_rows"]["share"], 1);
}

TEST_F(From, AlsGoesOnFromItsItems) {
  Outcome o = Duomo(Train(old_, first_, {"--budget", "2s", "--no-floor"}));
  ASSERT_EQ(o.code, 0) << o.err;
  if (o.err.find("als") == o.err.npos) GTEST_FAIL() << "the search chose no ALS\n" << o.err;
  o = Duomo({"train", "--interactions", new_, "--from", first_, "-o", second_});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.err.find("ALS's passes on from " + first_), o.err.npos) << o.err;
  Json top = DuomoJson({"topk", second_, "--user", "r29", "-k", "3", "--json"})["users"][0];
  EXPECT_EQ(top["items"].size(), 3u);
  // Once more, from a file that went on itself.
  std::string third = folder_.File("third.duomo");
  o = Duomo({"train", "--interactions", new_, "--from", second_, "-o", third, "--passes", "2"});
  EXPECT_EQ(o.code, 0) << o.err;
}

// The rows behind those that were learned from, in the file's order or in time.
TEST_F(From, LearnsFromNewRowsAlone) {
  std::string table = ReadText(old_);
  for (int reader : {3, 50}) {  // one who is known, and a newcomer
    for (int book : {0, 3, 6, 7}) {
      table += StrCat('r', reader, ',', 700000 + book * 37, ",4,2020-06-", 10 + book, '\n');
    }
  }
  WriteText(new_, table);
  ASSERT_EQ(
      Duomo(Train(old_, first_, {"--preset", "mf", "--passes", "20", "--split", "none"})).code, 0);
  std::vector<std::string> only = {"--from",  first_, "--only-new", "--replay", "0",
                                   "--batch", "4",    "--passes",   "1"};
  Outcome o = Duomo(Train(new_, second_, only));
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.err.find("8 rows are new since " + first_ + ", of 200"), o.err.npos) << o.err;
  EXPECT_NE(o.err.find("after 2 steps"), o.err.npos) << o.err;
  // Whom no new row names stays who they were; the rest moves.
  EXPECT_NEAR(Predict(second_, 9, 13), Predict(first_, 9, 13), 0.2);
  Predict(second_, 50, 3);
  // It has learned from all of them now.
  ExpectFailure(1, Train(new_, first_ + "2", {"--from", second_, "--only-new"}),
                {"no row is new since " + second_});
  // In the order of time as well, where the file has another.
  std::string shuffled = folder_.File("shuffled.csv"), header = "reader,book,mark,when\n";
  std::vector<std::string> rows = Lines(table.substr(header.size()));
  std::reverse(rows.begin(), rows.end());
  std::string text = header;
  for (const std::string& row : rows) text += row + '\n';
  WriteText(shuffled, text);
  o = Duomo(Train(shuffled, second_, only));
  EXPECT_NE(o.err.find("8 rows are new"), o.err.npos) << o.err;
  // A newer rating of the same book takes the place of the older one: told by its time.
  WriteText(new_, table + StrCat("r3,", 700000 + 15 * 37, ",1,2020-06-20\n"));
  o = Duomo(Train(new_, second_, only));
  EXPECT_NE(o.err.find("9 rows are new"), o.err.npos) << o.err;
  // Rows of before alone.
  WriteText(shuffled, header + rows.back() + '\n' + rows[rows.size() - 2] + '\n');
  ExpectFailure(1, Train(shuffled, second_, only), {"no row is new since " + first_});
  ExpectFailure(2, Train(new_, second_, {"--only-new"}), {"--from"});
}

TEST_F(From, OlderRowsGoWithNewOnes) {
  WriteText(new_, ReadText(old_) + "r50,700000,4,2020-06-10\nr50,700037,3,2020-06-11\n" +
                      "r50,700074,3,2020-06-11\nr50,700111,3,2020-06-11\n");
  ASSERT_EQ(
      Duomo(Train(old_, first_, {"--preset", "mf", "--passes", "20", "--split", "none"})).code, 0);
  std::vector<std::string> only = {"--from", first_, "--only-new", "--batch", "4", "--json"};
  // Whole users of 8 rows each, until there are three times as many rows: 4 + 16.
  Json result = DuomoJson(Train(new_, second_, only));
  EXPECT_EQ(result["train_rows"], 4 + 16);
  EXPECT_EQ(result["steps"], 20 * 5);  // as many passes as the file took
  std::vector<std::string> more = only;
  more.insert(more.end(), {"--replay", "1000"});
  EXPECT_EQ(DuomoJson(Train(new_, second_, more))["train_rows"], 196);
  ExpectFailure(2, Train(new_, second_, {"--from", first_, "--replay", "2"}), {"--only-new"});
  more.back() = "-1";
  ExpectFailure(2, Train(new_, second_, more), {"--replay"});
}

// A file that has gone on remembers how the training from nothing was.
TEST_F(From, PassesAndRateAreThoseOfTheFirstTraining) {
  ASSERT_EQ(Duomo(Train(old_, first_,
                        {"--preset", "mf", "--passes", "40", "--split", "none", "--learning-rate",
                         "0.003"}))
                .code,
            0);
  std::string third = folder_.File("third.duomo");
  for (auto [from, to] : {std::pair{first_, second_}, {second_, third}}) {
    Json result = DuomoJson(Train(new_, to, {"--from", from, "--batch", "16", "--json"}));
    EXPECT_EQ(result["steps"], 4 * 14);
    Json report = Json::parse(RunProgram({DUOMO_CONVERT, "inspect", to, "--json"}).out)["report"];
    Json settings = report["settings"];
    if (settings.is_string()) settings = Json::parse(settings.get<std::string>());
    EXPECT_NEAR(settings["learning_rate"].get<double>(), 0.001, 1e-9);
    EXPECT_EQ(settings["from"]["first"]["passes"], 40);
    EXPECT_NEAR(settings["from"]["first"]["learning_rate"].get<double>(), 0.003, 1e-9);
  }
}

TEST_F(From, RefusesWhatDoesNotFit) {
  ASSERT_EQ(Duomo(Train(old_, first_, {"--preset", "mf", "--steps", "3", "--split", "none"})).code,
            0);
  ExpectFailure(1, Train(new_, second_, {"--from", first_, "--split", "ratio:0.1"}),
                {"ratio:0.1", "draws test rows among those", "time:Q or leave-last"});
  ExpectFailure(1, Train(new_, second_, {"--from", first_, "--preset", "hybrid", "--steps", "1"}),
                {first_, "no parameter", "another network"});
  ExpectFailure(1, Train(new_, first_, {"--from", first_}), {"is the input itself"});
  ExpectFailure(2, Train(new_, second_, {"--from", first_, "--budget", "9s"}), {"--from"});
  // Ids of another kind.
  std::string text = ReadText(new_), numbers = folder_.File("numbers.csv");
  std::erase(text, 'r');
  WriteText(numbers, "reader,book,mark,when\n" + text.substr(text.find('\n') + 1));
  ExpectFailure(1, Train(numbers, second_, {"--from", first_}),
                {"holds integers, but the input needs strings"});
  std::string floor = folder_.File("floor.duomo");
  ASSERT_EQ(Duomo({"baseline", "popularity", "--interactions", old_, "--map", "user=reader",
                   "--map", "item=book", "-o", floor})
                .code,
            0);
  ExpectFailure(1, Train(new_, second_, {"--from", floor}),
                {floor, "is a baseline", "make it anew"});
  std::string vectors = folder_.File("vectors.duomo");
  ModelOfKeys(vectors, {"a", "b"}, {"x", "y"});
  ExpectFailure(1, Train(new_, second_, {"--from", vectors}), {"does not say how it was trained"});
}

}  // namespace
}  // namespace duomo::testing
