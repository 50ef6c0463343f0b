// The state of a training run as a file, so that the run can go on where it was left.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/random.h"
#include "description/fields.h"
#include "training/average.h"
#include "training/examples.h"
#include "training/optimizer.h"

namespace duomo::training {

// The parameters that had the lowest test cost, for runs that stop early.
struct BestState {
  uint64_t step = 0;
  double cost = 0, rmse = 0;  // of the test after that step
  AlignedVector<float> values;
  std::vector<std::vector<uint8_t>> touched;  // by table, by row: 1 where an example touched it
};

// What has been learned: most of a checkpoint's size. Rows are as of the steps that the optimiser
// says, so that a run that goes on ends in the same bytes as one that was never interrupted.
struct Learned {
  AlignedVector<float> values;  // as Layout has them
  Optimizer::State optimizer;
};

// What else a run depends on beside its data and settings. Plain data.
struct Checkpoint {
  description::Json settings;  // all that must be equal for the run to go on
  std::vector<Random::State> workers;

  // Early stopping.
  uint64_t last_test = UINT64_MAX;  // step of the last test that counted; the maximum: none yet
  uint64_t tests_without_improvement = 0;
  std::optional<BestState> best;

  std::optional<Average::State> average;  // of runs that average
};

// The checkpoint's file in a folder.
std::string CheckpointPath(const std::string& folder);

// Where there is none yet; throws Error(kIo).
void MakeCheckpointFolder(const std::string& folder);

// Replaces the file as a whole: an interrupted write leaves the one before. Takes no memory for
// what has been learned. Throws Error(kIo).
void WriteCheckpoint(const std::string& path, const Checkpoint& checkpoint,
                     std::span<const float> values, const Optimizer::State& optimizer);

// Throws Error(kNotFound) where there is no such file, Error(kUnsupportedVersion) for one of
// another version of Duomo, Error(kCorrupt) for bytes that are not a whole checkpoint.
Checkpoint ReadCheckpoint(const std::string& path, Learned& learned);

// Of who, what and which target, in up to 65,536 examples spread over all: tells other data apart.
uint32_t ExamplesChecksum(const Examples& examples);

// What differs, for people: `training.learning_rate was 0.1 and is 0.2`, one a line, indented;
// empty where nothing does. The order of fields does not matter.
std::string Differences(const description::Json& was, const description::Json& is);

}  // namespace duomo::training
