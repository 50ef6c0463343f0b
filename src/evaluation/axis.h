// One axis of a chart: from data to pixels, and the round numbers along it. Knows no SVG.
#pragma once

#include <string>
#include <vector>

namespace duomo::evaluation {

struct Tick {
  double value;
  std::string label;  // "2,000", "0.25", "1e+09"
};

// Immutable; any thread.
class Axis {
 public:
  // Covers [low, high] in data units and [from, to] in pixels (from > to is fine: y grows
  // downwards). `widen`: the ends move out to round numbers. About `wanted` ticks. A logarithmic
  // axis needs low > 0. An interval without extent gets some.
  Axis(double low, double high, double from, double to, bool logarithmic, bool widen, int wanted);

  double Pixel(double value) const;
  const std::vector<Tick>& ticks() const { return ticks_; }
  double low() const { return low_; }
  double high() const { return high_; }

 private:
  double low_, high_, from_, to_;
  bool logarithmic_;
  std::vector<Tick> ticks_;
};

// `decimals` digits after the point, commas between thousands; scientific where that is shorter.
std::string FormatNumber(double value, int decimals);
// A value for people: about four significant digits.
std::string FormatValue(double value);

}  // namespace duomo::evaluation
