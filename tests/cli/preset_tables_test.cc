// Presets on tables that are not MovieLens's, and the mapping that a file remembers.
#include "cli/program.h"

namespace duomo::testing {
namespace {

// 30 readers and 20 books with ids in the millions, rated from 0 to 10.
class Library : public ::testing::Test {
 protected:
  Library() {
    std::string loans = "reader,book,mark,when\n", books = "book,name,shelves\n";
    for (int reader = 0; reader < 30; ++reader) {
      for (int i = 0; i < 12; ++i) {
        int book = (reader * 7 + i * 3) % 20;
        loans += "r" + std::to_string(reader) + "," + std::to_string(7000000 + book * 1000) + "," +
                 std::to_string((reader + book) % 11) + ",2020-05-" + std::to_string(10 + i) + "\n";
      }
    }
    for (int book = 0; book < 20; ++book) {
      books += std::to_string(7000000 + book * 1000) + ",Book of " + std::to_string(book) + "," +
               (book % 2 ? "odd|all" : "even|all") + "\n";
    }
    WriteText(loans_, loans);
    WriteText(books_, books);
  }

  std::vector<std::string> Train(const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        "train", "--interactions", loans_,  "--items",     books_,  "--map",          "user=reader",
        "--map", "item=book",      "--map", "rating=mark", "--map", "timestamp=when", "-o",
        file_,   "--threads",      "1",     "--steps",     "5"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }

  TemporaryFolder folder_;
  std::string loans_ = folder_.File("loans.csv"), books_ = folder_.File("books.csv"),
              file_ = folder_.File("m.duomo");
};

TEST_F(Library, PresetsFindWhatTheyCan) {
  Outcome o = Duomo(Train({"--preset", "hybrid"}));
  ASSERT_EQ(o.code, 0) << o.err;
  for (const char* part :
       {"hybrid without gender, age, job", "user_id is \"reader\"", "movie_id is \"book\"",
        "title is \"name\"", "genres is \"shelves\"", "sparse", "ratings from 0 to 10"}) {
    EXPECT_NE(o.err.find(part), o.err.npos) << o.err;
  }
  EXPECT_LT(o.memory, 500l << 20) << "7,000,000 rows of 32 numbers for 20 books";
  for (const char* preset : {"mf", "content", "youtube-candidates"}) {
    o = Duomo(Train({"--preset", preset, "--id-dropout", "user_id=0.2"}));
    // youtube-candidates has no user_id, which is said whatever the tables.
    bool no_input = std::string(preset) == "youtube-candidates";
    EXPECT_EQ(o.code, no_input ? 1 : 0) << preset << o.err;
  }
  EXPECT_EQ(Duomo(Train({"--preset", "youtube-candidates"})).code, 0);
  o = Duomo(Train({"--preset", "sasrec", "--store-history"}));
  EXPECT_EQ(o.code, 0) << o.err;
  Json measured = DuomoJson({"evaluate", file_, "--interactions", loans_, "--items", books_});
  EXPECT_EQ(measured["split"], "leave-last");
}

TEST_F(Library, WhatAPresetCannotDoNamesTheWayOut) {
  ExpectFailure(1, Train({"--preset", "hybrid-best"}),
                {"hybrid-best", "gender", "run `duomo train` without --preset"});
  std::string untimed = folder_.File("untimed.csv");
  WriteText(untimed, "user_id,item_id\n1,2\n1,3\n2,3\n");
  ExpectFailure(1,
                {"train", "--interactions", untimed, "--preset", "youtube-candidates", "-o", file_},
                {"youtube-candidates", "no times", "run `duomo train` without --preset"});
  ExpectFailure(1, {"train", "--interactions", untimed, "--preset", "mf", "-o", file_},
                {"all 3 of untimed are 1", "run `duomo train` without --preset"});
}

TEST_F(Library, TheFileKnowsTheMapping) {
  ASSERT_EQ(Duomo(Train({"--preset", "mf", "--split", "leave-last"})).code, 0);
  Json whole = DuomoJson({"evaluate", file_, "--interactions", loans_, "--items", books_, "--map",
                          "user=reader", "--map", "item=book", "--map", "rating=mark", "--map",
                          "timestamp=when"});
  EXPECT_EQ(whole["trained_rows"]["how"], "same split");
  EXPECT_EQ(DuomoJson({"evaluate", file_, "--interactions", loans_, "--items", books_}), whole);
  // Test rows are read by it, too.
  std::string rows = folder_.File("june.csv");
  WriteText(rows, "reader,book,mark,when\nr1,7001000,8,2020-06-01\nr2,7002000,1,2020-06-02\n");
  Json report = DuomoJson({"evaluate", file_, "--test", rows});
  EXPECT_EQ(report["test_rows"], 2);
  // What is said of the side tables does not concern them.
  report = DuomoJson({"evaluate", file_, "--interactions", loans_, "--items", books_, "--sets",
                      "shelves=|", "--map", "name:string", "--test", rows});
  EXPECT_EQ(report["test_rows"], 2);
  // Nothing of where the tables lay is in the file.
  std::string bytes = ReadText(file_);
  EXPECT_EQ(bytes.find("loans.csv"), bytes.npos);
  EXPECT_NE(bytes.find("reader"), bytes.npos);
}

}  // namespace
}  // namespace duomo::testing
