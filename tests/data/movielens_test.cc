// MovieLens's format: the facts of the real data, every kind of bad line, and the way back.
#include "data/movielens.h"

#include <array>
#include <set>

#include "core/text.h"
#include "data/real_data.h"
#include "data/source.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

std::set<std::string> WordsOf(const Dataset& dataset) {
  std::set<std::string> words;
  for (const std::string& title : dataset.items.Find("title")->texts) {
    for (const std::string& word : Words(title)) words.insert(word);
  }
  return words;
}

std::set<std::string> GenresOf(const Dataset& dataset) {
  const auto& texts = dataset.items.Find("genres")->texts;
  return {texts.begin(), texts.end()};
}

TEST(MovieLens, FactsOfTheData) {
  const auto& [d, real] = test::MovieLensOrSynthetic();
  std::array<size_t, 6> histogram{};
  for (float rating : d.interactions.ratings) {
    ASSERT_GE(rating, 1);
    ASSERT_LE(rating, 5);
    ++histogram[static_cast<size_t>(rating)];
  }
  EXPECT_EQ(GenresOf(d).size(), 18u);
  EXPECT_EQ(d.skipped_lines, 0u);
  if (real) {
    EXPECT_EQ(d.name, "ml-1m");
    EXPECT_EQ(d.users.size(), 6040u);
    EXPECT_EQ(d.items.size(), 3883u);
    EXPECT_EQ(histogram, (std::array<size_t, 6>{0, 56174, 107557, 261197, 348971, 226310}));
    EXPECT_EQ(WordsOf(d).size(), 5174u);
  } else {
    EXPECT_EQ(d.users.size(), 604u);
    EXPECT_EQ(d.items.size(), 388u);
    EXPECT_EQ(d.interactions.size(), 40000u);
  }
}

TEST(MovieLens, ColumnsAreWhole) {
  const Dataset& d = test::MovieLensOrSynthetic().dataset;
  EXPECT_EQ(d.users.Find("user_id")->integers, d.users.ids);
  EXPECT_EQ(d.items.Find("movie_id")->integers, d.items.ids);
  EXPECT_EQ(d.users.Find("movie_id"), nullptr);
  ASSERT_EQ(d.items.titles.size(), d.items.size());
  const Column& genres = *d.items.Find("genres");
  ASSERT_EQ(genres.offsets.size(), d.items.size() + 1);
  EXPECT_EQ(genres.offsets.back(), genres.texts.size());
  size_t accents = 0;
  for (size_t i = 0; i < d.items.size(); ++i) {
    const std::string& title = d.items.titles[i];
    EXPECT_TRUE(IsUtf8(title));
    EXPECT_EQ(d.items.Find("title")->texts[i], TitleName(title));
    EXPECT_LT(TitleName(title).size(), title.size());
    EXPECT_LT(genres.offsets[i], genres.offsets[i + 1]);
    for (char c : title) accents += static_cast<unsigned char>(c) >= 0x80 ? 1 : 0;
  }
  EXPECT_GT(accents, 0u);
  for (size_t i = 0; i < d.users.size(); ++i) {
    EXPECT_FALSE(AgeLabel(d.users.Find("age")->integers[i]).empty());
    EXPECT_FALSE(OccupationLabel(d.users.Find("job")->integers[i]).empty());
    const std::string& occupation = d.users.Find("occupation")->texts[i];
    EXPECT_EQ(occupation, OccupationLabel(d.users.Find("job")->integers[i]));
    EXPECT_EQ(d.users.Find("region")->texts[i].size(), 1u);
    const std::string& gender = d.users.Find("gender")->texts[i];
    EXPECT_TRUE(gender == "M" || gender == "F");
  }
}

TEST(MovieLens, WrittenAndReadBack) {
  const Dataset& d = test::MovieLensOrSynthetic().dataset;
  test::TemporaryFolder folder;
  WriteMovieLens1M(d, folder / "a.zip");
  EXPECT_TRUE(ReadMovieLens1M(folder / "a.zip") == d);
  WriteMovieLens1M(d, folder / ("b/" + d.name));
  EXPECT_TRUE(ReadMovieLens1M(folder / ("b/" + d.name)) == d);
  EXPECT_TRUE(ReadMovieLens1M(folder / "b") == d);
}

TEST(MovieLens, TitleNames) {
  EXPECT_EQ(TitleName("Zork Blimm (1999)"), "Zork Blimm ");
  EXPECT_EQ(TitleName("Zork (2) (1999)"), "Zork (2) ");
  EXPECT_EQ(TitleName("Zork(7)"), "Zork");
  EXPECT_EQ(TitleName("(1999)"), "");
  for (const char* whole : {"", ")", "1999)", "()", "Zork ()", "Zork (199x)", "Zork (1999) "}) {
    EXPECT_EQ(TitleName(whole), whole);
  }
}

