// Training examples, in mini-batches.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "data/encode.h"
#include "runtime/engine.h"

namespace duomo::training {

// A mini-batch in the form that networks read, with the memory for its inputs. One thread.
struct ExampleBatch {
  std::vector<runtime::InputSource> inputs;  // by index of input
  std::vector<float> targets;                // in the head's unit; squared and logistic losses
  std::vector<float> weights;                // empty: 1 each
  std::vector<uint32_t> users, items;        // rows; one of each for every prediction
  // By prediction: the items that the user took before, where the examples know; else empty.
  std::vector<std::span<const uint32_t>> taken;
  std::vector<uint32_t> begins, ends;  // what `inputs` point into, as `columns`

  std::vector<model::FeatureColumn> columns;  // by input: what depends on the example
  runtime::Batch batch() const { return {users.size(), inputs}; }
};

// Examples by number. Immutable; any thread.
class Examples {
 public:
  virtual ~Examples() = default;
  virtual size_t size() const = 0;
  // The predictions of the examples, in their order.
  virtual void Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const = 0;
  // The number of predictions of these examples; costs are means over predictions.
  virtual size_t Predictions(std::span<const uint32_t> numbers) const { return numbers.size(); }

  // True when users and items look the same in every example (no histories, no pair inputs), so
  // that vectors computed once serve all.
  virtual bool static_features() const = 0;

  // What to add to a logistic head that has learned from these examples, as they hold only a share
  // of what was not taken: the log of that share, so that odds are those of what is shown.
  virtual double logit_correction() const { return 0; }
};

// Ratings: target (rating − output offset) / output scale, one example a listed interaction. Where
// asked, weights are those of the interactions with a mean of 1 over the listed ones.
class RatingExamples : public Examples {
 public:
  // All arguments must outlive this. Throws as MeanOneWeights() does.
  RatingExamples(const data::Encoded& encoded, const data::Interactions& interactions,
                 std::span<const uint32_t> numbers, bool weighted = false);
  size_t size() const override { return numbers_.size(); }
  void Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const override;
  bool static_features() const override { return true; }

  // Of example i, for evaluation on vectors.
  uint32_t UserOf(size_t i) const { return interactions_->users[numbers_[i]]; }
  uint32_t ItemOf(size_t i) const { return interactions_->items[numbers_[i]]; }
  float TargetOf(size_t i) const;

 private:
  const data::Encoded* encoded_;
  const data::Interactions* interactions_;
  std::span<const uint32_t> numbers_;
  std::vector<float> weights_;  // by example; empty: 1 each
};

}  // namespace duomo::training
