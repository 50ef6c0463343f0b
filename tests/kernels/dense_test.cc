// Dense layers of both backends against a reference in double: every activation, any number of
// rows, strides, and many threads on one layer.
#include "kernels/dense.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <thread>

#include "core/error.h"
#include "kernels/numbers.h"

namespace duomo::kernels {
namespace {

std::vector<Backend> Backends() {
  std::vector<Backend> out = {Backend::kDefault, Backend::kPortable};
  if (HasOneDnn()) out.push_back(Backend::kOneDnn);
  return out;
}

class DenseTest : public testing::TestWithParam<Backend> {};

struct Layer {
  Layer(Backend backend, size_t in_width, size_t unit_count, Activation a)
      : in(in_width),
        units(unit_count),
        activation(a),
        weight(Normal(in * units, 1)),
        bias(Normal(units, 2)) {
    for (float& w : weight) w *= 0.2f;
    layer = DenseLayer::Create(backend, weight.data(), bias.data(), in, units, activation);
  }

  double Expected(const float* x, size_t unit) const {
    double sum = bias[unit];
    for (size_t i = 0; i < in; ++i) sum += static_cast<double>(x[i]) * weight[i * units + unit];
    switch (activation) {
      case Activation::kIdentity:
        return sum;
      case Activation::kTanh:
        return std::tanh(sum);
      case Activation::kSigmoid:
        return 1 / (1 + std::exp(-sum));
      case Activation::kRelu:
        return sum > 0 ? sum : 0;
    }
    return 0;
  }

  // `extra`: floats between rows, which must neither count nor change.
  void Check(size_t rows, size_t extra, Scratch& scratch, uint32_t seed = 3) const {
    size_t x_stride = in + extra, y_stride = units + 2 * extra;
    // Not one float more than the layer may touch.
    std::vector<float> x(rows == 0 ? 0 : (rows - 1) * x_stride + in, NAN);
    std::vector<float> y(rows == 0 ? 0 : (rows - 1) * y_stride + units, NAN);
    auto values = Normal(rows * in, seed);
    for (size_t r = 0; r < rows; ++r) {
      for (size_t i = 0; i < in; ++i) x[r * x_stride + i] = values[r * in + i];
    }
    layer->Forward(x.data(), x_stride, y.data(), y_stride, rows, scratch);
    // The same where y holds the bias already.
    std::vector<float> sum(rows * units + 1, 77.0f);
    for (size_t r = 0; r < rows; ++r) std::copy(bias.begin(), bias.end(), &sum[r * units]);
    layer->Add(x.data(), x_stride, sum.data(), rows);
    ASSERT_EQ(sum.back(), 77.0f);
    for (size_t r = 0; r < rows; ++r) {
      for (size_t u = 0; u < units; ++u) {
        double expected = Expected(&x[r * x_stride], u);
        ASSERT_NEAR(sum[r * units + u], expected, 1e-5 * std::max(1.0, std::abs(expected)));
        ASSERT_NEAR(y[r * y_stride + u], expected, 1e-5 * std::max(1.0, std::abs(expected)))
            << "row " << r << " of " << rows << ", unit " << u;
      }
      for (size_t u = units; u < y_stride && r * y_stride + u < y.size(); ++u) {
        ASSERT_TRUE(std::isnan(y[r * y_stride + u])) << "wrote between the rows";
      }
    }
  }

  size_t in, units;
  Activation activation;
  std::vector<float> weight, bias;
  std::unique_ptr<DenseLayer> layer;
};

TEST_P(DenseTest, AgreesWithDoubles) {
  Scratch scratch;
  for (auto a :
       {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid, Activation::kRelu}) {
    for (auto [in, units] : {std::pair{80, 200}, {96, 96}, {32, 32}, {16, 16}, {18, 33}, {1, 1}}) {
      Layer layer(GetParam(), static_cast<size_t>(in), static_cast<size_t>(units), a);
      for (size_t rows : {0, 1, 2, 7, 8, 9, 63, 64, 100, 256, 300, 600}) {
        layer.Check(rows, 0, scratch);
        layer.Check(rows, 5, scratch);
      }
    }
  }
}

TEST_P(DenseTest, TakesMoreStridesThanItPreparesFor) {
  Scratch scratch;
  Layer layer(GetParam(), 96, 90, Activation::kTanh);
  for (size_t extra = 0; extra < 40; ++extra) layer.Check(75, extra, scratch);
}

TEST_P(DenseTest, ThreadsShareALayer) {
  for (int round = 0; round < 20; ++round) {
    // A fresh layer each time: the threads race to make its primitives.
    Layer layer(GetParam(), 90, 100, Activation::kTanh);
    std::vector<std::thread> threads;
    for (uint32_t t = 0; t < 4; ++t) {
      threads.emplace_back([&layer, t] {
        Scratch scratch;
        for (size_t rows : {300, 8, 1, 64}) layer.Check(rows, t % 2, scratch, t);
      });
    }
    for (auto& thread : threads) thread.join();
  }
}

INSTANTIATE_TEST_SUITE_P(Backends, DenseTest, testing::ValuesIn(Backends()),
                         [](const auto& backend) {
                           return std::string(backend.param == Backend::kDefault    ? "Default"
                                              : backend.param == Backend::kPortable ? "Portable"
                                                                                    : "OneDnn");
                         });

TEST(DenseBackend, SaysWhetherOneDnnIsThere) {
  float weight = 1, bias = 0;
  auto create = [&] {
    return DenseLayer::Create(Backend::kOneDnn, &weight, &bias, 1, 1, Activation::kIdentity);
  };
  if (HasOneDnn()) {
    EXPECT_NE(create(), nullptr);
    EXPECT_STRNE(OneDnnVersion(), "");
  } else {
    EXPECT_STREQ(OneDnnVersion(), "");
    try {
      create();
      FAIL() << "made a layer of a backend that is not there";
    } catch (const Error& e) {
      EXPECT_EQ(e.status(), Status::kUnsupported);
    }
  }
}

}  // namespace
}  // namespace duomo::kernels
