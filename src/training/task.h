// The examples of a training run: chooses their kind and owns their memory.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "data/encode.h"
#include "data/split.h"
#include "training/examples.h"
#include "training/impressions.h"
#include "training/options.h"
#include "training/sequences.h"

namespace duomo::training {

// Names of inputs that the examples fill, so that the data set needs no column for them.
std::vector<std::string> ComputedInputs(const TrainingOptions& options);

// Train and test examples of one split. Everything handed in must outlive it. Not movable: the
// examples point into it.
class Task {
 public:
  // `candidates`: the candidate model, for examples from impressions; else nullptr. `only`: the
  // training rows to learn from, while the others are history; empty: all. Throws
  // Error(kUnsupported) for impressions of some rows only.
  Task(const data::Encoded& encoded, const data::Dataset& dataset, const data::Split& split,
       const TrainingOptions& options, std::shared_ptr<const runtime::Engine> candidates = nullptr,
       std::span<const uint32_t> only = {});
  Task(const Task&) = delete;

  const Examples& train() const { return *train_; }
  const Examples* test() const { return test_.get(); }  // nullptr: no test rows

 private:
  std::optional<Sequences> sequences_;
  std::unique_ptr<const Examples> train_, test_;
};

// The interactions that a file may remember as users' histories. A tower that reads histories must
// not have seen the test rows there, so for such a model only the training rows; for others all.
std::vector<uint32_t> HistoryRows(const model::Description& description,
                                  const data::Dataset& dataset, const data::Split& split);

}  // namespace duomo::training
