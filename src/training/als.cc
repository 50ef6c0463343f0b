#include "training/als.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "core/thread_count.h"
#include "data/fixed_vectors.h"
#include "kernels/vector.h"
#include "training/export.h"
#include "training/symmetric.h"
#include "training/weights.h"

namespace duomo::training {
namespace {

constexpr size_t kSlices = 16;    // of sums over all rows: fixed, so that threads change no bit
constexpr size_t kBlock = 256;    // rows of a product
constexpr size_t kTurn = 16;      // rows that a worker takes at a time
constexpr size_t kTriangle = 32;  // columns of a symmetric product at a time

void Check(const AlsOptions& o) {
  auto require = [](bool condition, const char* message) {
    if (!condition) Fail(Status::kInvalidArgument, "implicit ALS: ", message);
  };
  require(o.dim > 0 && o.dim <= 4096, "the dimension must be from 1 to 4096");
  require(o.alpha0 >= 0 && std::isfinite(o.alpha0), "alpha0 must be 0 or a positive number");
  require(o.l2 > 0 && std::isfinite(o.l2), "l2 must be a positive number");
  require(o.nu >= -8 && o.nu <= 8, "nu must be from -8 to 8");
  require(o.deviation > 0 && std::isfinite(o.deviation), "the deviation must be positive");
  require(o.passes > 0, "there must be at least one pass");
  require(o.threads <= 1024, "at most 1024 threads are possible");
}

// The lower half of I + A·Aᵀ (of rows) or I + Aᵀ·A (of columns), in strips; `size` is that of the
// result, `depth` what is summed over. `add`: to what is there.
void Symmetric(bool rows, size_t size, size_t depth, const float* a, size_t stride, bool add,
               float* out) {
  const kernels::VectorKernels& k = kernels::Vector();
  for (size_t at = 0; at < size; at += kTriangle) {
    size_t width = std::min(kTriangle, size - at);
    const float* from = rows ? a + at * stride : a + at;
    k.gemm(!rows, rows, size - at, width, depth, from, stride, from, stride, add ? 1 : 0,
           out + at * size + at, size);
  }
  if (add) return;
  for (size_t i = 0; i < size; ++i) out[i * size + i] += 1;
}

}  // namespace

// One thread's memory.
struct Als::Worker {
  UnitCholesky cholesky;
  AlignedVector<float> rows, system, right, solution;

  // The vector x of one row: with D = λ + alpha0·Λ, in the axes in which the others' Gram matrix is
  // the diagonal Λ, A the rows √w·y·D^−½ and r = D^−½·λ·m for the mean m that it is drawn to,
  // x = D^−½ (I + AᵀA)⁻¹ (Aᵀ√w + r) = D^−½ (r + Aᵀ (I + AAᵀ)⁻¹ (√w − A·r)).
  void Solve(const Side& side, size_t row, const float* others, size_t dim, const double* diagonal,
             const double* mean, float* out) {
    const kernels::VectorKernels& k = kernels::Vector();
    size_t begin = side.offsets[row], count = side.offsets[row + 1] - begin;
    solution.resize(dim);
    right.resize(dim);
    for (size_t j = 0; j < dim; ++j) {
      right[j] = static_cast<float>(1 / std::sqrt(diagonal[j] + side.l2[row]));
      solution[j] = static_cast<float>(double{right[j]} * side.l2[row] * mean[j]);
    }
    auto gather = [&](size_t first, size_t n) {
      rows.resize(n * dim);
      for (size_t i = 0; i < n; ++i) {
        const float* y = others + size_t{side.others[begin + first + i]} * dim;
        float root = std::sqrt(side.weights[begin + first + i]);
        float* a = &rows[i * dim];
        for (size_t j = 0; j < dim; ++j) a[j] = root * right[j] * y[j];
      }
    };
    auto root_of = [&](size_t i) { return std::sqrt(side.weights[begin + i]); };
    if (count < dim) {
      gather(0, count);
      system.resize(count * count);
      Symmetric(true, count, dim, rows.data(), dim, false, system.data());
      AlignedVector<float>& z = weights;
      z.resize(count);
      for (size_t i = 0; i < count; ++i) {
        z[i] = root_of(i) - static_cast<float>(k.dot(&rows[i * dim], solution.data(), dim));
      }
      cholesky.Solve(system.data(), count, z.data());
      for (size_t i = 0; i < count; ++i) k.axpy(z[i], &rows[i * dim], solution.data(), dim);
    } else {
      system.resize(dim * dim);
      for (size_t first = 0; first < count; first += kBlock) {
        size_t n = std::min(kBlock, count - first);
        gather(first, n);
        Symmetric(false, dim, n, rows.data(), dim, first > 0, system.data());
        for (size_t i = 0; i < n; ++i) {
          k.axpy(root_of(first + i), &rows[i * dim], solution.data(), dim);
        }
      }
      cholesky.Solve(system.data(), dim, solution.data());
    }
    for (size_t j = 0; j < dim; ++j) out[j] = right[j] * solution[j];
  }

