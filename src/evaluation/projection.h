// Vectors as points on a plane: the two principal components. Depends on core alone.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace duomo::evaluation {

// `vectors`: [count, width]. Coordinates along the two directions of most variance, by power
// iteration on the covariance in double; the same bytes for the same vectors. Each direction's
// largest component is positive. Throws Error(kInvalidArgument) for a length that does not fit.
std::vector<std::array<double, 2>> PrincipalPlane(std::span<const float> vectors, size_t width);

}  // namespace duomo::evaluation
