// duomo train --from: going on from a file with newer rows, instead of starting anew.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/understanding.h"
#include "cli/workflow.h"
#include "data/split.h"
#include "model/model.h"
#include "selection/als_learner.h"

namespace duomo::cli {

struct GoOnOptions {
  std::string from;  // empty: from nothing
  bool only_new = false;
  double replay = 3;
};
void AddGoOnOptions(CLI::App& train, GoOnOptions& options);

// A file to go on from, and how it was trained.
struct Start {
  std::shared_ptr<const model::Model> model;
  std::string file;
  std::optional<selection::AlsSettings> als;  // implicit ALS; else a network:
  description::Recipe recipe;                 // to be bound to the new data
  training::TrainingOptions options;
  // Passes over all rows: a tenth of what that took, and at least one. Over new rows: as many as
  // it.
  uint64_t passes = 1, passes_of_new = 1;
};

// Throws Error(kUnsupported) for a file that was not trained (a baseline, imported vectors), saying
// what to do, and as model::Model::Open().
Start OpenStart(const std::string& file);

// Throws Error(kInvalidArgument) for a split that would draw test rows among those that the file
// has learned from.
void RequireLaterTestRows(const data::SplitSpec& spec, const Start& start);

// Those of the training rows, ascending, that `from` has not learned from; says how many. Throws
// Error(kInvalidArgument) where that cannot be told, or there are none.
std::vector<uint32_t> NewRows(const model::Model& from, const std::string& file,
                              const data::Dataset& dataset, std::span<const uint32_t> train);

// `fresh`, which are such rows, and beside each `times` of the older ones, ascending: whole users,
// drawn by `seed`, so that a network goes on knowing what the new rows do not speak of.
std::vector<uint32_t> WithOlderRows(std::vector<uint32_t> fresh, double times,
                                    const data::Dataset& dataset, std::span<const uint32_t> train,
                                    uint64_t seed);

// Learns from the split's training rows and writes `output`.
void ContinueAls(const Start& start, const Understood& read, const data::Split& split,
                 const TrainingRun& run);

}  // namespace duomo::cli
