// A host that replaces its model while it answers: a thousand times over, in memory that does not
// grow. Linux: reads /proc/self/statm.
#include <duomo/duomo.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "abi/exercise.h"
#include "abi/fixtures.h"
#include "temporary_folder.h"

namespace duomo {
namespace {

long ResidentBytes() {
  long all = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

TEST(AbiSwap, AThousandModelsUnderLoadLeaveNothingBehind) {
  constexpr int kWarmUp = 200, kSwaps = 1000;
  constexpr long kBound = 2 << 20;  // 2 kB a swap would be seen
  testing::TemporaryFolder folder;
  // Of each a copy in memory as well as the mapping, so that a leak of either shows.
  const std::string paths[] = {folder.File("a.duomo"), folder.File("b.duomo")};
  model::Save(paths[0], fixtures::ShopModel(false));
  model::Save(paths[1], fixtures::PlayerModel());
  auto open = [&](int i) {
    duomo_model* model = nullptr;
    duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
    options.flags = i % 4 < 2 ? DUOMO_OPEN_COPY : 0;
    EXPECT_EQ(duomo_model_open(&model, paths[i % 2].c_str(), &options, nullptr), DUOMO_OK);
    return model;
  };

  duomo_model_slot* slot = nullptr;
  ASSERT_EQ(duomo_model_slot_create(&slot, nullptr, nullptr), DUOMO_OK);
  auto swap = [&](int i) {
    duomo_model* model = open(i);
    EXPECT_EQ(duomo_model_slot_set(slot, model, nullptr), DUOMO_OK);
    duomo_model_release(model);
  };
  swap(0);
  std::atomic<bool> done{false};
  std::atomic<int> answers{0}, failures{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        duomo_model* model = duomo_model_slot_get(slot);
        try {
          testing::Caller caller(model);
          testing::ExerciseModel(caller);
        } catch (const std::exception&) {
          ++failures;
        }
        duomo_model_release(model);
        ++answers;
      }
    });
  }
  long before = 0;
  for (int i = 1; i <= kWarmUp + kSwaps; ++i) {
    swap(i);
    if (i == kWarmUp) before = ResidentBytes();
    // Models are in use while they are replaced, however the threads are scheduled.
    if (i % 8 != 0) continue;
    for (int seen = answers; answers == seen && failures == 0;) std::this_thread::yield();
  }
  long growth = ResidentBytes() - before;
  done = true;
  for (std::thread& reader : readers) reader.join();
  duomo_model_slot_release(slot);
  EXPECT_EQ(failures, 0);
  EXPECT_GT(before, 0);
#ifndef DUOMO_SANITIZED  // the sanitizers keep what was freed
  EXPECT_LT(growth, kBound);
#endif
  RecordProperty("growth_in_bytes", static_cast<int>(growth));
}

// Many gets at once, sets from two threads: whoever gets a model holds it, and it is one of those
// that were put in.
TEST(AbiSwap, ASlotNeverGivesAModelThatIsGone) {
  constexpr int kSets = 20000;
  auto bytes = model::SaveToMemory(fixtures::ShopModel(true));
  duomo_model* models[2] = {};
  for (duomo_model*& model : models) {
    ASSERT_EQ(duomo_model_open_buffer(&model, bytes.data(), bytes.size(), nullptr, nullptr),
              DUOMO_OK);
  }
  duomo_model_slot* slot = nullptr;
  ASSERT_EQ(duomo_model_slot_create(&slot, models[0], nullptr), DUOMO_OK);
  std::atomic<bool> done{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers, writers;
  for (int t = 0; t < 3; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        duomo_model* model = duomo_model_slot_get(slot);
        if (model != models[0] && model != models[1]) ++wrong;
        duomo_model_release(model);
      }
    });
  }
  for (int t = 0; t < 2; ++t) {
    writers.emplace_back([&, t] {
      for (int i = 0; i < kSets; ++i) duomo_model_slot_set(slot, models[(i + t) % 2], nullptr);
    });
  }
  for (std::thread& writer : writers) writer.join();
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  duomo_model_slot_release(slot);
  // Every reference that was taken has been given back: these are the last.
  for (duomo_model* model : models) duomo_model_release(model);
}

}  // namespace
}  // namespace duomo
