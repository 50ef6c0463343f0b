// Progress of long work.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "console/signals.h"

namespace duomo::console {

// Counts what is done of `total`, of any unit, and shows it where stderr is a terminal and the work
// takes longer than a second. One thread.
class Progress {
 public:
  Progress(std::string label, uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  void Add(uint64_t done);  // throws as Interruptible::Check()

 private:
  using Clock = std::chrono::steady_clock;
  Interruptible interruptible_;
  std::string label_;
  uint64_t total_, done_ = 0;
  bool terminal_, shown_ = false;
  Clock::time_point next_ = Clock::now() + std::chrono::seconds(1);
};

}  // namespace duomo::console
