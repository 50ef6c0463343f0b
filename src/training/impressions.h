// Examples for a ranking network: what a candidate model would have shown a user at a moment, what
// the user then watched, and what is known only of such pairs (Covington, Adams and Sargin 2016,
// section 4).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "retrieval/topk.h"
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

// A candidate model asked at a moment of a user's history. All rows are the model's own. One
// thread.
class CandidateSource {
 public:
  // Throws Error(kUnsupported) for a joint model; Find() for a file without item vectors.
  explicit CandidateSource(std::shared_ptr<const runtime::Engine> engine);

  struct Candidate {
    uint32_t item;
    float score;  // relative to the best candidate's: 0 for it, negative for the others
    // Cosine of its vector and that of the last watch; the mean of those of the latest
    // kRecentWatches. 0 without a history.
    float like_last, like_recent;
  };
  static constexpr size_t kRecentWatches = 5;
  // The best `count` items that are not in `history`, best first, ties by lower row. user: for the
  // stored features; none: nothing is known but the history.
  std::vector<Candidate> Find(std::optional<uint32_t> user, std::span<const uint32_t> history,
                              size_t count);

  const runtime::Engine& engine() const { return *engine_; }

 private:
  void RunTower(std::optional<uint32_t> user, std::span<const uint32_t> history);
  void Compare(std::span<const uint32_t> history, std::vector<Candidate>& candidates);

  std::shared_ptr<const runtime::Engine> engine_;
  size_t likeness_width_;      // of item vectors, without the columns of biases
  std::vector<double> norms_;  // of items
  runtime::Workspace work_;
  AlignedVector<float> vector_, widened_[2];
  retrieval::RowMask allowed_;
  retrieval::SearchWorkspace search_;
};

// Fills every history input with the same histories: row i of a batch has
// rows[offsets[i]] … rows[offsets[i + 1]).
void SetHistories(const model::Description& description, std::span<const uint64_t> offsets,
                  std::span<const uint32_t> rows, std::vector<runtime::InputSource>& inputs);

// For each of a user's latest watches: if the candidate model, given the watches before it, has it
// among its best, one positive example weighted by its rating (the stand-in for watch time) and a
// few of the other candidates as negatives of weight 1. The share of all candidates that were shown
// which these negatives are is the correction of the logit: with it, the odds of a candidate are
// the weight expected of it (King and Zeng 2001, prior correction).
class ImpressionExamples : public Examples {
 public:
  // Users and items of the data set are found in the candidate model by their keys.
  ImpressionExamples(const data::Encoded& encoded, const data::Dataset& dataset,
                     const Sequences& history, const ExampleOptions& options,
                     CandidateSource& candidates, uint64_t seed);

  size_t size() const override { return examples_.size(); }
  void Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const override;
  bool static_features() const override { return false; }
  double logit_correction() const override { return logit_correction_; }

 private:
  struct Example {
    uint32_t user, before, item;
    float target, weight;  // target 1 watched, 0 not
    float score, since, count, like_last, like_recent;
  };
  const data::Encoded* encoded_;
  const Sequences* history_;
  std::vector<Example> examples_;
  std::vector<size_t> history_inputs_;
  int32_t score_input_ = -1, since_input_ = -1, count_input_ = -1;
  int32_t like_last_input_ = -1, like_recent_input_ = -1;
  double logit_correction_ = 0;
};

}  // namespace duomo::training
