// The sum of the updates of a row by steps that did not touch it.
//
// Without gradient Adam's moments only fall: after k steps m is β₁ᵏm and √v is βᵏ√v with β = √β₂.
// The updates of steps a+1 … b then add up to
//   Σₖ rateₖ · β₁ᵏ · m / (βᵏ√v + ε)  =  m/D · Σⱼ qʲ · Mⱼ,   Mⱼ = Σₖ rateₖ · β₁ᵏ · (1 − βᵏ)ʲ,
// with D = √v + ε and q = √v/D, for 1/(D − √v(1−βᵏ)) is a geometric series. The Mⱼ are numbers of
// the two steps alone, with the schedule and both bias corrections in rateₖ. They fall quickly,
// because m decays long before √v changes: the first J terms leave at most 1/C(p−1+J, J) of the
// sum, p being ln β₁ / ln β, and J is chosen so that this is below 2⁻²⁶. That is less than the
// rounding of one float, and than what steps taken one by one would have rounded away. For 0.9 and
// 0.999, J is 4.
//
// Decoupled weight decay multiplies w by 1 − decay·rate at each step, which is a factor on each of
// the sums. SGD's momentum is the case without v: J = 1.
#pragma once

#include <cstdint>
#include <vector>

#include "kernels/vector.h"
#include "training/options.h"

namespace duomo::training {

// Reach() on one thread while nobody else is here; the rest: any thread.
class MissedSteps {
 public:
  // total: see LearningRate().
  MissedSteps(const TrainingOptions& options, uint64_t total);

  // False if m decays no faster than v (β₁ near √β₂ or above): then no short sum is accurate, and
  // the steps must be taken one by one.
  bool has_sum() const { return terms_ > 0; }

  // Makes Between() possible up to this step. 8 bytes a step and term.
  void Reach(uint64_t step);

  // The sums over the steps after `from` up to `to` > from. Of SGD, beta1 and moments[0] alone
  // count, and `decay`; of Adagrad `decay` alone.
  kernels::AdamMissed Between(uint64_t from, uint64_t to) const;

  // What a step takes from w by decay, as a part of it.
  double Decay(uint64_t step) const;
  // The same of the steps after `from` up to `to`.
  double Decay(uint64_t from, uint64_t to) const;

  // What a step multiplies m/(√v + ε) by: the learning rate and Adam's bias corrections.
  double Rate(uint64_t step) const;

 private:
  struct Powers {
    double first, root;  // of β₁ (or the momentum), and of √β₂
  };
  Powers Compute(uint64_t steps) const;

  TrainingOptions options_;
  uint64_t total_;
  size_t terms_ = 0;
  double log_first_ = 0, log_root_ = 0;  // of what Powers has powers of
  std::vector<Powers> powers_;           // of so many steps, from 0 on
  std::vector<double> ratios_;           // β₁βʲ, by term
  uint64_t horizon_ = 0;                 // so many steps on, a moment's effect is below a double's
  // By step t and term: Σ over all i > t of rateᵢ · ratioⁱ⁻ᵗ, divided by what decay has left since
  // t.
  std::vector<double> ahead_;
  std::vector<double> log_keep_;  // by step, from the first on; empty: no decay
};

}  // namespace duomo::training
