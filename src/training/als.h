// Implicit alternating least squares: vectors of users and items from who took what, without steps
// or rates. The strongest simple learner for data without order and features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/array.h"
#include "core/thread_pool.h"
#include "data/dataset.h"
#include "model/model.h"
#include "training/trainer.h"

namespace duomo::training {

struct AlsOptions {
  uint32_t dim = 64;
  // How much a pair that nobody took counts beside one that was taken, whose mean weight is 1.
  double alpha0 = 0.1;
  // λ of a vector is l2 · (weight of its pairs + alpha0 · all pairs that it could have)^nu.
  double l2 = 0.003, nu = 1;
  // Regularise users towards their mean instead of 0: users with few items then get lists close to
  // popularity, instead of a few neighbours of their items.
  bool to_mean = true;
  double deviation = 0.1;   // of the first vectors' numbers, times √dim
  uint32_t passes = 16;     // each solves all users, then all items
  bool use_weights = true;  // the rows' own; else every pair counts alike
  uint64_t seed = 0;
  uint32_t threads = 0;  // 0: one a core
  // Where items begin, [items, dim], as an earlier run left them; a row of zeros is drawn. Empty:
  // all are drawn. Users are solved first, so they need none.
  std::vector<float> items = {};
};

// Minimises Σ w (1 − ⟨x,y⟩)² over pairs taken + alpha0 Σ ⟨x,y⟩² over all pairs + Σ λ|x − m|² + Σ
// λ|y|² over users x, items y and, with to_mean, m, which is 0 without (Hu, Koren and Volinsky
// 2008; weighted and regularised as Rendle, Krichene, Zhang and Koren 2021). Each user's system is
// solved exactly, in whichever is smaller of the vectors' dimensions and the user's items. The
// result depends on the instruction set, not on the number of threads. One caller at a time.
class Als {
 public:
  // Learns from these rows of the data set: the weights of a pair's rows add up, their mean over
  // all rows is brought to 1. Keeps no reference. Throws Error(kInvalidArgument) for options out of
  // range, no rows, and a weight that is negative or not finite, naming its row.
  Als(const data::Dataset& dataset, std::span<const uint32_t> rows, const AlsOptions& options);
  ~Als();

  // options.passes more, with OnTrain and OnPass after each. Where an observer's ShouldStop() says
  // so, which is asked between a few rows at a time, the vectors stay as they were before the side
  // that was being solved; the first pass is always completed. Throws Error(kInvalidArgument) when
  // numbers overflow.
  void Run(std::span<Observer* const> observers = {});

  uint32_t dim() const { return options_.dim; }
  const AlsOptions& options() const { return options_; }
  uint64_t passes_done() const { return passes_done_; }
  // By row of the data set, [n, dim], also between passes. An item that nobody took has zeros, as
  // the minimum asks; a user without rows has the others' mean, whose list is much like popularity.
  std::span<const float> users() const { return sides_[0].vectors; }
  std::span<const float> items() const { return sides_[1].vectors; }
  // What is minimised, divided by the number of distinct pairs.
  double Cost() const;

  // A plain dot model of the data set that this was made from; the unknown user has the mean, too.
  // Its settings for folding in are those with which these users were solved. item_bias: by item,
  // added to its scores for everybody; empty: none.
  model::Contents Export(const data::Dataset& dataset, bool titles = true,
                         std::vector<float> item_bias = {}) const;

 private:
  struct Side {
    size_t count = 0;
    // The pairs by entity: the other side's rows, ascending, and their weights.
    std::vector<size_t> offsets;
    std::vector<uint32_t> others;
    std::vector<float> weights;
    std::vector<double> l2;        // λ by entity
    AlignedVector<float> vectors;  // [count, dim]
    bool Has(size_t row) const { return offsets[row + 1] > offsets[row]; }
  };
  struct Worker;

  void Group(Side& side, std::span<const uint32_t> rows, std::span<const uint32_t> own,
             std::span<const uint32_t> others, const std::vector<float>& weights);
  std::vector<double> Gram(const Side& side) const;
  std::vector<double> Mean() const;
  std::vector<double> UserMean() const;
  bool Solve(size_t side, std::span<Observer* const> observers, bool may_stop);
  void SetStrangers();
  void AddFoldIn(model::Contents& contents) const;

  AlsOptions options_;
  mutable ThreadPool pool_;
  Side sides_[2];  // users, items
  std::vector<std::unique_ptr<Worker>> workers_;
  uint64_t passes_done_ = 0;
};

}  // namespace duomo::training
