// How many threads a program's work gets. The shared library never chooses: its hosts do.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace duomo {

// What was asked for; if that is 0, one thread for each core.
inline size_t ThreadCount(uint32_t asked) {
  return asked > 0 ? asked : std::max(1u, std::thread::hardware_concurrency());
}

// One for each core, for work that more than 16 threads do not make faster.
inline size_t FewThreads() { return std::clamp(std::thread::hardware_concurrency(), 1u, 16u); }

}  // namespace duomo
