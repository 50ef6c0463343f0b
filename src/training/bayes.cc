#include "training/bayes.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/error.h"
#include "core/thread_count.h"
#include "data/fixed_vectors.h"
#include "kernels/vector.h"
#include "training/export.h"
#include "training/low_rank.h"

namespace duomo::training {
namespace {

using Clock = std::chrono::steady_clock;

// Rows that one thread takes at a time: sums are by row, so that it does not matter which does.
constexpr size_t kRows = 64;

// Marsaglia and Tsang 2000, for shape ≥ 1.
double Gamma(Random& random, double shape, double rate) {
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    double x = random.Normal(), v = 1 + c * x;
    if (v <= 0) continue;
    v = v * v * v;
    if (std::log(1 - random.Uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) {
      return d * v / rate;
    }
  }
}

// A draw from the normal distribution that a number has, given the others: of what is observed of
// it and of its prior. `precision` and `weighted` are of the former.
float Draw(Random& random, double precision, double weighted, double mean, double prior) {
  const double all = precision + prior;
  return static_cast<float>((weighted + prior * mean) / all + random.Normal() / std::sqrt(all));
}

}  // namespace

// `work` of each row, in any order.
template <typename Work>
void Bayes::ForRows(size_t count, const Work& work) {
  pool_.Run([&](size_t worker) {
    for (size_t begin = worker * kRows; begin < count; begin += pool_.size() * kRows) {
      for (size_t row = begin; row < std::min(count, begin + kRows); ++row) work(row);
    }
  });
}

Bayes::Bayes(const data::Dataset& dataset, std::span<const uint32_t> rows,
             const BayesOptions& options)
    : options_(options), pool_(ThreadCount(options.threads)), random_(options.seed) {
  const data::Interactions& all = dataset.interactions;
  if (options.rank < 1 || options.samples < 1 || options.width < 1 || !(options.deviation > 0)) {
    Fail(Status::kInvalidArgument, "rank, samples, width and deviation must be above 0");
  }
  if (rows.empty()) Fail(Status::kInvalidArgument, "there are no ratings to learn from");
  sides_[0].count = dataset.users.size();
  sides_[1].count = dataset.items.size();
  for (size_t s = 0; s < 2; ++s) {
    Side& side = sides_[s];
    std::span<const uint32_t> own = s == 0 ? all.users : all.items;
    std::span<const uint32_t> others = s == 0 ? all.items : all.users;
    side.offsets.assign(side.count + 1, 0);
    for (uint32_t row : rows) ++side.offsets[own[row] + 1];
    for (size_t i = 0; i < side.count; ++i) side.offsets[i + 1] += side.offsets[i];
    side.others.resize(rows.size());
    side.places.resize(rows.size());
    std::vector<size_t> next(side.offsets.begin(), side.offsets.end() - 1);
    for (size_t i = 0; i < rows.size(); ++i) {
      const size_t at = next[own[rows[i]]]++;
      side.others[at] = others[rows[i]];
      side.places[at] = static_cast<uint32_t>(i);
    }
    side.share.resize(side.count);
    for (size_t i = 0; i < side.count; ++i) {
      const size_t n = side.offsets[i + 1] - side.offsets[i];
      side.share[i] = n > 0 ? static_cast<float>(1 / std::sqrt(static_cast<double>(n))) : 0;
    }
    side.squares.resize(side.count);
    side.products.resize(side.count);
  }
  // From places in `rows` to places in the users' order.
  std::vector<uint32_t> order(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) order[sides_[0].places[i]] = static_cast<uint32_t>(i);
  for (uint32_t& place : sides_[1].places) place = order[place];
  ratings_.resize(rows.size());
  double sum = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const float rating = all.ratings[rows[i]];
    if (!std::isfinite(rating)) {
      Fail(Status::kInvalidArgument, "the rating of interaction ", rows[i] + 1,
           " is not a finite number");
    }
    ratings_[order[i]] = rating;
    sum += double{rating};
  }
  for (size_t i = 0; i < rows.size(); ++i) sides_[0].places[i] = static_cast<uint32_t>(i);
  global_ = sum / static_cast<double>(rows.size());
  for (size_t s = 0; s < 2; ++s) {
    Side& side = sides_[s];
    for (Kind* kind : {&side.own, &side.bag}) {
      const size_t n = kind == &side.own ? side.count : sides_[1 - s].count;
      kind->values.assign((size_t{options_.rank} + 1) * n, 0);
      for (size_t i = n; i < kind->values.size(); ++i) {
        kind->values[i] = static_cast<float>(random_.Normal() * options_.deviation);
      }
      kind->priors.resize(size_t{options_.rank} + 1);
    }
    side.total.assign((size_t{options_.rank} + 1) * side.count, 0);
    for (size_t d = 0; d <= options_.rank; ++d) {
      const float* own = &side.own.values[d * side.count];
      const float* bag = &side.bag.values[d * sides_[1 - s].count];
      float* total = &side.total[d * side.count];
      for (size_t i = 0; i < side.count; ++i) {
        double in = 0;
        for (size_t r = side.offsets[i]; r < side.offsets[i + 1]; ++r)
          in += double{bag[side.others[r]]};
        total[i] = own[i] + side.share[i] * static_cast<float>(in);
      }
    }
    bias_sums_[s].assign(side.count, 0);
    for (float share : side.share) weights_[s].push_back(share > 0 ? 1 / (share * share) : 0);
  }
  residuals_.resize(rows.size());
  Residuals();
}

