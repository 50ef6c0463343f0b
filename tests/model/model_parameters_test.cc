#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "model/parameters.h"
#include "model/samples.h"

namespace duomo::model {
namespace {

using Shape = std::vector<uint64_t>;

std::map<std::string, Parameter> ByName(const Description& d) {
  std::map<std::string, Parameter> out;
  for (const Parameter& p : ParametersOf(d)) EXPECT_TRUE(out.emplace(p.name, p).second) << p.name;
  return out;
}

TEST(ParametersTest, HybridHasAsManyAsItsReference) {
  uint64_t known = 0, unknown = 0;
  for (const Parameter& p : ParametersOf(testing::HybridDescription())) {
    known += p.known_size();
    unknown += p.size() - p.known_size();
  }
  EXPECT_EQ(known, 528096u);
  EXPECT_EQ(unknown, 32u + 16 + 16 + 16 + 32 + 32 + 32);
}

TEST(ParametersTest, HybridStartsAsItsReference) {
  auto all = ByName(testing::HybridDescription());
  const Parameter& users = all.at("tables/user");
  EXPECT_EQ(users.shape, (Shape{6042, 32}));
  ASSERT_EQ(users.init.size(), 1u);
  EXPECT_EQ(users.init[0].end_row, 6041u);
  EXPECT_DOUBLE_EQ(users.init[0].deviation, 1 / std::sqrt(6041));
  const Parameter& words = all.at("item/title/convolution3/weight");
  EXPECT_EQ(words.shape, (Shape{96, 32}));
  EXPECT_DOUBLE_EQ(words.init[0].deviation, 1 / std::sqrt(96));
  EXPECT_DOUBLE_EQ(all.at("tables/genre").init[0].deviation, 1 / std::sqrt(18));
  const Parameter& tower = all.at("user/dense0/weight");
  EXPECT_EQ(tower.shape, (Shape{80, 200}));
  ASSERT_EQ(tower.init.size(), 4u);  // one matrix for each input
  uint64_t begin = 0;
  for (const auto& block : tower.init) {
    EXPECT_EQ(block.begin_row, begin);
    EXPECT_DOUBLE_EQ(block.deviation, 1 / std::sqrt(double(block.end_row - begin)));
    begin = block.end_row;
  }
  EXPECT_EQ(begin, 80u);
  EXPECT_TRUE(all.at("user/dense0/bias").init.empty());
}

TEST(ParametersTest, NamesAndShapesOfEveryKind) {
  auto cosine = ByName(testing::CosineDescription());
  EXPECT_EQ(cosine.at("user/id/dense0/weight").shape, (Shape{4, 4}));
  EXPECT_EQ(cosine.at("item/genres/bias").shape, (Shape{3}));
  EXPECT_EQ(cosine.at("item/title/convolution2/weight").shape, (Shape{10, 4}));
  EXPECT_EQ(cosine.at("item/dense0/weight").shape, (Shape{15, 8}));
  EXPECT_EQ(cosine.at("item/dense1/weight").shape, (Shape{8, 6}));
  auto dot = ByName(testing::DotDescription());
  EXPECT_EQ(dot.at("head/user_bias").shape, (Shape{6, 1}));
  EXPECT_EQ(dot.at("head/item_bias").shape, (Shape{5, 1}));
  EXPECT_TRUE(dot.at("head/item_bias").is_table);
  EXPECT_EQ(dot.at("head/global_bias").shape, (Shape{1}));
  auto joint = ByName(testing::JointDescription());
  EXPECT_EQ(joint.at("joint/dense0/weight").shape, (Shape{10, 7}));
  EXPECT_EQ(joint.at("head/weight").shape, (Shape{7, 1}));
  EXPECT_EQ(joint.at("head/bias").shape, (Shape{1}));
}

TEST(ParametersTest, BlocksLieInsideTheShape) {
  for (const Description& d : testing::AllDescriptions()) {
    for (const Parameter& p : ParametersOf(d)) {
      for (const auto& block : p.init) {
        EXPECT_LT(block.begin_row, block.end_row) << p.name;
        EXPECT_LE(block.end_row, p.shape[0] - (p.is_table ? 1 : 0)) << p.name;
        EXPECT_GT(block.deviation, 0) << p.name;
      }
    }
  }
}

}  // namespace
}  // namespace duomo::model
