// Every instruction set gives the same bounds, to the bit, and they are what screen.h says.
#include "kernels/screen.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
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
      uint16_t bits =
          random.Below(50) == 0
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
    ask.fixed = static_cast<float>(std::exp(random.Normal()) * 100);
    ask.rest = random.Below(6) == 0 ? 0 : static_cast<float>(std::exp(random.Normal()) * 100);
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
  float x = static_cast<float>(sum) + q.fixed;
  x = OfBf16(scale) * x;
  float y = q.rest * OfBf16(rest);
  x = x + y;
  return std::isnan(x) ? std::numeric_limits<float>::infinity() : x;
}

TEST(Screen, EverySetGivesTheBoundsOfTheDefinition) {
  Random random(5);
  std::vector<ScreenHits> found(kScreenQueries);
  for (int trial = 0; trial < 300; ++trial) {
    bool nibbles = trial % 2 == 0;
    size_t count = trial % 50 == 0 ? kScreenBlocks : random.Below(9);
    Case c = Draw(random, nibbles, 1 + random.Below(trial % 10 == 0 ? 70 : 9), count);
    for (const ScreenKernels* set : AllScreen()) {
      for (bool together : {false, true}) {
        for (size_t q = 0; q < kScreenQueries; ++q) {
          found[q].count = 77;
          c.queries[q].hits = &found[q];
          if (together) continue;
          (nibbles ? set->nibbles : set->bytes)(&c.queries[q], c.blocks.data(), c.groups, c.count);
        }
        if (together) {
          (nibbles ? set->nibbles_together : set->bytes_together)(c.queries.data(), c.blocks.data(),
                                                                  c.groups, c.count);
        }
        for (size_t q = 0; q < kScreenQueries; ++q) {
          const ScreenQuery& ask = c.queries[q];
          size_t next = 0;
          for (size_t b = 0; b < c.count; ++b) {
            uint16_t hits = 0;
            float bounds[kScreenItems];
            for (size_t i = 0; i < kScreenItems; ++i) {
              bounds[i] = BoundOf(c, ask, b, i);
              bool allowed =
                  ask.allowed == nullptr || (ask.allowed[b / 4] >> (b % 4 * 16 + i) & 1) != 0;
              if (!allowed) bounds[i] = -std::numeric_limits<float>::infinity();
              hits |= static_cast<uint16_t>((allowed && !(bounds[i] <= ask.threshold)) << i);
            }
            if (hits == 0) continue;
            ASSERT_LT(next, found[q].count) << set->name << " trial " << trial << " block " << b;
            ASSERT_EQ(found[q].blocks[next], b) << set->name << " trial " << trial;
            ASSERT_EQ(found[q].items[next], hits)
                << set->name << " trial " << trial << " block " << b;
            ASSERT_EQ(std::memcmp(found[q].bounds[next], bounds, sizeof(bounds)), 0)
                << set->name << " trial " << trial << " block " << b;
            ++next;
          }
          ASSERT_EQ(found[q].count, next) << set->name << " trial " << trial;
        }
      }
    }
  }
}

TEST(Screen, EverySetKeepsWhatLiesBetween) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr size_t kWords = 5;
  Random random(8);
  const double ends[] = {-kInfinity, -1, -0.0, 0, 0.5, 2, kInfinity};
  std::vector<double> numbers(kWords * 64);
  std::vector<int64_t> integers(kWords * 64);
  for (double& x : numbers) {
    x = random.Below(9) == 0 ? std::numeric_limits<double>::quiet_NaN()
                             : ends[random.Below(std::size(ends))];
  }
  const int64_t whole[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
  for (int64_t& x : integers) x = whole[random.Below(std::size(whole))];
  auto expect = [&](const auto& values, auto least, auto most, auto keep, const char* name) {
    std::vector<uint64_t> words(kWords);
    for (uint64_t& word : words) word = random.Next() | random.Next();
    std::vector<uint64_t> kept = words;
    keep(values.data(), least, most, kept.data(), kWords);
    for (size_t i = 0; i < values.size(); ++i) {
      bool before = words[i / 64] >> (i % 64) & 1, after = kept[i / 64] >> (i % 64) & 1;
      ASSERT_EQ(after, before && values[i] >= least && values[i] <= most)
          << name << ": " << values[i] << " between " << least << " and " << most;
    }
  };
  for (const ScreenKernels* set : AllScreen()) {
    for (double least : ends) {
      for (double most : ends) expect(numbers, least, most, set->keep_numbers, set->name);
    }
    for (int64_t least : whole) {
      for (int64_t most : whole) {
        if (least <= most) expect(integers, least, most, set->keep_integers, set->name);
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
    const size_t count = std::min(size, kScreenBlocks);
    auto bounds = std::make_unique<ScreenHits>();
    for (auto& block : bounds->bounds) {
      for (float& x : block) x = static_cast<float>(random.Below(40));
    }
    for (const ScreenKernels* set : AllScreen()) {
      std::vector<int32_t> found(rows.size());
      set->rests(low.data(), high.data(), second.data(), size + 4, rows.data(), rows.size(),
                 found.data());
      EXPECT_EQ(found, sums) << set->name << " size " << size;
      bounds->count = count;
      std::fill_n(bounds->items, count, uint16_t{0xaaf5});
      set->narrow(bounds.get(), 20);
      for (size_t b = 0; b < count; ++b) {
        for (size_t i = 0; i < kScreenItems; ++i) {
          bool hit = bounds->bounds[b][i] > 20 && (0xaaf5 >> i & 1) != 0;
          ASSERT_EQ(bounds->items[b] >> i & 1, hit) << set->name;
        }
      }
      float best[kScreenItems];
      uint32_t which[kScreenItems];
      set->best(bounds->bounds, count, best, which);
      for (size_t i = 0; i < kScreenItems; ++i) {
        float most = -1;
        uint32_t where = 0;
        for (uint32_t b = 0; b < count; ++b) {
          if (bounds->bounds[b][i] > most) most = bounds->bounds[where = b][i];
        }
        EXPECT_EQ(best[i], most) << set->name;
        EXPECT_EQ(which[i], where) << set->name;
      }
    }
  }
}

}  // namespace
}  // namespace duomo::kernels
