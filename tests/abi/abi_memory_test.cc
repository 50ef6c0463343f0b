// What memory is asked for: nothing by repeated calls, a host's allocator for all that grows, and
// saving without it leaves the old file.
#include <duomo/duomo.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <functional>
#include <new>
#include <numeric>
#include <string>
#include <vector>

#include "abi/failing_calls.h"
#include "abi/fixtures.h"
#include "model/samples.h"
#include "temporary_folder.h"

namespace duomo {
namespace {

using testing::FailCall;
using testing::FailingMemory;
using testing::FailInTurn;
using Mode = FailingMemory::Mode;

duomo_model* Open(const AlignedVector<std::byte>& bytes, const duomo_allocator* allocator) {
  duomo_model* model = nullptr;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  options.allocator = allocator;
  EXPECT_EQ(duomo_model_open_buffer(&model, bytes.data(), bytes.size(), &options, nullptr),
            DUOMO_OK);
  return model;
}

TEST(AbiMemory, RepeatedCallsAllocateNothing) {
  AlignedVector<std::byte> bytes = model::SaveToMemory(fixtures::ShopModel(true));
  duomo_model* model = Open(bytes, nullptr);
  duomo_context* context = nullptr;
  duomo_features* features = nullptr;
  ASSERT_EQ(duomo_context_create(&context, model, nullptr, nullptr), DUOMO_OK);
  ASSERT_EQ(duomo_features_create(&features, model, DUOMO_USER, 1, nullptr), DUOMO_OK);
  const int64_t users[3] = {1, 2, 3}, items[3] = {1000, 1003, 1006}, age = 20;
  const char* plan = "free";
  float out[30];
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
  EXPECT_EQ(FailCall(all), 0u);
  // The very first prediction of a context, too.
  duomo_context* fresh = nullptr;
  ASSERT_EQ(duomo_context_create(&fresh, model, nullptr, nullptr), DUOMO_OK);
  EXPECT_EQ(FailCall([&](duomo_error* error) {
              return duomo_predict(out, fresh, users, items, 1, error);
            }),
            0u);
  duomo_context_release(fresh);
  duomo_features_release(features);
  duomo_context_release(context);
  duomo_model_release(model);
}

// A host's memory that malloc does not count: pages of their own.
struct Pages {
  size_t blocks = 0, bytes = 0;
  duomo_allocator allocator = {Allocate, Release, this};

  static void* DUOMO_CALL Allocate(void* data, size_t size, size_t) {
    void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return nullptr;
    ++static_cast<Pages*>(data)->blocks;
    static_cast<Pages*>(data)->bytes += size;
    return p;
  }
  static void DUOMO_CALL Release(void* data, void* memory, size_t size, size_t) {
    munmap(memory, size);
    --static_cast<Pages*>(data)->blocks;
    static_cast<Pages*>(data)->bytes -= size;
  }
};

// Calls of any size on one model, each with memory of its own.
class Growing {
 public:
  explicit Growing(const model::Contents& contents) : bytes_(model::SaveToMemory(contents)) {
    model_ = Open(bytes_, &of_model_.allocator);
    duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
    options.allocator = &of_context_.allocator;
    EXPECT_EQ(duomo_context_create(&context_, model_, &options, nullptr), DUOMO_OK);
  }
  ~Growing() {
    duomo_context_trim(context_);
    EXPECT_EQ(of_context_.bytes, kept_) << "trimmed, a context has what a new one has";
    duomo_context_release(context_);
    duomo_model_release(model_);
    EXPECT_EQ(of_model_.blocks + of_context_.blocks, 0u);
  }

  // call(n) takes no more of malloc for a thousand elements than for one.
  template <typename Call>
  void Check(const char* what, const Call& call) {
    int64_t took[2];
    for (int large = 0; large < 2; ++large) {
      duomo_context_trim(context_);
      kept_ = of_context_.bytes;
      const int64_t before = FailingMemory::LiveBytes();
      FailingMemory::ResetPeak();
      EXPECT_EQ(call(large == 0 ? size_t{1} : size_t{1000}), DUOMO_OK) << what;
      took[large] = FailingMemory::PeakBytes() - before;
    }
    EXPECT_LE(took[1], took[0] + 64) << what;
  }

  duomo_model* model() { return model_; }
  duomo_context* context() { return context_; }

