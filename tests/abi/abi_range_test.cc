// Vocabularies that are ranges beyond what a row of a file can number: 2^32 and more.
#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <vector>

#include "abi/fixtures.h"
#include "model/parameters.h"

namespace duomo {
namespace {

constexpr int64_t kWraps = int64_t{1} << 32;
constexpr size_t kItems = 8;  // item r stands on shelf r % 4

class AbiRange : public ::testing::Test {
 protected:
  AbiRange() {
    std::vector<float> users(2, 1.0f), items(kItems * 2, 1.0f);
    model::Contents contents = fixtures::VectorModel(model::HeadKind::kDot, 2, users, items);
    model::Description& d = contents.description;
    for (auto& v : d.vocabularies) {
      if (v.name == "shelf") v.size = uint64_t{1} << 40;
    }
    std::erase_if(d.tables, [](const model::Table& t) { return t.name == "shelf"; });
    std::erase_if(contents.tensors,
                  [](const auto& t) { return t.name.starts_with("parameters/"); });
    fixtures::AddParameters(contents, 1);
    bytes_ = model::SaveToMemory(contents);
    EXPECT_EQ(duomo_model_open_buffer(&model_, bytes_.data(), bytes_.size(), nullptr, nullptr),
              DUOMO_OK);
    EXPECT_EQ(duomo_context_create(&context_, model_, nullptr, nullptr), DUOMO_OK);
  }
  ~AbiRange() override {
    duomo_context_release(context_);
    duomo_model_release(model_);
  }

  // How many items have any, all or none of the shelves.
  size_t Count(int32_t mode, std::vector<int64_t> shelves) {
    duomo_filter filter = DUOMO_FILTER_INIT;
    filter.mode = mode;
    filter.input = "shelf";
    filter.integers = shelves.data();
    filter.value_count = shelves.size();
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    int64_t user = 100, ids[kItems];
    float scores[kItems];
    size_t count = 77;
    request.count = 1;
    request.ids = &user;
    request.k = kItems;
    request.filters = &filter;
    request.filter_count = 1;
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = ids;
    result.scores = scores;
    result.counts = &count;
    duomo_error error = DUOMO_ERROR_INIT;
    EXPECT_EQ(duomo_topk(&result, context_, &request, &error), DUOMO_OK) << error.message;
    return count;
  }

  AlignedVector<std::byte> bytes_;
  duomo_model* model_ = nullptr;
  duomo_context* context_ = nullptr;
};

TEST_F(AbiRange, FiltersDoNotWrapAround) {
  EXPECT_EQ(Count(DUOMO_ANY, {1}), kItems / 4);
  for (int64_t beyond : {kWraps - 1, kWraps, kWraps + 1, 256 * kWraps - 1}) {
    EXPECT_EQ(Count(DUOMO_ANY, {beyond}), 0u) << beyond;
    EXPECT_EQ(Count(DUOMO_ANY, {beyond, 1}), kItems / 4) << beyond;
    EXPECT_EQ(Count(DUOMO_ALL, {beyond}), 0u) << beyond;
    EXPECT_EQ(Count(DUOMO_NONE, {beyond}), kItems) << beyond;
    EXPECT_EQ(Count(DUOMO_NONE, {beyond, 1}), kItems - kItems / 4) << beyond;
  }
  // Two numbers that are far apart take no memory for what lies between.
  EXPECT_EQ(Count(DUOMO_ANY, {1, kWraps - 2}), kItems / 4);
}

TEST_F(AbiRange, FeaturesDoNotWrapAround) {
  duomo_features* features = nullptr;
  ASSERT_EQ(duomo_features_create(&features, model_, DUOMO_ITEM, 4, nullptr), DUOMO_OK);
  const int64_t shelves[4] = {kWraps, kWraps + 1, -1, INT64_MAX};
  EXPECT_EQ(duomo_features_set_integers(features, "shelf", shelves, nullptr), DUOMO_OK);
  std::vector<float> vectors(4 * 2);
  EXPECT_EQ(duomo_encode_features(vectors.data(), context_, features, nullptr), DUOMO_OK);
  duomo_features_release(features);
}

}  // namespace
}  // namespace duomo
