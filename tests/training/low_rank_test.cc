#include "training/low_rank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.h"

namespace duomo::training {
namespace {

AlignedVector<float> Draw(size_t n, uint64_t seed) {
  Random random(seed);
  AlignedVector<float> out(n);
  for (float& x : out) x = static_cast<float>(random.Normal());
  return out;
}

double Dot(const AlignedVector<float>& a, size_t i, const AlignedVector<float>& b, size_t j,
           size_t width) {
  double sum = 0;
  for (size_t k = 0; k < width; ++k) sum += double{a[i * width + k]} * double{b[j * width + k]};
  return sum;
}

constexpr size_t kLeft = 70, kRight = 300, kWide = 24;

// The weighted sum of squares of what narrowing changes.
double Change(const AlignedVector<float>& left, const AlignedVector<float>& right,
              const std::vector<float>& lw, const std::vector<float>& rw, size_t narrow,
              size_t threads = 1) {
  AlignedVector<float> a = left, b = right;
  ThreadPool pool(threads);
  Narrow(a, lw, b, rw, kWide, narrow, pool);
  EXPECT_EQ(a.size(), kLeft * narrow);
  EXPECT_EQ(b.size(), kRight * narrow);
  double sum = 0;
  for (size_t i = 0; i < kLeft; ++i) {
    for (size_t j = 0; j < kRight; ++j) {
      double d = Dot(a, i, b, j, narrow) - Dot(left, i, right, j, kWide);
      sum += double{lw[i]} * double{rw[j]} * d * d;
    }
  }
  return sum;
}

TEST(LowRank, WhatFitsIsKept) {
  // Rows of width 24 that are made of 6 directions.
  AlignedVector<float> some = Draw(kLeft * 6, 1), other = Draw(kRight * kWide, 2),
                       into = Draw(6 * kWide, 3), left(kLeft * kWide);
  for (size_t i = 0; i < kLeft; ++i) {
    for (size_t d = 0; d < 6; ++d) {
      for (size_t k = 0; k < kWide; ++k)
        left[i * kWide + k] += some[i * 6 + d] * into[d * kWide + k];
    }
  }
  const std::vector<float> ones(kLeft, 1), more(kRight, 1);
  double whole = 0;
  for (size_t i = 0; i < kLeft; ++i) {
    for (size_t j = 0; j < kRight; ++j) whole += std::pow(Dot(left, i, other, j, kWide), 2);
  }
  EXPECT_LT(Change(left, other, ones, more, 6), 1e-8 * whole);
  EXPECT_LT(Change(left, other, ones, more, 9, 2), 1e-8 * whole);
  EXPECT_GT(Change(left, other, ones, more, 5), 1e-3 * whole);
}

// No other choice of directions loses less: against random ones, and leaving out single columns.
TEST(LowRank, LosesTheLeast) {
  AlignedVector<float> left = Draw(kLeft * kWide, 4), right = Draw(kRight * kWide, 5);
  std::vector<float> lw, rw;
  Random random(6);
  for (size_t i = 0; i < kLeft; ++i) lw.push_back(static_cast<float>(random.Uniform() * 3));
  for (size_t i = 0; i < kRight; ++i) rw.push_back(static_cast<float>(random.Uniform()));
  const double least = Change(left, right, lw, rw, kWide - 1);
  for (size_t column = 0; column < kWide; ++column) {
    double lost = 0;
    for (size_t i = 0; i < kLeft; ++i) {
      for (size_t j = 0; j < kRight; ++j) {
        double d = double{left[i * kWide + column]} * double{right[j * kWide + column]};
        lost += double{lw[i]} * double{rw[j]} * d * d;
      }
    }
    EXPECT_LT(least, lost);
  }
  EXPECT_GT(least, 0);
}

TEST(LowRank, WeightsSayWhichRowsMatter) {
  AlignedVector<float> left = Draw(kLeft * kWide, 7), right = Draw(kRight * kWide, 8);
  const std::vector<float> ones(kLeft, 1), more(kRight, 1);
  std::vector<float> first(kLeft, 0);
  for (size_t i = 0; i < 8; ++i) first[i] = 1;
  // Eight rows span eight dimensions.
  EXPECT_LT(Change(left, right, first, more, 8), 1e-6 * Change(left, right, ones, more, 8));
}

TEST(LowRank, ThreadsChangeNothing) {
  AlignedVector<float> left = Draw(kLeft * kWide, 9), right = Draw(kRight * kWide, 10);
  const std::vector<float> ones(kLeft, 1), more(kRight, 1);
  AlignedVector<float> results[2];
  for (size_t threads : {1, 3}) {
    AlignedVector<float> a = left, b = right;
    ThreadPool pool(threads);
    Narrow(a, ones, b, more, kWide, 10, pool);
    results[threads == 3] = a;
  }
  EXPECT_EQ(results[0], results[1]);
}

}  // namespace
}  // namespace duomo::training
