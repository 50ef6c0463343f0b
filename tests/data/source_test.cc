// Finding a data set's files in folders and archives.
#include "data/source.h"

#include "data/test_files.h"
#include "data/zip_builder.h"

namespace duomo::data {
namespace {

TEST(Source, FoldersAtTheTopAndOneDown) {
  test::TemporaryFolder folder;
  test::WriteText(folder / "outer/inner/ratings.dat", "inner");
  test::WriteText(folder / "outer/inner/users.dat", "");
  Source down = Source::Open(folder / "outer", "ratings.dat");
  EXPECT_EQ(down.name(), "inner");
  EXPECT_EQ(down.Read("ratings.dat"), "inner");
  EXPECT_EQ(down.Read("users.dat"), "");
  EXPECT_EQ(down.Where("ratings.dat"), folder / "outer/inner/ratings.dat");
  EXPECT_FAILS(down.Read("movies.dat"), Status::kNotFound, "inner/movies.dat");

  for (const char* path : {"outer/inner", "outer/inner/", "outer/inner/."}) {
    EXPECT_EQ(Source::Open(folder / path, "ratings.dat").name(), "inner") << path;
  }
  test::WriteText(folder / "outer/ratings.dat", "top");
  EXPECT_EQ(Source::Open(folder / "outer", "ratings.dat").Read("ratings.dat"), "top");
}

TEST(Source, ListsFiles) {
  test::TemporaryFolder folder;
  test::ZipBuilder zip;
  for (const char* name :
       {"b/ratings.csv", "a.csv", "__MACOSX/._a.csv", "b/.hidden", "b/c/deep.csv"}) {
    if (std::string_view(name) != "a.csv")
      test::WriteText(folder / ("d/" + std::string(name)), "xy");
    zip.Add(test::ZipEntry(name, "xy"));
  }
  test::WriteText(folder / "d/a.csv", "xy");
  test::WriteText(folder / "d.zip", zip.Finish());
  for (const char* path : {"d", "d.zip"}) {
    std::vector<ListedFile> files = ListFiles(folder / path);
    ASSERT_EQ(files.size(), 2u) << path;
    EXPECT_EQ(files[0].name, "a.csv");
    EXPECT_EQ(files[1].name, "b/ratings.csv");
    EXPECT_EQ(files[1].size, 2u);
  }
  EXPECT_FAILS(ListFiles(folder / "none"), Status::kNotFound, "does not exist");
}

TEST(Source, ArchivesAtTheTopAndOneDown) {
  test::TemporaryFolder folder;
  test::ZipBuilder down, top, none;
  down.Add(test::ZipEntry("__MACOSX/._ratings.dat", "not this"));
  down.Add(test::ZipEntry("set/ratings.dat", "down"));
  down.Add(test::ZipEntry("set/deep/ratings.dat", "too deep"));
  top.Add(test::ZipEntry("ratings.dat", "top"));
  none.Add(test::ZipEntry("a/b/ratings.dat", "too deep"));
  test::WriteText(folder / "down.zip", down.Finish());
  test::WriteText(folder / "top.zip", top.Finish());
  test::WriteText(folder / "none.zip", none.Finish());
  Source source = Source::Open(folder / "down.zip", "ratings.dat");
  EXPECT_EQ(source.name(), "set");
  EXPECT_EQ(source.Read("ratings.dat"), "down");
  EXPECT_EQ(source.Where("ratings.dat"), folder / "down.zip/set/ratings.dat");
  EXPECT_EQ(Source::Open(folder / "top.zip", "ratings.dat").name(), "top");
  EXPECT_FAILS(Source::Open(folder / "none.zip", "ratings.dat"), Status::kNotFound,
               "none.zip has no ratings.dat");
}

TEST(Source, SaysWhatIsWrong) {
  test::TemporaryFolder folder;
  EXPECT_FAILS(Source::Open(folder / "x", "r"), Status::kNotFound, "x does not exist");
  test::WriteText(folder / "text", "no archive");
  EXPECT_FAILS(Source::Open(folder / "text", "r"), Status::kCorrupt, "not a zip archive");
  test::WriteText(folder / "d/a/r", "");
  test::WriteText(folder / "d/b/r", "");
  EXPECT_FAILS(Source::Open(folder / "d", "r"), Status::kInvalidArgument, "a/ and b/");
  EXPECT_FAILS(Source::Open(folder / "d", "s"), Status::kNotFound, "has no s");
}

}  // namespace
}  // namespace duomo::data
