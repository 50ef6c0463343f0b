#include "core/large_zeros.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace duomo {
namespace {

TEST(LargeZeros, AreZerosOfAnySize) {
  for (size_t count : {size_t{0}, size_t{1}, size_t{16}, size_t{524287}, size_t{524288},
                       size_t{524300}, size_t{3000001}}) {
    AlignedVector<float> zeros = LargeZeros(count);
    ASSERT_EQ(zeros.size(), count);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(zeros.data()) % kAlignment, 0u);
    EXPECT_TRUE(std::all_of(zeros.begin(), zeros.end(), [](float x) { return x == 0; }));
    std::fill(zeros.begin(), zeros.end(), 1.0f);
  }
}

// The kernel says of each mapping what was asked for: "hg".
TEST(LargeZeros, AskForLargePages) {
  if (!std::filesystem::exists("/sys/kernel/mm/transparent_hugepage")) {
    GTEST_SKIP() << "this system has no large pages on request";
  }
  AlignedVector<float> zeros = LargeZeros(size_t{4} << 20);
  auto middle = reinterpret_cast<uintptr_t>(&zeros[zeros.size() / 2]);
  std::ifstream maps("/proc/self/smaps");
  bool inside = false, asked = false, seen = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long begin = 0, end = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) {
      inside = begin <= middle && middle < end;
    } else if (inside && line.starts_with("VmFlags:")) {
      seen = true;
      asked = (line + ' ').find(" hg ") != line.npos;
    }
  }
  EXPECT_TRUE(seen);
  EXPECT_TRUE(asked);
}

}  // namespace
}  // namespace duomo
