// The principal axes of vectors: the directions that hold most of their energy.
#pragma once

#include <cstddef>
#include <vector>

#include "core/array.h"
#include "model/rows.h"

namespace duomo::retrieval {

// Orthonormal axes by descending energy, of vectors that are each brought to length 1 first (those
// that are 0 or not finite are left out).
struct Spectrum {
  size_t width = 0;
  AlignedVector<float> axes;     // [most, width]
  std::vector<double> left_out;  // [most + 1]: the part of the energy outside the first m axes
};

struct SpectrumOptions {
  size_t samples = 20000;  // vectors that are looked at, evenly chosen
  size_t rounds = 15;
};

// At most `most` axes, by subspace iteration (Stewart 1969). The same vectors and instruction set
// give the same bits. Takes 12 · width² bytes.
Spectrum SpectrumOf(const model::Rows& vectors, size_t most, const SpectrumOptions& options = {});

// About how many multiply-adds this takes.
double SpectrumWork(const model::Rows& vectors, size_t most, const SpectrumOptions& options);

}  // namespace duomo::retrieval
