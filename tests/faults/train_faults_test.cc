// `duomo train` when the disk fails under it, or when it is killed while it saves.
#include <gtest/gtest.h>

#include "cli/program.h"
#include "core/error.h"
#include "faults/failing_disk.h"

namespace duomo::testing {
namespace {

constexpr const char* kName = "recommend.duomo";

// Trains one step with call number `n` on the model's file failing.
Outcome TrainFailing(const std::string& file, long n, FailingDisk::Fault fault) {
  return RunProgram({"/usr/bin/env", StrCat("LD_PRELOAD=", DUOMO_FAILING_DISK),
                     StrCat("DUOMO_FAULT=", n, ' ', static_cast<int>(fault), ' ', file),
                     DUOMO_PROGRAM, "train", SmallData(), "-o", file, "--steps", "1", "--threads",
                     "1", "--test-every", "0"});
}

TEST(TrainFaults, TheOldFileOrTheNewWhateverFails) {
  TemporaryFolder folder;
  const std::string file = folder.File(kName);
  ASSERT_EQ(TrainFailing(file, 1000000, FailingDisk::kIo).code, 0);
  const std::string whole = ReadText(file);
  ASSERT_GT(whole.size(), 1000u);
  int refused = 0, killed = 0, written = 0;
  for (auto fault : {FailingDisk::kNoSpace, FailingDisk::kShort, FailingDisk::kKillInside}) {
    for (long n = 0;; ++n) {
      WriteText(file, "old");
      Outcome outcome = TrainFailing(file, n, fault);
      SCOPED_TRACE(StrCat("fault ", static_cast<int>(fault), " in call ", n, "\n", outcome.err));
      std::string left = ReadText(file);
      if (outcome.signal != 0) {
        EXPECT_EQ(outcome.signal, SIGKILL);
        EXPECT_TRUE(left == "old" || left == whole);
        ++killed;
      } else {
        EXPECT_TRUE(outcome.code == 0 || outcome.code == 1) << outcome.code;
        EXPECT_TRUE(left == (outcome.code == 0 ? whole : "old"));
        EXPECT_TRUE(outcome.code == 0 || outcome.err.find(kName) != std::string::npos);
        ++(outcome.code == 0 ? written : refused);
      }
      for (const std::string& name : folder.Names()) {
        if (name != kName) std::filesystem::remove(folder.File(name));  // of a process killed
        EXPECT_TRUE(name == kName || outcome.signal != 0) << name;
      }
      // Every stage has failed once the calls at the end are those that nobody waits for.
      if (n >= 6 && outcome.code == 0 && outcome.signal == 0 && fault != FailingDisk::kShort) break;
      if (n >= 12) break;
    }
  }
  EXPECT_GE(refused, 3);
  EXPECT_GE(killed, 6);
  EXPECT_GE(written, 12);
}

}  // namespace
}  // namespace duomo::testing