// What the parameters leave unexplained, anew: the changes that are added up while they are drawn
// are rounded.
void Bayes::Residuals() {
  const Side &users = sides_[0], &items = sides_[1];
  ForRows(users.count, [&](size_t u) {
    for (size_t r = users.offsets[u]; r < users.offsets[u + 1]; ++r) {
      const size_t i = users.others[r];
      double prediction = global_ + double{users.total[u]} + double{items.total[i]};
      for (size_t d = 1; d <= options_.rank; ++d) {
        prediction +=
            double{users.total[d * users.count + u]} * double{items.total[d * items.count + i]};
      }
      residuals_[r] = static_cast<float>(double{ratings_[r]} - prediction);
    }
  });
}

// Means and precisions have the priors N(0, 1/precision) and Gamma(1/2, 1/2).
void Bayes::SamplePriors(Kind& kind) {
  const size_t n = kind.values.size() / kind.priors.size();
  for (size_t d = 0; d < kind.priors.size(); ++d) {
    const float* values = &kind.values[d * n];
    Prior& prior = kind.priors[d];
    double squares = prior.mean * prior.mean, sum = 0;
    for (size_t i = 0; i < n; ++i) {
      squares += (double{values[i]} - prior.mean) * (double{values[i]} - prior.mean);
      sum += double{values[i]};
    }
    const double count = static_cast<double>(n) + 1;
    prior.precision = Gamma(random_, (1 + count) / 2, (1 + squares) / 2);
    prior.mean = sum / count + random_.Normal() / std::sqrt(count * prior.precision);
  }
}

// Draws one dimension of a side's numbers, one by one, each given all others. What the ratings say
// of a number is in two sums over the entity's ratings, which change as simply as the number does:
// the squares of what it is multiplied with, and the products of that with the residuals.
void Bayes::SampleDimension(size_t s, size_t d) {
  Side &side = sides_[s], &other = sides_[1 - s];
  float* own = &side.own.values[d * side.count];
  float* bag = &side.bag.values[d * other.count];
  float* total = &side.total[d * side.count];
  const float* factors = d == 0 ? nullptr : &other.total[d * other.count];  // 1 of biases
  std::vector<float> before(total, total + side.count);
  ForRows(side.count, [&](size_t row) {
    double squares = 0, products = 0;
    for (size_t r = side.offsets[row]; r < side.offsets[row + 1]; ++r) {
      const double factor = factors == nullptr ? 1 : double{factors[side.others[r]]};
      squares += factor * factor;
      products += factor * double{residuals_[side.places[r]]};
    }
    side.squares[row] = squares;
    side.products[row] = products;
  });
  const Prior of_own = side.own.priors[d], of_bag = side.bag.priors[d];
  for (size_t row = 0; row < side.count; ++row) {
    const double squares = side.squares[row];
    const double weighted = side.products[row] + double{own[row]} * squares;
    const float drawn =
        Draw(random_, precision_ * squares, precision_ * weighted, of_own.mean, of_own.precision);
    const double change = double{drawn} - double{own[row]};
    side.products[row] -= change * squares;
    total[row] += static_cast<float>(change);
    own[row] = drawn;
  }
  for (size_t j = 0; j < other.count; ++j) {
    // Who has rated j: the other side's list of it.
    double squares = 0, weighted = 0;
    for (size_t r = other.offsets[j]; r < other.offsets[j + 1]; ++r) {
      const size_t row = other.others[r];
      const double share = double{side.share[row]};
      squares += share * share * side.squares[row];
      weighted += share * side.products[row];
    }
    weighted += double{bag[j]} * squares;
    const float drawn =
        Draw(random_, precision_ * squares, precision_ * weighted, of_bag.mean, of_bag.precision);
    const double change = double{drawn} - double{bag[j]};
    for (size_t r = other.offsets[j]; r < other.offsets[j + 1]; ++r) {
      const size_t row = other.others[r];
      const double moved = double{side.share[row]} * change;
      side.products[row] -= moved * side.squares[row];
      total[row] += static_cast<float>(moved);
    }
    bag[j] = drawn;
  }
  ForRows(side.count, [&](size_t row) {
    const float change = total[row] - before[row];
    for (size_t r = side.offsets[row]; r < side.offsets[row + 1]; ++r) {
      residuals_[side.places[r]] -= change * (factors == nullptr ? 1 : factors[side.others[r]]);
    }
  });
}

