#include "evaluation/baselines/ease.h"

#include <algorithm>
#include <cmath>

#include "core/array.h"
#include "core/error.h"
#include "evaluation/baselines/item_transitions.h"
#include "kernels/dense.h"

namespace duomo::evaluation {
namespace {

// The matrix is worked on in squares of so many rows, which stay in the cache.
constexpr size_t kBlock = 64;

// a [n, n], symmetric and positive definite, of which the lower half is read, becomes its inverse
// (both halves), by Cholesky's decomposition in blocks: a = L·Lᵀ, then L⁻¹, then L⁻ᵀ·L⁻¹.
void Invert(AlignedVector<float>& a, size_t n) {
  auto at = [&](size_t i, size_t j) { return &a[i * n + j]; };
  for (size_t j = 0; j < n; j += kBlock) {
    const size_t width = std::min(kBlock, n - j), below = n - j - width;
    // What the columns before take away from these.
    AlignedVector<float> taken((width + below) * width);
    if (j > 0) {
      kernels::Gemm(false, true, width + below, width, j, at(j, 0), n, at(j, 0), n, 0, taken.data(),
                    width);
    }
    for (size_t i = 0; i < width + below; ++i) {
      for (size_t c = 0; c < width; ++c) *at(j + i, j + c) -= taken[i * width + c];
    }
    for (size_t c = 0; c < width; ++c) {
      double own = double{*at(j + c, j + c)};
      for (size_t p = 0; p < c; ++p) own -= double{*at(j + c, j + p)} * double{*at(j + c, j + p)};
      const double root = std::sqrt(std::max(own, 1e-30));
      *at(j + c, j + c) = static_cast<float>(root);
      for (size_t i = c + 1; i < width + below; ++i) {
        double sum = double{*at(j + i, j + c)};
        for (size_t p = 0; p < c; ++p) sum -= double{*at(j + i, j + p)} * double{*at(j + c, j + p)};
        *at(j + i, j + c) = static_cast<float>(sum / root);
      }
    }
  }
  // L⁻¹, row block by row block: its block (i, j) is −D(i)⁻¹ · Σ L(i, p) · L⁻¹(p, j).
  AlignedVector<float> inverse(n * n), row;
  for (size_t i = 0; i < n; i += kBlock) {
    const size_t height = std::min(kBlock, n - i);
    row.assign(height * (i + height), 0.0f);
    if (i > 0) {
      kernels::Gemm(false, false, height, i, i, at(i, 0), n, inverse.data(), n, 0, row.data(),
                    i + height);
    }
    for (size_t r = 0; r < height; ++r) {
      const double own = double{*at(i + r, i + r)};
      for (size_t c = 0; c < i + height; ++c) {
        double sum = c < i ? -double{row[r * (i + height) + c]} : c == i + r ? 1.0 : 0.0;
        for (size_t p = 0; p < r; ++p) {
          sum -= double{*at(i + r, i + p)} * double{inverse[(i + p) * n + c]};
        }
        inverse[(i + r) * n + c] = static_cast<float>(sum / own);
      }
    }
  }
  kernels::Gemm(true, false, n, n, n, inverse.data(), n, inverse.data(), n, 0, a.data(), n);
}

}  // namespace

Ease::Ease(const data::Dataset& dataset, std::span<const uint32_t> train, const Options& options)
    : decay_(options.decay) {
  const data::Interactions& in = dataset.interactions;
  if (!(options.l2 > 0) || !std::isfinite(options.l2) ||
      !(options.decay > 0 && options.decay <= 1)) {
    Fail(Status::kInvalidArgument, "ease needs an l2 above 0 and a decay above 0 and up to 1");
  }
  if (train.empty()) Fail(Status::kInvalidArgument, "there are no rows to learn a linear model of");
  if (decay_ < 1 && !ItemTransitions::Possible(in, train)) {
    Fail(Status::kInvalidArgument, "ease-recent needs the time of every training row, but \"",
         dataset.name, "\" has rows without; take ease");
  }
  place_.assign(dataset.items.size(), kNone);
  for (uint32_t row : train) place_[in.items[row]] = 0;
  for (uint32_t item = 0; item < place_.size(); ++item) {
    if (place_[item] == kNone) continue;
    place_[item] = static_cast<uint32_t>(items_.size());
    items_.push_back(item);
  }
  const size_t n = items_.size();
  if (n > options.max_items) {
    Fail(Status::kUnsupported, "ease takes the inverse of a matrix of all items with each other, ",
         "which is for at most ", options.max_items, " of them; here are ", n);
  }
  std::vector<uint32_t> rows(train.begin(), train.end());
  const bool timed = in.timestamps.size() == in.size();
  std::sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) {
    if (in.users[a] != in.users[b]) return in.users[a] < in.users[b];
    if (timed && in.timestamps[a] != in.timestamps[b]) return in.timestamps[a] < in.timestamps[b];
    return a < b;
  });
  begins_.assign(dataset.users.size() + 1, 0);
  std::vector<uint32_t> last_user(n, kNone);
  // Backwards, so that of repeated items the latest row counts.
  for (size_t i = rows.size(); i-- > 0;) {
    uint32_t user = in.users[rows[i]], place = place_[in.items[rows[i]]];
    if (last_user[place] == user) continue;
    last_user[place] = user;
    sequence_.push_back(place);
    ++begins_[user + 1];
  }
  std::reverse(sequence_.begin(), sequence_.end());
  for (size_t u = 0; u + 1 < begins_.size(); ++u) begins_[u + 1] += begins_[u];

  AlignedVector<float> a(n * n);
  for (size_t u = 0; u + 1 < begins_.size(); ++u) {
    for (uint64_t i = begins_[u]; i < begins_[u + 1]; ++i) {
      float* row = &a[sequence_[i] * n];
      for (uint64_t j = begins_[u]; j < begins_[u + 1]; ++j) row[sequence_[j]] += 1;
    }
  }
  for (size_t i = 0; i < n; ++i) a[i * n + i] += static_cast<float>(options.l2);
  Invert(a, n);
  weights_.resize(n * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) weights_[i * n + j] = i == j ? 0 : -a[i * n + j] / a[j * n + j];
  }
}

float Ease::Weight(uint32_t from, uint32_t to) const {
  if (place_[from] == kNone || place_[to] == kNone) return 0;
  return weights_[size_t{place_[from]} * items_.size() + place_[to]];
}

void Ease::Score(uint32_t user, std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), 0.0f);
  if (size_t{user} + 1 >= begins_.size()) return;
  const size_t n = items_.size();
  std::vector<double> sums(n);
  double weight = 1;
  for (uint64_t i = begins_[user + 1]; i-- > begins_[user]; weight *= decay_) {
    if (weight < 1e-9) break;  // what is left says nothing in a float
    const float* row = &weights_[sequence_[i] * n];
    for (size_t j = 0; j < n; ++j) sums[j] += weight * double{row[j]};
  }
  for (size_t j = 0; j < n; ++j) {
    if (items_[j] < scores.size()) scores[items_[j]] = static_cast<float>(sums[j]);
  }
}

std::string Ease::ExportNote() const {
  return "evaluation only: a user would need a vector with one number for every item";
}

}  // namespace duomo::evaluation
