// Every allocation fails in turn, with all that follow and alone: each call then says
// DUOMO_OUT_OF_MEMORY, writes nothing, leaves nothing behind, and works when it is made again.
// (The C++ library keeps memory for exceptions: an error of another kind may survive, never
// success.)
#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <map>
#include <new>
#include <string>
#include <vector>

#include "abi/exercise.h"
#include "abi/failing_memory.h"
#include "abi/fixtures.h"
#include "core/error.h"
#include "model/samples.h"
#include "temporary_folder.h"

namespace duomo {
namespace {

using testing::FailingMemory;
using Mode = FailingMemory::Mode;
using Bytes = AlignedVector<std::byte>;

// Calls attempt(n, mode), which says whether an allocation failed, until none does: the last
// attempt, and no other, succeeds. Returns how many allocations it takes.
// `keeps`: a failed attempt may keep memory that it has got, for the next.
template <typename Attempt>
uint64_t FailInTurn(const Attempt& attempt, bool keeps = false) {
  for (uint64_t n = 0; n < 100000; ++n) {
    for (Mode mode : {Mode::kOn, Mode::kOnce}) {
      int64_t blocks = FailingMemory::LiveBlocks();
      if (!attempt(n, mode)) return n;
      if (keeps) continue;
      EXPECT_EQ(FailingMemory::LiveBlocks(), blocks) << "left behind, allocation " << n;
    }
  }
  ADD_FAILURE() << "it never succeeds";
  return 0;
}

// The same for a function of the C ABI that needs no context.
template <typename Call>
uint64_t FailCall(const Call& call) {
  return FailInTurn([&](uint64_t n, Mode mode) {
    duomo_error error = DUOMO_ERROR_INIT;
    FailingMemory::Arm(n, mode);
    duomo_status status = call(&error);
    bool failed = FailingMemory::Disarm();
    EXPECT_EQ(status, failed ? DUOMO_OUT_OF_MEMORY : DUOMO_OK) << error.message;
    EXPECT_EQ(error.status, status);
    return failed;
  });
}

// Each attempt gets a fresh context, since one that has grown allocates nothing.
class FailingCaller : public testing::Caller {
 public:
  using Caller::Caller;

  duomo_status Make(const char* name, std::span<std::byte> outputs, const Call& call) override {
    duomo_status status = DUOMO_OK;
    // Features keep the room for a value that they then did not take.
    bool keeps = std::string_view(name).starts_with("duomo_features_set_");
    uint32_t survivors = 0;  // bits of the statuses of other errors
    allocations[name] += FailInTurn(
        [&](uint64_t n, Mode mode) {
          duomo_context* context = nullptr;
          EXPECT_EQ(duomo_context_create(&context, model(), nullptr, nullptr), DUOMO_OK);
          bool failed = false;
          status = Once(name, outputs, context, [&](duomo_context* c, duomo_error* error) {
            FailingMemory::Arm(n, mode);
            duomo_status result = call(c, error);
            failed = FailingMemory::Disarm();
            return result;
          });
          duomo_context_release(context);
          EXPECT_FALSE(failed && status == DUOMO_OK) << name << ", allocation " << n;
          if (failed && status != DUOMO_OUT_OF_MEMORY) survivors |= 1u << status;
          return failed;
        },
        keeps);
    EXPECT_EQ(survivors & ~(1u << status), 0u) << name << " fails in another way";
    return status;
  }

  std::map<std::string, uint64_t> allocations;
};

// Remembers every status, and every number that a call returns.
class RecordingCaller : public testing::Caller {
 public:
  using Caller::Caller;

  duomo_status Make(const char* name, std::span<std::byte> outputs, const Call& call) override {
    duomo_status status = Caller::Make(name, outputs, call);
    transcript += StrCat(name, ' ', status, ' ');
    bool handle = std::string_view(name) == "duomo_features_create" ||
                  std::string_view(name).starts_with("duomo_item_set_");
    if (!handle) transcript.append(reinterpret_cast<const char*>(outputs.data()), outputs.size());
    return status;
  }

