#include "model/entity_ids.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/key_hash.h"
#include "core/random.h"
#include "model/model.h"

namespace duomo::model {
namespace {

// Computed by a program in another language; hosts keep such numbers in databases.
TEST(KeyHash, IsForEver) {
  EXPECT_EQ(IdOfString(""), 8056974233673738534);
  EXPECT_EQ(IdOfString("a"), 189900332573052507);
  EXPECT_EQ(IdOfString("user-8"), 8642984408374746898);
  EXPECT_EQ(IdOfString("sku-1"), 3702201369639972457);
  EXPECT_EQ(IdOfString("Größe 42"), 4689543538904101770);
  EXPECT_EQ(IdOfString(std::string(1000, 'x')), 2864908108652676794);
  for (int i = 0; i < 1000; ++i) EXPECT_GE(IdOfString(std::to_string(i)), 0);
}

// A file's tensors of string keys.
struct Stored {
  explicit Stored(const std::vector<std::string>& keys) {
    std::vector<file::OwnedTensor> out;
    AddKeys(out, "users", std::span<const std::string>(keys));
    for (auto& t : out) {
      auto as = [&]<typename T>(std::vector<T>& to) {
        auto values = t.View().As<T>();
        to.assign(values.begin(), values.end());
      };
      if (t.name == "users/offsets") as(offsets);
      if (t.name == "users/text") text.assign(t.View().As<char>().data(), t.bytes.size());
      if (t.name == "users/order") as(order);
      if (t.name == "users/ids/sorted") as(ids);
      if (t.name == "users/ids/order") as(ids_order);
    }
  }
  KeyIndex Keys() const { return KeyIndex::OfStrings(offsets, text, order); }
  EntityIds WithTable() const { return EntityIds(Keys(), ids, ids_order); }
  EntityIds Without() const { return EntityIds(Keys(), {}, {}); }

