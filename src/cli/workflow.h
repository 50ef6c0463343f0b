// Training a file from data: the common part of `duomo train` and `duomo demo`, without their
// options.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cli/command.h"
#include "data/dataset.h"
#include "data/split.h"
#include "data/tables.h"
#include "description/json.h"
#include "evaluation/ratings.h"
#include "model/model.h"
#include "training/export.h"
#include "training/trainer.h"

namespace duomo::cli {

struct TrainingRun {
  description::Recipe recipe;
  training::TrainingOptions options;
  bool store_history = false, user_vectors = true;
  // What to begin with, and its file's name; none: with drawn numbers.
  std::shared_ptr<const model::Model> from;
  std::string from_file;
  bool only_new = false;   // learn from the rows alone that `from` has not learned from …
  double replay = 0;       // … and beside each from so many older ones
  std::string candidates;  // a candidate model's file, for learning from impressions; or empty
  std::string file;        // the .duomo file to write
  std::string log, plot;   // or empty
  std::string user_range;  // that the data set was restricted to, for the report; or empty
  // How tables of one's own were read, for the report; none for data that are known by their files.
  std::optional<data::TablesSpec> tables;
  Json evidence = Json();  // how their rows became evidence (evidence_record.h), for the report

  std::string checkpoint;  // the folder; or empty
  uint64_t checkpoint_every = 1000, early_stop = 0;
  bool resume = false;
  std::string resume_command;  // said when interrupted
};

struct TrainingResult {
  uint64_t steps = 0, parameters = 0, unknown_parameters = 0;
  size_t train_rows = 0, test_rows = 0;
  double seconds = 0;                       // of the whole run, tests included
  std::optional<training::TestEvent> test;  // of what was written: the best after early_stop
  bool interrupted = false;
};

// Checks before training, which may take an hour: throws Error(kIo) if a file could not be written.
void RequireWritable(const std::string& file);

// Trains and writes run.file; progress goes to stderr. Looks first whether the files can be written
// where they shall be. Binds a preset that is not bound yet.
TrainingResult Train(TrainingRun run, const data::Dataset& dataset, const data::Split& split);

// Fits a preset to other tables than those it was written for (data/bind.h), its options too, and
// says on stderr what was changed. Once; nothing for a recipe that is not a preset. To be called
// before the split, whose errors would come first otherwise.
void BindPreset(TrainingRun& run, const data::Dataset& dataset);

// The recipe of a preset, or of a file where `file` is not empty, and its training settings.
std::pair<description::Recipe, training::TrainingOptions> FindRecipe(const std::string& preset,
                                                                     const std::string& file);

// A model and the two simplest predictors on the same test rows.
struct RatingReport {
  evaluation::RatingErrors model;
  std::optional<evaluation::RatingErrors> bias, global_mean;  // none without training ratings
  double cost = 0;                                            // squared error of the head's number
  size_t unknown = 0;  // test rows left out: their user or item is not in the model
};
RatingReport EvaluateRatings(Session& session, const data::Dataset& dataset,
                             const data::Split& split, bool training_ratings = true);
void PrintReport(const RatingReport& report, const std::string& name);

}  // namespace duomo::cli