TEST(MovieLens, Labels) {
  EXPECT_EQ(AgeLabel(1), "Under 18");
  EXPECT_EQ(AgeLabel(56), "56+");
  EXPECT_EQ(AgeLabel(2), "");
  EXPECT_EQ(OccupationLabel(1), "academic/educator");
  EXPECT_EQ(OccupationLabel(20), "writer");
  EXPECT_EQ(OccupationLabel(21), "");
  EXPECT_EQ(OccupationLabel(-1), "");
}

// Good files that tests spoil one line at a time.
struct Files {
  std::string users = "1::M::18::4::12345\n2::F::56::0::\n";
  std::string movies = "10::Zork Bl\xE9m (1999)::Action|War\n11::Untimed::\n";
  std::string ratings = "1::10::5::900\n2::11::1::0\n2::10::3::901\n";
  Dataset Parse(bool skip = false) const {
    return ParseMovieLens1M({users, movies, ratings, "dir/"}, {.skip_bad_lines = skip});
  }
};

TEST(MovieLens, SmallExample) {
  Dataset d = Files().Parse();
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(d.users.Find("age")->integers, (std::vector<int64_t>{18, 56}));
  EXPECT_EQ(d.users.Find("occupation")->texts,
            (std::vector<std::string>{"college/grad student", "other or not specified"}));
  EXPECT_EQ(d.users.Find("region")->texts, (std::vector<std::string>{"1", ""}));
  EXPECT_EQ(d.items.titles, (std::vector<std::string>{"Zork Bl\xC3\xA9m (1999)", "Untimed"}));
  EXPECT_EQ(d.items.Find("title")->texts,
            (std::vector<std::string>{"Zork Bl\xC3\xA9m ", "Untimed"}));
  EXPECT_EQ(d.items.Find("genres")->offsets, (std::vector<uint64_t>{0, 2, 2}));
  EXPECT_EQ(d.items.Find("genres")->texts, (std::vector<std::string>{"Action", "War"}));
  EXPECT_EQ(d.interactions.users, (std::vector<uint32_t>{0, 1, 1}));
  EXPECT_EQ(d.interactions.items, (std::vector<uint32_t>{0, 1, 0}));
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{5, 1, 3}));
  EXPECT_EQ(d.interactions.timestamps, (std::vector<int64_t>{900, 0, 901}));
}

// Each bad line, put behind the good ones: an error with its place, or skipped without a trace.
TEST(MovieLens, BadLines) {
  struct Case {
    std::string Files::*file;
    const char *name, *line, *message;
  };
  std::string Files::*users = &Files::users, Files::*movies = &Files::movies,
              Files::*ratings = &Files::ratings;
  const Case cases[] = {
      {users, "users.dat, line 3", "3::M::18::4", "4 fields instead of 5"},
      {users, "users.dat, line 3", "3::M::18::4::1::2", "more than 5 fields"},
      {users, "users.dat, line 3", "", "1 field instead of 5"},
      {users, "users.dat, line 3", "x::M::18::4::1", "user \"x\" is not a whole number"},
      {users, "users.dat, line 3", "-3::M::18::4::1", "user -3 is negative"},
      {users, "users.dat, line 3", "2::M::18::4::1", "user 2 stands there twice"},
      {users, "users.dat, line 3", "3::m::18::4::1", "gender \"m\" is neither M nor F"},
      {users, "users.dat, line 3", "3::M::19::4::1", "age code 19"},
      {users, "users.dat, line 3", "3::M::old::4::1", "age \"old\" is not a whole number"},
      {users, "users.dat, line 3", "3::M::18::21::1", "occupation 21 is outside 0..20"},
      {movies, "movies.dat, line 3", "12:Zork (1999)::War", "2 fields instead of 3"},
      {movies, "movies.dat, line 3", "11::Zork (1999)::War", "movie 11 stands there twice"},
      {movies, "movies.dat, line 3", "12::::War", "the title is empty"},
      {movies, "movies.dat, line 3", "12::Zork (1999)::War||Crime", "empty name"},
      {movies, "movies.dat, line 3", "12::Zork (1999)::War|", "empty name"},
      {movies, "movies.dat, line 3", "\xE9::Zork (1999)::War", "movie \"\xC3\xA9\" is not"},
      {ratings, "ratings.dat, line 4", "1::11::11::900", "rating 11 is outside 1..5"},
      {ratings, "ratings.dat, line 4", "1::11::0::900", "rating 0 is outside 1..5"},
      {ratings, "ratings.dat, line 4", "1::11::4.5::900", "rating \"4.5\" is not a whole number"},
      {ratings, "ratings.dat, line 4", "1::11::4", "3 fields instead of 4"},
      {ratings, "ratings.dat, line 4", "1::11::4::900::", "more than 4 fields"},
      {ratings, "ratings.dat, line 4", "3::11::4::900", "user 3 is not in users.dat"},
      {ratings, "ratings.dat, line 4", "-1::11::4::900", "user -1 is not in users.dat"},
      {ratings, "ratings.dat, line 4", "1::99999999999::4::900", "movie 99999999999 is not in"},
      {ratings, "ratings.dat, line 4", "1::11::4::-1", "timestamp -1 is negative"},
      {ratings, "ratings.dat, line 4", "1::11::4::99999999999999999999", "timestamp \"9999"},
  };
  Dataset good = Files().Parse();
  for (const Case& c : cases) {
    Files files;
    files.*c.file += c.line + std::string("\n");
    Error error = test::ErrorOf([&] { files.Parse(); });
    EXPECT_EQ(error.status(), Status::kCorrupt) << c.line;
    EXPECT_EQ(error.message().rfind(StrCat("dir/", c.name, ": "), 0), 0u) << error.message();
    EXPECT_NE(error.message().find(c.message), std::string::npos) << error.message();
    EXPECT_TRUE(IsUtf8(error.message()));
    Dataset rest = files.Parse(true);
    EXPECT_EQ(rest.skipped_lines, 1u) << c.line;
    rest.skipped_lines = 0;
    EXPECT_TRUE(rest == good) << c.line;
  }
}

