// One model on many threads: every call, mixed, while others open and release models; whatever is
// released first. All answers have the bits of one thread alone. Run it under the tsan preset as
// well, which sees what equality does not.
#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "abi/exercise.h"
#include "abi/fixtures.h"

namespace duomo {
namespace {

using testing::Caller;

constexpr int kThreads = 16;

struct Answer {
  std::string call;
  duomo_status status;
  std::string bytes;
  bool operator==(const Answer&) const = default;
};

// Keeps what calls return. Pointers into the model differ between models, so text is left out:
// ExerciseModel holds it to be valid.
class Recorder : public Caller {
 public:
  using Caller::Caller;

  duomo_status Make(const char* name, std::span<std::byte> outputs, const Call& call) override {
    duomo_status status = Caller::Make(name, outputs, call);
    std::string_view text = name;
    bool pointers = text.ends_with("_key") || text.ends_with("_title") ||
                    text.ends_with("_create") || text.ends_with("_info") ||
                    text.ends_with("_input") || text.ends_with("_attribute") ||
                    text.ends_with("_texts") || text.starts_with("duomo_item_set_");
    answers.push_back({name, status, {}});
    if (!pointers) {
      answers.back().bytes.assign(reinterpret_cast<const char*>(outputs.data()), outputs.size());
    }
    return status;
  }

  std::vector<Answer> answers;
};

struct Answers {
  std::vector<Answer> small;           // every call, on a few rows
  std::vector<float> vectors, ranked;  // of enough rows for the kernels of wide batches
  std::string failure;
  bool operator==(const Answers&) const = default;
};

// Enough rows that these small layers are worth entering oneDNN for (kernels/onednn.cc).
constexpr size_t kWideRows = 4000;

// Asks everything, and then lets go of context, features and this thread's reference to the model
// in the order that `seed` says. Takes over the reference.
Answers Ask(duomo_model* model, unsigned seed) {
  Answers a;
  try {
    Recorder recorder(model);
    testing::ExerciseModel(recorder);
    a.small = std::move(recorder.answers);
  } catch (const std::exception& error) {
    a.failure = error.what();
  }
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_model_get_info(&info, model, nullptr);
  duomo_context* context = nullptr;
  duomo_features* features = nullptr;
  if (duomo_context_create(&context, model, nullptr, nullptr) != DUOMO_OK ||
      duomo_features_create(&features, model, DUOMO_ITEM, kWideRows, nullptr) != DUOMO_OK) {
    a.failure += " create";
  }
  std::vector<int64_t> items(kWideRows);
  duomo_rank_request request = DUOMO_RANK_REQUEST_INIT;
  request.flags = DUOMO_RANK_USER_ID;
  request.item_ids = items.data();
  request.n = kWideRows;
  duomo_user_id_at(&request.user_id, model, 1, nullptr);
  for (size_t i = 0; i < kWideRows; ++i) {
    duomo_item_id_at(&items[i], model, i % info.item_count, nullptr);
  }
  std::array<int, 3> order = {0, 1, 2};
  std::shuffle(order.begin(), order.end(), std::mt19937(seed));
  auto release = [&](int which) {
    if (which == 0) duomo_model_release(model);
    if (which == 1) duomo_context_release(context);
    if (which == 2) duomo_features_release(features);
  };
  // A model that this thread has let go of lives on in its context.
  bool model_first = order[0] == 0;
  if (model_first) release(0);
  a.ranked.resize(kWideRows);
  if (duomo_rank(a.ranked.data(), context, &request, nullptr) != DUOMO_OK) a.failure += " rank";
  if (info.vector_width > 0) {
    a.vectors.resize(kWideRows * info.vector_width);
    if (duomo_encode_features(a.vectors.data(), context, features, nullptr) != DUOMO_OK) {
      a.failure += " encode_features";
    }
  }
  for (int which : order) {
    if (!model_first || which != 0) release(which);
  }
  return a;
}

duomo_model* OpenBytes(std::span<const std::byte> bytes) {
  duomo_model* model = nullptr;
  EXPECT_EQ(duomo_model_open_buffer(&model, bytes.data(), bytes.size(), nullptr, nullptr),
            DUOMO_OK);
  return model;
}

void ShareOneModel(const model::Contents& contents) {
  AlignedVector<std::byte> bytes = model::SaveToMemory(contents);
  const Answers expected = Ask(OpenBytes(bytes), 0);
  ASSERT_EQ(expected.failure, "");
  ASSERT_GT(expected.small.size(), 20u);

  for (int round = 0; round < 3; ++round) {
    // A fresh model each time, so that threads race for whatever is made on first use.
    duomo_model* model = OpenBytes(bytes);
    std::atomic<int> wrong{0};
    std::atomic<bool> done{false};
    std::vector<std::thread> threads, openers;
    for (unsigned t = 0; t < kThreads; ++t) {
      duomo_model_retain(model);
      threads.emplace_back([&, t] {
        for (unsigned i = 0; i < 4; ++i) {
          duomo_model_retain(model);
          wrong += Ask(model, 4 * t + i) == expected ? 0 : 1;
        }
        duomo_model_release(model);
      });
    }
    duomo_model_release(model);  // the threads' references keep it
    for (unsigned t = 0; t < 2; ++t) {
      openers.emplace_back([&, t] {
        for (unsigned i = 0; i == 0 || !done; ++i) {
          wrong += Ask(OpenBytes(bytes), t + i) == expected ? 0 : 1;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    done = true;
    for (std::thread& thread : openers) thread.join();
    EXPECT_EQ(wrong, 0);
  }
}

TEST(AbiThreads, ShareFrozenVectors) { ShareOneModel(fixtures::ShopModel(true)); }
TEST(AbiThreads, ShareATower) { ShareOneModel(fixtures::ShopModel(false)); }
TEST(AbiThreads, ShareHistories) { ShareOneModel(fixtures::PlayerModel()); }
TEST(AbiThreads, ShareAJointTower) { ShareOneModel(fixtures::JointModel()); }

}  // namespace
}  // namespace duomo