 private:
  AlignedVector<std::byte> bytes_;
  Pages of_model_, of_context_;
  duomo_model* model_ = nullptr;
  duomo_context* context_ = nullptr;
  size_t kept_ = 0;
};

constexpr size_t kMost = 1000;

// Results of any search, and what it may point to.
struct Large {
  Large() {
    for (size_t i = 0; i < kMost; ++i) {
      lists[i + 1] = (i + 1) * 3;
      ones[i + 1] = i + 1;
      users[i] = 1 + static_cast<int64_t>(i % fixtures::kUsers);
      values[i] = i % 2 == 0 ? "red" : "none";
    }
    for (size_t i = 0; i < items.size(); ++i) items[i] = 1000 + 3 * static_cast<int64_t>(i % 40);
    result.ids = ids.data();
    result.scores = scores.data();
    result.counts = counts.data();
  }
  std::vector<size_t> lists = std::vector<size_t>(kMost + 1), ones = lists;
  std::vector<int64_t> users = std::vector<int64_t>(kMost), items = std::vector<int64_t>(kMost * 3);
  std::vector<const char*> values = std::vector<const char*>(kMost);
  std::vector<int64_t> ids = std::vector<int64_t>(kMost * 10);
  std::vector<float> scores = std::vector<float>(kMost * 64);
  std::vector<size_t> counts = std::vector<size_t>(kMost);
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
};

TEST(AbiMemory, WhatGrowsWithACallIsTheHosts) {
  Large x;
  Growing shop(fixtures::ShopModel(true));
  duomo_context* c = shop.context();
  auto request = [&](size_t n) {
    duomo_topk_request r = DUOMO_TOPK_REQUEST_INIT;
    r.count = n;
    r.ids = x.users.data();
    return r;
  };
  auto search = [&](const duomo_topk_request& r) { return duomo_topk(&x.result, c, &r, nullptr); };
  shop.Check("predict", [&](size_t n) {
    return duomo_predict(x.scores.data(), c, x.users.data(), x.items.data(), n, nullptr);
  });
  shop.Check("encode", [&](size_t n) {
    return duomo_encode_users(x.scores.data(), c, x.users.data(), n, nullptr);
  });
  shop.Check("topk", [&](size_t n) { return search(request(n)); });
  shop.Check("exclusions and seen", [&](size_t n) {
    duomo_topk_request r = request(n);
    r.exclude_offsets = x.lists.data();
    r.exclude_ids = x.items.data();
    r.flags = DUOMO_EXCLUDE_SEEN;
    return search(r);
  });
  shop.Check("an allow list", [&](size_t n) {
    duomo_topk_request r = request(1);
    r.flags = DUOMO_ALLOW_LISTED;
    r.allow_ids = x.items.data();
    r.allow_count = n;
    return search(r);
  });
  shop.Check("limits", [&](size_t n) {
    duomo_limit limit = DUOMO_LIMIT_INIT;
    limit.input = "brand";
    duomo_topk_request r = request(n);
    r.limits = &limit;
    r.limit_count = 1;
    return search(r);
  });
  duomo_filter filter = DUOMO_FILTER_INIT;
  filter.input = "tags";
  filter.strings = x.values.data();
  for (int32_t mode : {DUOMO_ANY, DUOMO_ALL, DUOMO_NONE}) {
    filter.mode = mode;
    shop.Check("a filter", [&](size_t n) {
      duomo_topk_request r = request(1);
      filter.value_count = n;
      r.filters = &filter;
      r.filter_count = 1;
      return search(r);
    });
  }
  shop.Check("users for", [&](size_t n) {
    duomo_topk_request r = request(n);
    r.ids = x.items.data();
    r.flags = DUOMO_EXCLUDE_SEEN;
    return duomo_users_for(&x.result, c, &r, nullptr);
  });
  shop.Check("histories folded in", [&](size_t n) {
    duomo_topk_request r = request(1);
    const size_t offsets[2] = {0, n};
    r.ids = nullptr;
    r.history_offsets = offsets;
    r.history_ids = x.items.data();
    return search(r);
  });
  auto made = [&](duomo_item_set* set) {
    duomo_item_set_release(set);
    return set == nullptr ? DUOMO_INTERNAL : DUOMO_OK;
  };
  shop.Check("a set of ids", [&](size_t n) {
    duomo_item_set* set = nullptr;
    duomo_item_set_from_ids(&set, shop.model(), x.items.data(), nullptr, n, nullptr);
    return made(set);
  });
  shop.Check("a set of filters", [&](size_t n) {
    duomo_item_set* set = nullptr;
    filter.mode = DUOMO_ANY;
    filter.value_count = n;
    duomo_item_set_from_filters(&set, shop.model(), &filter, 1, nullptr);
    return made(set);
  });
  duomo_item_set* one = nullptr;
  ASSERT_EQ(duomo_item_set_from_filters(&one, shop.model(), nullptr, 0, nullptr), DUOMO_OK);
  shop.Check("a set of sets", [&](size_t n) {
    duomo_item_set* set = nullptr;
    const std::vector<const duomo_item_set*> many(kMost, one);
    duomo_item_set_combine(&set, DUOMO_ANY, many.data(), n, nullptr);
    return made(set);
  });
  duomo_item_set_release(one);
}

// As many rows, and as many values a row.
TEST(AbiMemory, WhatGrowsWithFeaturesIsTheHosts) {
  Large x;
  Growing shop(fixtures::ShopModel(false));
  auto check = [&](const char* what, int32_t scope, bool one_row, const auto& set) {
    shop.Check(what, [&](size_t n) {
      duomo_features* f = nullptr;
      EXPECT_EQ(duomo_features_create(&f, shop.model(), scope, one_row ? 1 : n, nullptr), DUOMO_OK);
      duomo_status status = set(f, n);
      if (status == DUOMO_OK) status = set(f, n);
      if (status == DUOMO_OK && !one_row) {
        status = duomo_encode_features(x.scores.data(), shop.context(), f, nullptr);
      }
      duomo_features_release(f);
      return status;
    });
  };
  check("integers", DUOMO_USER, false, [&](duomo_features* f, size_t) {
    return duomo_features_set_integers(f, "age", x.users.data(), nullptr);
  });
  check("strings", DUOMO_USER, false, [&](duomo_features* f, size_t) {
    return duomo_features_set_strings(f, "plan", x.values.data(), nullptr);
  });
  check("texts", DUOMO_ITEM, false, [&](duomo_features* f, size_t) {
    return duomo_features_set_strings(f, "title", x.values.data(), nullptr);
  });
  check("lists", DUOMO_ITEM, false, [&](duomo_features* f, size_t) {
    return duomo_features_set_integer_lists(f, "codes", x.lists.data(), x.items.data(), nullptr);
  });
  check("a long list", DUOMO_ITEM, true, [&](duomo_features* f, size_t n) {
    const size_t offsets[2] = {0, n};
    return duomo_features_set_integer_lists(f, "codes", offsets, x.items.data(), nullptr);
  });
  check("a long list of strings", DUOMO_ITEM, true, [&](duomo_features* f, size_t n) {
    const size_t offsets[2] = {0, n};
    return duomo_features_set_string_lists(f, "tags", offsets, x.values.data(), nullptr);
  });
  Growing player(fixtures::PlayerModel(/*string_keys=*/false));
  player.Check("a history input", [&](size_t n) {
    duomo_topk_request r = DUOMO_TOPK_REQUEST_INIT;
    const size_t offsets[2] = {0, n};
    r.count = 1;
    r.history_offsets = offsets;
    r.history_ids = x.items.data();
    return duomo_topk(&x.result, player.context(), &r, nullptr);
  });
}

// Looking keys up in bulk, of a model with string keys.
TEST(AbiMemory, WhatGrowsWithKeysIsTheHosts) {
  Large x;
  std::vector<size_t> rows(fixtures::kItems);
  std::iota(rows.begin(), rows.end(), size_t{0});
  Growing club(fixtures::ClubModel(rows, rows));
  std::vector<duomo_text> texts(kMost);
  club.Check("ids of keys", [&](size_t n) {
    return duomo_ids_of_keys(x.ids.data(), club.model(), DUOMO_ITEM, x.values.data(), n, nullptr);
  });
  club.Check("keys of ids", [&](size_t n) {
    return duomo_keys_of_ids(texts.data(), club.model(), DUOMO_ITEM, x.ids.data(), n, nullptr);
  });
  club.Check("titles", [&](size_t n) {
    return duomo_item_titles(texts.data(), club.model(), x.ids.data(), n, nullptr);
  });
}

// Saving: the old file stays as it was, and nothing lies beside it.
TEST(AbiMemory, SavingSurvivesEveryFailure) {
  testing::TemporaryFolder folder;
  std::string path = folder.File("a model with a name of some length.duomo");
  testing::WriteText(path, "old");
  model::Contents contents = testing::ContentsOf(testing::HistoryDescription());
  for (auto& t : contents.tensors) t.compress = t.name.ends_with("/text");
  // Whether memory was short, and whether saving has failed of it: sorting manages without.
  auto save = [&](uint64_t n, Mode mode, bool& thrown, const auto& work) {
    thrown = false;
    FailingMemory::Arm(n, mode);
    try {
      work();
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
    return FailingMemory::Disarm();
  };
  const AlignedVector<std::byte> expected = model::SaveToMemory(contents);
  uint64_t to_memory = FailInTurn([&](uint64_t n, Mode mode) {
    bool thrown;
    return save(n, mode, thrown, [&] { EXPECT_TRUE(model::SaveToMemory(contents) == expected); });
  });
  EXPECT_GT(to_memory, 100u);
  const std::string whole(reinterpret_cast<const char*>(expected.data()), expected.size());
  uint64_t thrown_count = 0;
  uint64_t to_file = FailInTurn([&](uint64_t n, Mode mode) {
    testing::WriteText(path, "old");
    bool thrown;
    bool failed = save(n, mode, thrown, [&] { model::Save(path, contents); });
    EXPECT_TRUE(testing::ReadText(path) == (thrown ? "old" : whole)) << "allocation " << n;
    EXPECT_EQ(folder.Names().size(), 1u) << "allocation " << n;
    thrown_count += thrown;
    return failed;
  });
  EXPECT_GT(to_file, 100u);
  EXPECT_GT(thrown_count, to_file);  // of two attempts for each allocation
}

}  // namespace
}  // namespace duomo
