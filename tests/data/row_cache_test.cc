#include "data/row_cache.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/version.h"
#include "data/test_files.h"
#include "file/crc.h"

namespace duomo::data {
namespace {

using test::TemporaryFolder;
using test::WriteText;

std::string Bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// One of everything that a data set may have.
Dataset Everything() {
  Dataset d;
  d.name = "shop";
  d.skipped_lines = 3;
  d.users.ids = {7, 5, 9};
  d.users.columns = {MakeColumn("user", ColumnKind::kInteger),
                     MakeColumn("age", ColumnKind::kNumber)};
  d.users.columns[0].integers = d.users.ids;
  d.users.columns[0].bucketed = true;
  d.users.columns[1].numbers = {1.5f, 2.5f, -3};
  d.items.keys = {"é", ""};
  d.items.titles = {"The first", ""};
  d.items.columns = {MakeColumn("item", ColumnKind::kString), MakeColumn("tags", ColumnKind::kSet)};
  d.items.columns[0].texts = d.items.keys;
  d.items.columns[1].texts = {"a", "b", "a"};
  d.items.columns[1].offsets = {0, 2, 3};
  d.interactions.users = {0, 1, 2, 0};
  d.interactions.items = {0, 1, 1, 1};
  d.interactions.ratings = {1, 2, 3, 4};
  d.interactions.timestamps = {100, 0, -5, 7};
  d.interactions.weights = {1, 0.5f, 2, 1};
  d.interactions.events = {0, 1, 0, 1};
  d.interactions.event_names = {"view", "buy"};
  return d;
}

class RowCache : public ::testing::Test {
 protected:
  RowCache() {
    WriteText(data_, "some rows");
    key_ = {SourcesOf(std::span(&data_, 1)), "as ratings"};
  }
  // Nothing is there, and why.
  std::string Why(const CacheKey& key) {
    std::string why;
    EXPECT_FALSE(ReadCache(path_, key, why));
    return why;
  }

