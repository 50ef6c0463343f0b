// A query's side of the bounds; planes.h has the inequality.
#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <limits>

#include "kernels/vector.h"
#include "retrieval/planes.h"

namespace duomo::retrieval {
namespace {

using model::Planes;

// A little more than a sum of non-negative terms that was rounded on its way.
double Up(double x) { return x * (1 + 0x1p-18); }

// Codes of x in −127 … 127: factor · code ≈ x.
struct Coded {
  float factor = 0;
  double error = 0;  // ‖x − factor · codes‖
  int32_t sum = 0;   // of the codes
};

template <typename T>
Coded Encode(std::span<const T> x, int8_t* codes) {
  T most = 0;
  for (T v : x) most = std::max(most, std::abs(v));
  Coded out;
  out.factor = static_cast<float>(most / 127);
  float inverse = out.factor > 0 ? 1 / out.factor : 0;
  if (!std::isfinite(inverse)) inverse = 0;  // all codes 0: the error says so
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

double Bf16At(const uint8_t* p) {
  uint16_t bits;
  std::memcpy(&bits, p, sizeof(bits));
  return double{std::bit_cast<float>(uint32_t{bits} << 16)};
}

}  // namespace

float FloatBelow(double value) {
  if (std::isnan(value)) return std::numeric_limits<float>::quiet_NaN();
  if (value < -double{FLT_MAX}) return std::numeric_limits<float>::quiet_NaN();  // all can enter
  auto out = static_cast<float>(std::min(value, double{FLT_MAX}));
  if (double{out} > value) out = std::nextafter(out, -std::numeric_limits<float>::infinity());
  // Bounds of denormal size are rounded in steps of 2⁻¹⁴⁹.
  return out - 8 * std::numeric_limits<float>::denorm_min();
}

bool PlaneQuery::Prepare(const Planes& planes, std::span<const float> vector) {
  const kernels::VectorKernels& k = kernels::Vector();
  size_t width = vector.size(), m = planes.dimensions();
  norm_ = std::sqrt(k.dot(vector.data(), vector.data(), width));
  if (!(norm_ > 1e-30 && norm_ < 1e30)) return false;
  codes_.assign(planes.groups * (planes.axes.empty() ? 8 : 4), 0);

  Coded first;
  double along_norm, slack = 0;
  ratio_ = 0;
  if (planes.axes.empty()) {
    first = Encode(vector, codes_.data());
    along_norm = rest_norm_ = norm_;
    screen_.offset = first.sum * 8;
  } else {
    along_.resize(m);
    k.dots(vector.data(), planes.axes.data(), width, m, along_.data());
    first = Encode(std::span<const double>(along_), codes_.data());
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
  double codes_norm = planes.limits[model::kFirstNorm];
  screen_.codes = codes_.data();
  screen_.factor = first.factor;
  // The last term covers the roundings of factor · Σ and of what follows.
  screen_.fixed = static_cast<float>(
      Up(first.error * codes_norm + ratio_ + 0x1p-20 * (along_norm + first.error) * codes_norm));
  screen_.rest = static_cast<float>(Up(rest_norm_ + slack));

  size_t half = Planes::HalfWidth(width);
  low_.assign(half + kernels::kScreenPadding, 0);
  high_.assign(half + kernels::kScreenPadding, 0);
  AlignedVector<int8_t>& all = planes.axes.empty() ? codes_ : low_;
  Coded second = first;
  if (!planes.axes.empty()) {
    // Dimensions 0 … half-1 to the low halves, the others to the high ones.
    low_.assign(2 * half + kernels::kScreenPadding, 0);
    second = Encode(vector, low_.data());
  }
  std::copy(all.begin() + static_cast<ptrdiff_t>(half),
            all.begin() + static_cast<ptrdiff_t>(2 * half), high_.begin());
  if (planes.axes.empty()) std::copy_n(all.begin(), half, low_.begin());
  std::fill(low_.begin() + static_cast<ptrdiff_t>(half), low_.end(), int8_t{0});
  second_factor_ = second.factor;
  second_fixed_ = Up(second.error * double{planes.limits[model::kSecondNorm]});
  second_offset_ = second.sum * 8;
  return true;
}

void PlaneQuery::Tighten(const Planes& planes, std::span<const uint32_t> rows,
                         std::span<const float> bounds, std::vector<double>& tight) {
  sums_.resize(rows.size());
  tight.resize(rows.size());
  size_t stride = planes.stride(), size = planes.block_size();
  kernels::Screen().rests(low_.data(), high_.data(), planes.second, stride, rows.data(),
                          rows.size(), sums_.data());
  const uint8_t* terms = planes.first + planes.groups * 64;
  const double up = Up(norm_);
  for (size_t i = 0; i < rows.size(); ++i) {
    uint64_t row = rows[i];
    const uint8_t* first = terms + row / 16 * size + row % 16 * 2;
    const uint8_t* second = planes.second + row * stride;
    double scale = Bf16At(second), value = scale * (second_factor_ * (sums_[i] - second_offset_));
    // What the second plane knows better goes, a little less than it was; what it says comes.
    double known = Bf16At(first) * ratio_ + rest_norm_ * Bf16At(first + 32);
    double bound = double{bounds[i]} - known * (1 - 0x1p-30) + Bf16At(second + 2) * up + value +
                   std::abs(value) * 0x1p-40 + scale * second_fixed_;
    tight[i] = std::isnan(bound) ? std::numeric_limits<double>::infinity() : bound;
  }
}

}  // namespace duomo::retrieval