  std::string transcript;
};

std::string Transcript(duomo_model* model) {
  RecordingCaller caller(model);
  testing::ExerciseModel(caller);
  return caller.transcript;
}

duomo_open_options Options(int32_t backend, uint32_t flags = 0) {
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  options.backend = backend;
  options.flags = flags;
  return options;
}

duomo_model* Open(const Bytes& bytes, int32_t backend) {
  duomo_model* model = nullptr;
  duomo_open_options options = Options(backend);
  EXPECT_EQ(duomo_model_open_buffer(&model, bytes.data(), bytes.size(), &options, nullptr),
            DUOMO_OK);
  return model;
}

std::vector<model::Contents> Models() {
  std::vector<model::Contents> models = {fixtures::ShopModel(true), fixtures::ShopModel(false),
                                         fixtures::PlayerModel(), fixtures::JointModel()};
  for (const auto& d : testing::AllDescriptions()) models.push_back(testing::ContentsOf(d));
  models.push_back(testing::ContentsOf(testing::HistoryDescription()));
  for (auto& t : models.back().tensors) t.compress = true;
  return models;
}

constexpr int32_t kBackends[] = {DUOMO_BACKEND_DEFAULT, DUOMO_BACKEND_PORTABLE};

// All calls on one model under failing memory, with the same results before and after.
void ExerciseFailing(duomo_model* model, std::map<std::string, uint64_t>& allocations) {
  std::string before = Transcript(model);
  duomo_context* context = nullptr;
  EXPECT_GT(FailCall([&](duomo_error* error) {
              return duomo_context_create(&context, model, nullptr, error);
            }),
            0u);
  duomo_context_release(context);
  FailingCaller caller(model);
  testing::ExerciseModel(caller);
  for (const auto& [name, n] : caller.allocations) allocations[name] += n;
  EXPECT_TRUE(Transcript(model) == before) << "the model has changed";
}

TEST(AbiAllocation, EveryCallOnEveryKindOfModelSurvivesEveryFailure) {
  std::map<std::string, uint64_t> allocations;
  for (const model::Contents& contents : Models()) {
    Bytes bytes = model::SaveToMemory(contents);
    for (int32_t backend : kBackends) {
      SCOPED_TRACE(StrCat(contents.description.name, ", backend ", backend));
      duomo_model* model = Open(bytes, backend);
      std::map<std::string, uint64_t> of_model;
      ExerciseFailing(model, of_model);
      for (const auto& [name, n] : of_model) allocations[name] += n;
      of_model.clear();
      // Once more, so that nothing is made for the first time.
      int64_t blocks = FailingMemory::LiveBlocks();
      ExerciseFailing(model, of_model);
      of_model.clear();
      EXPECT_EQ(FailingMemory::LiveBlocks(), blocks) << "left behind";
      duomo_model_release(model);
    }
  }
  // Every function that works on a model was there, and those that must allocate did.
  for (const char* name :
       {"duomo_features_create", "duomo_features_set_integers", "duomo_features_set_strings",
        "duomo_features_set_numbers", "duomo_features_set_integer_lists",
        "duomo_features_set_string_lists", "duomo_encode_users", "duomo_encode_items",
        "duomo_encode_features", "duomo_predict", "duomo_topk", "duomo_similar", "duomo_rank",
        "duomo_item_title"}) {
    EXPECT_GT(allocations[name], 0u) << name;
  }
  for (const char* name : {"duomo_model_get_info", "duomo_model_get_input", "duomo_predict_vectors",
                           "duomo_…_id_at", "duomo_…_key", "duomo_…_id_of_key"}) {
    EXPECT_TRUE(allocations.contains(name)) << name;
  }
}

TEST(AbiAllocation, EveryWayOfOpeningSurvivesEveryFailure) {
  testing::TemporaryFolder folder;
  for (const model::Contents& contents : Models()) {
    std::string path = folder.File("a model with a name of some length.duomo");
    model::Save(path, contents);
    Bytes bytes = model::SaveToMemory(contents);
    for (int32_t backend : kBackends) {
      for (uint32_t flags : {0u, uint32_t{DUOMO_OPEN_COPY}, uint32_t{DUOMO_OPEN_VERIFY}}) {
        SCOPED_TRACE(StrCat(contents.description.name, ", backend ", backend, ", flags ", flags));
        duomo_open_options options = Options(backend, flags);
        duomo_model* model = nullptr;
        EXPECT_GT(FailCall([&](duomo_error* error) {
                    EXPECT_EQ(model, nullptr);
                    return duomo_model_open(&model, path.c_str(), &options, error);
                  }),
                  10u);
        duomo_model_release(model);
        model = nullptr;
        EXPECT_GT(FailCall([&](duomo_error* error) {
                    EXPECT_EQ(model, nullptr);
                    return duomo_model_open_buffer(&model, bytes.data(), bytes.size(), &options,
                                                   error);
                  }),
                  10u);
        duomo_model_release(model);
      }
    }
  }
}

// Of damage, too: the error's own text has no memory.
TEST(AbiAllocation, RefusingAFileSurvivesEveryFailure) {
  Bytes bytes = model::SaveToMemory(fixtures::ShopModel(true));
  bytes.back() ^= std::byte{1};
  duomo_open_options options = Options(DUOMO_BACKEND_DEFAULT, DUOMO_OPEN_VERIFY);
  uint64_t n = FailInTurn([&](uint64_t allocation, Mode mode) {
    duomo_model* model = nullptr;
    FailingMemory::Arm(allocation, mode);
    duomo_status status =
        duomo_model_open_buffer(&model, bytes.data(), bytes.size(), &options, nullptr);
    bool failed = FailingMemory::Disarm();
    EXPECT_TRUE(status == DUOMO_CORRUPT || (failed && status == DUOMO_OUT_OF_MEMORY)) << status;
    return failed;
  });
  EXPECT_GT(n, 10u);
}

// Known users and items with frozen vectors never go through oneDNN, however many there are and
// however wide the towers: with it failing they survive, and allocate no more than without it.
TEST(AbiAllocation, PredictAndTopKByIdNeverAllocateThroughOneDnn) {
  Bytes bytes = model::SaveToMemory(testing::ContentsOf(testing::HybridDescription()));
  constexpr size_t kMany = 300, kBest = 3;
  uint64_t allocations[2][2];
  for (int32_t backend : kBackends) {
    duomo_model* model = Open(bytes, backend);
    std::vector<int64_t> users, items;
    for (uint64_t i = 0; i < kMany; ++i) {
      ASSERT_EQ(duomo_user_id_at(&users.emplace_back(), model, i % 5, nullptr), DUOMO_OK);
      ASSERT_EQ(duomo_item_id_at(&items.emplace_back(), model, i % 4, nullptr), DUOMO_OK);
    }
    std::vector<float> scores(kMany * kBest);
    std::vector<int64_t> ids(kMany * kBest);
    std::vector<size_t> counts(kMany);
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    request.count = kMany;
    request.ids = users.data();
    request.k = kBest;
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = ids.data();
    result.scores = scores.data();
    result.counts = counts.data();
    FailingCaller caller(model);
    caller.Make("predict", {}, [&](duomo_context* c, duomo_error* error) {
      return duomo_predict(scores.data(), c, users.data(), items.data(), kMany, error);
    });
    caller.Make("topk", {}, [&](duomo_context* c, duomo_error* error) {
      return duomo_topk(&result, c, &request, error);
    });
    size_t b = backend == DUOMO_BACKEND_PORTABLE ? 1 : 0;
    allocations[0][b] = caller.allocations["predict"];
    allocations[1][b] = caller.allocations["topk"];
    duomo_model_release(model);
  }
  for (auto [with, without] : allocations) {
    EXPECT_GT(with, 0u);
    EXPECT_EQ(with, without);
  }
}

TEST(AbiAllocation, RepeatedCallsAllocateNothing) {
  Bytes bytes = model::SaveToMemory(fixtures::ShopModel(true));
  duomo_model* model = Open(bytes, DUOMO_BACKEND_DEFAULT);
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

// Saving: the old file stays as it was, and nothing lies beside it.
TEST(AbiAllocation, SavingSurvivesEveryFailure) {
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
  const Bytes expected = model::SaveToMemory(contents);
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
