// Examples for a ranking network: what a candidate model would have shown a user at a moment, what
// the user then watched, and what is known only of such pairs (Covington, Adams and Sargin 2016,
// section 4).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "training/sequences.h"

namespace duomo::training {

// What can be said of a user and an item from the user's history alone. Two items are alike where
// they share a value of one set input (genres, say). Immutable; any thread.
class PairFeatures {
 public:
  // `likeness`: the item input whose values make items alike; by item row.
  explicit PairFeatures(const model::FeatureView& likeness, size_t items);

  // Watches since the latest one alike (0: the very last), the length of the history where none is.
  float SinceAlike(std::span<const uint32_t> history, uint32_t item) const;
  // How many watches were alike.
  float CountAlike(std::span<const uint32_t> history, uint32_t item) const;

 private:
  bool Alike(uint32_t a, uint32_t b) const { return (masks_[a] & masks_[b]) != 0; }
  std::vector<uint64_t> masks_;  // a bit a value, modulo 64
};

// A candidate model on the items of another data set or model: for a history, the best items and
// their scores. One thread.
class CandidateSource {
 public:
  // `items`: the keys whose order gives item rows to and from the caller. Throws
  // Error(kUnsupported) for a joint model.
  CandidateSource(std::shared_ptr<const runtime::Engine> engine, const data::Dataset& dataset);

  struct Candidate {
    uint32_t item;  // row of the data set
    float score;
  };
  // The best `count` items that are not in `history` (both are rows of the data set; `user` too).
  std::vector<Candidate> Find(uint32_t user, std::span<const uint32_t> history, size_t count);

 private:
  std::shared_ptr<const runtime::Engine> engine_;
  std::vector<uint32_t> to_model_users_, to_model_items_, to_data_items_;
  runtime::Workspace work_;
  std::vector<runtime::InputSource> inputs_;
  AlignedVector<float> vector_, items_;
  std::vector<double> dots_;
};

// For each of a user's latest watches: if the candidate model, given the watches before it, has it
// among its best, one positive example weighted by its rating (the stand-in for watch time) and a
// few of the other candidates as negatives of weight 1.
class ImpressionExamples : public Examples {
 public:
  ImpressionExamples(const data::Encoded& encoded, const data::Interactions& interactions,
                     const Sequences& history, const ExampleOptions& options,
                     CandidateSource& candidates, uint64_t seed);

  size_t size() const override { return examples_.size(); }
  void Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const override;
  bool static_features() const override { return false; }

 private:
  struct Example {
    uint32_t user, before, item;
    float target, weight;   // target 1 watched, 0 not
    float score, since, count;
  };
  const data::Encoded* encoded_;
  const Sequences* history_;
  std::vector<Example> examples_;
  std::vector<size_t> history_inputs_;
  int32_t score_input_ = -1, since_input_ = -1, count_input_ = -1;
};

}  // namespace duomo::training
