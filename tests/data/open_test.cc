// One door to MovieLens in all of its formats, and the ready folds.
#include "data/open.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "core/text.h"
#include "data/encode.h"
#include "data/gzip.h"
#include "data/real_data.h"
#include "data/test_files.h"
#include "data/zip_builder.h"

namespace duomo::data {
namespace {

// ml-100k's files, invented; spoilt by tests one line at a time.
struct Small100K {
  std::string users = "1|17|M|student|12345\n2|44|F|librarian|V3N4P\n3|60|M|technician|\n";
  std::string genres = "unknown|0\nAction|1\nWar|2\n\n";
  std::string movies =
      "10|Zork \"Bl\xE9m\" (1999) |01-Jan-1999||http://x|0|1|1\n11|unknown||||1|0|0\n";
  std::string ratings = "1\t10\t5\t900\n2\t11\t1\t901\n3\t10\t3\t902\n3\t11\t2\t903\n";
  std::string base = "2\t11\t1\t901\n3\t11\t2\t903\n3\t10\t3\t902\n", test = "1\t10\t5\t900\n";

  Dataset Read(const test::TemporaryFolder& folder, bool skip = false) const {
    const std::pair<const char*, const std::string*> files[] = {
        {"u.user", &users},   {"u.genre", &genres}, {"u.item", &movies},
        {"u.data", &ratings}, {"u1.base", &base},   {"u1.test", &test}};
    for (const auto& [name, text] : files)
      test::WriteText(folder / ("k/" + std::string(name)), *text);
    return OpenDataset(folder / "k", {.skip_bad_lines = skip});
  }
};

TEST(Open, MovieLens100K) {
  test::TemporaryFolder folder;
  Dataset d = Small100K().Read(folder);
  EXPECT_EQ(d.name, "k");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(d.users.Find("user_id")->integers, d.users.ids);
  EXPECT_EQ(d.users.Find("age")->integers, (std::vector<int64_t>{1, 35, 56}));
  EXPECT_EQ(d.users.Find("job")->integers, (std::vector<int64_t>{10, 0, 17}));
  EXPECT_EQ(d.users.Find("gender")->texts, (std::vector<std::string>{"M", "F", "M"}));
  EXPECT_EQ(d.users.Find("occupation")->texts,
            (std::vector<std::string>{"student", "librarian", "technician"}));
  EXPECT_EQ(d.users.Find("region")->texts, (std::vector<std::string>{"1", "V", ""}));
  EXPECT_EQ(d.items.titles, (std::vector<std::string>{"Zork \"Bl\xC3\xA9m\" (1999)", "unknown"}));
  EXPECT_EQ(d.items.Find("title")->texts,
            (std::vector<std::string>{"Zork \"Bl\xC3\xA9m\" ", "unknown"}));
  EXPECT_EQ(d.items.Find("genres")->texts, (std::vector<std::string>{"Action", "War", "unknown"}));
  EXPECT_EQ(d.items.Find("genres")->offsets, (std::vector<uint64_t>{0, 2, 3}));
  EXPECT_EQ(d.interactions.items, (std::vector<uint32_t>{0, 1, 0, 1}));
  EXPECT_EQ(d.interactions.timestamps, (std::vector<int64_t>{900, 901, 902, 903}));
  WriteMovieLens1M(d, folder / "as-1m.zip");  // what ml-1m's reader says is the same
  Dataset again = OpenDataset(folder / "as-1m.zip");
  EXPECT_EQ(again.interactions, d.interactions);
  EXPECT_EQ(again.items, d.items);
  EXPECT_EQ(*again.users.Find("age"), *d.users.Find("age"));
  EXPECT_EQ(*again.users.Find("region"), *d.users.Find("region"));
}

TEST(Open, BadLinesOf100K) {
  struct Case {
    std::string Small100K::*file;
    const char *place, *line, *message;
  };
  std::string Small100K::*users = &Small100K::users, Small100K::*movies = &Small100K::movies,
              Small100K::*ratings = &Small100K::ratings;
  const Case cases[] = {
      {users, "u.user, line 4", "4|20|M|artist", "4 fields instead of 5"},
      {users, "u.user, line 4", "3|20|M|artist|1", "user 3 stands there twice"},
      {users, "u.user, line 4", "4|old|M|artist|1", "age \"old\" is not a whole number"},
      {users, "u.user, line 4", "4|20|X|artist|1", "the gender is neither M nor F"},
      {users, "u.user, line 4", "4|20|M|wizard|1", "the occupation \"wizard\" is not known"},
      {movies, "u.item, line 3", "12|Zork||||0|1", "7 fields instead of 8"},
      {movies, "u.item, line 3", "12|Zork||||0|1|2", "field 8 is neither 0 nor 1"},
      {movies, "u.item, line 3", "12|||||0|1|1", "the title is empty"},
      {movies, "u.item, line 3", "10|Zork||||0|1|1", "movie 10 stands there twice"},
      {ratings, "u.data, line 5", "4\t10\t5\t900", "user 4 is not in u.user"},
      {ratings, "u.data, line 5", "1\t12\t5\t900", "movie 12 is not in u.item"},
      {ratings, "u.data, line 5", "1\t10\t6\t900", "rating 6 is outside 1..5"},
      {ratings, "u.data, line 5", "1\t10\t-1\t900", "rating \"-1\" is not a whole number"},
      {ratings, "u.data, line 5", "1 10 5 900", "1 field instead of 4"},
  };
  test::TemporaryFolder folder;
  Dataset good = Small100K().Read(folder);
  for (const Case& c : cases) {
    Small100K files;
    files.*c.file += c.line + std::string("\n");
    Error error = test::ErrorOf([&] { files.Read(folder); });
    EXPECT_EQ(error.status(), Status::kCorrupt) << c.line;
    EXPECT_NE(error.message().find(StrCat("/k/", c.place, ": ", c.message)), std::string::npos)
        << error.message();
    Dataset rest = files.Read(folder, true);
    EXPECT_EQ(rest.skipped_lines, 1u);
    rest.skipped_lines = 0;
    EXPECT_TRUE(rest == good) << c.line;
  }
  for (const char* genres : {"Action|1\n", "Action|0\nWar|0\n", "Action|x\n", "Action|5000\n"}) {
    Small100K files;
    files.genres = genres;
    EXPECT_FAILS(files.Read(folder), Status::kCorrupt, "u.genre");
  }
}

TEST(Open, Folds) {
  test::TemporaryFolder folder;
  Small100K files;
  Dataset d = files.Read(folder);
  Split split = MakeSplit(ParseSplit("fold:u1"), d, folder / "k");
  EXPECT_EQ(split.name, "fold:u1");
  EXPECT_EQ(split.train, (std::vector<uint32_t>{1, 2, 3}));
  EXPECT_EQ(split.test, (std::vector<uint32_t>{0}));
  EXPECT_EQ(MakeSplit(ParseSplit("none"), d, folder / "k").train.size(), 4u);
  EXPECT_FAILS(ReadFold(folder / "k", "u2", d), Status::kNotFound, "no fold \"u2\"");
  EXPECT_FAILS(ReadFold(folder / "k", "../k/u1", d), Status::kNotFound, "no fold");
  EXPECT_FAILS(MakeSplit("fold:u1", d.interactions), Status::kInvalidArgument, "not at hand");
  EXPECT_FAILS(ParseSplit("fold:"), Status::kInvalidArgument, "fold:NAME");
  auto fails = [&](const char* base, const char* test_rows, Status status, const char* message) {
    files.base = base;
    files.test = test_rows;
    files.Read(folder);
    EXPECT_FAILS(ReadFold(folder / "k", "u1", d), status, message);
  };
  fails("2\t11\t1\t901\n", "1\t10\t5\t900\n", Status::kInvalidArgument, "leaves out row 3 of 4");
  fails("2\t11\t1\t901\n", "2\t11\t1\t901\n", Status::kCorrupt, "u1.test, line 1: the rating of");
  fails("9\t11\t1\t901\n", "", Status::kCorrupt, "u1.base, line 1: the data set has no rating");
}

TEST(Open, NewerMovieLens) {
  test::TemporaryFolder folder;
  const std::string ratings =
      "userId,movieId,rating,timestamp\n1,12,0.5,900\n1,10,4.5,901\n7,10,3.0,902\n";
  const std::string movies =
      "movieId,title,genres\n10,\"Zork, The (1999) \",Action|War\n11,Blimm (2001),Action\n"
      "12,\"Say \"\"Z\"\"\",(no genres listed)\n";
  test::WriteText(folder / "ml/ratings.csv", ratings);
  test::WriteText(folder / "ml/movies.csv", movies);
  test::WriteText(folder / "ml/tags.csv", "ignored \" whatever");
  test::ZipBuilder zip;
  zip.Add(test::ZipEntry("ml/ratings.csv", ratings));
  zip.Add(test::ZipEntry("ml/movies.csv", movies));
  test::WriteText(folder / "a.zip", zip.Finish());
  Dataset d = OpenDataset(folder / "ml");
  EXPECT_TRUE(OpenDataset(folder / "a.zip") == d);
  EXPECT_EQ(d.name, "ml");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{1, 7}));
  EXPECT_EQ(d.users.Find("user_id")->integers, d.users.ids);
  EXPECT_EQ(d.users.columns.size(), 1u);
  EXPECT_EQ(d.items.Find("movie_id")->integers, (std::vector<int64_t>{10, 11, 12}));
  EXPECT_EQ(d.items.titles,
            (std::vector<std::string>{"Zork, The (1999)", "Blimm (2001)", "Say \"Z\""}));
  EXPECT_EQ(d.items.Find("title")->texts,
            (std::vector<std::string>{"Zork, The ", "Blimm ", "Say \"Z\""}));
  EXPECT_EQ(d.items.Find("genres")->texts, (std::vector<std::string>{"Action", "War", "Action"}));
  EXPECT_EQ(d.items.Find("genres")->offsets, (std::vector<uint64_t>{0, 2, 3, 3}));
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{0.5f, 4.5f, 3}));

  test::WriteText(folder / "ml/ratings.csv", ratings + "7,13,3.0,902\n");
  EXPECT_FAILS(OpenDataset(folder / "ml"), Status::kCorrupt,
               "ml/ratings.csv, line 5: item \"13\" is not in ");
  EXPECT_EQ(OpenDataset(folder / "ml", {.skip_bad_lines = true}).skipped_lines, 1u);

  // What a preset needs and these data lack is said by name.
  model::Description needs_gender;
  needs_gender.name = "g";
  needs_gender.vocabularies = {
      {.name = "gender", .integers = {}, .strings = {}},
      {.name = "m", .keys = model::KeyKind::kRange, .integers = {}, .strings = {}}};
  needs_gender.tables = {{"gender", 0, 2}, {"m", 1, 2}};
  needs_gender.inputs = {{.name = "gender", .vocabulary = 0},
                         {.name = "movie_id", .scope = model::Scope::kItem, .vocabulary = 1}};
  needs_gender.towers.resize(2);
  needs_gender.towers[1].side = model::Side::kItem;
  for (uint32_t i : {0u, 1u}) {
    model::Encoder encoder;
    encoder.input = i;
    encoder.table = static_cast<int32_t>(i);
    needs_gender.towers[i].encoders = {encoder};
  }
  EXPECT_FAILS(
      Encode(needs_gender, d), Status::kInvalidArgument,
      "input \"gender\": the data set \"ml\" has no user column \"gender\"; it has user_id");
}

