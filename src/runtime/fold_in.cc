#include "runtime/fold_in.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "runtime/exponential.h"
#include "runtime/widen.h"

namespace duomo::runtime {
namespace {

using model::HeadKind;
using model::Side;

constexpr size_t kMostUnknowns = 1024;            // of a system of equations
constexpr size_t kMostNumbers = size_t{1} << 22;  // of the items' vectors at a time
constexpr size_t kBlock = 256;                    // items at a time where there may be any number

// ln x of a finite x > 0, within a few 2⁻⁵³; the C library's differs by machine.
double Log(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // in [½, 1)
  if (m < 0.70710678118654752) {
    m *= 2;
    --exponent;
  }
  double s = (m - 1) / (m + 1), square = s * s, sum = 0;
  for (int i = 23; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
  return exponent * 0.69314718055994531 + 2 * s * sum;
}

double Power(double x, double power) {
  if (power == 0 || x <= 0) return 1;
  return power == 1 ? x : MonotoneExp(power * Log(x));
}

// Adds rowᵀ·row of each of `rows` [depth, n] to the upper half of out [n, n]. Four at a time, which
// changes no order of sums.
void AddSquares(const double* rows, size_t depth, size_t n, double* out) {
  size_t k = 0;
  for (; k + 4 <= depth; k += 4) {
    const double *a = rows + k * n, *b = a + n, *c = b + n, *d = c + n;
    for (size_t i = 0; i < n; ++i) {
      double *o = out + i * n, x = a[i], y = b[i], z = c[i], w = d[i];
      for (size_t j = i; j < n; ++j) o[j] = o[j] + x * a[j] + y * b[j] + z * c[j] + w * d[j];
    }
  }
  for (; k < depth; ++k) {
    const double* a = rows + k * n;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = i; j < n; ++j) out[i * n + j] += a[i] * a[j];
    }
  }
}

// Solves (1 + A) x = b by Cholesky's UᵀU; a [n, n]: the upper half of A, positive semi-definite,
// which U replaces. Every pivot is then at least 1, and what rounding takes of it is given back. b
// becomes x.
void Solve(double* a, size_t n, double* b) {
  for (size_t k = 0; k < n; ++k) a[k * n + k] += 1;
  for (size_t k = 0; k < n; ++k) {
    double* u = a + k * n;
    double pivot = std::sqrt(std::max(u[k], 1.0));
    u[k] = pivot;
    for (size_t j = k + 1; j < n; ++j) u[j] /= pivot;
    for (size_t i = k + 1; i < n; ++i) {
      double *row = a + i * n, factor = u[i];
      for (size_t j = i; j < n; ++j) row[j] -= factor * u[j];
    }
  }
  for (size_t k = 0; k < n; ++k) {
    b[k] /= a[k * n + k];
    for (size_t j = k + 1; j < n; ++j) b[j] -= b[k] * a[k * n + j];
  }
  for (size_t k = n; k-- > 0;) {
    double sum = b[k];
    for (size_t j = k + 1; j < n; ++j) sum -= a[k * n + j] * b[j];
    b[k] = sum / a[k * n + k];
  }
}

// One user. With D = alpha0·Λ + λ in the axes of G, rows b = √w·D^−½·y of B, s = √w·t and
// ρ = D^−½·λ·m: x = D^−½ (1 + BᵀB)⁻¹ (Bᵀs + ρ) = D^−½ (ρ + Bᵀ (1 + BBᵀ)⁻¹ (s − Bρ)).
class Folding {
 public:
  Folding(const Engine& engine, std::span<const uint32_t> items, std::span<const float> weights,
          float* vector, Workspace& work)
      : items_(engine.model().items()),
        f_(engine.model().fold_in().value_or(model::FoldIn{})),
        whole_(engine.vector_width()),
        width_(TowerWidth(engine.model().description(), engine.model().description().towers[0])),
        rows_(items),
        weights_(weights),
        vector_(vector),
        row_(work.buffers[0]),
        state_(work.doubles[0]),
        b_(work.doubles[1]),
        system_(work.doubles[2]),
        right_(work.doubles[3]) {}

