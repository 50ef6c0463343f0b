// Fewer bytes for numbers: what is stored is the nearest, and nothing that cannot be stored passes.
#include "model/quantize.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/random.h"

namespace duomo::model {
namespace {

using file::DType;

// A number of 16 bits by sign, exponent and mantissa; beyond the largest, where infinity has its
// place, the next that there would be.
double Value(uint16_t bits, int exponents, int mantissas) {
  int exponent = bits >> mantissas & ((1 << exponents) - 1), bias = (1 << (exponents - 1)) - 1;
  double mantissa = bits & ((1 << mantissas) - 1);
  double value = exponent == 0
                     ? std::ldexp(mantissa, 1 - bias - mantissas)
                     : std::ldexp(mantissa + (1 << mantissas), exponent - bias - mantissas);
  return bits >> 15 ? -value : value;
}

// x must become the nearest of all numbers of 16 bits: none of its neighbours is nearer, and of
// two that are equally near it is the even one.
void ExpectNearest(float x, uint16_t bits, int exponents, int mantissas) {
  ASSERT_EQ(std::signbit(x), bits >> 15 == 1) << x;
  auto magnitude = static_cast<uint16_t>(bits & 0x7FFF);
  auto infinity = static_cast<uint16_t>(0x7FFF >> mantissas << mantissas);
  ASSERT_LE(magnitude, infinity) << x;
  double own = std::abs(std::abs(double{x}) - Value(magnitude, exponents, mantissas));
  for (int step : {-1, 1}) {
    if (magnitude + step < 0 || magnitude + step > infinity) continue;
    auto other = static_cast<uint16_t>(magnitude + step);
    double distance = std::abs(std::abs(double{x}) - Value(other, exponents, mantissas));
    ASSERT_LE(own, distance) << x << " as " << bits;
    if (own == distance) {
      ASSERT_EQ(magnitude % 2, 0) << x << " as " << bits;
    }
  }
}

TEST(QuantizeTest, NumbersOf16BitsAreTheNearest) {
  Random random(5);
  for (int i = 0; i < 400000; ++i) {
    auto bits = static_cast<uint32_t>(random.Below(uint64_t{1} << 32));
    // Half of them in the range of f16, and many that lie exactly between two numbers.
    if (i % 2 == 0) bits = (bits & 0x8FFFFFFF) | 0x30000000;
    if (i % 3 == 0) bits &= 0xFFFFF000;
    if (i % 5 == 0) bits = (bits & 0xFFFF0000) | 0x8000;
    auto x = std::bit_cast<float>(bits);
    if (!std::isfinite(x)) continue;
    ExpectNearest(x, ToBf16(x), 8, 7);
    if (std::abs(x) > 65536) {
      ASSERT_EQ(ToF16(x) & 0x7FFF, 0x7C00);
    } else {
      ExpectNearest(x, ToF16(x), 5, 10);
    }
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(ToF16(65504.0f), 0x7BFF);
  EXPECT_EQ(ToF16(65519.99f), 0x7BFF);
  EXPECT_EQ(ToF16(65520.0f), 0x7C00);
  EXPECT_EQ(ToF16(-0.0f), 0x8000);
  EXPECT_EQ(ToF16(0x1p-24f), 1);
  EXPECT_EQ(ToF16(0x1p-25f), 0);
  EXPECT_EQ(ToF16(0x1.8p-24f), 2);
  for (float nan : {std::nanf(""), std::bit_cast<float>(0xFF800001u)}) {
    EXPECT_GT(ToF16(nan) & 0x7FFF, 0x7C00);
    EXPECT_GT(ToBf16(nan) & 0x7FFF, 0x7F80);
  }
}

TEST(QuantizeTest, BytesAreWithinHalfAStep) {
  Random random(6);
  for (size_t width : {1, 2, 13, 200}) {
    for (double magnitude : {1.0, 1e-30, 1e30, 1e-39, 0.0}) {
      std::vector<float> rows(3 * width);
      for (float& x : rows) x = static_cast<float>(random.Normal() * magnitude);
      std::vector<std::byte> codes(rows.size());
      float scales[3];
      ASSERT_TRUE(StoreRows(DType::kI8, rows.data(), 3, width, codes.data(), scales));
      for (size_t i = 0; i < rows.size(); ++i) {
        auto code = static_cast<int8_t>(codes[i]);
        ASSERT_GE(code, -127);
        double step = double{scales[i / width]};
        // Rows of denormals have no scale that could be inverted, and become zero.
        double allowed = step > 0 ? 0.50001 * step : 1e-36;
        ASSERT_LE(std::abs(code * step - double{rows[i]}), allowed);
      }
    }
  }
}

TEST(QuantizeTest, WhatCannotBeStoredIsRefusedByName) {
  float infinity = std::numeric_limits<float>::infinity();
  for (auto [dtype, bad] :
       {std::pair(DType::kF16, 70000.0f), std::pair(DType::kF16, infinity),
        std::pair(DType::kBF16, std::numeric_limits<float>::max()),
        std::pair(DType::kI8, std::nanf("")), std::pair(DType::kF32, infinity)}) {
    std::vector<float> values = {1, bad, 2, 3};
    std::vector<file::OwnedTensor> out;
    try {
      AddRows(out, "items/vectors", {2, 2}, values, dtype);
      ADD_FAILURE() << "stored";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kInvalidArgument);
      EXPECT_NE(error.message().find("items/vectors"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace duomo::model
