// Making the planes; planes.h has what they promise.
#include "retrieval/planes.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/bits.h"
#include "core/error.h"
#include "core/narrow.h"
#include "kernels/vector.h"
#include "retrieval/spectrum.h"
#include "runtime/widen.h"

namespace duomo::retrieval {
namespace {

using model::Planes;

constexpr size_t kMostChosen = 64;
constexpr double kEnoughEnergy = 0.01;
// Of what is to be quick: multiply-adds a vector to find the axes, and to follow them.
constexpr size_t kQuickAxes = 32;
constexpr SpectrumOptions kQuickSpectrum = {2000, 6};
constexpr double kQuickToFind = 2500, kQuickToFollow = 4000;

float FloatUp(double x) {
  auto out = static_cast<float>(x);
  return double{out} < x ? std::nextafter(out, std::numeric_limits<float>::infinity()) : out;
}

// The least bf16 that is not below x ≥ 0; NaN becomes infinity.
uint16_t Bf16Up(double x) {
  if (!std::isfinite(x)) x = std::numeric_limits<double>::infinity();
  return static_cast<uint16_t>((BitCast<uint32_t>(FloatUp(x)) + 0xffff) >> 16);
}
double OfBf16(uint16_t bits) { return double{BitCast<float>(uint32_t{bits} << 16)}; }

double Most(std::span<const double> x) {
  double most = 0;
  for (double v : x) most = std::max(most, std::abs(v));
  return most;
}

// Codes of one vector, most · share / levels apart.
struct Coded {
  uint16_t scale = 0;  // bf16
  double left = 0;     // ‖x − scale · codes‖
  double norm = 0;     // ‖codes‖
};
Coded Encode(std::span<const double> x, double most, double share, int least, int levels,
             int8_t* codes) {
  Coded out;
  out.scale = Bf16Up(most * share / levels);
  double scale = OfBf16(out.scale), left = 0, norm = 0;
  double inverse = scale > 0 ? 1 / scale : 0;
  for (size_t i = 0; i < x.size(); ++i) {
    // Adding 1.5·2⁵² rounds to an integer. (Clamped first: x · inverse is finite, and may be
    // large.)
    double code = std::clamp(x[i] * inverse, double(least), double(levels));
    code = code + 0x1.8p52 - 0x1.8p52;
    codes[i] = static_cast<int8_t>(code);
    double rest = x[i] - scale * code;
    left += rest * rest;
    norm += code * code;
  }
  out.left = std::sqrt(left);
  out.norm = std::sqrt(norm);
  return out;
}

// Half bytes; a few large numbers may be cut where that leaves less over all, unless it is to be
// quick.
Coded EncodeNibbles(std::span<const double> x, bool quick, int8_t* codes) {
  double most = Most(x);
  Coded best = Encode(x, most, 1, -8, 7, codes);
  if (quick) return best;
  std::vector<int8_t> other(x.size());
  for (double share : {0.85, 0.7}) {
    Coded coded = Encode(x, most, share, -8, 7, other.data());
    if (!(coded.left < best.left)) continue;
    best = coded;
    std::copy(other.begin(), other.end(), codes);
  }
  return best;
}

class Maker {
 public:
  Maker(const model::Rows& vectors, bool quick, PlaneTensors& out)
      : k_(kernels::Vector()),
        vectors_(vectors),
        quick_(quick),
        out_(out),
        m_(out.axes.size() / vectors.width) {
    x_.resize(ToSize(vectors.width));
    zeros_.resize(ToSize(vectors.width));
    along_.resize(m_);
    left_.resize(ToSize(vectors.width));
    codes_.resize(std::max<size_t>(ToSize(vectors.width + 8), m_));
  }

  void Add(uint64_t row) {
    const float* x = runtime::FloatsOf(vectors_, row, 1, buffer_);
    double norm = std::sqrt(k_.dot(x, x, ToSize(vectors_.width)));
    x_.assign(x, x + vectors_.width);
    bool sound = norm < kMostLength;
    if (norm > 0 && sound) {
      least_norm = least_norm > 0 ? std::min(least_norm, norm) : norm;
      most_norm = std::max(most_norm, norm);
    }
    if (!sound) {  // coded as nothing, so that it does not widen the others' limits
      std::fill(x_.begin(), x_.end(), 0.0);
      x = zeros_.data();
    }
    Coded first = m_ > 0 ? AlongAxes(x) : EncodeNibbles(x_, quick_, codes_.data());
    if (m_ == 0) {
      double scale = OfBf16(first.scale);
      for (size_t i = 0; i < left_.size(); ++i) left_[i] = x_[i] - scale * codes_[i];
    }
    first_norm = std::max(first_norm, first.norm);
    StoreFirst(row, first.scale, sound ? Bf16Up(first.left * (1 + 1e-9)) : kInfinity);
    Coded second = EncodeNibbles(left_, quick_, codes_.data());
    second_norm = std::max(second_norm, second.norm);
    StoreSecond(row, second.scale, sound ? Bf16Up(second.left * (1 + 1e-9)) : kInfinity);
  }

