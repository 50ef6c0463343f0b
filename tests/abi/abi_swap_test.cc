// A host that replaces its model while it answers: a thousand times over, in memory that does not
// grow. Linux: reads /proc/self/statm.
#include <duomo/duomo.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <mutex>
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

// The model in use; a reader takes a reference under the lock, as hosts do.
class Slot {
 public:
  ~Slot() { duomo_model_release(model_); }
  duomo_model* Take() {
    std::lock_guard lock(mutex_);
    duomo_model_retain(model_);
    return model_;
  }
  void Swap(duomo_model* next) {
    {
      std::lock_guard lock(mutex_);
      std::swap(model_, next);
    }
    duomo_model_release(next);
  }

 private:
  std::mutex mutex_;
  duomo_model* model_ = nullptr;
};

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

  Slot slot;
  slot.Swap(open(0));
  std::atomic<bool> done{false};
  std::atomic<int> answers{0}, failures{0};
  std::vector<std::thread> readers;
  for (int t = 0; t < 2; ++t) {
    readers.emplace_back([&] {
      while (!done) {
        duomo_model* model = slot.Take();
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
    slot.Swap(open(i));
    if (i == kWarmUp) before = ResidentBytes();
    // Models are in use while they are replaced, however the threads are scheduled.
    if (i % 8 != 0) continue;
    for (int seen = answers; answers == seen && failures == 0;) std::this_thread::yield();
  }
  long growth = ResidentBytes() - before;
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(failures, 0);
  EXPECT_GT(before, 0);
#ifndef DUOMO_SANITIZED  // the sanitizers keep what was freed
  EXPECT_LT(growth, kBound);
#endif
  RecordProperty("growth_in_bytes", static_cast<int>(growth));
}

}  // namespace
}  // namespace duomo
