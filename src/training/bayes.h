// Bayesian factorisation of ratings: not one best network, but the mean of many that are as likely
// as the data say, drawn by Gibbs sampling. The strongest learner of ratings where there are many a
// user, as it needs no choice of rates or penalties.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/array.h"
#include "core/random.h"
#include "core/thread_pool.h"
#include "data/dataset.h"
#include "model/model.h"
#include "training/trainer.h"

namespace duomo::training {

struct BayesOptions {
  uint32_t rank = 32;      // numbers of a vector in one sample
  uint32_t burn_in = 40;   // samples that are thrown away at the beginning
  uint32_t samples = 100;  // that are kept
  uint32_t width = 512;    // of the model's vectors: those of all samples, brought down to it
  double deviation = 0.1;  // of the first vectors' numbers
  uint64_t seed = 0;
  uint32_t threads = 0;  // 0: one a core
};

// A rating is drawn from a normal distribution around
//   global + bias of the user + bias of the item + ⟨x, y⟩,
// where x is a vector of the user's own plus the sum of a second kind of vectors over the items
// that the user has rated, divided by the root of their number (as in SVD++, Koren 2008), and y the
// same of the item and its raters; biases likewise. All have normal priors whose means and
// precisions, one a kind and dimension, have priors in turn (Salakhutdinov and Mnih 2008; sampled a
// number at a time as in libFM, Rendle 2012, with the sums over what was rated as one block a side,
// Rendle 2013). The mean of the samples' predictions is a dot product of the samples' vectors side
// by side. The result depends on neither the number of threads nor the instruction set. One caller
// at a time.
class Bayes {
 public:
  // Learns from these rows of the data set. Keeps no reference. Throws Error(kInvalidArgument) for
  // options out of range, no rows, and a rating that is not finite, naming its row.
  Bayes(const data::Dataset& dataset, std::span<const uint32_t> rows, const BayesOptions& options);

  // Draws all samples, with OnTrain and OnPass after each. Where an observer's ShouldStop() says
  // so, which is asked after each, the samples kept by then are the model, the last one if there is
  // none.
  void Run(std::span<Observer* const> observers = {});

  size_t kept() const { return kept_; }   // samples
  size_t width() const { return wide_; }  // of the model's vectors
  // The mean of the samples kept so far, at least one.
  double Predict(uint32_t user, uint32_t item) const;

  // A dot model of the data set that this was made from, with biases. Users and items without
  // ratings have the mean of their prior.
  model::Contents Export(const data::Dataset& dataset) const;

 private:
  // One kind of parameters: a number an entity, in the biases or in one dimension.
  struct Prior {
    double mean = 0, precision = 1;
  };
  struct Kind {
    std::vector<float> values;  // [rank + 1, entities]: the biases come first
    std::vector<Prior> priors;  // [rank + 1]
  };
  struct Side {
    size_t count = 0;
    std::vector<size_t> offsets;            // of each entity's ratings, [count + 1]
    std::vector<uint32_t> others;           // the other side's entity of each
    std::vector<uint32_t> places;           // of each in residuals_
    std::vector<float> share;               // 1/√ratings
    Kind own;                               // of this side's entities
    Kind bag;                               // of the other side's, summed over an entity's ratings
    std::vector<float> total;               // [rank + 1, count]: own plus bag
    std::vector<double> squares, products;  // scratch, by entity
  };

  void SamplePriors(Kind& kind);
  void SampleDimension(size_t side, size_t dimension);
  void Residuals();
  void Keep();
  void NarrowTo(size_t width);
  template <typename Work>
  void ForRows(size_t count, const Work& work);

  BayesOptions options_;
  ThreadPool pool_;
  Random random_;
  Side sides_[2];               // users, items
  std::vector<float> ratings_;  // in the users' order
  std::vector<float> residuals_;
  double global_ = 0, precision_ = 1;
  size_t kept_ = 0;
  double global_sum_ = 0;
  std::vector<double> bias_sums_[2];
  size_t wide_ = 0;                  // columns of vectors_ in use
  std::vector<float> weights_[2];    // of rows where they are brought down: their ratings
  AlignedVector<float> vectors_[2];  // [count, wide_]: of the samples side by side
};

}  // namespace duomo::training