  double first_norm = 0, second_norm = 0, ratio = 0, least_norm = 0, most_norm = 0;

 private:
  static constexpr uint16_t kInfinity = 0x7f80;

  // Sets left_, what the codes along the axes leave; Coded::left is its length.
  Coded AlongAxes(const float* x) {
    size_t width = ToSize(vectors_.width);
    k_.dots(x, out_.axes.data(), width, m_, along_.data());
    for (double& a : along_) a = std::isfinite(a) ? a : 0;  // axes that are given may be anything
    Coded coded = Encode(along_, Most(along_), 1, -127, 127, codes_.data());
    double scale = OfBf16(coded.scale);
    left_ = x_;
    for (size_t i = 0; i < m_; ++i) {
      double y = scale * codes_[i];
      const float* axis = out_.axes.data() + i * width;
      for (size_t d = 0; d < width; ++d) left_[d] -= y * double{axis[d]};
    }
    double squares = 0;
    for (double v : left_) squares += v * v;
    coded.left = std::sqrt(squares);
    double inside = quick_ ? InsideQuickly(coded.left) : Inside();
    if (scale > 0) ratio = std::max(ratio, inside / scale);
    // Without a scale the ratio cannot carry what is inside: the rest does, whole.
    if (scale == 0) coded.left += inside;
    return coded;
  }

  // ‖axes · left_‖
  double Inside() const {
    double inside = 0;
    for (size_t i = 0; i < m_; ++i) {
      const float* axis = out_.axes.data() + i * vectors_.width;
      double along = 0;
      for (size_t d = 0; d < left_.size(); ++d) along += left_[d] * double{axis[d]};
      inside += along * along;
    }
    return std::sqrt(inside);
  }

  // At least that, of left_ in floats, each rounded by a part of 2⁻²⁴; axes are not longer than 1,
  // or hardly.
  double InsideQuickly(double left) {
    rounded_.assign(left_.begin(), left_.end());
    k_.dots(rounded_.data(), out_.axes.data(), left_.size(), m_, along_.data());
    double inside = 0;
    for (double along : along_) inside += along * along;
    return std::sqrt(inside) + left * 0x1p-22 * std::sqrt(static_cast<double>(m_)) + 1e-44;
  }

  void StoreFirst(uint64_t row, uint16_t scale, uint16_t left) {
    size_t groups = m_ > 0 ? m_ / 4 : ToSize((vectors_.width + 7) / 8), place = row % 16;
    uint8_t* block = out_.first.data() + row / 16 * (groups * 64 + 64);
    for (size_t g = 0; g < groups; ++g) {
      uint8_t* quad = block + g * 64 + place * 4;
      for (size_t j = 0; j < 4; ++j) {
        if (m_ > 0) {
          quad[j] = static_cast<uint8_t>(codes_[g * 4 + j] + 128);
        } else {
          quad[j] = static_cast<uint8_t>(Nibble(g * 8 + j) | Nibble(g * 8 + 4 + j) << 4);
        }
      }
    }
    std::memcpy(block + groups * 64 + place * 2, &scale, 2);
    std::memcpy(block + groups * 64 + 32 + place * 2, &left, 2);
  }

  void StoreSecond(uint64_t row, uint16_t scale, uint16_t left) {
    size_t half = Planes::HalfWidth(vectors_.width);
    uint8_t* out = out_.second.data() + row * (half + 4);
    std::memcpy(out, &scale, 2);
    std::memcpy(out + 2, &left, 2);
    for (size_t i = 0; i < half; ++i) {
      out[4 + i] = static_cast<uint8_t>(Nibble(i) | Nibble(half + i) << 4);
    }
  }

  int Nibble(size_t i) const { return i < vectors_.width ? codes_[i] + 8 : 8; }