  void Run() {
    Shorten();
    state_.assign(4 * width_, 0.0);
    root_ = state_.data();
    rho_ = root_ + width_;
    turned_ = rho_ + width_;
    plain_ = turned_ + width_;
    double total = 0, squares = 0;
    for (size_t i = 0; i < rows_.size(); ++i) {
      total += Weight(i);
      if (f_.l2 == 0) squares += Weight(i) * Squares(Row(i));
    }
    // What is 0 altogether has no direction to shrink.
    double l2 = f_.l2 > 0
                    ? f_.l2 * Power(total + f_.alpha0 * static_cast<double>(f_.candidates), f_.nu)
                : squares > 0 ? squares / total
                              : 1;
    for (size_t j = 0; j < width_; ++j) {
      double own = f_.values.empty() ? 0 : f_.alpha0 * std::max(f_.values[j], 0.0);
      root_[j] = 1 / std::sqrt(own + l2);
    }
    if (f_.to_mean) {
      Load(vector_);
      Turn();
      for (size_t j = 0; j < width_; ++j) rho_[j] = root_[j] * l2 * turned_[j];
    }
    rows_.size() < width_ ? SolveByItems() : SolveByDimensions();
    for (size_t j = 0; j < width_; ++j) rho_[j] *= root_[j];
    TurnBack();
  }

  // The solution, where it is finite, into the vector.
  bool Finish(bool cosine) {
    for (uint32_t j : f_.fixed) plain_[j] = double{vector_[j]};
    double squares = 0;
    for (size_t j = 0; j < width_; ++j) squares += plain_[j] * plain_[j];
    double factor = cosine && squares > 0 ? 1 / std::sqrt(squares) : 1;
    bool finite = std::isfinite(squares);
    for (size_t j = 0; j < width_; ++j) {
      auto x = static_cast<float>(plain_[j] * factor);
      finite = finite && std::isfinite(x);
      vector_[j] = x;
    }
    return finite;
  }

 private:
  double Weight(size_t i) const { return weights_.empty() ? 1 : double{weights_[i]}; }
  const float* Row(size_t i) { return FloatsOf(items_.vectors, rows_[i], 1, row_); }

  // plain = the free part of a vector.
  void Load(const float* vector) {
    for (size_t j = 0; j < width_; ++j) plain_[j] = double{vector[j]};
    for (uint32_t j : f_.fixed) plain_[j] = 0;
  }

  double Squares(const float* y) {
    Load(y);
    double sum = 0;
    for (size_t j = 0; j < width_; ++j) sum += plain_[j] * plain_[j];
    return sum;
  }

  // What the item's vector shall give beyond the biases, as they stand in both vectors.
  double Target(const float* y) const {
    if (f_.target == 0) return 1;
    double biases = 0;
    for (uint32_t j : f_.fixed) biases += double{vector_[j]} * double{y[j]};
    for (size_t j = width_; j < whole_; ++j) biases += double{vector_[j]} * double{y[j]};
    return f_.target - biases;
  }

  // Leaves out the oldest items of a history beyond all use.
  void Shorten() {
    size_t most = width_ <= kMostUnknowns
                      ? SIZE_MAX
                      : std::min(kMostUnknowns, std::max<size_t>(1, kMostNumbers / width_));
    if (rows_.size() <= most) return;
    rows_ = rows_.last(most);
    if (!weights_.empty()) weights_ = weights_.last(most);
  }

  // turned = Qᵀ·plain.
  void Turn() {
    if (f_.axes.empty()) return (void)std::copy_n(plain_, width_, turned_);
    std::fill_n(turned_, width_, 0.0);
    const double* a = f_.axes.data();
    size_t k = 0;
    for (; k + 4 <= width_; k += 4, a += 4 * width_) {
      const double *b = a + width_, *c = b + width_, *d = c + width_;
      double x = plain_[k], y = plain_[k + 1], z = plain_[k + 2], w = plain_[k + 3];
      for (size_t j = 0; j < width_; ++j) {
        turned_[j] = turned_[j] + x * a[j] + y * b[j] + z * c[j] + w * d[j];
      }
    }
    for (; k < width_; ++k, a += width_) {
      for (size_t j = 0; j < width_; ++j) turned_[j] += plain_[k] * a[j];
    }
  }

  // plain = Q·rho.
  void TurnBack() {
    if (f_.axes.empty()) return (void)std::copy_n(rho_, width_, plain_);
    for (size_t k = 0; k < width_; ++k) {
      const double* axis = f_.axes.data() + k * width_;
      double sum = 0;
      for (size_t j = 0; j < width_; ++j) sum += axis[j] * rho_[j];
      plain_[k] = sum;
    }
  }

