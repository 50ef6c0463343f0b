#include "training/missed_steps.h"

#include <algorithm>
#include <cmath>

#include "training/schedule.h"

namespace duomo::training {
namespace {

constexpr uint64_t kBlock = 4096;   // steps by which the tables grow
constexpr uint64_t kPowers = 4096;  // most rows of a run miss fewer steps at a time

// How many terms of the series are needed; 0: too many.
size_t Terms(double beta1, double beta2) {
  if (beta1 == 0) return 1;
  if (beta2 == 0) return 0;
  double p = std::log(beta1) / (0.5 * std::log(beta2)), binomial = 1;
  if (!(p > 1)) return 0;
  for (size_t j = 1; j <= kernels::AdamMissed::kMostTerms; ++j) {
    binomial *= (p - 1 + static_cast<double>(j)) / static_cast<double>(j);
    if (binomial >= 0x1p26) return j;
  }
  return 0;
}

}  // namespace

MissedSteps::MissedSteps(const TrainingOptions& options, uint64_t total)
    : options_(options), total_(total) {
  bool adam = options.optimizer == OptimizerKind::kAdam;
  double first = adam                                       ? options.beta1
                 : options.optimizer == OptimizerKind::kSgd ? options.momentum
                                                            : 0;
  double root = adam ? std::sqrt(options.beta2) : 1;
  terms_ = adam ? Terms(options.beta1, options.beta2) : 1;
  // The sums look ahead, so decay must not outgrow the moment's fall.
  double slowest = first / (1 - options.weight_decay * options.learning_rate);
  if (!(slowest < 0.9999)) terms_ = 0;
  for (size_t j = 0; j < terms_; ++j) {
    ratios_.push_back(first * std::pow(root, static_cast<double>(j)));
  }
  log_first_ = std::log(first);
  log_root_ = std::log(root);
  horizon_ =
      first > 0 && terms_ > 0 ? static_cast<uint64_t>(std::log(1e-20) / std::log(slowest)) + 1 : 1;
  if (options.weight_decay > 0) log_keep_.push_back(0);
  if (terms_ == 0) return;
  for (uint64_t n = 0; n < kPowers; ++n) powers_.push_back(Compute(n));
}

MissedSteps::Powers MissedSteps::Compute(uint64_t steps) const {
  auto n = static_cast<double>(steps);
  return {std::exp(n * log_first_), std::exp(n * log_root_)};
}

double MissedSteps::Rate(uint64_t step) const {
  double rate = LearningRate(options_, step, total_), t = static_cast<double>(step);
  if (options_.optimizer != OptimizerKind::kAdam) return rate;
  return rate * std::sqrt(1 - std::pow(options_.beta2, t)) / (1 - std::pow(options_.beta1, t));
}

double MissedSteps::Decay(uint64_t step) const {
  return options_.weight_decay > 0 ? options_.weight_decay * LearningRate(options_, step, total_)
                                   : 0;
}

void MissedSteps::Reach(uint64_t step) {
  if (!log_keep_.empty()) {
    for (uint64_t t = log_keep_.size(); t <= step; ++t) {
      log_keep_.push_back(log_keep_.back() + std::log1p(-Decay(t)));
    }
  }
  if (terms_ == 0) return;
  while (ahead_.size() <= step * terms_) {
    uint64_t begin = ahead_.size() / terms_, end = begin + std::max(kBlock, horizon_);
    ahead_.resize(end * terms_);
    std::vector<double> sums(terms_, 0.0);
    for (uint64_t t = end + horizon_; t-- > begin;) {
      double rate = Rate(t + 1), keep = 1 - Decay(t + 1);
      for (size_t j = 0; j < terms_; ++j) {
        sums[j] = ratios_[j] / keep * (rate + sums[j]);
        if (t < end) ahead_[t * terms_ + j] = sums[j];
      }
    }
  }
}

double MissedSteps::Decay(uint64_t from, uint64_t to) const {
  return log_keep_.empty() ? 0 : -std::expm1(log_keep_[to] - log_keep_[from]);
}

kernels::AdamMissed MissedSteps::Between(uint64_t from, uint64_t to) const {
  const auto [first, root] = to - from < kPowers ? powers_[to - from] : Compute(to - from);
  double decay = Decay(from, to);
  double m[kernels::AdamMissed::kMostTerms] = {};
  const double *begin = &ahead_[from * terms_], *end = &ahead_[to * terms_];
  double ratio = first;
  for (size_t j = 0; j < terms_; ++j, ratio *= root) m[j] = (1 - decay) * begin[j] - ratio * end[j];
  // From powers of βᵏ to powers of 1 − βᵏ, by differences.
  for (size_t i = 1; i < terms_; ++i) {
    for (size_t j = terms_; j-- > i;) m[j] = m[j - 1] - m[j];
  }
  kernels::AdamMissed out = {};
  out.decay = static_cast<float>(decay);
  out.beta1 = static_cast<float>(first);
  out.beta2 = static_cast<float>(root * root);
  out.epsilon = static_cast<float>(options_.epsilon);
  out.terms = terms_;
  for (size_t j = 0; j < terms_; ++j) out.moments[j] = static_cast<float>(m[j]);
  return out;
}

}  // namespace duomo::training
