// Every allocation of Duomo's fails in turn: each call then says DUOMO_OUT_OF_MEMORY, writes
// nothing and leaves nothing behind (the asan preset sees leaks). On the portable kernels, since
// what oneDNN does without memory is its own affair.
#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "abi/fixtures.h"

namespace {

// Allocations until one fails; negative: none does.
thread_local long countdown = -1;

void* Allocate(size_t size, size_t alignment) {
  if (countdown >= 0 && countdown-- == 0) throw std::bad_alloc();
  size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* p = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (p == nullptr) throw std::bad_alloc();
  return p;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  try {
    return Allocate(size, alignof(std::max_align_t));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { std::free(p); }

namespace duomo {
namespace {

// Calls run() with the first, the second, … allocation failing, until it succeeds. Returns how many
// allocations it takes.
template <typename Call>
long FailInTurn(const Call& run) {
  for (long n = 0; n < 100000; ++n) {
    countdown = n;
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = run(&error);
    bool reached = countdown < 0;
    countdown = -1;
    if (!reached) {
      EXPECT_EQ(status, DUOMO_OK) << error.message;
      return n;
    }
    EXPECT_EQ(status, DUOMO_OUT_OF_MEMORY) << "allocation " << n << ": " << error.message;
    EXPECT_EQ(error.status, DUOMO_OUT_OF_MEMORY);
  }
  ADD_FAILURE() << "it never succeeds";
  return 0;
}

bool Untouched(const std::vector<float>& values) {
  for (float v : values) {
    if (v != -77.0f) return false;
  }
  return true;
}

TEST(AbiAllocation, EveryCallSurvivesEveryFailure) {
  AlignedVector<std::byte> bytes = model::SaveToMemory(fixtures::ShopModel(false));
  duomo_model* model = nullptr;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  options.backend = DUOMO_BACKEND_PORTABLE;
  long allocations = FailInTurn([&](duomo_error* error) {
    EXPECT_EQ(model, nullptr);
    return duomo_model_open_buffer(&model, bytes.data(), bytes.size(), &options, error);
  });
  EXPECT_GT(allocations, 10);

  duomo_context* context = nullptr;
  auto make_context = [&](duomo_error* error) {
    return duomo_context_create(&context, model, nullptr, error);
  };
  EXPECT_GT(FailInTurn(make_context), 0);
  duomo_context_release(context);

  duomo_features* features = nullptr;
  EXPECT_GT(FailInTurn([&](duomo_error* error) {
              return duomo_features_create(&features, model, DUOMO_ITEM, 2, error);
            }),
            0);
  const char* titles[2] = {"the blau lamp", "a long title of words that nobody has ever seen"};
  EXPECT_GT(FailInTurn([&](duomo_error* error) {
              return duomo_features_set_strings(features, "title", titles, error);
            }),
            0);

  // A context that has grown allocates nothing; so each attempt gets a fresh one.
  auto with_fresh_context = [&](auto call) {
    return FailInTurn([&](duomo_error* error) {
      long held = countdown;
      countdown = -1;
      duomo_context* fresh = nullptr;
      EXPECT_EQ(duomo_context_create(&fresh, model, nullptr, nullptr), DUOMO_OK);
      countdown = held;
      duomo_status status = call(fresh, error);
      long left = countdown;
      countdown = -1;
      duomo_context_release(fresh);
      countdown = left;
      return status;
    });
  };
  std::vector<float> out(400, -77.0f);
  const int64_t users[3] = {1, 2, 3}, items[3] = {1000, 1003, 1006};
  EXPECT_GT(with_fresh_context([&](duomo_context* c, duomo_error* error) {
              EXPECT_TRUE(Untouched(out));
              return duomo_predict(out.data(), c, users, items, 3, error);
            }),
            0);
  out.assign(400, -77.0f);
  EXPECT_GT(with_fresh_context([&](duomo_context* c, duomo_error* error) {
              EXPECT_TRUE(Untouched(out));
              return duomo_encode_features(out.data(), c, features, error);
            }),
            0);
  out.assign(400, -77.0f);
  int64_t ids[120];
  size_t counts[3];
  const char* tag = "red";
  duomo_filter filter = DUOMO_FILTER_INIT;
  filter.input = "tags";
  filter.strings = &tag;
  filter.value_count = 1;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.flags = DUOMO_EXCLUDE_SEEN;
  request.count = 3;
  request.ids = users;
  request.filters = &filter;
  request.filter_count = 1;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  result.ids = ids;
  result.scores = out.data();
  result.counts = counts;
  EXPECT_GT(with_fresh_context([&](duomo_context* c, duomo_error* error) {
              EXPECT_TRUE(Untouched(out));
              return duomo_topk(&result, c, &request, error);
            }),
            0);
  out.assign(400, -77.0f);
  duomo_rank_request rank = DUOMO_RANK_REQUEST_INIT;
  rank.flags = DUOMO_RANK_USER_ID;
  rank.user_id = 1;
  rank.item_features = features;
  rank.n = 2;
  EXPECT_GT(with_fresh_context([&](duomo_context* c, duomo_error* error) {
              EXPECT_TRUE(Untouched(out));
              return duomo_rank(out.data(), c, &rank, error);
            }),
            0);
  duomo_features_release(features);
  duomo_model_release(model);
}

TEST(AbiAllocation, RepeatedCallsAllocateNothing) {
  AlignedVector<std::byte> bytes = model::SaveToMemory(fixtures::ShopModel(true));
  duomo_model* model = nullptr;
  duomo_context* context = nullptr;
  duomo_features* features = nullptr;
  ASSERT_EQ(duomo_model_open_buffer(&model, bytes.data(), bytes.size(), nullptr, nullptr),
            DUOMO_OK);
  ASSERT_EQ(duomo_context_create(&context, model, nullptr, nullptr), DUOMO_OK);
  ASSERT_EQ(duomo_features_create(&features, model, DUOMO_USER, 1, nullptr), DUOMO_OK);
  const int64_t users[3] = {1, 2, 3}, items[3] = {1000, 1003, 1006}, age = 20;
  const char* plan = "free";
  float out[30], vector[20];
  int64_t ids[30];
  size_t counts[3];
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  request.count = 3;
  request.ids = users;
  request.flags = DUOMO_EXCLUDE_SEEN;
  result.ids = ids;
  result.scores = out;
  result.counts = counts;
  auto all = [&](duomo_error* error) {
    duomo_status status = duomo_predict(out, context, users, items, 1, error);
    if (status == DUOMO_OK) status = duomo_predict(out, context, users, items, 3, error);
    if (status == DUOMO_OK) status = duomo_topk(&result, context, &request, error);
    if (status == DUOMO_OK) status = duomo_features_set_strings(features, "plan", &plan, error);
    if (status == DUOMO_OK) status = duomo_features_set_integers(features, "age", &age, error);
    return status;
  };
  for (int warm = 0; warm < 2; ++warm) ASSERT_EQ(all(nullptr), DUOMO_OK);
  EXPECT_EQ(FailInTurn(all), 0);
  // The very first prediction of a context, too.
  duomo_context* fresh = nullptr;
  ASSERT_EQ(duomo_context_create(&fresh, model, nullptr, nullptr), DUOMO_OK);
  EXPECT_EQ(FailInTurn([&](duomo_error* error) {
              return duomo_predict(vector, fresh, users, items, 1, error);
            }),
            0);
  duomo_context_release(fresh);
  duomo_features_release(features);
  duomo_context_release(context);
  duomo_model_release(model);
}

}  // namespace
}  // namespace duomo