  TemporaryFolder folder_;
  std::string data_ = folder_ / "data.csv", path_ = folder_ / "data-1.duomo-rows";
  CacheKey key_;
};

TEST_F(RowCache, GivesBackWhatWasWritten) {
  std::string why = "something";
  EXPECT_FALSE(ReadCache(path_, key_, why));
  EXPECT_EQ(why, "");
  Dataset d = Everything();
  WriteCache(path_, key_, d, "{\"a\":1}");
  auto kept = ReadCache(path_, key_, why);
  ASSERT_TRUE(kept) << why;
  EXPECT_EQ(kept->dataset, d);
  EXPECT_EQ(kept->notes, "{\"a\":1}");
  WriteCache(path_, key_, Dataset(), "");
  kept = ReadCache(path_, key_, why);
  ASSERT_TRUE(kept) << why;
  EXPECT_EQ(kept->dataset, Dataset());
}

// The file is mapped for reading: who writes to a column gets one of its own.
TEST_F(RowCache, RowsAreCopiedBeforeTheyAreWrittenTo) {
  WriteCache(path_, key_, Everything(), "");
  std::string before = Bytes(path_), why;
  Dataset d = ReadCache(path_, key_, why)->dataset;
  const Dataset copy = d;
  const Interactions& rows = d.interactions;
  EXPECT_EQ(copy.interactions.ratings.data(), rows.ratings.data());
  d.interactions.ratings[1] = 9;
  d.interactions.users.push_back(1);
  EXPECT_EQ(rows.ratings, (RowValues<float>{1, 9, 3, 4}));
  EXPECT_EQ(rows.users, (RowValues<uint32_t>{0, 1, 2, 0, 1}));
  EXPECT_EQ(copy, Everything());
  EXPECT_EQ(Bytes(path_), before);
}

TEST_F(RowCache, IsOfItsFilesAndOptionsAlone) {
  WriteCache(path_, key_, Everything(), "");
  EXPECT_EQ(Why({key_.sources, "as counts"}), "was read with other options");
  WriteText(data_, "other rows");
  CacheKey changed{SourcesOf(std::span(&data_, 1)), key_.how};
  EXPECT_EQ(Why(changed), "is of before data.csv changed");
  // The same size, and the same time of change: a copy that keeps times.
  auto time = std::filesystem::last_write_time(data_);
  WriteText(data_, "0ther rows");
  std::filesystem::last_write_time(data_, time);
  EXPECT_NE(SourcesOf(std::span(&data_, 1)), changed.sources);
  std::filesystem::last_write_time(data_, time + std::chrono::seconds(1));
  auto later = SourcesOf(std::span(&data_, 1));
  EXPECT_NE(later[0].modified, changed.sources[0].modified);
  CacheKey more = key_;
  more.sources.push_back({"users.csv", 1, 2, 3});
  EXPECT_EQ(Why(more), "is of before users.csv was there");
  EXPECT_EQ(Why({{}, key_.how}), "is of files of which some are gone");
}

// Of another format, or of a Duomo that may read the same data otherwise.
TEST_F(RowCache, OfAnotherVersionIsMadeAgain) {
  WriteCache(path_, key_, Everything(), "{}");
  const std::string good = Bytes(path_);
  std::string format = good;
  format[8] = 2;
  WriteText(path_, format);
  EXPECT_EQ(Why(key_), "was made by another version of Duomo");
  // The version in the directory, of the same length, with a checksum that is right.
  uint64_t begin = 0;
  std::memcpy(&begin, &good[16], sizeof(begin));
  std::string other = good;
  size_t at = other.find(kVersion, begin);
  ASSERT_NE(at, other.npos);
  other[at] = other[at] == '9' ? '8' : '9';
  uint32_t crc = file::Crc32(std::as_bytes(std::span(other).subspan(begin)));
  std::memcpy(&other[12], &crc, sizeof(crc));
  WriteText(path_, other);
  EXPECT_EQ(Why(key_), "was made by another version of Duomo");
  WriteCache(path_, key_, Everything(), "{}");
  std::string why;
  EXPECT_TRUE(ReadCache(path_, key_, why)) << why;
}

// Any bit and any length: never a wrong row, never a crash.
TEST_F(RowCache, DamageIsFound) {
  WriteCache(path_, key_, Everything(), "{}");
  const std::string good = Bytes(path_);
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    WriteText(path_, bad);
    std::string why;
    auto kept = ReadCache(path_, key_, why);
    // What lies between columns says nothing.
    if (kept) {
      EXPECT_EQ(kept->dataset, Everything()) << at;
    } else {
      EXPECT_NE(why, "") << at;
    }
  }
  for (size_t size = 0; size < good.size(); size += 7) {
    WriteText(path_, good.substr(0, size));
    EXPECT_NE(Why(key_), "") << size;
  }
  WriteText(path_, good + "x");  // behind the directory
  std::string why;
  EXPECT_TRUE(ReadCache(path_, key_, why));
}

TEST_F(RowCache, RowsOfNobodyAreDamage) {
  for (auto spoil : {+[](Dataset& d) { d.interactions.users[1] = 3; },
                     +[](Dataset& d) { d.interactions.items[1] = 2; },
                     +[](Dataset& d) { d.interactions.events[1] = 2; },
                     +[](Dataset& d) { d.interactions.ratings.push_back(1); },
                     +[](Dataset& d) { d.items.columns[1].offsets[1] = 4; },
                     +[](Dataset& d) { d.items.columns[1].offsets.clear(); },
                     +[](Dataset& d) { d.items.titles.pop_back(); },
                     +[](Dataset& d) { d.users.columns[1].numbers.pop_back(); }}) {
    Dataset d = Everything();
    spoil(d);
    WriteCache(path_, key_, d, "");
    EXPECT_EQ(Why(key_), "is damaged");
  }
}

TEST_F(RowCache, SourcesAreFilesFoldersAndArchives) {
  WriteText(folder_ / "set/ratings.csv", "1");
  WriteText(folder_ / "set/more/users.csv", "2");
  WriteText(folder_ / "set/set-1.duomo-rows", "no file of the data");
  std::string path = folder_ / "set";
  auto sources = SourcesOf(std::span(&path, 1));
  ASSERT_EQ(sources.size(), 2u);
  EXPECT_EQ(sources[0].name, "users.csv");
  EXPECT_EQ(sources[1].name, "ratings.csv");
  path = folder_ / "data.csv/inside.csv";  // as of an archive
  EXPECT_EQ(SourcesOf(std::span(&path, 1)), key_.sources);
  path = folder_ / "none.csv";
  EXPECT_FAILS(SourcesOf(std::span(&path, 1)), Status::kNotFound, "none.csv does not exist");
  path = "/dev/null";
  EXPECT_FAILS(SourcesOf(std::span(&path, 1)), Status::kUnsupported, "only once");
  // Longer than the parts that are looked at: a change at either end shows.
  std::string text(300'000, 'x');
  WriteText(data_, text);
  auto before = SourcesOf(std::span(&data_, 1));
  for (size_t at : {size_t{0}, text.size() - 1}) {
    std::string changed = text;
    changed[at] = 'y';
    WriteText(data_, changed);
    EXPECT_NE(SourcesOf(std::span(&data_, 1))[0].ends, before[0].ends);
  }
}

}  // namespace
}  // namespace duomo::data
