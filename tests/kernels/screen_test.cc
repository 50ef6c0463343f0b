// Every instruction set gives the same bounds, to the bit, and they are what screen.h says.
#include "kernels/screen.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "core/array.h"
#include "core/random.h"

namespace duomo::kernels {
namespace {

float OfBf16(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

struct Case {
  bool nibbles;
  size_t groups, count;
  AlignedVector<uint8_t> blocks;
  std::vector<std::vector<int8_t>> codes;
  std::vector<ScreenQuery> queries;
  std::vector<std::vector<uint64_t>> allowed;
};

Case Draw(Random& random, bool nibbles, size_t groups, size_t count) {
  Case c{nibbles, groups, count, {}, {}, {}, {}};
  size_t size = groups * 64 + kScreenTerms;
  c.blocks.resize(count * size);
  for (uint8_t& b : c.blocks) b = static_cast<uint8_t>(random.Below(256));
  for (size_t b = 0; b < count; ++b) {
    for (size_t i = 0; i < 32; ++i) {
      // Scales and rests of any size, and now and then infinity.
      double x = std::exp(random.Normal() * (random.Below(5) == 0 ? 30 : 1));
      uint16_t bits = random.Below(50) == 0
                          ? 0x7f80
                          : static_cast<uint16_t>(std::bit_cast<uint32_t>(static_cast<float>(x)) >> 16);
      std::memcpy(c.blocks.data() + b * size + groups * 64 + i * 2, &bits, 2);
    }
    if (nibbles) continue;
    // Codes are −127 … 127.
    for (size_t i = 0; i < groups * 64; ++i) {
      uint8_t& code = c.blocks[b * size + i];
      code = std::max<uint8_t>(code, 1);
    }
  }
  for (size_t q = 0; q < kScreenQueries; ++q) {
    auto& codes = c.codes.emplace_back(groups * (nibbles ? 8 : 4));
    int32_t sum = 0;
    for (int8_t& code : codes) {
      code = static_cast<int8_t>(static_cast<int>(random.Below(255)) - 127);
      if (random.Below(4) == 0) code = random.Below(2) == 0 ? 127 : -127;
      sum += code;
    }
    auto& words = c.allowed.emplace_back(count / 4 + 1);
    for (uint64_t& w : words) w = random.Below(3) == 0 ? 0 : random.Next() & random.Next();
    ScreenQuery ask{};
    ask.offset = sum * (nibbles ? 8 : 128);
    ask.factor = static_cast<float>(std::exp(random.Normal()));
    ask.fixed = static_cast<float>(std::exp(random.Normal()));
    ask.rest = random.Below(6) == 0 ? 0 : static_cast<float>(std::exp(random.Normal()));
    ask.threshold = random.Below(4) == 0 ? std::numeric_limits<float>::quiet_NaN()
                                         : static_cast<float>(random.Normal() * 3000);
    c.queries.push_back(ask);
  }
  for (size_t q = 0; q < kScreenQueries; ++q) {
    c.queries[q].codes = c.codes[q].data();
    c.queries[q].allowed = random.Below(2) == 0 ? nullptr : c.allowed[q].data();
  }
  return c;
}

// By the definition, in integers of 64 bits.
float BoundOf(const Case& c, const ScreenQuery& q, size_t b, size_t item) {
  const uint8_t* block = c.blocks.data() + b * (c.groups * 64 + kScreenTerms);
  int64_t sum = 0;
  for (size_t g = 0; g < c.groups; ++g) {
    for (size_t j = 0; j < 4; ++j) {
      int code = block[g * 64 + item * 4 + j];
      if (c.nibbles) {
        sum += q.codes[g * 8 + j] * ((code & 15) - 8) + q.codes[g * 8 + 4 + j] * ((code >> 4) - 8);
      } else {
        sum += q.codes[g * 4 + j] * (code - 128);
      }
    }
  }
  uint16_t scale, rest;
  std::memcpy(&scale, block + c.groups * 64 + item * 2, 2);
  std::memcpy(&rest, block + c.groups * 64 + 32 + item * 2, 2);
  float x = q.factor * static_cast<float>(sum);
  x = x + q.fixed;
  x = OfBf16(scale) * x;
  float y = q.rest * OfBf16(rest);
  x = x + y;
  return std::isnan(x) ? std::numeric_limits<float>::infinity() : x;
}

TEST(Screen, EverySetGivesTheBoundsOfTheDefinition) {
  Random random(5);
  for (int trial = 0; trial < 300; ++trial) {
    bool nibbles = trial % 2 == 0;
    Case c = Draw(random, nibbles, 1 + random.Below(trial % 10 == 0 ? 70 : 9), random.Below(9));
    for (const ScreenKernels* set : AllScreen()) {
      for (size_t together : {size_t{1}, kScreenQueries}) {
        std::vector<std::vector<float>> bounds(kScreenQueries,
                                               std::vector<float>(c.count * kScreenItems, -7));
        std::vector<std::vector<uint16_t>> hits(kScreenQueries, std::vector<uint16_t>(c.count, 1));
        for (size_t q = 0; q < kScreenQueries; ++q) {
          c.queries[q].bounds = bounds[q].data();
          c.queries[q].hits = hits[q].data();
        }
        if (together == 1) {
          for (const ScreenQuery& q : c.queries) {
            (nibbles ? set->nibbles : set->bytes)(&q, c.blocks.data(), c.groups, c.count);
          }
        } else {
          (nibbles ? set->nibbles_of_four : set->bytes_of_four)(c.queries.data(), c.blocks.data(),
                                                                c.groups, c.count);
        }
        for (size_t q = 0; q < kScreenQueries; ++q) {
          const ScreenQuery& ask = c.queries[q];
          for (size_t i = 0; i < c.count * kScreenItems; ++i) {
            float bound = BoundOf(c, ask, i / kScreenItems, i % kScreenItems);
            bool allowed = ask.allowed == nullptr || (ask.allowed[i / 64] >> i % 64 & 1) != 0;
            bool hit = allowed && !(bound <= ask.threshold);
            ASSERT_EQ(hits[q][i / kScreenItems] >> i % kScreenItems & 1, hit)
                << set->name << " trial " << trial << " item " << i;
            if (!hit) continue;
            ASSERT_EQ(std::bit_cast<uint32_t>(bounds[q][i]), std::bit_cast<uint32_t>(bound))
                << set->name << " trial " << trial << " item " << i;
          }
        }
      }
    }
  }
}

TEST(Screen, RestAndBestAreTheSameOnEverySet) {
  Random random(6);
  for (size_t size = 4; size <= 300; size += 4) {
    constexpr size_t kRows = 20;
    AlignedVector<int8_t> low(size + kScreenPadding), high(size + kScreenPadding);
    AlignedVector<uint8_t> second(kRows * (size + 4) + kScreenPadding);
    for (uint8_t& x : second) x = static_cast<uint8_t>(random.Below(256));
    for (size_t i = 0; i < size; ++i) {
      low[i] = static_cast<int8_t>(static_cast<int>(random.Below(255)) - 127);
      high[i] = static_cast<int8_t>(static_cast<int>(random.Below(255)) - 127);
    }
    std::vector<uint32_t> rows(30);
    std::vector<int32_t> sums(rows.size());
    for (size_t r = 0; r < rows.size(); ++r) {
      rows[r] = static_cast<uint32_t>(random.Below(kRows));
      const uint8_t* x = second.data() + rows[r] * (size + 4) + 4;
      for (size_t i = 0; i < size; ++i) sums[r] += low[i] * (x[i] & 15) + high[i] * (x[i] >> 4);
    }
    std::vector<float> bounds(size * kScreenItems);
    for (float& b : bounds) b = static_cast<float>(random.Below(40));
    for (const ScreenKernels* set : AllScreen()) {
      std::vector<int32_t> found(rows.size());
      set->rests(low.data(), high.data(), second.data(), size + 4, rows.data(), rows.size(),
                 found.data());
      EXPECT_EQ(found, sums) << set->name << " size " << size;
      std::vector<uint16_t> hits(size, 0xaaf5);
      set->narrow(bounds.data(), size, 20, hits.data());
      for (size_t i = 0; i < size * kScreenItems; ++i) {
        bool hit = bounds[i] > 20 && (0xaaf5 >> i % kScreenItems & 1) != 0;
        ASSERT_EQ(hits[i / kScreenItems] >> i % kScreenItems & 1, hit) << set->name;
      }
      float best[kScreenItems];
      uint32_t block[kScreenItems];
      set->best(bounds.data(), size, best, block);
      for (size_t i = 0; i < kScreenItems; ++i) {
        float most = -1;
        uint32_t where = 0;
        for (uint32_t b = 0; b < size; ++b) {
          if (bounds[b * kScreenItems + i] > most) most = bounds[(where = b) * kScreenItems + i];
        }
        EXPECT_EQ(best[i], most) << set->name;
        EXPECT_EQ(block[i], where) << set->name;
      }
    }
  }
}

}  // namespace
}  // namespace duomo::kernels
