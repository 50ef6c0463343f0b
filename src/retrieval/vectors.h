// Exact dot products and cosines of a query with rows of the catalogue, in double.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/vector.h"
#include "retrieval/topk.h"
#include "runtime/widen.h"

namespace duomo::retrieval {

// Of one query. One thread; `buffer` holds item vectors that the file does not hold as floats.
class Vectors {
 public:
  void Start(const Catalogue& catalogue, const Query& query) {
    const runtime::Engine& engine = catalogue.engine();
    query_ = &query;
    stride_ = used_ = engine.vector_width();
    vectors_ = catalogue.entities().vectors;
    if (query.measure != Measure::kCosine) return;
    const model::Description& d = engine.model().description();
    used_ = model::TowerWidth(d, model::TowerOf(d, catalogue.side()));
    norm_ = std::sqrt(kernels_.dot(query.vector.data(), query.vector.data(), used_));
  }

  // Whether all of the vectors counts, as it does in the planes.
  bool whole() const { return used_ == stride_; }

  double One(size_t row) {
    const float* x = runtime::FloatsOf(vectors_, row, 1, buffer_);
    return Finish(x, kernels_.dot(query_->vector.data(), x, used_));
  }

  // The dot product, also if the measure is the cosine.
  double Dot(size_t row) {
    return kernels_.dot(query_->vector.data(), runtime::FloatsOf(vectors_, row, 1, buffer_), used_);
  }

  void Many(size_t begin, size_t count, double* out) {
    const float* rows = runtime::FloatsOf(vectors_, begin, count, buffer_);
    if (used_ == stride_) {
      kernels_.dots(query_->vector.data(), rows, stride_, count, out);
    } else {
      for (size_t i = 0; i < count; ++i) {
        out[i] = kernels_.dot(query_->vector.data(), rows + i * stride_, used_);
      }
    }
    if (query_->measure != Measure::kCosine) return;
    for (size_t i = 0; i < count; ++i) out[i] = Finish(rows + i * stride_, out[i]);
  }

  // Prefetches the memory of a row.
  void Prefetch(size_t row) const {
    size_t size = stride_ * file::SizeOf(vectors_.dtype);
    const std::byte* data = vectors_.data + row * size;
    for (size_t i = 0; i < std::min<size_t>(size, 512); i += 64) __builtin_prefetch(data + i);
  }

 private:
  double Finish(const float* x, double dot) const {
    if (query_->measure != Measure::kCosine) return dot;
    double norms = norm_ * std::sqrt(kernels_.dot(x, x, used_));
    double cosine = dot / norms;
    // Zero vectors, and given vectors with NaN or infinity, have a similarity of 0.
    return std::isfinite(cosine) ? std::clamp(cosine, -1.0, 1.0) : 0.0;
  }

  const kernels::VectorKernels& kernels_ = kernels::Vector();
  const Query* query_ = nullptr;
  size_t stride_ = 0, used_ = 0;
  model::Rows vectors_;
  AlignedVector<float> buffer_;
  double norm_ = 1;
};

}  // namespace duomo::retrieval
