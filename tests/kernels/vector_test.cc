// Every instruction set that this machine runs against plain references: the same bits for dot
// products, the promised accuracy for the rest.
#include "kernels/vector.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "kernels/numbers.h"

namespace duomo::kernels {
namespace {

class VectorTest : public testing::TestWithParam<const VectorKernels*> {
 protected:
  const VectorKernels& k = *GetParam();
};

// The order that vector.h documents, in scalars.
double ReferenceDot(const float* a, const float* b, size_t n) {
  double lane[16] = {};
  for (size_t i = 0; i < n; ++i) {
    lane[i % 16] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  for (size_t half = 8; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) lane[i] += lane[i + half];
  }
  return lane[0];
}

TEST_P(VectorTest, DotHasTheBitsOfTheDocumentedOrder) {
  for (uint32_t kind = 0; kind < 3; ++kind) {
    for (size_t n = 0; n <= 513; ++n) {
      auto make = [&](uint32_t seed) {
        auto x = kind == 0 ? Normal(n + 1, seed) : AnyFinite(n + 1, seed);
        if (kind == 2) {
          for (float& v : x) v *= 1e-38f;  // denormals throughout
        }
        return x;
      };
      auto seed = static_cast<uint32_t>(n * 8 + kind * 2);
      auto a = make(seed), b = make(seed + 1);
      // From the second element: no alignment to rely on.
      double expected = ReferenceDot(a.data() + 1, b.data() + 1, n);
      double actual = k.dot(a.data() + 1, b.data() + 1, n);
      ASSERT_EQ(std::bit_cast<uint64_t>(expected), std::bit_cast<uint64_t>(actual)) << "n " << n;
    }
  }
}

TEST_P(VectorTest, ZerosOfBothSignsGiveTheSameBits) {
  for (size_t n = 1; n < 40; ++n) {
    std::vector<float> a(n, -0.0f), b(n, 1.0f);
    EXPECT_EQ(std::bit_cast<uint64_t>(k.dot(a.data(), b.data(), n)), 0u) << "n " << n;
  }
}

TEST_P(VectorTest, DotsAreTheSameBitsAsDot) {
  for (size_t n : {1, 15, 16, 17, 80, 200, 201}) {
    for (size_t count : {0, 1, 2, 3, 4, 5, 7, 8, 9}) {
      auto q = Normal(n, 1), rows = Normal(n * count, 2);
      std::vector<double> out(count + 1, -7.0);
      k.dots(q.data(), rows.data(), n, count, out.data());
      for (size_t r = 0; r < count; ++r) {
        ASSERT_EQ(std::bit_cast<uint64_t>(out[r]),
                  std::bit_cast<uint64_t>(ReferenceDot(q.data(), &rows[r * n], n)));
      }
      EXPECT_EQ(out[count], -7.0);
    }
  }
}

// Every number of 16 bits, by sign, exponent and mantissa; at lengths that leave every remainder.
float Parts(uint16_t bits, int exponents, int mantissas) {
  int exponent = bits >> mantissas & ((1 << exponents) - 1), bias = (1 << (exponents - 1)) - 1;
  uint32_t mantissa = bits & ((1u << mantissas) - 1), sign = static_cast<uint32_t>(bits >> 15)
                                                             << 31;
  if (exponent == (1 << exponents) - 1) {  // infinity; NaN, made quiet
    uint32_t quiet = mantissa == 0 ? 0 : 1u << 22 | mantissa << (23 - mantissas);
    return std::bit_cast<float>(sign | 0xFFu << 23 | quiet);
  }
  double value = exponent == 0
                     ? std::ldexp(mantissa, 1 - bias - mantissas)
                     : std::ldexp(mantissa + (1u << mantissas), exponent - bias - mantissas);
  return std::bit_cast<float>(std::bit_cast<uint32_t>(static_cast<float>(value)) | sign);
}

TEST_P(VectorTest, WideningNumbersOf16BitsIsExact) {
  std::vector<uint16_t> in(65536);
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<uint16_t>(i);
  for (auto [widen, exponents, mantissas] :
       {std::tuple(k.widen_f16, 5, 10), std::tuple(k.widen_bf16, 8, 7)}) {
    std::vector<float> out(in.size());
    for (size_t begin = 0, n = 1; begin < in.size(); begin += n, n = n % 37 + 1) {
      n = std::min(n, in.size() - begin);
      float after = begin + n < in.size() ? out[begin + n] = -7 : 0;
      widen(&in[begin], &out[begin], n);
      if (after != 0) {
        ASSERT_EQ(out[begin + n], after) << "written beyond the end";
      }
    }
    for (size_t i = 0; i < in.size(); ++i) {
      ASSERT_EQ(std::bit_cast<uint32_t>(out[i]),
                std::bit_cast<uint32_t>(Parts(in[i], exponents, mantissas)))
          << std::hex << i;
    }
  }
}

TEST_P(VectorTest, WideningBytesRoundsOnce) {
  std::vector<int8_t> in(256);
  for (size_t i = 0; i < in.size(); ++i) in[i] = static_cast<int8_t>(i);
  for (float scale : {0.0f, 1.0f, 0.0078125f, 0.1f, -3.3333333f, 1e-45f, 2.3e-40f, 3e38f}) {
    for (size_t n : {256, 255, 13, 1, 0}) {
      std::vector<float> out(n + 1, -7.0f);
      k.widen_i8(in.data(), scale, out.data(), n);
      for (size_t i = 0; i < n; ++i) {
        auto expected = static_cast<float>(double{scale} * static_cast<double>(in[i]));
        ASSERT_EQ(std::bit_cast<uint32_t>(out[i]), std::bit_cast<uint32_t>(expected)) << scale;
      }
      EXPECT_EQ(out[n], -7.0f);
    }
  }
}

double TrueActivation(Activation a, double x) {
  switch (a) {
    case Activation::kIdentity:
      return x;
    case Activation::kTanh:
      return std::tanh(x);
    case Activation::kSigmoid:
      return 1 / (1 + std::exp(-x));
    case Activation::kRelu:
      return x > 0 ? x : 0;
  }
  return 0;
}

TEST_P(VectorTest, ActivationsAreAccurate) {
  // Every exponent, a few hundred mantissas each, both signs.
  std::vector<float> x = {0.0f, -0.0f, INFINITY, -INFINITY};
  for (uint32_t bits = 0; bits < 0x7f800000; bits += 9973) {
    x.push_back(std::bit_cast<float>(bits));
    x.push_back(-x.back());
  }
  for (auto a :
       {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid, Activation::kRelu}) {
    auto y = x;
    k.activate(a, y.data(), y.size());
    for (size_t i = 0; i < x.size(); ++i) {
      double expected = TrueActivation(a, x[i]);
      if (std::isinf(expected)) {
        ASSERT_EQ(static_cast<double>(y[i]), expected);
        continue;
      }
      ASSERT_NEAR(y[i], expected, 4e-7 * std::abs(expected) + 1e-37)
          << "activation " << static_cast<int>(a) << " of " << x[i];
    }
  }
}

TEST_P(VectorTest, ActivationsSaturate) {
  std::vector<float> x = {0, 10, 50, 3e38f, INFINITY, -10, -50, -3e38f, -INFINITY};
  auto y = x;
  k.activate(Activation::kTanh, y.data(), y.size());
  EXPECT_EQ(y, (std::vector<float>{0, 1, 1, 1, 1, -1, -1, -1, -1}));
  y = x;
  k.activate(Activation::kSigmoid, y.data(), y.size());
  EXPECT_EQ(y[0], 0.5f);
  EXPECT_EQ(y[4], 1.0f);
  EXPECT_GE(y[8], 0.0f);
  EXPECT_LT(y[8], 1e-30f);
  std::vector<float> nan = {NAN};
  k.activate(Activation::kTanh, nan.data(), 1);
  EXPECT_TRUE(std::isnan(nan[0]));
}

// A value gives the same bits wherever it stands, whatever its neighbours and the length are.
TEST_P(VectorTest, ActivationsDoNotDependOnTheirPlace) {
  const float kValues[] = {0.25f, -11.0f, 1e-30f, 200.0f, -0.5f, -300.0f, 12.0f};
  for (auto a :
       {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid, Activation::kRelu}) {
    for (size_t n = 0; n < 40; ++n) {
      std::vector<float> x(n + 1, 7.0f);
      for (size_t i = 0; i < n; ++i) x[i] = kValues[(i * 3 + n) % std::size(kValues)];
      auto y = x;
      k.activate(a, y.data(), n);
      for (size_t i = 0; i < n; ++i) {
        float alone = x[i];
        k.activate(a, &alone, 1);
        ASSERT_EQ(std::bit_cast<uint32_t>(y[i]), std::bit_cast<uint32_t>(alone))
            << "activation " << static_cast<int>(a) << " of " << x[i] << " at " << i << " of " << n;
      }
      EXPECT_EQ(y[n], 7.0f);
    }
  }
}

TEST_P(VectorTest, SlopesAreThoseOfTheActivations) {
  for (size_t n = 0; n < 40; ++n) {
    auto y = Normal(n, 3), gradient = Normal(n, 4);
    for (float& v : y) v = std::tanh(v);
    for (auto a :
         {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid, Activation::kRelu}) {
      auto out = gradient;
      k.activate_backward(a, y.data(), out.data(), n);
      for (size_t i = 0; i < n; ++i) {
        double v = y[i], slope = 1;
        if (a == Activation::kTanh) slope = 1 - v * v;
        if (a == Activation::kSigmoid) slope = v * (1 - v);
        if (a == Activation::kRelu) slope = v > 0 ? 1 : 0;
        EXPECT_NEAR(out[i], gradient[i] * slope, 1e-6);
      }
    }
  }
}

TEST_P(VectorTest, AdamFollowsItsDefinition) {
  for (bool with_gradient : {true, false}) {
    for (size_t n = 0; n < 40; ++n) {
      auto g = Normal(n, 5), m = Normal(n, 6), v = Normal(n, 7), w = Normal(n, 8);
      for (float& x : v) x = std::abs(x);
      auto m0 = m, v0 = v, w0 = w;
      AdamStep step{0.01f, 0.9f, 0.999f, 1e-8f, 0.001f};
      k.adam(step, with_gradient ? g.data() : nullptr, m.data(), v.data(), w.data(), n);
      for (size_t i = 0; i < n; ++i) {
        double gradient = with_gradient ? g[i] : 0;
        double m1 = 0.9 * m0[i] + 0.1 * gradient;
        double v1 = 0.999 * v0[i] + 0.001 * gradient * gradient;
        double w1 = w0[i] - 0.001 * w0[i] - 0.01 * m1 / (std::sqrt(v1) + 1e-8);
        EXPECT_NEAR(m[i], m1, 1e-6);
        EXPECT_NEAR(v[i], v1, 1e-6);
        EXPECT_NEAR(w[i], w1, 1e-6);
      }
    }
  }
}

TEST_P(VectorTest, AdamWithoutGradientDecaysToZeroAndStays) {
  std::vector<float> m = {1e-37f}, v = {1e-37f}, w = {0.5f};
  AdamStep step{1e-4f, 0.9f, 0.999f, 1e-8f, 0};
  for (int i = 0; i < 4000; ++i) k.adam(step, nullptr, m.data(), v.data(), w.data(), 1);
  EXPECT_EQ(m[0], 0.0f);
  EXPECT_EQ(v[0], 0.0f);
  EXPECT_EQ(w[0], 0.5f);
}

TEST_P(VectorTest, AdamMissedIsItsSeries) {
  for (size_t n : {1u, 15u, 16u, 33u}) {
    auto m = Normal(n, 20), v = Normal(n, 21), w = Normal(n, 22);
    for (float& x : v) x = std::abs(x);
    v[0] = m[0] = 0;  // nothing to move
    auto m0 = m, v0 = v, w0 = w;
    AdamMissed missed{0.75f, 0.5f, 0.25f, 0.01f, 3, {0.4f, 0.3f, 0.2f}};
    k.adam_missed(missed, m.data(), v.data(), w.data(), n);
    for (size_t i = 0; i < n; ++i) {
      double root = std::sqrt(double{v0[i]}), divisor = root + 0.01, q = root / divisor;
      double sum = 0.4 + q * (0.3 + q * 0.2);
      EXPECT_EQ(m[i], 0.5f * m0[i]);
      EXPECT_EQ(v[i], 0.25f * v0[i]);
      EXPECT_NEAR(w[i], 0.25 * w0[i] - m0[i] / divisor * sum, 1e-6 * (1 + std::abs(w[i])));
    }
  }
}

TEST_P(VectorTest, AxpyAddsAMultiple) {
  for (size_t n = 0; n < 70; ++n) {
    auto x = Normal(n + 1, 9), out = Normal(n + 1, 10), before = out;
    k.axpy(-1.5f, x.data(), out.data(), n);
    for (size_t i = 0; i < n; ++i) EXPECT_NEAR(out[i], before[i] - 1.5 * x[i], 1e-6);
    EXPECT_EQ(out[n], before[n]);
  }
}

TEST_P(VectorTest, ScaleRoundsOnce) {
  for (size_t n = 0; n < 40; ++n) {
    auto x = Normal(n + 1, 11), out = x;
    k.scale(1 / 3.0, x.data(), out.data(), n);
    for (size_t i = 0; i < n; ++i) EXPECT_EQ(out[i], static_cast<float>(x[i] * (1 / 3.0)));
    EXPECT_EQ(out[n], x[n]);
  }
}

TEST_P(VectorTest, SoftmaxIsMaximumAndExponentials) {
  for (size_t n : {1, 3, 4, 7, 15, 16, 17, 33, 100, 3706}) {
    auto x = Normal(n + 1, static_cast<uint32_t>(n));
    x[n] = 77;
    x[n / 2] = -INFINITY;
    if (n > 3) x[1] = -200;  // far below: 0
    float most = -INFINITY;
    for (size_t i = 0; i < n; ++i) most = std::max(most, x[i]);
    EXPECT_EQ(k.maximum(x.data(), n), most);
    const float base = n == 1 ? 0 : most;
    auto y = x;
    double sum = k.exponentials(base, y.data(), n), expected = 0;
    for (size_t i = 0; i < n; ++i) {
      double e = std::exp(double{x[i]} - base);
      if (x[i] - base < -60) e = 0;
      expected += e;
      ASSERT_NEAR(y[i], e, 4e-7 * e) << i << " of " << n;
    }
    EXPECT_NEAR(sum, expected, 2e-6 * expected);
    EXPECT_EQ(y[n], 77);
  }
  EXPECT_EQ(k.maximum(nullptr, 0), -INFINITY);
}

TEST_P(VectorTest, NormalizeAndItsGradient) {
  for (size_t n : {1, 2, 5, 16, 17, 64, 100}) {
    auto seed = static_cast<uint32_t>(n);
    auto x = Normal(n, seed), gain = Normal(n, seed + 1), shift = Normal(n, seed + 2);
    auto dy = Normal(n, seed + 3);
    for (float& v : x) v = 3 * v + 20;
    auto cost = [&](const std::vector<double>& at, std::vector<double>* y,
                    std::vector<double>* unit) {
      double mean = 0, squares = 0, out = 0, count = static_cast<double>(n);
      for (double v : at) mean += v / count;
      for (double v : at) squares += (v - mean) * (v - mean) / count;
      for (size_t i = 0; i < n; ++i) {
        double u = (at[i] - mean) / std::sqrt(squares + 1e-5);
        out += (u * gain[i] + shift[i]) * dy[i];
        if (unit != nullptr) unit->push_back(u);
        if (y != nullptr) y->push_back(u * gain[i] + shift[i]);
      }
      return out;
    };
    std::vector<double> exact(x.begin(), x.end()), expected, unit;
    cost(exact, &expected, &unit);
    std::vector<float> y(n + 1, 77.0f), dx(n + 1, 77.0f), dgain(n, 0.5f), dshift(n, 0.25f);
    k.normalize(x.data(), gain.data(), shift.data(), y.data(), n);
    k.normalize_backward(x.data(), gain.data(), dy.data(), dx.data(), dgain.data(), dshift.data(),
                         n);
    for (size_t i = 0; i < n; ++i) {
      ASSERT_NEAR(y[i], expected[i], 2e-5) << i << " of " << n;
      ASSERT_NEAR(dgain[i], 0.5 + dy[i] * unit[i], 5e-5);
      ASSERT_NEAR(dshift[i], 0.25 + dy[i], 1e-6);
      auto moved = exact;
      moved[i] += 1e-4;
      double above = cost(moved, nullptr, nullptr);
      moved[i] -= 2e-4;
      ASSERT_NEAR(dx[i], (above - cost(moved, nullptr, nullptr)) / 2e-4, 1e-4) << i << " of " << n;
    }
    EXPECT_EQ(y[n], 77);
    EXPECT_EQ(dx[n], 77);
  }
}

TEST_P(VectorTest, SumRowsAddsThemInOrder) {
  for (size_t n = 0; n < 70; ++n) {
    auto values = Normal(3 * n, 12);
    const float* rows[] = {values.data(), values.data() + n, values.data() + 2 * n};
    for (size_t count = 1; count <= 3; ++count) {
      std::vector<float> out(n + 1, 77.0f);
      k.sum_rows(rows, count, out.data(), n);
      for (size_t i = 0; i < n; ++i) {
        float sum = rows[0][i];
        for (size_t r = 1; r < count; ++r) sum += rows[r][i];
        EXPECT_EQ(out[i], sum);
      }
      EXPECT_EQ(out[n], 77.0f);
    }
  }
}

TEST(VectorSets, ThePortableSetIsFirstAndTheFastestLast) {
  ASSERT_FALSE(AllVector().empty());
  EXPECT_STREQ(AllVector().front()->name, "portable");
  EXPECT_EQ(AllVector().back(), &Vector());
}

INSTANTIATE_TEST_SUITE_P(Sets, VectorTest,
                         testing::ValuesIn(AllVector().begin(), AllVector().end()),
                         [](const auto& set) { return std::string(set.param->name); });

}  // namespace
}  // namespace duomo::kernels
