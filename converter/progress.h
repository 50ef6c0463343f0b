// How long work says how far it is, and how it is stopped.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace duomo::convert {

// While one exists, the first SIGINT, SIGTERM or SIGHUP asks the work to stop, so that it takes
// its unfinished outputs away; the second ends the program at once. They nest. One thread.
class Interruptible {
 public:
  Interruptible();
  ~Interruptible();
  Interruptible(const Interruptible&) = delete;
  // Throws ExitWith (128 + the signal) where the work was asked to stop, and says so.
  static void Check();
};

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

}  // namespace duomo::convert