TEST(MovieLens, EmptySetsAreErrors) {
  Files no_users, no_movies, no_ratings, all_bad;
  no_users.users = "";
  no_movies.movies = "";
  no_ratings.ratings = "";
  all_bad.ratings = "bad\nworse\n";
  EXPECT_FAILS(no_users.Parse(true), Status::kInvalidArgument, "users.dat has no users");
  EXPECT_FAILS(no_movies.Parse(true), Status::kInvalidArgument, "movies.dat has no movies");
  EXPECT_FAILS(no_ratings.Parse(), Status::kInvalidArgument, "ratings.dat has no ratings");
  EXPECT_FAILS(all_bad.Parse(true), Status::kInvalidArgument, "all of its 2 lines were bad");
}

TEST(MovieLens, SparseIdsAndLastLineWithoutEnd) {
  Files files;
  files.users += "9000000000::F::1::1::x\r\n";
  files.ratings += "9000000000::10::4::7";
  Dataset d = files.Parse();
  EXPECT_EQ(d.users.ids[2], 9000000000);
  EXPECT_EQ(d.interactions.users[3], 2u);
}

TEST(MovieLens, MissingFiles) {
  test::TemporaryFolder folder;
  EXPECT_FAILS(ReadMovieLens1M(folder / "none.zip"), Status::kNotFound, "does not exist");
  Files files;
  test::WriteText(folder / "d/users.dat", files.users);
  EXPECT_FAILS(ReadMovieLens1M(folder / "d"), Status::kNotFound, "has no ratings.dat");
  test::WriteText(folder / "d/ratings.dat", files.ratings);
  EXPECT_FAILS(ReadMovieLens1M(folder / "d"), Status::kNotFound, "movies.dat");
  test::WriteText(folder / "d/movies.dat", files.movies);
  EXPECT_EQ(ReadMovieLens1M(folder / "d").interactions.size(), 3u);
}

TEST(MovieLens, WriterRefusesWhatTheFormatCannotHold) {
  test::TemporaryFolder folder;
  const Dataset good = Files().Parse();
  auto refuses = [&](auto change, const char* message) {
    Dataset d = good;
    change(d);
    EXPECT_FAILS(WriteMovieLens1M(d, folder / "x"), Status::kInvalidArgument, message);
  };
  refuses([](Dataset& d) { d.items.titles[0] = "a::b"; }, "a::b");
  refuses([](Dataset& d) { d.items.titles[0] = "a:"; }, "a:");
  refuses([](Dataset& d) { d.items.titles[0] = "a\nb"; }, "cannot hold the text");
  refuses([](Dataset& d) { d.items.titles[0] = "\xE2\x82\xAC"; }, "\xE2\x82\xAC");  // the euro
  refuses([](Dataset& d) { d.items.columns[1].texts[0] = "a|b"; }, "a|b");
  refuses([](Dataset& d) { d.interactions.ratings[0] = 3.5f; }, "rating 3.5");
  refuses([](Dataset& d) { d.users.columns.pop_back(); }, "\"region\"");
  refuses([](Dataset& d) { d.users.columns.erase(d.users.columns.begin() + 3); }, "\"job\"");
  refuses([](Dataset& d) { d.users.columns[5].texts[0] = "12"; }, "the region \"12\"");
  refuses([](Dataset& d) { d.items.titles.clear(); }, "titles");
  EXPECT_FALSE(std::filesystem::exists(folder / "x"));
  test::WriteText(folder / "file", "");
  EXPECT_FAILS(WriteMovieLens1M(good, folder / "file/x"), Status::kIo, "file/x");
}

}  // namespace
}  // namespace duomo::data
