// One model, many threads: each with a context of its own, all answers the same. Meant for the tsan
// preset as well, which sees what equality does not.
#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "abi/fixtures.h"

namespace duomo {
namespace {

struct Answers {
  std::vector<float> predictions, vectors, scores;
  std::vector<int64_t> ids;
  bool operator==(const Answers&) const = default;
};

// Everything a thread may do with a model; empty where a call fails.
Answers Ask(duomo_model* model) {
  duomo_context* context = nullptr;
  duomo_features* features = nullptr;
  Answers a;
  std::vector<int64_t> users(fixtures::kUsers), items(fixtures::kUsers);
  for (size_t i = 0; i < users.size(); ++i) {
    duomo_user_id_at(&users[i], model, i, nullptr);
    duomo_item_id_at(&items[i], model, i, nullptr);
  }
  a.predictions.resize(users.size());
  a.vectors.resize(20);
  a.scores.resize(users.size() * 5);
  a.ids.resize(users.size() * 5);
  std::vector<size_t> counts(users.size());
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  request.count = users.size();
  request.ids = users.data();
  request.k = 5;
  result.ids = a.ids.data();
  result.scores = a.scores.data();
  result.counts = counts.data();
  const char* plan = "paid";
  bool good = duomo_context_create(&context, model, nullptr, nullptr) == DUOMO_OK &&
              duomo_features_create(&features, model, DUOMO_USER, 1, nullptr) == DUOMO_OK &&
              duomo_features_set_strings(features, "plan", &plan, nullptr) == DUOMO_OK &&
              duomo_encode_features(a.vectors.data(), context, features, nullptr) == DUOMO_OK &&
              duomo_predict(a.predictions.data(), context, users.data(), items.data(), users.size(),
                            nullptr) == DUOMO_OK &&
              duomo_topk(&result, context, &request, nullptr) == DUOMO_OK;
  duomo_features_release(features);
  duomo_context_release(context);
  return good ? a : Answers{};
}

TEST(AbiThreads, ShareOneModel) {
  AlignedVector<std::byte> bytes = model::SaveToMemory(fixtures::ShopModel(false));
  duomo_model* expected_model = nullptr;
  ASSERT_EQ(duomo_model_open_buffer(&expected_model, bytes.data(), bytes.size(), nullptr, nullptr),
            DUOMO_OK);
  Answers expected = Ask(expected_model);
  ASSERT_EQ(expected.predictions.size(), size_t{fixtures::kUsers});
  duomo_model_release(expected_model);

  for (int round = 0; round < 5; ++round) {
    // A fresh model each time, so that threads race for whatever is made on first use.
    duomo_model* model = nullptr;
    ASSERT_EQ(duomo_model_open_buffer(&model, bytes.data(), bytes.size(), nullptr, nullptr),
              DUOMO_OK);
    std::atomic<int> wrong{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      duomo_model_retain(model);
      threads.emplace_back([&] {
        for (int i = 0; i < 20; ++i) wrong += Ask(model) == expected ? 0 : 1;
        duomo_model_release(model);
      });
    }
    duomo_model_release(model);  // the threads' references keep it
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
  }
}

}  // namespace
}  // namespace duomo