// Columns that the vectors may have beyond their width before they are brought down to it: more
// take more memory, and less time.
constexpr size_t kSpare = 256;

void Bayes::Keep() {
  const size_t rank = options_.rank, wide = wide_ + rank;
  for (size_t s = 0; s < 2; ++s) {
    const Side& side = sides_[s];
    AlignedVector<float> vectors(side.count * wide);
    for (size_t i = 0; i < side.count; ++i) {
      const bool has = side.offsets[i + 1] > side.offsets[i];
      // A draw for somebody of whom nothing is known says nothing: the mean of the draws does.
      auto value = [&](size_t d) {
        return has ? double{side.total[d * side.count + i]} : side.own.priors[d].mean;
      };
      bias_sums_[s][i] += value(0);
      float* out = &vectors[i * wide];
      std::copy_n(vectors_[s].data() + i * wide_, wide_, out);
      for (size_t d = 1; d <= rank; ++d) out[wide_ + d - 1] = static_cast<float>(value(d));
    }
    vectors_[s] = std::move(vectors);
  }
  global_sum_ += global_;
  ++kept_;
  wide_ = wide;
  if (wide_ + rank > options_.width + std::max(kSpare, rank)) NarrowTo(options_.width);
}

void Bayes::NarrowTo(size_t width) {
  if (wide_ <= width) return;
  Narrow(vectors_[0], weights_[0], vectors_[1], weights_[1], wide_, width, pool_);
  wide_ = width;
}

void Bayes::Run(std::span<Observer* const> observers) {
  const uint64_t total = uint64_t{options_.burn_in} + options_.samples;
  bool stop = false;
  for (uint64_t sample = 0; sample < total && !stop; ++sample) {
    const auto start = Clock::now();
    double squares = 0, sum = 0;
    for (float r : residuals_) {
      squares += double{r} * double{r};
      sum += double{r};
    }
    const auto n = static_cast<double>(residuals_.size());
    precision_ = Gamma(random_, (1 + n) / 2, (1 + squares) / 2);
    const double change = sum / n + random_.Normal() / std::sqrt(precision_ * n);
    global_ += change;
    for (float& r : residuals_) r -= static_cast<float>(change);
    for (Side& side : sides_) {
      SamplePriors(side.own);
      SamplePriors(side.bag);
    }
    for (size_t d = 0; d <= options_.rank; ++d) {
      SampleDimension(0, d);
      SampleDimension(1, d);
    }
    Residuals();
    if (sample >= options_.burn_in) Keep();
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    for (Observer* o : observers) o->OnTrain({sample, 0, sample, total, squares / n});
    for (Observer* o : observers) o->OnPass({sample, 1, seconds});
    stop = std::any_of(observers.begin(), observers.end(),
                       [](Observer* o) { return o->ShouldStop(); });
  }
  if (kept_ == 0) Keep();
  NarrowTo(options_.width);
}

double Bayes::Predict(uint32_t user, uint32_t item) const {
  const double dot =
      kernels::Vector().dot(&vectors_[0][user * wide_], &vectors_[1][item * wide_], wide_);
  return (global_sum_ + bias_sums_[0][user] + bias_sums_[1][item] + dot) /
         static_cast<double>(kept_);
}

model::Contents Bayes::Export(const data::Dataset& dataset) const {
  const double scale = 1 / static_cast<double>(kept_), root = std::sqrt(scale);
  data::FixedVectors v;
  v.name = "bayes";
  v.unit = "rating";
  v.width = static_cast<uint32_t>(wide_);
  for (size_t s = 0; s < 2; ++s) {
    std::vector<float>& out = s == 0 ? v.users : v.items;
    std::vector<float>& biases = s == 0 ? v.user_bias : v.item_bias;
    for (float x : vectors_[s]) out.push_back(static_cast<float>(double{x} * root));
    for (double sum : bias_sums_[s]) biases.push_back(static_cast<float>(sum * scale));
  }
  v.global_bias = static_cast<float>(global_sum_ * scale);
  model::Contents contents = data::ExportVectors(v, dataset);
  AddItemPlanes(contents);
  return contents;
}

}  // namespace duomo::training
