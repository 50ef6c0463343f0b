#include "training/pass_order.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace duomo::training {
namespace {

std::vector<uint32_t> Pass(PassOrder& order, size_t examples, size_t batch, uint64_t seed) {
  order.Begin(seed);
  std::vector<uint32_t> out;
  for (size_t i = 0; i < examples; i += batch) {
    auto part = order.At(i, std::min(batch, examples - i));
    out.insert(out.end(), part.begin(), part.end());
  }
  return out;
}

// Whatever the buffer and the chunks, each example comes once, and batches that straddle buffers
// change nothing.
TEST(PassOrder, VisitsEachExampleOnce) {
  for (size_t examples : {1u, 7u, 1000u, 1003u}) {
    for (size_t buffer : {0u, 64u, 300u, 5000u}) {
      for (size_t chunk : {0u, 8u, 2000u}) {
        PassOrder order(examples, buffer, chunk);
        std::vector<uint32_t> pass = Pass(order, examples, 50, 1);
        EXPECT_EQ(pass, Pass(order, examples, 1, 1)) << examples << ' ' << buffer << ' ' << chunk;
        if (examples > 7) {
          EXPECT_NE(pass, Pass(order, examples, 50, 2));
        }
        std::sort(pass.begin(), pass.end());
        ASSERT_EQ(pass.size(), examples);
        for (uint32_t i = 0; i < examples; ++i) ASSERT_EQ(pass[i], i);
      }
    }
  }
}

// A run that is resumed begins in the middle.
TEST(PassOrder, IsTheSameFromTheMiddle) {
  PassOrder order(1000, 64, 8);
  std::vector<uint32_t> pass = Pass(order, 1000, 50, 3);
  order.Begin(3);
  auto later = order.At(700, 50);
  EXPECT_TRUE(std::equal(later.begin(), later.end(), pass.begin() + 700));
  auto earlier = order.At(100, 50);
  EXPECT_TRUE(std::equal(earlier.begin(), earlier.end(), pass.begin() + 100));
}

// Neighbours in the data, which are one user's, are shared out among the buffers of a pass, while a
// buffer reads whole chunks.
TEST(PassOrder, TakesChunksFromAllOverTheData) {
  constexpr size_t kExamples = 100'000, kBuffer = 10'000, kChunk = 100;
  PassOrder order(kExamples, kBuffer, kChunk);
  std::vector<uint32_t> first = Pass(order, kExamples, 500, 4);
  first.resize(kBuffer);
  std::vector<size_t> chunks(kExamples / kChunk), tenths(10);
  for (uint32_t example : first) {
    ++chunks[example / kChunk];
    ++tenths[example / kBuffer];
  }
  for (size_t count : chunks) EXPECT_TRUE(count == 0 || count == kChunk) << count;
  for (size_t count : tenths) EXPECT_GT(count, 0u);
  EXPECT_FALSE(std::is_sorted(first.begin(), first.begin() + kChunk));
}

}  // namespace
}  // namespace duomo::training