  std::vector<uint64_t> offsets;
  std::string text;
  std::vector<uint32_t> order, ids_order;
  std::vector<int64_t> ids;
};

std::vector<std::string> Keys(size_t n) {
  std::vector<std::string> out;
  for (size_t i = 0; i < n; ++i) out.push_back(StrCat("key-", i * 7919 % 100003));
  return out;
}

TEST(EntityIds, EveryKeyIsFoundByItsIdAndNothingElseIs) {
  for (size_t n : {size_t{0}, size_t{1}, size_t{2}, size_t{7}, size_t{1000}, size_t{50000}}) {
    auto keys = Keys(n);
    Stored stored(keys);
    EXPECT_TRUE(std::is_sorted(stored.ids.begin(), stored.ids.end()));
    for (const EntityIds& ids : {stored.WithTable(), stored.Without()}) {
      std::vector<int64_t> all;
      for (size_t row = 0; row < n; ++row) {
        ASSERT_EQ(ids.At(row), IdOfString(keys[row]));
        ASSERT_EQ(ids.Find(ids.At(row)), row) << keys[row];
        ASSERT_EQ(ids.FindKey(keys[row]), row) << keys[row];
        ASSERT_FALSE(ids.Find(ids.At(row) + 1));
        all.push_back(ids.At(row));
      }
      EXPECT_FALSE(ids.FindKey("no such key"));
      for (int64_t id : {int64_t{0}, int64_t{1}, int64_t{-1}, INT64_MIN, INT64_MAX}) {
        EXPECT_FALSE(ids.Find(id));
        all.push_back(id);
      }
      std::vector<uint32_t> rows(all.size());
      ids.FindAll(all, rows.data());
      for (size_t i = 0; i < all.size(); ++i) {
        ASSERT_EQ(rows[i], i < n ? i : KeyIndex::kAbsent);
      }
    }
  }
}

TEST(EntityIds, IntegersAreTheirOwnIds) {
  const std::vector<int64_t> keys = {5, 9, 100};
  EntityIds ids(KeyIndex::OfIntegers(keys, {}), {}, {});
  EXPECT_FALSE(ids.strings());
  EXPECT_EQ(ids.Find(9), 1u);
  EXPECT_EQ(ids.At(2), 100);
  EXPECT_FALSE(ids.Find(IdOfString("5")));
  EXPECT_FALSE(ids.FindKey("5"));
}

// "never another item": the order of the rows says nothing.
TEST(EntityIds, DoNotDependOnTheRows) {
  auto keys = Keys(3000);
  std::vector<int64_t> before;
  Stored first(keys);
  for (size_t row = 0; row < keys.size(); ++row) before.push_back(first.WithTable().At(row));
  Random random(3);
  auto shuffled = keys;
  random.Shuffle(std::span(shuffled));
  shuffled.resize(2000);  // the others are gone
  Stored after(shuffled);
  EntityIds ids = after.WithTable();
  for (size_t i = 0; i < keys.size(); ++i) {
    auto row = ids.Find(before[i]);
    auto expected = std::find(shuffled.begin(), shuffled.end(), keys[i]);
    ASSERT_EQ(row.has_value(), expected != shuffled.end());
    if (row) {
      ASSERT_EQ(shuffled[*row], keys[i]);
    }
  }
}

// Both have the FNV-1a hash 0, by the list of such texts that its authors publish.
TEST(EntityIds, TwoKeysOfOneIdAreRefusedWhenWritten) {
  const std::string a("\xd5\x6b\xb9\x53\x42\x87\x08\x36"), b("!0IC=VloaY");
  ASSERT_EQ(IdOfString(a), 0);
  ASSERT_EQ(IdOfString(b), 0);
  std::vector<file::OwnedTensor> out;
  try {
    AddKeys(out, "items", std::span<const std::string>(std::vector<std::string>{"x", b, a}));
    FAIL() << "written";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kInvalidArgument);
    EXPECT_NE(error.message().find("!0IC=VloaY"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("same id"), std::string::npos) << error.message();
    EXPECT_NE(error.message().find(a), std::string::npos);
  }
  EXPECT_TRUE(out.empty());
  AddKeys(out, "vocabularies/items",  // which nobody looks into by id
          std::span<const std::string>(std::vector<std::string>{"x", b, a}));
  EXPECT_EQ(out.size(), 3u);
  // A file of before that has both: the id means neither.
  Stored stored({"x", b});
  std::vector<uint64_t> offsets = stored.offsets;
  std::string text = stored.text + a;
  offsets.push_back(text.size());
  std::vector<uint32_t> order = {1, 0, 2};
  EntityIds ids(KeyIndex::OfStrings(offsets, text, order), {}, {});
  EXPECT_FALSE(ids.Find(0));
  EXPECT_EQ(ids.Find(IdOfString("x")), 0u);
}

// Whatever a table says: an id that is found is that of its row's key, and nothing is read outside.
TEST(EntityIds, HostileTablesAreSafe) {
  Random random(5);
  for (int round = 0; round < 2000; ++round) {
    auto keys = Keys(1 + random.Below(40));
    Stored stored(keys);
    for (int damage = 0; damage < 5; ++damage) {
      size_t i = random.Below(keys.size());
      switch (random.Below(5)) {
        case 0:
          stored.ids[i] = static_cast<int64_t>(random.Next());
          break;
        case 1:
          stored.ids_order[i] = static_cast<uint32_t>(random.Next());
          break;
        case 2:
          stored.ids_order[i] = static_cast<uint32_t>(random.Below(keys.size()));
          break;
        case 3:
          stored.ids[i] = stored.ids[random.Below(keys.size())];
          break;
        default:
          stored.offsets[i] = random.Next() >> random.Below(64);
      }
    }
    EntityIds ids = stored.WithTable();
    for (int k = 0; k < 50; ++k) {
      size_t i = random.Below(keys.size());
      int64_t id = random.Below(2) == 0 ? IdOfString(keys[i]) : stored.ids[i];
      if (auto row = ids.Find(id)) {
        ASSERT_LT(*row, keys.size());
        ASSERT_EQ(IdOfString(stored.Keys().StringAt(*row)), id);
      }
      if (auto row = ids.FindKey(keys[i])) {
        ASSERT_EQ(stored.Keys().StringAt(*row), keys[i]);
      }
      (void)ids.At(random.Next() >> random.Below(64));
    }
  }
}

TEST(EntityIds, SeveralThreadsMayAskFirst) {
  auto keys = Keys(20000);
  Stored stored(keys);
  for (int round = 0; round < 20; ++round) {
    EntityIds ids = stored.Without(), copy = ids;
    std::vector<std::thread> threads;
    std::vector<int> wrong(4);
    for (size_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (size_t row = t; row < keys.size(); row += 997) {
          wrong[t] += copy.Find(IdOfString(keys[row])) != row;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, std::vector<int>(4));
  }
}

}  // namespace
}  // namespace duomo::model
