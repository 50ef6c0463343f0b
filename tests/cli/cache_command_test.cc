// --cache: what was read once is mapped the next time, and gives the same model to the byte.
#include <filesystem>

#include "cli/program.h"
#include "core/error.h"

namespace duomo::testing {
namespace {

class Cache : public ::testing::Test {
 protected:
  Cache() { Write(5); }

  // Visits with a count, which become weights; some come twice.
  void Write(int last_count) {
    std::string text = "visitor,page,visits,when\n";
    for (int i = 0; i < 240; ++i) {
      text += StrCat("v", i % 20, ",p", (i * 7 + i / 20) % 15, ',', 1 + i % 9 * (i % 4),
                     ",2021-03-", 10 + i % 20, '\n');
    }
    WriteText(data_, text + StrCat("v1,p1,", last_count, ",2021-04-01\n"));
  }

  std::vector<std::string> Words(const std::string& command, std::vector<std::string> more) {
    std::vector<std::string> words = {
        command, "--interactions", data_,   "--map",          "user=visitor", "--map", "item=page",
        "--map", "rating=visits",  "--map", "timestamp=when", "--values",     "count"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  std::vector<std::string> TrainTo(const std::string& file, std::vector<std::string> more = {}) {
    more.insert(more.end(),
                {"-o", file, "--preset", "youtube-candidates", "--passes", "1", "--threads", "1"});
    return Words("train", more);
  }
  Outcome Train(const std::string& file, std::vector<std::string> more = {}) {
    return Duomo(TrainTo(file, std::move(more)));
  }

  // Names of caches in a folder.
  static std::vector<std::string> Kept(const TemporaryFolder& folder) {
    std::vector<std::string> out;
    for (const std::string& name : folder.Names()) {
      if (name.ends_with(".duomo-rows")) out.push_back(name);
    }
    return out;
  }

  TemporaryFolder folder_, cache_;
  std::string data_ = folder_.File("visits.csv");
  std::vector<std::string> in_cache_ = {"--cache", cache_.path()};
};

TEST_F(Cache, GivesTheSameModelToTheByte) {
  Outcome plain = Train(folder_.File("plain.duomo"));
  ASSERT_EQ(plain.code, 0) << plain.err;
  Outcome first = Train(folder_.File("first.duomo"), in_cache_);
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.err.find("kept what was read in " + cache_.path() + "/visits-"), first.err.npos)
      << first.err;
  ASSERT_EQ(Kept(cache_).size(), 1u);
  Outcome second = Train(folder_.File("second.duomo"), in_cache_);
  ASSERT_EQ(second.code, 0) << second.err;
  EXPECT_NE(second.err.find("rows as read before, from " + cache_.path()), second.err.npos);
  EXPECT_EQ(second.err.find("kept what was read"), second.err.npos) << second.err;
  std::string model = ReadText(folder_.File("plain.duomo"));
  EXPECT_EQ(ReadText(folder_.File("first.duomo")), model);
  EXPECT_EQ(ReadText(folder_.File("second.duomo")), model);
  // What was understood is told again.
  EXPECT_NE(second.err.find("\"visits\" counts something"), second.err.npos) << second.err;
}

TEST_F(Cache, DescribesAsBefore) {
  std::vector<std::string> words = Words("describe", {});
  Outcome plain = Duomo(words);
  ASSERT_EQ(plain.code, 0) << plain.err;
  words.insert(words.end(), {"--cache", "beside"});
  ASSERT_EQ(Duomo(words).code, 0);
  EXPECT_EQ(Kept(folder_).size(), 1u);
  Outcome kept = Duomo(words);
  ASSERT_EQ(kept.code, 0) << kept.err;
  EXPECT_EQ(kept.out, plain.out);
  EXPECT_NE(kept.err.find("rows as read before"), kept.err.npos);
  EXPECT_NE(kept.err.find(plain.err), kept.err.npos) << kept.err << plain.err;
}

TEST_F(Cache, DataThatChangedAreReadAgain) {
  ASSERT_EQ(Train(folder_.File("m.duomo"), in_cache_).code, 0);
  Write(7);
  Outcome changed = Train(folder_.File("m.duomo"), in_cache_);
  EXPECT_NE(changed.err.find("is of before visits.csv changed: the data are read again"),
            changed.err.npos)
      << changed.err;
  EXPECT_EQ(Kept(cache_).size(), 1u);
  std::string file = cache_.File(Kept(cache_)[0]);
  WriteText(file, ReadText(file).substr(0, 1000));
  Outcome damaged = Train(folder_.File("m.duomo"), in_cache_);
  EXPECT_EQ(damaged.code, 0);
  EXPECT_NE(damaged.err.find(file + " is damaged: the data are read again"), damaged.err.npos)
      << damaged.err;
  // Other options: another file beside it, and both serve.
  ASSERT_EQ(Train(folder_.File("m.duomo"), {"--cache", cache_.path(), "--repeats", "last"}).code,
            0);
  EXPECT_EQ(Kept(cache_).size(), 2u);
  EXPECT_NE(Train(folder_.File("m.duomo"), in_cache_).err.find("rows as read before"),
            std::string::npos);
}

// MovieLens's own format: the archive, and the folder in which the cache then lies beside it.
TEST_F(Cache, KnowsDataByTheirFiles) {
  DataFolder data;
  std::string model = folder_.File("m.duomo");
  auto train = [&](const std::string& file) {
    return Duomo({"train", data.path(), "-o", file, "--preset", "hybrid", "--steps", "5",
                  "--threads", "1", "--cache", cache_.path()});
  };
  Outcome first = train(folder_.File("first.duomo"));
  ASSERT_EQ(first.code, 0) << first.err;
  Outcome second = train(folder_.File("second.duomo"));
  EXPECT_NE(second.err.find("rows as read before"), second.err.npos) << second.err;
  EXPECT_EQ(ReadText(folder_.File("second.duomo")), ReadText(folder_.File("first.duomo")));
  data.Replace("movies.dat", data.Text("movies.dat") + "9999::Later (2001)::Drama\n");
  Outcome third = train(folder_.File("third.duomo"));
  EXPECT_NE(third.err.find("is of before movies.dat changed"), third.err.npos) << third.err;
}

TEST_F(Cache, AFullDiskIsSaidAndLeavesNothing) {
  Surroundings full;
  full.largest_file = 3000;
  ExpectFailure(1, TrainTo(folder_.File("m.duomo"), in_cache_),
                {"visits-", "File too large", "make room or leave --cache out"}, full);
  full.largest_file = 1000;  // nor is there room for the rows while they are read
  ExpectFailure(1, TrainTo(folder_.File("m.duomo"), in_cache_),
                {"scratch file in " + cache_.path(), "File too large", "leave --cache out"}, full);
  EXPECT_TRUE(cache_.Names().empty());
}

TEST_F(Cache, NeedsAFolderAndDataThatCanBeReadTwice) {
  ExpectFailure(1, {"describe", "--interactions", data_, "--cache", folder_.File("none")},
                {"--cache", "none is no folder"});
  ExpectFailure(1, {"describe", "--interactions", "/dev/null", "--cache", cache_.path()},
                {"/dev/null can be read only once"});
}

}  // namespace
}  // namespace duomo::testing
