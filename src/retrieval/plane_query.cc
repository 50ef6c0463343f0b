// A query's side of the bounds; planes.h has the inequality.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/bits.h"
#include "kernels/vector.h"
#include "retrieval/planes.h"

namespace duomo::retrieval {
namespace {

using model::Planes;

constexpr double kLargest = std::numeric_limits<float>::max();

// A little more than a sum of non-negative terms that was rounded on its way.
double Up(double x) { return x * (1 + 0x1p-18); }

// Codes of x in −127 … 127: factor · code ≈ x. The factor is not below least / 127.
struct Coded {
  float factor = 0;
  double error = 0;  // ‖x − factor · codes‖
  int32_t sum = 0;   // of the codes
};

template <typename T>
Coded Encode(std::span<const T> x, double least, int8_t* codes) {
  T most = static_cast<T>(least);
  for (T v : x) most = std::max(most, std::abs(v));
  Coded out;
  out.factor = static_cast<float>(most / 127);
  const float inverse = 1 / out.factor;
  double squares = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    // Adding 1.5·2²³ rounds to an integer.
    float scaled = static_cast<float>(x[i]) * inverse + 12582912.0f - 12582912.0f;
    // This way round NaN, of a file's damaged axes, becomes a number, and its bounds infinite.
    auto code = static_cast<int32_t>(std::min(std::max(-127.0f, scaled), 127.0f));
    codes[i] = static_cast<int8_t>(code);
    out.sum += code;
    double left = double{x[i]} - double{out.factor} * code;
    squares += left * left;
  }
  out.error = std::sqrt(squares);
  return out;
}

// Rounds a bound to float; infinity if it is too large.
float FloatOf(double x) {
  return x <= kLargest ? static_cast<float>(x) : std::numeric_limits<float>::infinity();
}

double Bf16At(const uint8_t* p) {
  uint16_t bits;
  std::memcpy(&bits, p, sizeof(bits));
  return double{BitCast<float>(uint32_t{bits} << 16)};
}

}  // namespace

float FloatBelow(double value) {
  if (std::isnan(value)) return std::numeric_limits<float>::quiet_NaN();
  if (value < -kLargest) return std::numeric_limits<float>::quiet_NaN();  // all can enter
  auto out = static_cast<float>(std::min(value, kLargest));
  if (double{out} > value) out = std::nextafter(out, -std::numeric_limits<float>::infinity());
  // Bounds of denormal size are rounded in steps of 2⁻¹⁴⁹.
  return out - 8 * std::numeric_limits<float>::denorm_min();
}

float PlaneQuery::UnitsBelow(double value) const {
  value /= unit_;
  return FloatBelow(value - std::abs(value) * 0x1p-50);
}

bool PlaneQuery::Prepare(const Planes& planes, std::span<const float> vector, double share) {
  const kernels::VectorKernels& k = kernels::Vector();
  size_t width = vector.size(), m = planes.dimensions();
  norm_ = std::sqrt(k.dot(vector.data(), vector.data(), width));
  if (!(norm_ > 1 / kMostLength && norm_ < kMostLength)) return false;
  if (!(double{planes.limits[model::kMostNorm]} < 2 * kMostLength)) return false;
  const double least = norm_ * 1e-4;  // so that units are of the query's size

  // The second plane's codes: dimensions 0 … half-1 to the low halves, the others to the high ones.
  size_t half = Planes::HalfWidth(width);
  whole_.assign(2 * half, 0);
  low_.assign(half + kernels::kScreenPadding, 0);
  high_.assign(half + kernels::kScreenPadding, 0);
  const Coded whole = Encode(vector, least, whole_.data());
  std::copy_n(whole_.data(), half, low_.data());
  std::copy_n(whole_.data() + half, half, high_.data());
  second_factor_ = whole.factor;
  second_fixed_ = share * Up(whole.error * double{planes.limits[model::kSecondNorm]});
  second_offset_ = whole.sum * 8;

  Coded first = whole;
  double along_norm, slack = 0;
  ratio_ = 0;
  codes_.assign(planes.groups * (planes.axes.empty() ? 8 : 4), 0);
  if (planes.axes.empty()) {
    std::copy_n(whole_.data(), width, codes_.data());
    along_norm = rest_norm_ = norm_;
    screen_.offset = first.sum * 8;
  } else {
    along_.resize(m);
    k.dots(vector.data(), planes.axes.data(), width, m, along_.data());
    first = Encode(std::span<const double>(along_), least, codes_.data());
    rest_.assign(vector.begin(), vector.end());
    double squares = 0;
    for (size_t i = 0; i < m; ++i) {
      auto p = static_cast<float>(along_[i]);
      k.axpy(-p, planes.axes.data() + i * width, rest_.data(), width);
      squares += double{p} * p;
    }
    along_norm = std::sqrt(squares);
    rest_norm_ = std::sqrt(k.dot(rest_.data(), rest_.data(), width));
    // What the axpys rounded.
    slack = static_cast<double>(m) * (1 + std::sqrt(static_cast<double>(m))) * 0x1p-23 * norm_;
    ratio_ = along_norm * double{planes.limits[model::kRestRatio]};
    screen_.offset = first.sum * 128;
  }
  const double codes_norm = planes.limits[model::kFirstNorm];
  unit_ = first.factor;
  first_fixed_ = share * first.error * codes_norm;
  ratio_ *= share;
  rest_norm_ *= share;
  up_ = share * Up(norm_);
  screen_.codes = codes_.data();
  // The last term covers the roundings of Σ and of what follows.
  screen_.fixed = FloatOf(
      Up((first_fixed_ + ratio_ + 0x1p-20 * (along_norm + first.error) * codes_norm) / unit_));
  screen_.rest = FloatOf(Up((rest_norm_ + slack) / unit_));
  return true;
}

kernels::ScreenQuery PlaneQuery::whole() const {
  kernels::ScreenQuery ask{};
  ask.codes = whole_.data();
  ask.offset = second_offset_ / 8 * 128;
  ask.threshold = std::numeric_limits<float>::quiet_NaN();
  return ask;
}

void PlaneQuery::Tighten(const Planes& planes, double hopeless, Survivors& left) const {
  const size_t stride = planes.stride(), size = planes.block_size();
  kernels::Screen().rests(low_.data(), high_.data(), planes.second, stride, left.rows, left.count,
                          left.sums);
  const uint8_t* terms = planes.first + planes.groups * 64;
  // Replaces the part of the bound that the second plane knows better, with rounding on the safe
  // side, by the second plane's own bound.
  const double ratio = ratio_ * (1 - 0x1p-30), rest = rest_norm_ * (1 - 0x1p-30);
  size_t n = 0;
  for (size_t i = 0; i < left.count; ++i) {
    const uint64_t row = left.rows[i];
    const uint8_t* first = terms + row / 16 * size + row % 16 * 2;
    const uint8_t* second = planes.second + row * stride;
    const double scale = Bf16At(second);
    const double value = scale * (second_factor_ * (left.sums[i] - second_offset_));
    const double slack = Bf16At(second + 2) * up_ + scale * second_fixed_;
    const double known = Bf16At(first) * ratio + Bf16At(first + 32) * rest;
    double upper =
        double{left.bounds[i]} * unit_ - known + slack + value + std::abs(value) * 0x1p-40;
    if (upper <= hopeless) continue;
    if (std::isnan(upper)) upper = std::numeric_limits<double>::infinity();
    left.rows[n] = left.rows[i];
    left.upper[n] = upper;
    left.estimate[n++] = upper - slack - Bf16At(first) * first_fixed_;
  }
  left.count = n;
}

}  // namespace duomo::retrieval
