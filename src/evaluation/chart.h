// Line charts as SVG text: data in, picture out. No file, no clock, no font measured: the same
// data give the same bytes.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace duomo::evaluation {

struct LineChart {
  struct Series {
    std::string name;
    std::vector<std::pair<double, double>> points;  // ascending x
    // For series with one value a batch, which is noisy: drawn as a pale line with its running mean
    // on top. Series with more than kNoisyFrom points are drawn so in any case.
    bool noisy = false;
  };
  static constexpr size_t kNoisyFrom = 500;

  std::string title;
  std::string x_label, y_label;
  std::vector<Series> series;
  bool log_x = false, log_y = false;

  // An SVG document of 860 × 480 pixels that brings its own panel, so that it reads on any page,
  // and turns dark where the viewer asks for that (prefers-color-scheme). Points that are not
  // finite, or not positive on a logarithmic axis, are left out. Texts are UTF-8 of any content.
  std::string Svg() const;

  // The same as part of an HTML page, which has Style() once. `id`: unique on the page.
  std::string Figure(const std::string& id) const;
  static std::string Style();
};

}  // namespace duomo::evaluation
