// Matrix products of every instruction set, and those that training uses, against a reference in
// double.
#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "kernels/dense.h"
#include "kernels/numbers.h"
#include "kernels/vector.h"

namespace duomo::kernels {
namespace {

using GemmFunction = decltype(VectorKernels::gemm);

struct Case {
  bool transpose_a, transpose_b;
  size_t m, n, k;
  float beta;
};

// Strides are wider than the matrices; what lies between must stay as it is, and is NaN in A and B.
void Check(GemmFunction gemm, const Case& t) {
  SCOPED_TRACE(testing::Message() << "m " << t.m << " n " << t.n << " k " << t.k << " beta "
                                  << t.beta << " transposed " << t.transpose_a << t.transpose_b);
  size_t a_rows = t.transpose_a ? t.k : t.m, a_columns = t.transpose_a ? t.m : t.k;
  size_t b_rows = t.transpose_b ? t.n : t.k, b_columns = t.transpose_b ? t.k : t.n;
  size_t lda = a_columns + 3, ldb = b_columns + 1, ldc = t.n + 5;
  std::vector<float> a(a_rows * lda, NAN), b(b_rows * ldb, NAN), c(t.m * ldc, NAN);
  auto fill = [](std::vector<float>& out, size_t rows, size_t columns, size_t stride,
                 uint32_t seed) {
    auto values = Normal(rows * columns, seed);
    for (size_t i = 0; i < rows; ++i) {
      for (size_t j = 0; j < columns; ++j) out[i * stride + j] = values[i * columns + j];
    }
  };
  fill(a, a_rows, a_columns, lda, 1);
  fill(b, b_rows, b_columns, ldb, 2);
  if (t.beta != 0) fill(c, t.m, t.n, ldc, 3);
  auto before = c;
  gemm(t.transpose_a, t.transpose_b, t.m, t.n, t.k, a.data(), lda, b.data(), ldb, t.beta, c.data(),
       ldc);
  for (size_t i = 0; i < t.m; ++i) {
    for (size_t j = 0; j < t.n; ++j) {
      double sum = t.beta == 0 ? 0 : static_cast<double>(t.beta) * before[i * ldc + j], size = 1;
      for (size_t p = 0; p < t.k; ++p) {
        double term = static_cast<double>(t.transpose_a ? a[p * lda + i] : a[i * lda + p]) *
                      (t.transpose_b ? b[j * ldb + p] : b[p * ldb + j]);
        sum += term;
        size += std::abs(term);
      }
      ASSERT_NEAR(c[i * ldc + j], sum, 1e-6 * size) << "at " << i << ", " << j;
    }
    for (size_t j = t.n; j < ldc; ++j) ASSERT_TRUE(std::isnan(c[i * ldc + j])) << "wrote beyond";
  }
}

void CheckAll(GemmFunction gemm) {
  const size_t kSizes[][3] = {{1, 1, 1},    {1, 16, 16},   {1, 200, 80},   {1, 203, 31},
                              {2, 5, 3},    {3, 7, 0},     {4, 16, 18},    {5, 17, 33},
                              {7, 200, 80}, {8, 32, 96},   {13, 47, 301},  {31, 96, 16},
                              {64, 33, 40}, {67, 49, 300}, {130, 200, 80}, {96, 32, 700}};
  for (const auto& size : kSizes) {
    for (int bits = 0; bits < 4; ++bits) {
      for (float beta : {0.0f, 1.0f, -0.5f}) {
        Check(gemm, {(bits & 1) != 0, (bits & 2) != 0, size[0], size[1], size[2], beta});
      }
    }
  }
}

class GemmTest : public testing::TestWithParam<const VectorKernels*> {};
TEST_P(GemmTest, AgreesWithDoubles) { CheckAll(GetParam()->gemm); }
INSTANTIATE_TEST_SUITE_P(Sets, GemmTest, testing::ValuesIn(AllVector().begin(), AllVector().end()),
                         [](const auto& set) { return std::string(set.param->name); });

TEST(Gemm, AgreesWithDoubles) { CheckAll(&Gemm); }

}  // namespace
}  // namespace duomo::kernels
