// Ten thousand calls of random batch sizes, in memory that does not grow: what is allocated is
// counted by glibc.
#include <duomo/duomo.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <cmath>
#include <random>
#include <vector>

#include "abi/fixtures.h"
#include "temporary_folder.h"

namespace duomo {
namespace {

constexpr size_t kMost = 300, kK = 7;
constexpr int kWarmUp = 1000, kCalls = 10000;

size_t AllocatedBytes() {
  struct mallinfo2 info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

// A model, a context, and arrays for the largest batch.
class Soak {
 public:
  explicit Soak(const std::string& path) {
    EXPECT_EQ(duomo_model_open(&model_, path.c_str(), nullptr, nullptr), DUOMO_OK);
    EXPECT_EQ(duomo_context_create(&context_, model_, nullptr, nullptr), DUOMO_OK);
    duomo_model_get_info(&info_, model_, nullptr);
    vectors_.resize(kMost * info_.vector_width);
  }
  ~Soak() {
    duomo_context_release(context_);
    duomo_model_release(model_);
  }

  // One call, which and of how many rows `random` says; features are made and released around it.
  void Call(std::mt19937& random) {
    size_t n = 1 + random() % kMost, k = 1 + random() % kK;
    for (size_t i = 0; i < n; ++i) {
      duomo_user_id_at(&users_[i], model_, random() % info_.user_count, nullptr);
      duomo_item_id_at(&items_[i], model_, random() % info_.item_count, nullptr);
    }
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = DUOMO_OK;
    switch (random() % 6) {
      case 0:
        status = duomo_predict(scores_, context_, users_, items_, n, &error);
        break;
      case 1:
        status = duomo_encode_users(vectors_.data(), context_, users_, n, &error);
        break;
      case 2:
        status = Encode(random() % 2 ? DUOMO_USER : DUOMO_ITEM, n, &error);
        break;
      default:
        status = TopK(random, n, k, &error);
    }
    ASSERT_EQ(status, DUOMO_OK) << error.message;
    ASSERT_TRUE(std::isfinite(scores_[0]) && std::isfinite(vectors_[0]));
  }

 private:
  duomo_status Encode(int32_t scope, size_t n, duomo_error* error) {
    duomo_features* features = nullptr;
    duomo_status status = duomo_features_create(&features, model_, scope, n, error);
    if (status == DUOMO_OK)
      status = duomo_encode_features(vectors_.data(), context_, features, error);
    duomo_features_release(features);
    return status;
  }

  // Of users or like items, with or without what they have seen and an allow list.
  duomo_status TopK(std::mt19937& random, size_t n, size_t k, duomo_error* error) {
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = found_, result.scores = scores_, result.counts = counts_;
    request.count = n;
    request.k = k;
    bool similar = random() % 4 == 0;
    request.ids = similar ? items_ : users_;
    if (!similar && random() % 2) request.flags = DUOMO_EXCLUDE_SEEN;
    if (random() % 2) {
      request.flags |= DUOMO_ALLOW_LISTED;
      request.allow_ids = items_;
      request.allow_count = 1 + random() % n;
    }
    return (similar ? duomo_similar : duomo_topk)(&result, context_, &request, error);
  }

  duomo_model* model_ = nullptr;
  duomo_context* context_ = nullptr;
  duomo_model_info info_ = DUOMO_MODEL_INFO_INIT;
  int64_t users_[kMost], items_[kMost], found_[kMost * kK];
  float scores_[kMost * kK] = {};
  size_t counts_[kMost];
  std::vector<float> vectors_;
};

TEST(AbiSoak, TenThousandBatchSizesLeaveNothingBehind) {
  constexpr size_t kBound = 64 << 10;  // 7 bytes a call would be seen
  testing::TemporaryFolder folder;
  model::Save(folder.File("shop.duomo"), fixtures::ShopModel(true));
  model::Save(folder.File("player.duomo"), fixtures::PlayerModel());
  Soak frozen(folder.File("shop.duomo")), towers(folder.File("player.duomo"));
  std::mt19937 random(1);
  size_t before = 0;
  for (int i = 1; i <= kWarmUp + kCalls && !HasFatalFailure(); ++i) {
    (random() % 2 ? frozen : towers).Call(random);
    if (i == kWarmUp) before = AllocatedBytes();
  }
#ifndef DUOMO_SANITIZED  // the sanitizers allocate in their own way
  EXPECT_GT(before, 0u);
  EXPECT_LT(AllocatedBytes(), before + kBound);
#endif
}

}  // namespace
}  // namespace duomo
