// The order of Python 2.7's sets, and the dictionaries that the chapter makes of MovieLens 1M.
#include "converter/paddle/python2_set.h"

#include <gtest/gtest.h>

#include <set>

#include "converter/paddle/data.h"
#include "core/error.h"
#include "data/real_data.h"
#include "description/json.h"

namespace duomo::convert {
namespace {

using Texts = std::vector<std::string>;

Texts Ordered(const Texts& keys) {
  Texts out;
  for (uint32_t i : Python2SetOrder(keys)) out.push_back(keys[i]);
  return out;
}

// What CPython 2.7 prints.
TEST(Python2Set, Hashes) {
  EXPECT_EQ(Python2Hash(""), 0);
  EXPECT_EQ(Python2Hash("a"), 12416037344);
  EXPECT_EQ(Python2Hash("abc"), 1453079729188098211);
}

TEST(Python2Set, OrderIsThatOfTheSlots) {
  EXPECT_EQ(Ordered({"a", "b", "c"}), (Texts{"a", "c", "b"}));
  EXPECT_EQ(Ordered({}), Texts());
  EXPECT_EQ(Python2SetOrder(Texts{"x", "x", "x"}), std::vector<uint32_t>{0});
}

// Two keys of one slot stand in the order in which they came, until growth moves them.
TEST(Python2Set, CollisionsDependOnTheOrderOfTheKeys) {
  Texts keys;
  for (char a = 'a'; a <= 'z' && keys.size() < 2; ++a) {
    std::string key(1, a);
    if ((Python2Hash(key) & 7) == (Python2Hash("a") & 7)) keys.push_back(key);
  }
  ASSERT_EQ(keys.size(), 2u);
  auto forward = Ordered(keys), backward = Ordered({keys[1], keys[0]});
  EXPECT_NE(forward, backward);
}

TEST(Python2Set, EveryKeyOnceAtAnySize) {
  Texts keys;
  for (int i = 0; i < 120'000; ++i) {  // beyond the size where growth becomes slower
    keys.push_back("key" + std::to_string(i));
    keys.push_back("key" + std::to_string(i / 2));
  }
  auto order = Python2SetOrder(keys);
  std::set<std::string> seen;
  for (uint32_t i : order) seen.insert(keys[i]);
  EXPECT_EQ(order.size(), 120'000u);
  EXPECT_EQ(seen.size(), 120'000u);
}

// A letter beyond ASCII is one byte there, and a capital one stays as it is.
TEST(PaddleData, DictionariesAreOfBytes) {
  std::string upper = "\xC3\x89tude", lower = "\xC3\xA9tude";
  data::Dataset dataset;
  dataset.items.columns = {data::MakeColumn("genres", data::ColumnKind::kSet),
                           data::MakeColumn("title", data::ColumnKind::kString)};
  dataset.items.columns[1].texts = {upper + " ONE", lower + " one\xC2\xA0two"};
  Texts words = DictionariesOf(dataset).words;
  EXPECT_EQ(std::set<std::string>(words.begin(), words.end()),
            (std::set<std::string>{upper, lower, "one", "one\xC2\xA0two"}));
  Texts latin = {"\xC9tude", "one", "\xE9tude", "one\xA0two"},
        utf8 = {upper, "one", lower, "one\xC2\xA0two"};
  Texts expected;
  for (uint32_t i : Python2SetOrder(latin)) expected.push_back(utf8[i]);
  EXPECT_EQ(words, expected);
}

// What the chapter's own program is known to give, on the real data.
TEST(PaddleData, MovieLens1MAsTheOriginalNumbersIt) {
  std::string path = test::RealMovieLens();
  if (path.empty()) GTEST_SKIP() << "no ml-1m.zip";
  data::Dataset dataset = data::ReadMovieLens1M(path);
  PaddleDictionaries dictionaries = DictionariesOf(dataset);
  EXPECT_EQ(dictionaries.genres.size(), 18u);
  EXPECT_EQ(dictionaries.words.size(), 5174u);
  data::Encoded encoded =
      EncodeLikePaddle(description::Preset("hybrid").model, dataset, dictionaries);
  auto rows = [&](int64_t movie, size_t input) {
    for (size_t i = 0; i < dataset.items.size(); ++i) {
      if (dataset.items.ids[i] != movie) continue;
      auto found = encoded.items.inputs[input].RowsOf(i);
      return std::vector<uint32_t>(found.begin(), found.end());
    }
    return std::vector<uint32_t>();
  };
  EXPECT_EQ(rows(783, 5), (std::vector<uint32_t>{10, 8, 9}));
  EXPECT_EQ(rows(783, 6), (std::vector<uint32_t>{1069, 4140, 2923, 710, 988}));
  EXPECT_EQ(rows(1, 5), (std::vector<uint32_t>{10, 8, 13}));
  EXPECT_EQ(rows(1, 6), (std::vector<uint32_t>{3097, 3140}));
}

}  // namespace
}  // namespace duomo::convert