  const kernels::VectorKernels& k_;
  const model::Rows& vectors_;
  const bool quick_;
  PlaneTensors& out_;
  const size_t m_;
  std::vector<double> x_, along_, left_;
  std::vector<int8_t> codes_;
  AlignedVector<float> buffer_, zeros_, rounded_;
};

size_t ChooseAxes(const Spectrum& spectrum) {
  for (size_t m = 8; m < spectrum.left_out.size() && m * 2 < spectrum.width; m += 8) {
    if (spectrum.left_out[m] <= kEnoughEnergy) return m;
  }
  return 0;
}

}  // namespace

model::Planes PlaneTensors::view() const {
  model::Planes out;
  out.count = count;
  out.width = width;
  out.axes = axes;
  out.groups = axes.empty() ? ToSize((width + 7) / 8) : axes.size() / width / 4;
  out.first = first.data();
  out.second = second.data();
  out.limits = limits;
  return out;
}

namespace {

PlaneTensors MakeQuickly(const model::Rows& vectors) {
  if (vectors.width > kWidestQuick) return {};
  auto count = static_cast<double>(vectors.count);
  auto width = static_cast<double>(vectors.width);
  AlignedVector<float> axes;
  if (SpectrumWork(vectors, kQuickAxes, kQuickSpectrum) <= kQuickToFind * count) {
    Spectrum spectrum = SpectrumOf(vectors, kQuickAxes, kQuickSpectrum);
    size_t m = ChooseAxes(spectrum);
    if (static_cast<double>(m) * width <= kQuickToFollow) {
      spectrum.axes.resize(ToSize(m * vectors.width));
      axes = std::move(spectrum.axes);
    }
  }
  return MakePlanesAlong(vectors, std::move(axes), true);
}

}  // namespace

PlaneTensors MakePlanes(const model::Rows& vectors, const PlaneOptions& options) {
  if (options.quick) return MakeQuickly(vectors);
  size_t m = options.axes;
  if (m == 0) return MakePlanesAlong(vectors, {});
  Spectrum spectrum = SpectrumOf(vectors, m == PlaneOptions::kChoose ? kMostChosen : m);
  if (m == PlaneOptions::kChoose) m = ChooseAxes(spectrum);
  spectrum.axes.resize(ToSize(m * vectors.width));  // axes that there are not are 0
  return MakePlanesAlong(vectors, std::move(spectrum.axes));
}

PlaneTensors MakePlanesAlong(const model::Rows& vectors, AlignedVector<float> axes, bool quick) {
  PlaneTensors out;
  out.count = vectors.count;
  out.width = vectors.width;
  out.axes = std::move(axes);
  Planes shape = out.view();
  out.first.resize(ToSize(shape.blocks() * shape.block_size()));
  out.second.resize(ToSize(shape.blocks() * 16 * shape.stride() + model::kPlanePadding));
  Maker maker(vectors, quick, out);
  for (uint64_t row = 0; row < out.count; ++row) maker.Add(row);
  for (double limit : {maker.first_norm, maker.second_norm, maker.ratio * (1 + 1e-9)}) {
    out.limits.push_back(FloatUp(limit));
  }
  auto least = static_cast<float>(maker.least_norm * (1 - 0x1p-20));
  if (double{least} > maker.least_norm) least = std::nextafter(least, 0.0f);  // of denormal size
  out.limits.push_back(least);
  out.limits.push_back(FloatUp(maker.most_norm * (1 + 0x1p-20)));
  return out;
}

double LeftOutEnergy(const Planes& planes, const model::Rows& vectors) {
  if (planes.axes.empty()) return 0;
  const kernels::VectorKernels& k = kernels::Vector();
  AlignedVector<float> buffer;
  std::vector<double> along(planes.dimensions());
  uint64_t samples = std::min<uint64_t>(vectors.count, 2000), counted = 0;
  double left = 0;
  for (uint64_t i = 0; i < samples; ++i) {
    const float* x = runtime::FloatsOf(vectors, i * vectors.count / samples, 1, buffer);
    double energy = k.dot(x, x, ToSize(planes.width)), inside = 0;
    if (!(energy > 0) || !std::isfinite(energy)) continue;
    k.dots(x, planes.axes.data(), ToSize(planes.width), along.size(), along.data());
    for (double a : along) inside += a * a;
    left += std::max(0.0, 1 - inside / energy);
    ++counted;
  }
  return counted > 0 ? left / static_cast<double>(counted) : 0;
}

void AddPlanes(std::vector<file::OwnedTensor>& out, const model::Rows& vectors,
               const std::string& side) {
  if (vectors.count < kFewestForPlanes) return;
  PlaneTensors planes = MakePlanes(vectors);
  model::Planes view = planes.view();
  auto add = [&]<typename T>(const char* name, std::vector<uint64_t> shape, const T& values) {
    using Value = typename T::value_type;
    out.push_back(file::OwnedTensor::From<Value>(StrCat(side, "/planes/", name), std::move(shape),
                                                 std::span<const Value>(values)));
  };
  if (!planes.axes.empty()) add("axes", {view.dimensions(), view.width}, planes.axes);
  add("first", {view.blocks(), view.block_size()}, planes.first);
  add("second", {planes.second.size()}, planes.second);
  add("limits", {planes.limits.size()}, planes.limits);
}

}  // namespace duomo::retrieval
