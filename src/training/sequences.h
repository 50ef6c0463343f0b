// Examples that depend on what a user watched before: predict the next watch from the history.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "training/examples.h"
#include "training/options.h"

namespace duomo::training {

// Every user's interactions in the order of time, ties in the order of the file. Immutable.
class Sequences {
 public:
  // `numbers`: the interactions to use; must outlive this, as must `interactions`.
  Sequences(const data::Interactions& interactions, size_t user_count,
            std::span<const uint32_t> numbers);

  size_t users() const { return offsets_.size() - 1; }
  // Numbers of interactions, oldest first.
  std::span<const uint32_t> Of(uint32_t user) const {
    return std::span(numbers_).subspan(offsets_[user], offsets_[user + 1] - offsets_[user]);
  }
  std::span<const uint32_t> ItemsOf(uint32_t user) const {  // the same, as item rows
    return std::span(items_).subspan(offsets_[user], offsets_[user + 1] - offsets_[user]);
  }
  // The items of all users as a feature, row u being user u.
  model::FeatureView view() const { return {model::InputKind::kHistory, offsets_, items_, {}}; }

 private:
  std::vector<uint32_t> numbers_, items_;
  std::vector<uint64_t> offsets_;
};

// One example a watch: the user's side sees what came strictly before it, the label is the watch.
// (Covington, Adams and Sargin 2016, section 3.4: predict the future watch; as many examples from
// every user, so that active ones do not dominate.) A test example's history is the user's
// training watches before it. Where asked, an example weighs what its label's interaction does,
// with a mean of 1 over all examples; throws as MeanOneWeights() does.
//
// With options.kind kSequences an example is a window of a user's history instead: all watches in
// it are predicted at once, each from those before it (Kang and McAuley 2018).
class NextExamples : public Examples {
 public:
  // For training: of each user the latest options.per_user watches of `history`, all for 0, with
  // at least options.minimum_history before them.
  // `only`, ascending: of those whose labels (of windows: some label) are among these; empty: all.
  NextExamples(const data::Encoded& encoded, const data::Interactions& interactions,
               const Sequences& history, const ExampleOptions& options, bool weighted = false,
               std::span<const uint32_t> only = {});
  // For testing: the given interactions, each after all of `history` that is older.
  NextExamples(const data::Encoded& encoded, const data::Interactions& interactions,
               const Sequences& history, const ExampleOptions& options,
               std::span<const uint32_t> labels, bool weighted = false);

  size_t size() const override { return windows_.empty() ? examples_.size() : windows_.size() - 1; }
  size_t Predictions(std::span<const uint32_t> numbers) const override;
  void Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const override;
  bool static_features() const override { return false; }

 private:
  struct Example {
    uint32_t user, label;  // label: number of an interaction
    uint32_t before;       // how many of the user's watches came before it
    uint32_t begin = 0;    // of its window among the user's watches
  };
  void FindInputs(const ExampleOptions& options);
  void FindWeights(bool weighted, double ties);
  void AddWindows(const ExampleOptions& options);
  void KeepOnly(std::span<const uint32_t> labels);
  void GatherOne(const Example& example, uint32_t number, ExampleBatch& out) const;

  const data::Encoded* encoded_;
  const data::Interactions* interactions_;
  const Sequences* history_;
  std::vector<Example> examples_;
  std::vector<uint32_t> windows_;  // [windows + 1] into examples_; empty: each is its own
  std::vector<float> weights_;     // by example; empty: 1 each
  std::vector<size_t> history_inputs_;
  int32_t age_input_ = -1;
  int64_t now_ = 0;  // the latest timestamp of the training watches
};

}  // namespace duomo::training
