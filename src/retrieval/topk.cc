// The float scan: every allowed row's dot product in double, a heap of the best k by the returned
// float. Exact by construction; memory-bound on large catalogues.
#include "retrieval/topk.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "kernels/vector.h"
#include "runtime/widen.h"

namespace duomo::retrieval {
namespace {

using Candidate = Workspace::Candidate;

constexpr size_t kBlock = 64;  // rows at a time: one word of the mask
constexpr int kSparse = 24;    // with fewer allowed rows in a block, visit them one by one

// Higher score first, then lower row.
bool Better(const Candidate& a, const Candidate& b) {
  return a.score > b.score || (a.score == b.score && a.row < b.row);
}

// Keeps the best k of what it is offered in ascending order of row.
class Best {
 public:
  Best(const runtime::Engine& engine, const Query& query, std::vector<Candidate>& heap)
      : engine_(engine), query_(query), heap_(heap) {
    heap_.clear();
  }

  // Scores do not decrease as values grow, and an equal score loses to the lower rows before, so a
  // value that is not above one already turned away need not be mapped. (NaN passes here.)
  bool AnyHope(std::span<const double> values) const {
    double hopeless = hopeless_;
    unsigned any = 0;
    for (double value : values) any |= !(value <= hopeless);
    return any != 0;
  }

  void Offer(uint32_t row, double value) {
    if (value <= hopeless_) return;
    Candidate c{value, Score(value), row};
    if (query_.has_minimum && c.score < query_.minimum) {
      Raise(value);
      return;
    }
    if (heap_.size() < query_.k) {
      heap_.push_back(c);
      std::push_heap(heap_.begin(), heap_.end(), Better);
    } else if (Better(c, heap_.front())) {
      std::pop_heap(heap_.begin(), heap_.end(), Better);
      heap_.back() = c;
      std::push_heap(heap_.begin(), heap_.end(), Better);
    } else {
      Raise(value);
      return;
    }
    if (heap_.size() == query_.k) Raise(heap_.front().value);
  }

 private:
  float Score(double value) const {
    return query_.measure == Measure::kCosine ? static_cast<float>(value) : engine_.Predict(value);
  }
  void Raise(double value) {
    if (std::isnan(hopeless_) || value > hopeless_) hopeless_ = value;
  }

  const runtime::Engine& engine_;
  const Query& query_;
  std::vector<Candidate>& heap_;
  double hopeless_ = std::numeric_limits<double>::quiet_NaN();  // none yet: compares false
};

// From rows to the doubles that scores come from.
class Scan {
 public:
  Scan(const runtime::Engine& engine, const Query& query, AlignedVector<float>& buffer)
      : kernels_(kernels::Vector()),
        query_(query),
        stride_(engine.vector_width()),
        used_(stride_),
        vectors_(engine.model().items().vectors),
        buffer_(buffer) {
    if (query.measure != Measure::kCosine) return;
    const model::Description& d = engine.model().description();
    used_ = model::TowerWidth(d, model::TowerOf(d, model::Side::kItem));
    norm_ = std::sqrt(kernels_.dot(query.vector.data(), query.vector.data(), used_));
  }

  double One(size_t row) const {
    const float* x = runtime::FloatsOf(vectors_, row, 1, buffer_);
    return Finish(x, kernels_.dot(query_.vector.data(), x, used_));
  }

  void Many(size_t begin, size_t count, double* out) const {
    const float* rows = runtime::FloatsOf(vectors_, begin, count, buffer_);
    if (used_ == stride_) {
      kernels_.dots(query_.vector.data(), rows, stride_, count, out);
    } else {
      for (size_t i = 0; i < count; ++i) {
        out[i] = kernels_.dot(query_.vector.data(), rows + i * stride_, used_);
      }
    }
    if (query_.measure != Measure::kCosine) return;
    for (size_t i = 0; i < count; ++i) out[i] = Finish(rows + i * stride_, out[i]);
  }

 private:
  double Finish(const float* x, double dot) const {
    if (query_.measure != Measure::kCosine) return dot;
    double norms = norm_ * std::sqrt(kernels_.dot(x, x, used_));
    double cosine = dot / norms;
    // Zero vectors, and NaN or infinity in vectors handed in: similar to nothing.
    return std::isfinite(cosine) ? std::clamp(cosine, -1.0, 1.0) : 0.0;
  }

  const kernels::VectorKernels& kernels_;
  const Query& query_;
  size_t stride_, used_;
  const model::Rows& vectors_;
  AlignedVector<float>& buffer_;
  double norm_ = 1;
};

}  // namespace

std::span<const Hit> TopK(const runtime::Engine& engine, const Query& query, Workspace& work) {
  const model::Entities& items = engine.model().items();
  if (engine.joint()) {
    Fail(Status::kUnsupported, "a joint tower has no item vectors to search");
  }
  if (items.count > 0 && items.vectors.empty()) {
    Fail(Status::kUnsupported, "the file holds no item vectors to search; export the model again");
  }
  work.hits.clear();
  if (query.k == 0) return work.hits;
  work.dots.resize(kBlock);
  Best best(engine, query, work.heap);
  Scan scan(engine, query, work.rows);
  for (size_t begin = 0; begin < items.count; begin += kBlock) {
    size_t count = std::min<size_t>(kBlock, items.count - begin);
    uint64_t allowed =
        query.allowed != nullptr ? query.allowed->words()[begin / kBlock] : ~uint64_t{0};
    if (count < kBlock) allowed &= (uint64_t{1} << count) - 1;
    bool all = std::popcount(allowed) == static_cast<int>(count);
    bool dense = all || std::popcount(allowed) >= kSparse;
    if (dense) {
      scan.Many(begin, count, work.dots.data());
      if (!best.AnyHope({work.dots.data(), count})) continue;
    }
    for (uint64_t rest = allowed; rest != 0; rest &= rest - 1) {
      auto i = static_cast<size_t>(std::countr_zero(rest));
      best.Offer(static_cast<uint32_t>(begin + i), dense ? work.dots[i] : scan.One(begin + i));
    }
  }
  std::sort_heap(work.heap.begin(), work.heap.end(), Better);
  work.hits.reserve(work.heap.size());
  for (const Candidate& c : work.heap) work.hits.push_back({c.row, c.score});
  return work.hits;
}

}  // namespace duomo::retrieval