TEST(Open, OtherPaths) {
  test::TemporaryFolder folder;
  test::WriteText(folder / "t.csv", "user,item\n1,2\n");
  test::WriteText(folder / "t.csv.gz", test::Gzip("user,item\n1,2\n"));
  test::WriteText(folder / "empty/x", "");
  EXPECT_EQ(OpenDataset(folder / "t.csv").interactions.size(), 1u);
  EXPECT_EQ(OpenDataset(folder / "t.csv.gz").interactions.size(), 1u);
  EXPECT_FAILS(OpenDataset(folder / "empty"), Status::kNotFound, "u.data (100K)");
  EXPECT_FAILS(OpenDataset(folder / "none"), Status::kNotFound, "does not exist");
  Dataset made = MakeSynthetic(30, 20, 200, 0);
  WriteMovieLens1M(made, folder / "synthetic");
  EXPECT_TRUE(OpenDataset(folder / "synthetic") == made);
}

// Synthetic data in ml-100k's files, folds and all.
void WriteSynthetic100K(const test::TemporaryFolder& folder) {
  Dataset d = MakeSynthetic(94, 168, 2000, 0);
  std::string users, movies, ratings, genres = "unknown|0\n";
  for (size_t i = 0; i < d.users.size(); ++i) {
    users += StrCat(d.users.ids[i], '|', d.users.Find("age")->integers[i], '|',
                    d.users.Find("gender")->texts[i], "|student|", i % 10, "2345\n");
  }
  const Column& sets = *d.items.Find("genres");
  std::set<std::string> names(sets.texts.begin(), sets.texts.end());
  for (const std::string& name : names) {
    genres += StrCat(name, '|', std::count(genres.begin(), genres.end(), '\n'), '\n');
  }
  for (size_t i = 0; i < d.items.size(); ++i) {
    std::string title;  // ISO-8859-1
    for (size_t k = 0; k < d.items.titles[i].size(); ++k) {
      unsigned char c = static_cast<unsigned char>(d.items.titles[i][k]);
      if (c >= 0x80) c = static_cast<unsigned char>(c << 6 | (d.items.titles[i][++k] & 0x3F));
      title += static_cast<char>(c);
    }
    movies += StrCat(d.items.ids[i], '|', title, "|||", i % 7 == 0 ? "|1" : "|0");
    for (const std::string& name : names) {
      auto end = sets.texts.begin() + static_cast<std::ptrdiff_t>(sets.offsets[i + 1]);
      auto begin = sets.texts.begin() + static_cast<std::ptrdiff_t>(sets.offsets[i]);
      movies += std::find(begin, end, name) == end ? "|0" : "|1";
    }
    movies += '\n';
  }
  std::string base[5], tests[5];
  for (size_t i = 0; i < d.interactions.size(); ++i) {
    std::string line =
        StrCat(d.users.ids[d.interactions.users[i]], '\t', d.items.ids[d.interactions.items[i]],
               '\t', d.interactions.ratings[i], '\t', d.interactions.timestamps[i], '\n');
    ratings += line;
    for (size_t fold = 0; fold < 5; ++fold) (i % 5 == fold ? tests : base)[fold] += line;
  }
  test::WriteText(folder / "ml-100k/u.user", users);
  test::WriteText(folder / "ml-100k/u.item", movies);
  test::WriteText(folder / "ml-100k/u.genre", genres);
  test::WriteText(folder / "ml-100k/u.data", ratings);
  for (size_t fold = 0; fold < 5; ++fold) {
    test::WriteText(folder / StrCat("ml-100k/u", fold + 1, ".base"), base[fold]);
    test::WriteText(folder / StrCat("ml-100k/u", fold + 1, ".test"), tests[fold]);
  }
}

