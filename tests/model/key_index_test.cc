#include "model/key_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/random.h"
#include "model/key_finder.h"
#include "model/model.h"

namespace duomo::model {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

// The tensors that AddKeys makes, and the index over them.
template <typename Key>
struct Written {
  explicit Written(const std::vector<Key>& keys) {
    AddKeys(tensors, "p", std::span<const Key>(keys));
  }

  template <typename T>
  std::span<const T> Get(const std::string& name) const {
    for (const auto& t : tensors) {
      if (t.name == "p/" + name) return file::Tensor{t.dtype, t.shape, t.bytes}.As<T>();
    }
    return {};
  }
  KeyIndex Index() const {
    if constexpr (std::is_same_v<Key, int64_t>) {
      return KeyIndex::OfIntegers(Get<int64_t>("keys"), Get<uint32_t>("order"));
    } else {
      auto text = Get<char>("text");
      return KeyIndex::OfStrings(Get<uint64_t>("offsets"), {text.data(), text.size()},
                                 Get<uint32_t>("order"));
    }
  }
  std::vector<file::OwnedTensor> tensors;
};

// Many at once are found as one by one; some of these are absent.
void CheckFindAll(const KeyIndex& index, std::vector<int64_t> keys) {
  keys.insert(keys.end(), {kLowest, -1, 0, 1, 12345, kHighest});
  std::vector<uint32_t> rows(keys.size());
  index.FindAll(keys, rows.data());
  for (size_t i = 0; i < keys.size(); ++i) {
    ASSERT_EQ(rows[i], index.Find(keys[i]).value_or(KeyIndex::kAbsent)) << keys[i];
  }
}

void CheckIntegers(const std::vector<int64_t>& keys) {
  Written<int64_t> written(keys);
  KeyIndex index = written.Index();
  ASSERT_EQ(index.size(), keys.size());
  EXPECT_EQ(index.kind(), KeyKind::kInt64);
  std::map<int64_t, uint64_t> rows;
  for (size_t i = 0; i < keys.size(); ++i) rows[keys[i]] = i;
  auto check = [&](int64_t key) {
    auto expected = rows.find(key);
    auto found = index.Find(key);
    ASSERT_EQ(found.has_value(), expected != rows.end()) << key;
    if (found) {
      ASSERT_EQ(*found, expected->second) << key;
      ASSERT_EQ(index.IntegerAt(*found), key);
    }
  };
  for (int64_t key : keys) {
    check(key);
    if (key < kHighest) check(key + 1);
    if (key > kLowest) check(key - 1);
  }
  for (int64_t key : {kLowest, int64_t{-1}, int64_t{0}, int64_t{1}, kHighest}) check(key);
  CheckFindAll(index, keys);
}

TEST(KeyIndexTest, FindsEveryIntegerAndNothingElse) {
  CheckIntegers({});
  CheckIntegers({0});
  CheckIntegers({kLowest, kHighest});
  CheckIntegers({kLowest, -1, 0, 1, kHighest});
  CheckIntegers({5, 4, 3, 2, 1});
  std::vector<int64_t> dense(1000);
  std::iota(dense.begin(), dense.end(), 1);
  CheckIntegers(dense);
  dense.erase(dense.begin() + 300, dense.begin() + 340);
  CheckIntegers(dense);
  dense.push_back(int64_t{1} << 60);  // one outlier spoils every guess
  CheckIntegers(dense);
  Random random(1);
  for (int round = 0; round < 20; ++round) {
    std::vector<int64_t> keys(1 + random.Below(500));
    int shift = static_cast<int>(random.Below(60));
    for (int64_t& key : keys) key = static_cast<int64_t>(random.Next()) >> shift;
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    CheckIntegers(keys);
    random.Shuffle(std::span(keys));
    CheckIntegers(keys);
  }
}

TEST(KeyIndexTest, KeysThatBeginRanges) {
  for (const std::vector<int64_t>& keys :
       {std::vector<int64_t>{1, 18, 25, 35}, {25, 1, 35, 18}, {7}, {kHighest, kLowest, 0}}) {
    Written<int64_t> written(keys);
    KeyIndex index = written.Index();
    for (int64_t value :
         {kLowest, int64_t{-3}, int64_t{0}, int64_t{1}, int64_t{17}, int64_t{18}, int64_t{24},
          int64_t{25}, int64_t{34}, int64_t{35}, int64_t{99}, kHighest}) {
      std::optional<int64_t> best;
      for (int64_t key : keys) {
        if (key <= value && (!best || key > *best)) best = key;
      }
      int64_t least = *std::min_element(keys.begin(), keys.end());
      auto row = index.FindRange(value);
      ASSERT_TRUE(row) << value;
      EXPECT_EQ(keys[*row], best.value_or(least)) << value;
    }
  }
  EXPECT_FALSE(KeyIndex().FindRange(3));
  EXPECT_FALSE(KeyIndex::OfRange(9).FindRange(3));
  // Orders that lie give any row that is there, or none.
  const std::vector<int64_t> keys = {1, 2, 3};
  const std::vector<uint32_t> order = {7, 0, 9};
  for (int64_t value : {0, 1, 2, 99}) {
    auto row = KeyIndex::OfIntegers(keys, order).FindRange(value);
    EXPECT_TRUE(!row || *row < 3);
  }
}

TEST(KeyIndexTest, OrderIsWrittenOnlyWhereKeysDoNotAscend) {
  EXPECT_EQ(Written<int64_t>({1, 5, 9}).tensors.size(), 1u);
  EXPECT_EQ(Written<int64_t>({1, 9, 5}).tensors.size(), 2u);
  EXPECT_EQ(Written<std::string>({"a", "b"}).tensors.size(), 3u);
}

TEST(KeyIndexTest, Range) {
  KeyIndex index = KeyIndex::OfRange(10);
  EXPECT_EQ(index.Find(int64_t{0}), 0u);
  EXPECT_EQ(index.Find(int64_t{9}), 9u);
  EXPECT_FALSE(index.Find(int64_t{10}));
  EXPECT_FALSE(index.Find(int64_t{-1}));
  EXPECT_FALSE(index.Find("0"));
  EXPECT_EQ(index.IntegerAt(7), 7);
  EXPECT_EQ(index.StringAt(0), "");
  EXPECT_FALSE(KeyIndex().Find(int64_t{0}));
  CheckFindAll(index, {9, 10, 3});
  CheckFindAll(KeyIndex(), {9, 10, 3});
}

// Rows that 32 bits cannot number are absent for FindAll(), not another row; nothing is below 0.
TEST(KeyIndexTest, RangeBeyondEveryRow) {
  constexpr int64_t kWraps = int64_t{1} << 32;
  KeyIndex index = KeyIndex::OfRange(uint64_t{1} << 40), all = KeyIndex::OfRange(UINT64_MAX);
  EXPECT_EQ(index.Find(kWraps + 1), static_cast<uint64_t>(kWraps + 1));
  EXPECT_FALSE(all.Find(int64_t{-2}));
  const int64_t keys[] = {7, kWraps - 2, kWraps - 1, kWraps, kWraps + 1, -1, INT64_MAX};
  uint32_t rows[7];
  index.FindAll(keys, rows);
  EXPECT_EQ(rows[0], 7u);
  EXPECT_EQ(rows[1], kWraps - 2);
  for (int i = 2; i < 7; ++i) EXPECT_EQ(rows[i], KeyIndex::kAbsent) << i;
}

TEST(KeyIndexTest, FindsEveryStringAndNothingElse) {
  std::vector<std::string> keys = {
      "b", "", "a", "ab", "\xC3\xA9t\xC3\xA9", "zz", "a b", std::string("nul\0l", 5)};
  Written<std::string> written(keys);
  KeyIndex index = written.Index();
  CheckFindAll(index, {1});  // a string is no integer
  EXPECT_EQ(index.size(), keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    EXPECT_EQ(index.Find(keys[i]), i);
    EXPECT_EQ(index.StringAt(i), keys[i]);
    EXPECT_FALSE(index.Find(keys[i] + "~"));
  }
  EXPECT_FALSE(index.Find(int64_t{0}));
  EXPECT_EQ(index.IntegerAt(3), 3);
  EXPECT_EQ(index.StringAt(keys.size()), "");
  EXPECT_FALSE(Written<std::string>({}).Index().Find(""));
}

// Many strings at once are found as one by one, whatever they have in common.
TEST(KeyFinderTest, FindsWhatTheIndexFinds) {
  Random random(3);
  for (const std::string prefix : {"", "b", "a longer beginning of all/"}) {
    std::vector<std::string> keys = {prefix, prefix + "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
                                     prefix + "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
                                     prefix + std::string("nul\0", 4), prefix + "nul"};
    for (int i = 0; i < 700; ++i) {
      std::string key = prefix;
      // Eight bytes do not tell all of them apart.
      for (uint64_t n = random.Below(14); n > 0; --n) {
        key += static_cast<char>('a' + random.Below(i % 2 == 0 ? 2 : 20));
      }
      keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    random.Shuffle(std::span(keys));
    const Written<std::string> written(keys);
    const KeyIndex index = written.Index();
    std::vector<std::string> asked = keys;
    for (const std::string& key : keys) {
      asked.push_back(key + "~");
      asked.push_back(key.substr(0, key.size() / 2));
    }
    asked.insert(asked.end(), {"", "zzz", "\xFF"});
    asked.insert(asked.end(), 200, keys.front());     // strings may repeat
    for (size_t count : {size_t{1}, asked.size()}) {  // one by one, and all together
      for (size_t begin = 0; begin < asked.size(); begin += count) {
        const std::vector<std::string_view> some(
            asked.begin() + static_cast<ptrdiff_t>(begin),
            asked.begin() + static_cast<ptrdiff_t>(begin + count));
        std::vector<uint32_t> rows(count, 7);
        FindAll(index, some, rows.data());
        for (size_t i = 0; i < count; ++i) {
          ASSERT_EQ(rows[i], index.Find(some[i]).value_or(KeyIndex::kAbsent)) << some[i];
        }
      }
    }
  }
}

// Strings that an adversary chose so that their hashes are equal (key_finder.cc) are found, too.
TEST(KeyFinderTest, HashesMadeToCollide) {
  std::vector<std::string> keys;
  for (uint64_t first = 0; first < 300; ++first) {
    uint64_t hash = (24 ^ first) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;  // the second word brings all of them to the same hash
    std::string key(24, 'x');
    std::memcpy(key.data(), &first, 8);
    std::memcpy(key.data() + 8, &hash, 8);
    keys.push_back(key);
  }
  const Written<std::string> written(keys);
  const KeyIndex index = written.Index();
  std::vector<std::string_view> asked(keys.begin(), keys.end());
  asked.push_back("none");
  std::vector<uint32_t> rows(asked.size());
  FindAll(index, asked, rows.data());
  for (uint32_t i = 0; i < keys.size(); ++i) EXPECT_EQ(rows[i], i);
  EXPECT_EQ(rows.back(), KeyIndex::kAbsent);
}

// Rows of a hostile file may all be its whole text. Reading it once per row would take for ever.
TEST(KeyFinderTest, RowsThatOverlap) {
  constexpr size_t kRows = 1 << 16, kBytes = 1 << 24;
  const std::string text(kBytes, 'a');
  std::vector<uint64_t> offsets(kRows + 1);
  for (size_t row = 1; row < kRows; row += 2) offsets[row] = kBytes;  // even rows are the whole
  const std::vector<uint32_t> order(kRows);
  const KeyIndex index = KeyIndex::OfStrings(offsets, text, order);
  std::vector<std::string_view> asked(2000, "b");
  asked.back() = text;
  std::vector<uint32_t> rows(asked.size());
  FindAll(index, asked, rows.data());
  EXPECT_EQ(rows.front(), KeyIndex::kAbsent);
  EXPECT_EQ(rows.back(), 0u);
}

TEST(KeyIndexTest, DuplicatesAreRefusedWithBothRows) {
  std::vector<file::OwnedTensor> out;
  auto message = [&](auto keys) {
    using Key = typename decltype(keys)::value_type;
    try {
      AddKeys(out, "users", std::span<const Key>(keys));
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kInvalidArgument);
      return error.message();
    }
    return std::string("no error");
  };
  EXPECT_EQ(message(std::vector<int64_t>{3, 8, 3}),
            "users: the key 3 stands in rows 0 and 2; keys must be unique");
  EXPECT_EQ(message(std::vector<std::string>{"x", "y", "y"}),
            "users: the key y stands in rows 1 and 2; keys must be unique");
  EXPECT_TRUE(out.empty());
}

// Whatever a hostile file claims: no read outside (the sanitizers look), and no row that is not.
TEST(KeyIndexTest, HostileTensorsAreSafe) {
  Random random(2);
  for (int round = 0; round < 3000; ++round) {
    size_t n = random.Below(12);
    std::vector<int64_t> integers(n);
    for (int64_t& v : integers) v = static_cast<int64_t>(random.Next() >> random.Below(64));
    std::vector<uint32_t> order(random.Below(3) == 0 ? random.Below(20) : n);
    for (uint32_t& v : order) v = static_cast<uint32_t>(random.Next() >> (32 + random.Below(32)));
    std::vector<uint64_t> offsets(random.Below(12));
    for (uint64_t& v : offsets) v = random.Next() >> random.Below(64);
    std::string text(random.Below(30), 'x');
    KeyIndex a = KeyIndex::OfIntegers(integers, order);
    KeyIndex b = KeyIndex::OfStrings(offsets, text, order);
    for (int k = 0; k < 10; ++k) {
      auto key = static_cast<int64_t>(random.Next() >> random.Below(64));
      if (k < static_cast<int>(n)) key = integers[static_cast<size_t>(k)];
      if (auto row = a.Find(key)) {
        ASSERT_LT(*row, a.size());
        ASSERT_EQ(a.IntegerAt(*row), key);
      }
      auto found = b.Find(std::string(random.Below(5), 'x'));
      ASSERT_TRUE(!found || *found < b.size());
      for (uint64_t row : {random.Below(20), random.Next()}) {
        (void)a.IntegerAt(row);
        ASSERT_LE(b.StringAt(row).size(), text.size());
      }
    }
  }
}

}  // namespace
}  // namespace duomo::model
