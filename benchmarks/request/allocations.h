// How often this process has asked for memory so far.
#pragma once

#include <atomic>
#include <cstdint>

namespace duomo::bench {

uint64_t Allocations();

}  // namespace duomo::bench