  AlignedVector<float> weights;
};

Als::Als(const data::Dataset& dataset, std::span<const uint32_t> rows, const AlsOptions& options)
    : options_((Check(options), options)), pool_(ThreadCount(options.threads)) {
  if (rows.empty()) {
    Fail(Status::kInvalidArgument, "there are no training examples; check the split");
  }
  const data::Interactions& all = dataset.interactions;
  sides_[0].count = dataset.users.size();
  sides_[1].count = dataset.items.size();
  if (!options_.items.empty() && options_.items.size() != sides_[1].count * options_.dim) {
    Fail(Status::kInvalidArgument, "items to begin with have ", options_.items.size(),
         " numbers, not ", sides_[1].count, " × ", options_.dim);
  }
  std::vector<float> weights;  // empty: all alike
  if (options.use_weights) weights = MeanOneWeights(all, rows);
  Group(sides_[0], rows, all.users, all.items, weights);
  Group(sides_[1], rows, all.items, all.users, weights);
  for (size_t s = 0; s < 2; ++s) {
    Side& side = sides_[s];
    const Side& other = sides_[1 - s];
    size_t candidates = 0;
    for (size_t i = 0; i < other.count; ++i) candidates += other.Has(i) ? 1 : 0;
    for (size_t i = 0; i < side.count; ++i) {
      double taken =
          std::accumulate(side.weights.begin() + static_cast<ptrdiff_t>(side.offsets[i]),
                          side.weights.begin() + static_cast<ptrdiff_t>(side.offsets[i + 1]), 0.0);
      double reach = taken + options_.alpha0 * static_cast<double>(candidates);
      side.l2.push_back(options_.l2 * (reach > 0 ? std::pow(reach, options_.nu) : 1));
    }
    side.vectors.assign(side.count * options_.dim, 0.0f);
  }
  // Users are solved first, so that the items' numbers alone begin.
  Random random(options_.seed);
  double deviation = options_.deviation / std::sqrt(static_cast<double>(options_.dim));
  for (size_t i = 0; i < sides_[1].count; ++i) {
    if (!sides_[1].Has(i)) continue;
    float* vector = &sides_[1].vectors[i * options_.dim];
    if (!options_.items.empty()) {
      std::copy_n(&options_.items[i * options_.dim], options_.dim, vector);
      if (std::any_of(vector, vector + options_.dim, [](float x) { return x != 0; })) continue;
    }
    for (size_t j = 0; j < options_.dim; ++j) {
      vector[j] = static_cast<float>(random.Normal() * deviation);
    }
  }
  options_.items = {};
  for (size_t w = 0; w < pool_.size(); ++w) workers_.push_back(std::make_unique<Worker>());
}

Als::~Als() = default;

// The pairs of one side, of which equal ones become one.
void Als::Group(Side& side, std::span<const uint32_t> rows, std::span<const uint32_t> own,
                std::span<const uint32_t> others, const std::vector<float>& weights) {
  std::vector<size_t> ends(side.count + 1, 0);
  for (uint32_t row : rows) ++ends[own[row] + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  struct Pair {
    uint32_t other;
    float weight;
  };
  std::vector<Pair> pairs(rows.size());
  std::vector<size_t> at(ends.begin(), ends.end() - 1);
  for (size_t i = 0; i < rows.size(); ++i) {
    pairs[at[own[rows[i]]]++] = {others[rows[i]], weights.empty() ? 1.0f : weights[i]};
  }
  side.offsets.assign(1, 0);
  for (size_t entity = 0; entity < side.count; ++entity) {
    auto first = pairs.begin() + static_cast<ptrdiff_t>(ends[entity]);
    auto last = pairs.begin() + static_cast<ptrdiff_t>(ends[entity + 1]);
    std::stable_sort(first, last, [](const Pair& a, const Pair& b) { return a.other < b.other; });
    for (auto pair = first; pair != last; ++pair) {
      if (pair->weight == 0) continue;
      if (side.others.size() > side.offsets.back() && side.others.back() == pair->other) {
        side.weights.back() += pair->weight;
      } else {
        side.others.push_back(pair->other);
        side.weights.push_back(pair->weight);
      }
    }
    side.offsets.push_back(side.others.size());
  }
}

// Σ x·xᵀ over the entities that have pairs.
std::vector<double> Als::Gram(const Side& side) const {
  size_t dim = options_.dim;
  std::vector<std::vector<double>> slices(kSlices);
  pool_.Run([&](size_t worker) {
    AlignedVector<float> block(kBlock * dim), product(dim * dim);
    for (size_t s = worker; s < kSlices; s += pool_.size()) {
      slices[s].assign(dim * dim, 0.0);
      Range range = Share(side.count, s, kSlices);
      for (size_t row = range.begin; row < range.end;) {
        size_t n = 0;
        for (; row < range.end && n < kBlock; ++row) {
          if (!side.Has(row)) continue;
          std::memcpy(&block[n++ * dim], &side.vectors[row * dim], dim * sizeof(float));
        }
        kernels::Vector().gemm(true, false, dim, dim, n, block.data(), dim, block.data(), dim, 0,
                               product.data(), dim);
        for (size_t i = 0; n > 0 && i < product.size(); ++i) slices[s][i] += double{product[i]};
      }
    }
  });
  std::vector<double> sum(dim * dim);
  for (const std::vector<double>& slice : slices) {
    for (size_t i = 0; i < slice.size(); ++i) sum[i] += slice[i];
  }
  return sum;
}

bool Als::Solve(size_t which, std::span<Observer* const> observers, bool may_stop) {
  Side &side = sides_[which], &other = sides_[1 - which];
  size_t dim = options_.dim;
  std::vector<double> gram = Gram(other);
  if (!std::all_of(gram.begin(), gram.end(), [](double x) { return std::isfinite(x); })) {
    Fail(Status::kInvalidArgument, "implicit ALS diverged in pass ", passes_done_ + 1,
         ": its numbers are no longer finite; raise l2 or check the weights");
  }
  Eigen eigen = EigenOf(std::move(gram), dim);
  std::vector<double> diagonal(dim);
  double least = 1e-6 * options_.alpha0 * std::max(eigen.values.back(), 0.0);
  for (size_t j = 0; j < dim; ++j) {
    diagonal[j] = std::max(options_.alpha0 * eigen.values[j], least);
  }
  // Both sides are turned into the axes of the others, which changes no product.
  AlignedVector<float> axes(dim * dim), turned(other.vectors.size()), next(side.vectors.size());
  for (size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<float>(eigen.vectors[i]);
  std::vector<double> mean(dim);
  if (which == 0) {
    std::vector<double> before = Mean();
    for (size_t j = 0; j < dim; ++j) {
      mean[j] = std::inner_product(before.begin(), before.end(),
                                   eigen.vectors.begin() + static_cast<ptrdiff_t>(j * dim), 0.0);
    }
  }
  std::atomic<size_t> turn = 0;
  pool_.Run([&](size_t) {
    for (size_t begin; (begin = turn.fetch_add(kBlock)) < other.count;) {
      size_t n = std::min(kBlock, other.count - begin);
      kernels::Vector().gemm(false, true, n, dim, dim, &other.vectors[begin * dim], dim,
                             axes.data(), dim, 0, &turned[begin * dim], dim);
    }
  });
  turn = 0;
  std::atomic<bool> stop = false;
  pool_.Run([&](size_t worker) {
    for (size_t begin; !stop && (begin = turn.fetch_add(kTurn)) < side.count;) {
      for (size_t row = begin; row < std::min(begin + kTurn, side.count); ++row) {
        if (!side.Has(row)) continue;
        workers_[worker]->Solve(side, row, turned.data(), dim, diagonal.data(), mean.data(),
                                &next[row * dim]);
      }
      // Worker 0 is the caller's thread, where observers are at home.
      if (may_stop && worker == 0) {
        stop = stop || std::any_of(observers.begin(), observers.end(),
                                   [](Observer* o) { return o->ShouldStop(); });
      }
    }
  });
  if (stop) return false;
  side.vectors.swap(next);
  other.vectors.swap(turned);
  return true;
}

void Als::Run(std::span<Observer* const> observers) {
  using Clock = std::chrono::steady_clock;
  uint64_t total = passes_done_ + options_.passes;
  bool stop = false;
  while (passes_done_ < total && !stop) {
    auto start = Clock::now();
    bool first = passes_done_ == 0;
    stop = !Solve(0, observers, !first) || !Solve(1, observers, !first);
    SetStrangers();
    if (stop) break;
    double cost = Cost();
    if (!std::isfinite(cost)) {
      Fail(Status::kInvalidArgument, "implicit ALS diverged in pass ", passes_done_ + 1,
           ": its numbers are no longer finite; raise l2 or check the weights");
    }
    double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    for (Observer* o : observers) o->OnTrain({passes_done_, 0, passes_done_, total, cost});
    for (Observer* o : observers) o->OnPass({passes_done_, 1, seconds});
    ++passes_done_;
    stop = std::any_of(observers.begin(), observers.end(),
                       [](Observer* o) { return o->ShouldStop(); });
  }
}

// What users are drawn to: the m that is best for them as they are.
std::vector<double> Als::Mean() const {
  size_t dim = options_.dim;
  std::vector<double> mean(dim);
  if (options_.to_mean) mean = UserMean();
  return mean;
}

// The mean of the users that have rows, by their λ.
std::vector<double> Als::UserMean() const {
  size_t dim = options_.dim;
  const Side& side = sides_[0];
  std::vector<double> mean(dim);
  double total = 0;
  for (size_t i = 0; i < side.count; ++i) {
    if (!side.Has(i)) continue;
    total += side.l2[i];
    for (size_t j = 0; j < dim; ++j) mean[j] += side.l2[i] * double{side.vectors[i * dim + j]};
  }
  for (double& x : mean) x /= total;
  return mean;
}

// Users without rows; nothing else looks at them.
void Als::SetStrangers() {
  std::vector<double> mean = UserMean();
  for (size_t i = 0; i < sides_[0].count; ++i) {
    if (sides_[0].Has(i)) continue;
    std::copy(mean.begin(), mean.end(), &sides_[0].vectors[i * options_.dim]);
  }
}

double Als::Cost() const {
  size_t dim = options_.dim;
  const Side& side = sides_[0];
  std::vector<double> costs(kSlices);
  pool_.Run([&](size_t worker) {
    const kernels::VectorKernels& k = kernels::Vector();
    for (size_t s = worker; s < kSlices; s += pool_.size()) {
      Range range = Share(side.count, s, kSlices);
      for (size_t row = range.begin; row < range.end; ++row) {
        const float* x = &side.vectors[row * dim];
        for (size_t i = side.offsets[row]; i < side.offsets[row + 1]; ++i) {
          double miss = 1 - k.dot(x, &sides_[1].vectors[size_t{side.others[i]} * dim], dim);
          costs[s] += double{side.weights[i]} * miss * miss;
        }
      }
    }
  });
  double cost = std::accumulate(costs.begin(), costs.end(), 0.0);
  std::vector<double> users = Gram(sides_[0]), items = Gram(sides_[1]);
  cost += options_.alpha0 * std::inner_product(users.begin(), users.end(), items.begin(), 0.0);
  std::vector<double> means[] = {Mean(), std::vector<double>(dim)};
  for (size_t which = 0; which < 2; ++which) {
    const Side& s = sides_[which];
    for (size_t row = 0; row < s.count; ++row) {
      if (!s.Has(row)) continue;
      double squares = 0;
      for (size_t j = 0; j < dim; ++j) {
        double x = double{s.vectors[row * dim + j]} - means[which][j];
        squares += x * x;
      }
      cost += s.l2[row] * squares;
    }
  }
  return cost / static_cast<double>(side.others.size());
}

// What it takes to solve for one more user as Solve() does.
void Als::AddFoldIn(model::Contents& contents) const {
  model::FoldIn& f = contents.fold_in.emplace();
  f.l2 = options_.l2;
  f.alpha0 = options_.alpha0;
  f.nu = options_.nu;
  f.to_mean = options_.to_mean;
  for (size_t i = 0; i < sides_[1].count; ++i) f.candidates += sides_[1].Has(i) ? 1 : 0;
  if (f.alpha0 == 0) return;
  Eigen eigen = EigenOf(Gram(sides_[1]), options_.dim);
  model::AddGramian(contents.tensors, eigen.values, eigen.vectors);
}

model::Contents Als::Export(const data::Dataset& dataset, bool titles,
                            std::vector<float> item_bias) const {
  data::FixedVectors v;
  v.name = "implicit-als";
  v.unit = "score";
  v.width = options_.dim;
  v.users.assign(users().begin(), users().end());
  v.items.assign(items().begin(), items().end());
  std::vector<double> mean = UserMean();
  v.unknown_user.assign(mean.begin(), mean.end());
  v.item_bias = std::move(item_bias);
  model::Contents contents = data::ExportVectors(v, dataset);
  AddFoldIn(contents);
  if (!titles) {
    std::erase_if(contents.tensors, [](const auto& tensor) {
      return tensor.name.starts_with("items/titles") || tensor.name.starts_with("users/titles");
    });
  }
  AddItemPlanes(contents);
  return contents;
}

}  // namespace duomo::training
