#include <algorithm>

#include "cli/program.h"

namespace duomo::testing {
namespace {

std::vector<std::string> Synth(const std::string& path, const std::string& seed) {
  return {"synth", "-o",        path,  "--users", "50", "--items",
          "30",    "--ratings", "400", "--seed",  seed};
}

TEST(Synth, SaysWhatItMade) {
  TemporaryFolder folder;
  Json json = DuomoJson(Synth(folder.File("a.zip"), "0"));
  EXPECT_EQ(json,
            (Json{{"path", folder.File("a.zip")}, {"users", 50}, {"items", 30}, {"ratings", 400}}));
  Outcome o = Duomo(Synth(folder.File("b.zip"), "0"));
  EXPECT_EQ(o.out, folder.File("b.zip") + ": 50 users, 30 movies, 400 ratings\n");
}

TEST(Synth, TheSameNumbersMakeTheSameBytes) {
  TemporaryFolder folder;
  for (const char* kind : {"", ".zip"}) {
    std::string a = folder.File(std::string("a") + kind), b = folder.File(std::string("b") + kind),
                c = folder.File(std::string("c") + kind);
    ASSERT_EQ(Duomo(Synth(a, "7")).code, 0);
    ASSERT_EQ(Duomo(Synth(b, "7")).code, 0);
    ASSERT_EQ(Duomo(Synth(c, "8")).code, 0);
    if (*kind != 0) {
      EXPECT_EQ(ReadText(a), ReadText(b));
      EXPECT_NE(ReadText(a), ReadText(c));
      EXPECT_FALSE(ReadText(a).empty());
      continue;
    }
    for (const char* file : {"/users.dat", "/movies.dat", "/ratings.dat"}) {
      EXPECT_FALSE(ReadText(a + file).empty()) << file;
      EXPECT_EQ(ReadText(a + file), ReadText(b + file)) << file;
    }
    EXPECT_NE(ReadText(a + "/ratings.dat"), ReadText(c + "/ratings.dat"));
  }
}

TEST(Synth, WritesMl1msFormat) {
  TemporaryFolder folder;
  ASSERT_EQ(Duomo(Synth(folder.File("data"), "1")).code, 0);
  auto fields = [](const std::string& line) {
    size_t n = 1;
    for (size_t at = line.find("::"); at != line.npos; at = line.find("::", at + 2)) ++n;
    return n;
  };
  struct File {
    const char* name;
    size_t lines, fields;
  };
  for (const File& f : {File{"users.dat", 50, 5}, {"movies.dat", 30, 3}, {"ratings.dat", 400, 4}}) {
    auto lines = Lines(ReadText(folder.File(std::string("data/") + f.name)));
    EXPECT_EQ(lines.size(), f.lines) << f.name;
    for (const std::string& line : lines) ASSERT_EQ(fields(line), f.fields) << line;
  }
}

TEST(Synth, MoreRatingsThanPairsIsExplained) {
  TemporaryFolder folder;
  ExpectFailure(
      1,
      {"synth", "-o", folder.File("x.zip"), "--users", "20", "--items", "20", "--ratings", "1000"},
      {"1000 ratings are too many", "at most 200"});
  EXPECT_TRUE(folder.Names().empty());
}

}  // namespace
}  // namespace duomo::testing
