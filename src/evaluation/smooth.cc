#include "evaluation/smooth.h"

#include <algorithm>
#include <cmath>

namespace duomo::evaluation {
namespace {

// Calls column(begin, end) for each run of points that share a column.
template <typename Column>
void ForEachColumn(std::span<const Point> pixels, double width, const Column& column) {
  for (size_t begin = 0; begin < pixels.size();) {
    double place = std::floor(pixels[begin].first / width);
    size_t end = begin + 1;
    while (end < pixels.size() && std::floor(pixels[end].first / width) == place) ++end;
    column(begin, end);
    begin = end;
  }
}

constexpr size_t kLeastReach = 4;

}  // namespace

std::vector<Point> RunningMean(std::span<const Point> points, size_t window) {
  std::vector<double> sums = {0};
  for (const Point& p : points) sums.push_back(sums.back() + p.second);
  std::vector<Point> out;
  out.reserve(points.size());
  for (size_t i = 0; i < points.size(); ++i) {
    size_t back = std::min(i, window / 2);
    size_t ahead = std::min({points.size() - 1 - i, window / 2, std::max(i, kLeastReach)});
    double sum = sums[i + ahead + 1] - sums[i - back];
    out.emplace_back(points[i].first, sum / static_cast<double>(back + ahead + 1));
  }
  return out;
}

std::vector<Point> Envelope(std::span<const Point> pixels, double width) {
  std::vector<Point> out;
  ForEachColumn(pixels, width, [&](size_t begin, size_t end) {
    auto less = [](const Point& a, const Point& b) { return a.second < b.second; };
    auto [low, high] = std::minmax_element(pixels.begin() + static_cast<ptrdiff_t>(begin),
                                           pixels.begin() + static_cast<ptrdiff_t>(end), less);
    out.push_back(std::min(low, high)[0]);
    if (low != high) out.push_back(std::max(low, high)[0]);
  });
  return out;
}

std::vector<Point> Thin(std::span<const Point> pixels, double width) {
  std::vector<Point> out;
  ForEachColumn(pixels, width, [&](size_t begin, size_t end) {
    if (begin == 0 && end > 1) out.push_back(pixels[0]);
    Point sum{0, 0};
    for (size_t i = begin; i < end; ++i) {
      sum.first += pixels[i].first;
      sum.second += pixels[i].second;
    }
    double n = static_cast<double>(end - begin);
    out.emplace_back(sum.first / n, sum.second / n);
    if (end == pixels.size() && end - begin > 1) out.push_back(pixels[end - 1]);
  });
  return out;
}

double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  double place = share * static_cast<double>(values.size() - 1);
  size_t below = static_cast<size_t>(place), above = std::min(below + 1, values.size() - 1);
  return values[below] + (values[above] - values[below]) * (place - std::floor(place));
}

}  // namespace duomo::evaluation
