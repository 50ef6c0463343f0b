#include "retrieval/filter.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "abi/fixtures.h"
#include "core/error.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kItems = 130;

class FilterTest : public ::testing::Test {
 protected:
  FilterTest() {
    std::vector<float> users(2), items(kItems * 2, 1.0f);
    bytes_ = model::SaveToMemory(fixtures::VectorModel(model::HeadKind::kDot, 2, users, items));
    model_ = model::Model::OpenBuffer(bytes_);
  }

  uint32_t Input(std::string_view name) const {
    const auto& inputs = model_->description().inputs;
    auto found =
        std::find_if(inputs.begin(), inputs.end(), [&](auto& i) { return i.name == name; });
    return static_cast<uint32_t>(found - inputs.begin());
  }

  // What the fixture promises.
  static bool Has(bool tags, size_t row, uint32_t value) {
    return tags ? row % 5 == value || (value == 0 && row % 3 == 0) : row % 4 == value;
  }

  void ExpectFilter(bool tags, FilterMode mode, std::vector<uint32_t> values) {
    RowMask mask;
    mask.Reset(kItems, true);
    mask.Clear(7);  // what is not allowed stays so
    ApplyFilter(*model_, {Input(tags ? "tags" : "shelf"), mode, values}, mask);
    for (size_t row = 0; row < kItems; ++row) {
      auto has = [&](uint32_t v) { return Has(tags, row, v); };
      bool expected = mode == FilterMode::kAny   ? std::any_of(values.begin(), values.end(), has)
                      : mode == FilterMode::kAll ? std::all_of(values.begin(), values.end(), has)
                                                 : std::none_of(values.begin(), values.end(), has);
      EXPECT_EQ(mask.Test(row), expected && row != 7) << "row " << row;
    }
  }

  AlignedVector<std::byte> bytes_;
  std::shared_ptr<const model::Model> model_;
};

TEST_F(FilterTest, SetsAndCategories) {
  for (FilterMode mode : {FilterMode::kAny, FilterMode::kAll, FilterMode::kNone}) {
    for (bool tags : {true, false}) {
      ExpectFilter(tags, mode, {});
      ExpectFilter(tags, mode, {0});
      ExpectFilter(tags, mode, {0, 2});
      ExpectFilter(tags, mode, {2, 0, 2});
      ExpectFilter(tags, mode, {1, 3});
      // What no item has: beyond the vocabulary, in bits and not.
      ExpectFilter(tags, mode, {77});
      ExpectFilter(tags, mode, {1, UINT32_MAX});
      std::vector<uint32_t> many;
      for (uint32_t v = 0; v < 10'000; ++v) many.push_back(v % 7 == 0 ? 2 : 3 + v * 400'000);
      ExpectFilter(tags, mode, many);
    }
  }
}

TEST_F(FilterTest, RefusesOtherInputs) {
  RowMask mask;
  mask.Reset(kItems, true);
  EXPECT_THROW(ApplyFilter(*model_, {Input("user"), FilterMode::kAny, {}}, mask), Error);
}

TEST(RowMask, ResetAndAnd) {
  for (size_t rows : {size_t{0}, size_t{1}, size_t{63}, size_t{64}, size_t{65}, size_t{200}}) {
    RowMask all, none;
    all.Reset(rows, true);
    none.Reset(rows, false);
    size_t bits = 0;
    for (uint64_t word : all.words()) bits += static_cast<size_t>(__builtin_popcountll(word));
    EXPECT_EQ(bits, rows);
    if (rows > 0) none.Set(rows - 1);
    all.And(none);
    for (size_t r = 0; r < rows; ++r) EXPECT_EQ(all.Test(r), r == rows - 1);
  }
}

// Every second list claims to be the whole segment: the first has it, and none is left for others.
TEST_F(FilterTest, OverlappingListsOfAHostileFile) {
  std::vector<float> users(2), items(kItems * 2, 1.0f);
  model::Contents contents = fixtures::VectorModel(model::HeadKind::kDot, 2, users, items);
  for (auto& t : contents.tensors) {
    if (t.name != "items/features/tags/offsets") continue;
    std::span<uint64_t> offsets(reinterpret_cast<uint64_t*>(t.bytes.data()), kItems + 1);
    uint64_t all = offsets[kItems];
    for (size_t i = 0; i <= kItems; ++i) offsets[i] = i % 2 == 0 ? 0 : all;
  }
  bytes_ = model::SaveToMemory(contents);
  model_ = model::Model::OpenBuffer(bytes_);
  RowMask mask;
  mask.Reset(kItems, true);
  std::vector<uint32_t> values = {1};
  ApplyFilter(*model_, {Input("tags"), FilterMode::kAny, values}, mask);
  for (size_t row = 0; row < kItems; ++row) EXPECT_EQ(mask.Test(row), row == 0) << row;
}

}  // namespace
}  // namespace duomo::retrieval
