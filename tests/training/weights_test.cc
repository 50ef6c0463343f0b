#include "training/weights.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace duomo::training {
namespace {

TEST(Weights, HaveAMeanOfOneOrAreLeftOut) {
  data::Interactions in;
  in.users = in.items = {0, 0, 0, 0};
  std::vector<uint32_t> rows = {0, 1, 3};
  EXPECT_TRUE(MeanOneWeights(in, rows).empty());
  in.weights = {5, 5, 1, 5};
  EXPECT_TRUE(MeanOneWeights(in, rows).empty());
  in.weights = {0, 2, -1, 4};  // the third row is not asked for
  EXPECT_EQ(MeanOneWeights(in, rows), (std::vector<float>{0, 1, 2}));
  in.weights = {0, 0, 1, 0};
  EXPECT_THROW(MeanOneWeights(in, rows), Error);
  in.weights = {1, 2};
  EXPECT_THROW(MeanOneWeights(in, rows), Error);
}

}  // namespace
}  // namespace duomo::training
