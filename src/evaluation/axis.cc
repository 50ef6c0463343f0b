#include "evaluation/axis.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace duomo::evaluation {
namespace {

// The 1-2-5 step that gives at most about `wanted` intervals.
double RoundStep(double extent, int wanted) {
  double raw = extent / wanted;
  double power = std::pow(10, std::floor(std::log10(raw)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power * (1 + 1e-9)) return factor * power;
  }
  return 10 * power;
}

int DecimalsOf(double step) {
  return std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 12);
}

std::vector<Tick> LinearTicks(double low, double high, double step) {
  std::vector<Tick> ticks;
  double first = std::ceil(low / step - 1e-9), last = std::floor(high / step + 1e-9);
  for (double i = first; i <= last; ++i) {
    double value = i == 0 ? 0 : i * step;  // no "-0"
    ticks.push_back({value, FormatNumber(value, DecimalsOf(step))});
  }
  return ticks;
}

std::vector<Tick> LogarithmicTicks(double low, double high, int wanted) {
  int first = static_cast<int>(std::floor(std::log10(low))) - 1;
  int last = static_cast<int>(std::ceil(std::log10(high))) + 1;
  int stride = std::max(1, (last - first - 2) / std::max(1, wanted));
  bool halves = std::log10(high / low) * 3 <= wanted + 1;
  std::vector<Tick> ticks;
  for (int power = first; power <= last; ++power) {
    for (double factor : {1.0, 2.0, 5.0}) {
      if (factor > 1 && !halves) continue;
      if (factor == 1 && !halves && power % stride != 0) continue;
      double value = factor * std::pow(10, power);
      if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
      ticks.push_back({value, FormatNumber(value, std::clamp(-power, 0, 12))});
    }
  }
  if (ticks.size() < 3) return LinearTicks(low, high, RoundStep(high - low, wanted));
  return ticks;
}

}  // namespace

std::string FormatNumber(double value, int decimals) {
  char digits[64];
  double size = std::abs(value);
  if (!std::isfinite(value) || size >= 1e9 || (size > 0 && size < 1e-6)) {
    auto end =
        std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::general, 4).ptr;
    return {digits, end};
  }
  auto end =
      std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::fixed, decimals).ptr;
  std::string text(digits, end);
  size_t start = text[0] == '-' ? 1 : 0;
  size_t point = std::min(text.find('.'), text.size());
  for (size_t at = point; at > start + 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string FormatValue(double value) {
  double size = std::abs(value);
  int whole = size >= 1 ? static_cast<int>(std::floor(std::log10(size))) + 1 : 1;
  int zeros = size > 0 && size < 0.1 ? static_cast<int>(-std::floor(std::log10(size))) - 1 : 0;
  return FormatNumber(value, std::clamp(4 - whole + zeros, 0, 9));
}

Axis::Axis(double low, double high, double from, double to, bool logarithmic, bool widen,
           int wanted)
    : low_(low), high_(high), from_(from), to_(to), logarithmic_(logarithmic) {
  // Also where the extent is lost in rounding.
  if (!(high_ - low_ > 1e-12 * std::max(std::abs(low_), std::abs(high_)))) {
    double extra = logarithmic_ ? 0 : std::max(1e-6, std::abs(low_) * 0.1);
    low_ = logarithmic_ ? low / 2 : low - extra;
    high_ = logarithmic_ ? high * 2 : high + extra;
  }
  if (logarithmic_) {
    if (widen) {
      double margin = std::pow(high_ / low_, 0.04);
      low_ /= margin;
      high_ *= margin;
    }
    ticks_ = LogarithmicTicks(low_, high_, wanted);
    return;
  }
  double step = RoundStep(high_ - low_, wanted);
  if (widen) {
    low_ = std::floor(low_ / step + 1e-9) * step;
    high_ = std::ceil(high_ / step - 1e-9) * step;
  }
  ticks_ = LinearTicks(low_, high_, step);
}

double Axis::Pixel(double value) const {
  double share = logarithmic_ ? std::log(value / low_) / std::log(high_ / low_)
                              : (value - low_) / (high_ - low_);
  return from_ + share * (to_ - from_);
}

}  // namespace duomo::evaluation