TEST(Open, FactsOf100K) {
  test::TemporaryFolder folder;
  std::string path = test::RealMovieLens("ml-100k.zip");
  bool real = !path.empty();
  if (!real) {
    std::printf("no ml-100k.zip in DUOMO_DATA or %s: testing on synthetic data\n", DUOMO_TEST_DATA);
    WriteSynthetic100K(folder);
    path = folder / "ml-100k";
  }
  const size_t ratings = real ? 100000 : 2000;
  Dataset d = OpenDataset(path);
  EXPECT_EQ(d.name, "ml-100k");
  EXPECT_EQ(d.users.size(), real ? 943u : 94u);
  EXPECT_EQ(d.items.size(), real ? 1682u : 168u);
  EXPECT_EQ(d.interactions.size(), ratings);
  const auto& genres = d.items.Find("genres")->texts;
  EXPECT_EQ(std::set<std::string>(genres.begin(), genres.end()).size(), 19u);
  size_t accents = 0;
  for (const std::string& title : d.items.titles) {
    ASSERT_TRUE(IsUtf8(title));
    accents += std::any_of(title.begin(), title.end(), [](char c) { return c < 0; }) ? 1 : 0;
  }
  EXPECT_GT(accents, 0u);
  for (size_t i = 0; i < d.users.size(); ++i) {
    EXPECT_FALSE(AgeLabel(d.users.Find("age")->integers[i]).empty());
    EXPECT_FALSE(OccupationLabel(d.users.Find("job")->integers[i]).empty());
    EXPECT_EQ(d.users.Find("region")->texts[i].size(), 1u);
  }
  std::vector<int> tested(d.interactions.size());
  for (const char* fold : {"u1", "u2", "u3", "u4", "u5"}) {
    Split split = ReadFold(path, fold, d);
    EXPECT_EQ(split.train.size(), ratings / 5 * 4);
    EXPECT_EQ(split.test.size(), ratings / 5);
    for (uint32_t row : split.test) ++tested[row];
  }
  EXPECT_EQ(static_cast<size_t>(std::count(tested.begin(), tested.end(), 1)), ratings);
  if (real) {
    EXPECT_EQ(ReadFold(path, "ua", d).test.size(), 9430u);
    EXPECT_EQ(ReadFold(path, "ub", d).test.size(), 9430u);
  }
  // Latin-1 there and back.
  WriteMovieLens1M(d, folder / "m.zip");
  EXPECT_EQ(OpenDataset(folder / "m.zip").items, d.items);
}

}  // namespace
}  // namespace duomo::data
