// Every allocation fails in turn, with all that follow and alone: each call then says
// DUOMO_OUT_OF_MEMORY, writes nothing, leaves nothing behind, and works when it is made again.
// (The C++ library keeps memory for exceptions: an error of another kind may survive, never
// success.)
#include <duomo/duomo.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "abi/exercise.h"
#include "abi/failing_calls.h"
#include "abi/fixtures.h"
#include "core/error.h"
#include "model/samples.h"
#include "temporary_folder.h"

namespace duomo {
namespace {

using testing::FailCall;
using testing::FailingMemory;
using testing::FailInTurn;
using Mode = FailingMemory::Mode;
using Bytes = AlignedVector<std::byte>;

// Half of the tests bring an allocator along.
const duomo_allocator* AllocatorFor(int32_t backend) {
  return backend == DUOMO_BACKEND_PORTABLE ? &testing::kHostAllocator : nullptr;
}

// Each attempt gets a fresh context, since one that has grown allocates nothing.
class FailingCaller : public testing::Caller {
 public:
  FailingCaller(duomo_model* model, int32_t backend) : Caller(model) {
    options_.allocator = AllocatorFor(backend);
  }

  duomo_status Make(const char* name, std::span<std::byte> outputs, const Call& call) override {
    duomo_status status = DUOMO_OK;
    // Features keep the room for a value that they then did not take.
    bool keeps = std::string_view(name).starts_with("duomo_features_set_");
    uint32_t survivors = 0;  // bits of the statuses of other errors
    allocations[name] += FailInTurn(
        [&](uint64_t n, Mode mode) {
          duomo_context* context = nullptr;
          EXPECT_EQ(duomo_context_create(&context, model(), &options_, nullptr), DUOMO_OK);
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

 private:
  duomo_context_options options_ = DUOMO_CONTEXT_OPTIONS_INIT;
};

// Remembers every status, and every number that a call returns.
class RecordingCaller : public testing::Caller {
 public:
  using Caller::Caller;

  duomo_status Make(const char* name, std::span<std::byte> outputs, const Call& call) override {
    duomo_status status = Caller::Make(name, outputs, call);
    transcript += StrCat(name, ' ', status, ' ');
    const std::string_view function = name;
    bool handle = function.ends_with("_create") || function.starts_with("duomo_item_set_");
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
  options.allocator = AllocatorFor(backend);
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
  // String keys and users' vectors; and what people have written.
  std::vector<size_t> members(20), books(fixtures::kItems);
  std::iota(members.begin(), members.end(), size_t{0});
  std::iota(books.begin(), books.end(), size_t{0});
  models.push_back(fixtures::ClubModel(members, books));
  models.back().metadata = {{"licence", ""}, {"name", "club"}};
  return models;
}

constexpr int32_t kBackends[] = {DUOMO_BACKEND_DEFAULT, DUOMO_BACKEND_PORTABLE};

// All calls on one model under failing memory, with the same results before and after.
void ExerciseFailing(duomo_model* model, int32_t backend,
                     std::map<std::string, uint64_t>& allocations) {
  std::string before = Transcript(model);
  duomo_context* context = nullptr;
  EXPECT_GT(FailCall([&](duomo_error* error) {
              return duomo_context_create(&context, model, nullptr, error);
            }),
            0u);
  duomo_context_release(context);
  FailingCaller caller(model, backend);
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
      ExerciseFailing(model, backend, of_model);
      for (const auto& [name, n] : of_model) allocations[name] += n;
      of_model.clear();
      // Once more, so that nothing is made for the first time.
      int64_t blocks = FailingMemory::LiveBlocks();
      ExerciseFailing(model, backend, of_model);
      of_model.clear();
      EXPECT_EQ(FailingMemory::LiveBlocks(), blocks) << "left behind";
      duomo_model_release(model);
    }
  }
  // Every function that works on a model was there, and those that must allocate did.
  for (const char* name : {"duomo_features_create",
                           "duomo_features_set_integers",
                           "duomo_features_set_strings",
                           "duomo_features_set_numbers",
                           "duomo_features_set_integer_lists",
                           "duomo_features_set_string_lists",
                           "duomo_encode_users",
                           "duomo_encode_items",
                           "duomo_encode_features",
                           "duomo_predict",
                           "duomo_topk",
                           "duomo_similar",
                           "duomo_users_for",
                           "duomo_similar_users",
                           "duomo_rank",
                           "duomo_item_title",
                           "duomo_item_set_from_ids",
                           "duomo_item_set_from_filters",
                           "duomo_item_set_combine",
                           "duomo_model_slot_create",
                           "duomo_ids_of_keys",
                           "duomo_keys_of_ids",
                           "duomo_item_titles"}) {
    EXPECT_GT(allocations[name], 0u) << name;
  }
  for (const char* name :
       {"duomo_model_get_info", "duomo_model_get_input", "duomo_predict_vectors", "duomo_…_id_at",
        "duomo_…_key", "duomo_…_id_of_key", "duomo_model_slot_set", "duomo_model_metadata",
        "duomo_model_metadata_at", "duomo_model_get_attribute", "duomo_attribute_numbers",
        "duomo_attribute_integers", "duomo_attribute_texts", "duomo_attribute_set"}) {
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
        model = nullptr;
        const int file = ::open(path.c_str(), O_RDONLY);
        EXPECT_GT(FailCall([&](duomo_error* error) {
                    EXPECT_EQ(model, nullptr);
                    return duomo_model_open_descriptor(&model, file, 0, 0, &options, error);
                  }),
                  10u);
        ::close(file);
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
    FailingCaller caller(model, backend);
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

}  // namespace
}  // namespace duomo
