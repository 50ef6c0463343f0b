// A product of narrower matrices in the place of a wide one: the closest of that width.
#pragma once

#include <cstddef>
#include <span>

#include "core/array.h"
#include "core/thread_pool.h"

namespace duomo::training {

// Rows of width `wide` become rows of width `narrow`, in place, so that the dot products of all
// rows of `left` [left_weights.size(), wide] with all of `right` change least: the sum of squares
// of the changes, each times the weights of its two rows, is the smallest possible (Eckart and
// Young 1936, on the weighted rows). Needs wide ≥ narrow ≥ 1.
void Narrow(AlignedVector<float>& left, std::span<const float> left_weights,
            AlignedVector<float>& right, std::span<const float> right_weights, size_t wide,
            size_t narrow, ThreadPool& pool);

}  // namespace duomo::training