  // turned becomes b of an item; returns its s.
  double Take(size_t i) {
    const float* y = Row(i);
    double root = std::sqrt(Weight(i)), s = root * Target(y);
    Load(y);
    Turn();
    for (size_t j = 0; j < width_; ++j) turned_[j] *= root * root_[j];
    return s;
  }

  // rho becomes the solution before D^−½: in as many unknowns as there are items …
  void SolveByItems() {
    size_t n = rows_.size();
    b_.resize(Times(width_, n));  // Bᵀ: what is summed over comes first
    right_.resize(n);
    for (size_t i = 0; i < n; ++i) {
      right_[i] = Take(i);
      for (size_t j = 0; j < width_; ++j) {
        b_[j * n + i] = turned_[j];
        right_[i] -= turned_[j] * rho_[j];
      }
    }
    system_.assign(Times(n, n), 0.0);
    AddSquares(b_.data(), width_, n, system_.data());
    Solve(system_.data(), n, right_.data());
    for (size_t j = 0; j < width_; ++j) {
      for (size_t i = 0; i < n; ++i) rho_[j] += b_[j * n + i] * right_[i];
    }
  }

  // … or as there are dimensions.
  void SolveByDimensions() {
    b_.resize(Times(kBlock, width_));
    system_.assign(Times(width_, width_), 0.0);
    for (size_t begin = 0; begin < rows_.size(); begin += kBlock) {
      size_t n = std::min(kBlock, rows_.size() - begin);
      for (size_t i = 0; i < n; ++i) {
        double s = Take(begin + i);
        std::copy_n(turned_, width_, b_.begin() + static_cast<std::ptrdiff_t>(i * width_));
        for (size_t j = 0; j < width_; ++j) rho_[j] += s * turned_[j];
      }
      AddSquares(b_.data(), n, width_, system_.data());
    }
    Solve(system_.data(), width_, rho_);
  }

  const model::Entities& items_;
  const model::FoldIn f_;
  const size_t whole_, width_;  // with the columns of biases, and without
  std::span<const uint32_t> rows_;
  std::span<const float> weights_;
  float* vector_;
  AlignedVector<float>& row_;
  AlignedVector<double>&state_, &b_, &system_, &right_;
  double *root_ = nullptr, *rho_ = nullptr, *turned_ = nullptr, *plain_ = nullptr;  // in state_
};

}  // namespace

bool FoldsIn(const Engine& engine) {
  return !engine.joint() && !model::ReadsHistory(engine.model().description());
}

void RequireFoldIn(const Engine& engine) {
  if (!FoldsIn(engine)) {
    Fail(Status::kUnsupported, "the model \"", engine.model().description().name,
         engine.joint() ? "\" has one joint tower, so there are no vectors"
                        : "\" reads histories by its tower");
  }
  if (engine.model().items().vectors.empty()) {
    Fail(Status::kUnsupported,
         "a history needs the items' vectors, and the file has none; export it with them");
  }
}

void FoldIn(const Engine& engine, std::span<const uint32_t> items, std::span<const float> weights,
            float* vector, Workspace& work) {
  RequireFoldIn(engine);
  engine.Encode(Side::kUser, {1, {}}, vector, work);
  const uint64_t count = engine.model().items().count;
  auto known = [&](uint32_t row) { return row < count; };
  if (!std::all_of(items.begin(), items.end(), known)) {
    AlignedVector<uint32_t> rows;
    AlignedVector<float> own;
    for (size_t i = 0; i < items.size(); ++i) {
      if (!known(items[i])) continue;
      rows.push_back(items[i]);
      if (!weights.empty()) own.push_back(weights[i]);
    }
    if (rows.empty()) return;
    return FoldIn(engine, rows, own, vector, work);
  }
  if (items.empty()) return;
  Folding folding(engine, items, weights, vector, work);
  folding.Run();
  bool cosine = engine.model().description().head.kind == HeadKind::kCosine;
  if (folding.Finish(cosine)) return;
  Fail(Status::kCorrupt,
       "the vectors of the items of a history, or what the file says about folding "
       "in, are not finite or too large");
}

}  // namespace duomo::runtime
