// Where parameters lie, how they start, and what a step's gradients keep.
#include "training/parameters.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "core/error.h"
#include "training/networks.h"

namespace duomo::training {
namespace {

TEST(Layout, AlignsEveryParameterAndKnowsItsTables) {
  Layout layout(Towers({Embedding(kUserId)}, {MultiHot(kGenres, model::Activation::kTanh)}));
  size_t end = 0, tables = 0;
  for (const Layout::Slot& slot : layout.slots()) {
    EXPECT_GE(slot.offset, end);
    EXPECT_EQ(slot.offset % 16, 0u);
    EXPECT_EQ(slot.rows() * slot.width(), slot.size);
    EXPECT_EQ(slot.table >= 0, slot.parameter.is_table);
    tables += slot.table >= 0;
    end = slot.offset + slot.size;
  }
  EXPECT_LE(end, layout.total());
  EXPECT_EQ(tables, layout.table_count());
  EXPECT_THROW(layout.IndexOf("tables/nothing"), Error);
}

// Mean 0 and 1/√rows, block by block; biases and unknown rows 0.
TEST(Layout, DrawsInitialValuesAsDescribed) {
  model::Description d =
      Towers({Embedding(kUserId, {{400, {}}}), Embedding(kUserId)}, {Embedding(kItemId)});
  d.towers[0].encoders[1].name = "again";
  d.vocabularies[0].size = 10000;
  d.towers[0].layers = d.towers[1].layers = {{300, {}}};
  Layout layout(d);
  Random random(1);
  AlignedVector<float> values = InitialValues(layout, random);
  auto deviation = [&](const char* name, size_t begin_row, size_t end_row) {
    const Layout::Slot& slot = layout.slots()[layout.IndexOf(name)];
    double sum = 0, squares = 0, n = 0;
    for (size_t i = begin_row * slot.width(); i < end_row * slot.width(); ++i, ++n) {
      sum += values[slot.offset + i];
      squares += double{values[slot.offset + i]} * values[slot.offset + i];
    }
    EXPECT_LE(std::abs(sum / n), 5 * std::sqrt(squares) / n) << name;  // five standard errors
    return std::sqrt(squares / n);
  };
  EXPECT_NEAR(deviation("tables/user", 0, 10000), 0.01, 0.0003);
  EXPECT_EQ(deviation("tables/user", 10000, 10001), 0);
  EXPECT_NEAR(deviation("user/user_id/dense0/weight", 0, 3), 1 / std::sqrt(3), 0.06);
  EXPECT_NEAR(deviation("user/dense0/weight", 0, 400), 0.05, 0.001);
  EXPECT_NEAR(deviation("user/dense0/weight", 400, 403), 1 / std::sqrt(3), 0.06);
  EXPECT_EQ(deviation("user/dense0/bias", 0, 300), 0);
}

// Few rows and many, in one step and the next: what was touched, and nothing else.
TEST(Gradients, KeepTheTouchedRows) {
  model::Description d = Towers({Embedding(kUserId)}, {Embedding(kItemId)});
  d.vocabularies[0].size = 5'000'000;
  Layout layout(d);
  size_t users = layout.IndexOf("tables/user"), items = layout.IndexOf("tables/item");
  size_t width = layout.slots()[users].width();
  Gradients gradients(layout);
  Random random(1);
  for (size_t touches : {1u, 3u, 40u, 20000u, 2u, 700u, 0u, 5u}) {
    gradients.NextStep();
    std::map<uint32_t, float> wanted;
    std::vector<uint32_t> order;
    for (size_t i = 0; i < touches; ++i) {
      // Some again and again, some of one chain, some anywhere.
      uint64_t kind = random.Below(3);
      auto row = static_cast<uint32_t>(kind == 0   ? random.Below(50)
                                       : kind == 1 ? random.Below(300) << 14
                                                   : random.Below(5'000'001));
      if (!wanted.contains(row)) {
        EXPECT_EQ(gradients.Find(users, row), nullptr);
        order.push_back(row);
      }
      float* g = gradients.Row(users, row);
      for (size_t j = 0; j < width; ++j) {
        ASSERT_EQ(g[j], wanted[row] * static_cast<float>(j + 1)) << "zero at first";
      }
      wanted[row] += 1;
      for (size_t j = 0; j < width; ++j) g[j] = wanted[row] * static_cast<float>(j + 1);
    }
    ASSERT_EQ(gradients.rows(users).size(), wanted.size());
    for (size_t i = 0; i < order.size(); ++i) {
      ASSERT_EQ(gradients.rows(users)[i], order[i]);
      ASSERT_EQ(gradients.RowAt(users, i), gradients.Find(users, order[i]));
      ASSERT_EQ(gradients.RowAt(users, i)[0], wanted[order[i]]);
    }
    for (uint32_t row = 0; row < 60; ++row) {
      ASSERT_EQ(gradients.Touched(users, row), wanted.contains(row));
    }
    EXPECT_TRUE(gradients.rows(items).empty());
  }
}

}  // namespace
}  // namespace duomo::training
