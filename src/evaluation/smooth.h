// Makes long noisy series readable: running means, and no more points than a screen shows.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace duomo::evaluation {

using Point = std::pair<double, double>;

// The mean over a window of at most `window` points around each point. Near the start the window
// shrinks and stays centred, so that a steep start is not flattened; near the end it looks back,
// so that the last value is a mean, too.
std::vector<Point> RunningMean(std::span<const Point> points, size_t window);

// Points with ascending x in pixels: of each column of `width` pixels the lowest and highest
// point, in their order. What a line through them covers is what the line through all covers.
std::vector<Point> Envelope(std::span<const Point> pixels, double width);

// One point a column, the mean of its points; the first and last point are kept as they are.
std::vector<Point> Thin(std::span<const Point> pixels, double width);

// The values of which `share` of `values` are below; linear in between. Sorts. Needs a value.
double Quantile(std::vector<double> values, double share);

}  // namespace duomo::evaluation
