#include "cli/workflow.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "cli/continued.h"
#include "cli/observers.h"
#include "cli/provenance.h"
#include "core/error.h"
#include "core/file_io.h"
#include "data/bind.h"
#include "model/parameters.h"
#include "training/task.h"

namespace duomo::cli {

void RequireWritable(const std::string& file) {
  RequireReplaceable(file);
  std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (folder.empty()) folder = ".";
  // With the dot, a file in its place is refused, too.
  if (access((folder / ".").c_str(), W_OK | X_OK) == 0) return;
  Fail(Status::kIo, "cannot write ", file, ": ", std::strerror(errno), " (folder ", folder.string(),
       ')');
}

std::pair<description::Recipe, training::TrainingOptions> FindRecipe(const std::string& preset,
                                                                     const std::string& file) {
  if (file.empty()) {
    description::Recipe recipe = description::Preset(preset);
    return {recipe, training::OptionsFromJson(recipe.training)};
  }
  FileBytes bytes = FileBytes::Read(file);
  auto text = bytes.bytes();
  description::Recipe recipe =
      description::RecipeFromText({reinterpret_cast<const char*>(text.data()), text.size()}, file);
  try {
    return {recipe, training::OptionsFromJson(recipe.training)};
  } catch (const Error& error) {
    Fail(error.status(), file, ": ", error.message());
  }
}

void BindPreset(TrainingRun& run, const data::Dataset& dataset) {
  if (run.recipe.preset.empty()) return;
  training::TrainingOptions& options = run.options;
  training::ExampleOptions& examples = options.examples;
  data::BindOptions wanted;
  wanted.preset = run.recipe.preset;
  wanted.computed = training::ComputedInputs(options);
  if (!examples.alike.empty()) wanted.needed = {examples.alike};
  wanted.learns_ratings = options.loss == training::Loss::kSquared;
  wanted.learns_order = examples.kind != training::ExampleKind::kRatings;
  data::BoundPreset bound = data::BindToData(run.recipe.model, dataset, wanted);
  run.recipe.preset.clear();
  for (const auto& [name, column] : bound.renamed) {
    if (examples.alike == name) examples.alike = column;
    for (auto* dropouts : {&options.id_dropout, &options.output_dropout}) {
      for (auto& dropout : *dropouts) {
        if (dropout.first == name) dropout.first = column;
      }
    }
  }
  for (const std::string& name : bound.left_out) {
    for (auto* dropouts : {&options.id_dropout, &options.output_dropout}) {
      std::erase_if(*dropouts, [&](const auto& dropout) { return dropout.first == name; });
    }
  }
  for (const std::string& note : bound.notes) Log("%s\n", note.c_str());
}

TrainingResult Train(TrainingRun run, const data::Dataset& dataset, const data::Split& split) {
  BindPreset(run, dataset);
  for (const std::string* file : {&run.file, &run.plot}) {
    if (!file->empty()) RequireWritable(*file);
  }
  auto start = std::chrono::steady_clock::now();
  std::vector<std::string> computed = training::ComputedInputs(run.options);
  data::Encoded encoded = data::Encode(run.recipe.model, dataset, computed);
  std::shared_ptr<const runtime::Engine> candidates;
  if (!run.candidates.empty()) {
    candidates = runtime::Engine::Create(model::Model::Open(run.candidates));
  }
  std::vector<uint32_t> only;
  if (run.only_new) {
    only = NewRows(*run.from, run.from_file, dataset, split.train);
    if (run.replay > 0) {
      only = WithOlderRows(std::move(only), run.replay, dataset, split.train, run.options.seed);
    }
  }
  training::Task task(encoded, dataset, split, run.options, std::move(candidates), only);
  std::optional<training::Trainer::From> from;
  if (run.from) from.emplace(training::Trainer::From{*run.from, run.from_file});
  if (run.only_new) {
    from->item_counts.resize(dataset.items.size());
    for (uint32_t row : split.train) ++from->item_counts[dataset.interactions.items[row]];
  }
  training::Trainer trainer(encoded, task.train(), task.test(), run.options,
                            from ? &*from : nullptr);

  TrainingResult result;
  result.train_rows = task.train().size();
  result.test_rows = task.test() != nullptr ? task.test()->size() : 0;
  for (const model::Parameter& p : model::ParametersOf(encoded.description)) {
    result.parameters += p.known_size();
    result.unknown_parameters += p.size() - p.known_size();
  }
  Log("%s: %zu users, %zu items, %zu ratings: %zu to train on, %zu to test on\n",
      dataset.name.c_str(), dataset.users.size(), dataset.items.size(), dataset.interactions.size(),
      result.train_rows, result.test_rows);
  Log("%s: %llu parameters, and %llu in unknown rows; %llu steps a pass\n",
      encoded.description.name.c_str(), static_cast<unsigned long long>(result.parameters),
      static_cast<unsigned long long>(result.unknown_parameters),
      static_cast<unsigned long long>(trainer.steps_per_pass()));

  if (from) {
    const training::WarmStart& warm = trainer.warm_start();
    Log("from %s: %llu rows of tables go on, %llu are new, %llu are of values that the data no "
        "longer have\n",
        run.from_file.c_str(), static_cast<unsigned long long>(warm.kept_rows),
        static_cast<unsigned long long>(warm.new_rows),
        static_cast<unsigned long long>(warm.gone_rows));
  }

  ProgressBar bar(trainer.steps_per_pass());
  LastTest last;
  Interrupt interrupt;
  std::vector<training::Observer*> observers = {&bar, &last, &interrupt};
  std::optional<EventLog> log;
  if (!run.log.empty()) observers.push_back(&log.emplace(run.log, run.resume));
  CostPlot plot;
  if (!run.plot.empty()) observers.push_back(&plot);
  training::RunOptions control;
  control.checkpoint = run.checkpoint;
  control.checkpoint_every = run.checkpoint_every;
  control.resume = run.resume;
  control.early_stop = run.early_stop;
  control.context = {{"data", dataset.name}, {"split", split.name}, {"user_range", run.user_range}};
  if (!run.checkpoint.empty() && !run.resume &&
      std::filesystem::exists(training::CheckpointPath(run.checkpoint))) {
    Log("%s will be replaced; --resume would go on from it\n",
        training::CheckpointPath(run.checkpoint).c_str());
  }
  trainer.Run(observers, control);

  result.interrupted = Interrupt::Received();
  result.steps = trainer.steps_done();
  if (result.interrupted) {
    Log("interrupted after step %llu; writing what has been learned\n",
        static_cast<unsigned long long>(result.steps));
    if (!run.checkpoint.empty()) {
      Log("the checkpoint is %s; to go on:\n  %s\n",
          training::CheckpointPath(run.checkpoint).c_str(), run.resume_command.c_str());
    }
  }
  if (task.test() != nullptr) result.test = last.event();
  if (auto best = trainer.best()) {
    result.test = best;
    Log("kept what was learned by step %llu, with the lowest test cost, %.4f\n",
        static_cast<unsigned long long>(best->step), best->cost);
  }

  training::ExportOptions output;
  output.user_vectors = run.user_vectors;
  // A tower that reads histories would take its known users for newcomers without them.
  if (run.store_history || model::ReadsHistory(encoded.description)) {
    output.history = training::HistoryRows(encoded.description, dataset, split);
  }
  model::Contents contents = training::Export(trainer, encoded, dataset, output);
  contents.report.data = dataset.name;
  contents.report.split = split.name;
  description::Json settings = training::ToJson(run.options);
  settings["seed"] = run.options.seed;
  if (from) settings["from"] = FromJson(*run.from, run.from_file);
  if (run.early_stop > 0) settings["early_stop"] = run.early_stop;
  if (!run.user_range.empty()) settings["user_range"] = run.user_range;
  settings["data"] = RecordJson(
      {dataset, split, run.options.seed, run.tables ? &*run.tables : nullptr, run.evidence});
  contents.report.settings = settings.dump();
  auto metric = [&](const char* name, double value) {
    contents.report.metrics.emplace_back(name, value);
  };
  metric("steps", static_cast<double>(result.steps));
  metric("train_rows", static_cast<double>(result.train_rows));
  metric("test_rows", static_cast<double>(result.test_rows));
  if (result.test) {
    metric("test_cost", result.test->cost);
    if (std::isfinite(result.test->rmse)) metric("test_rmse", result.test->rmse);
  }
  model::Save(run.file, contents);
  if (!run.plot.empty()) plot.Write(run.plot, encoded.description.name + " on " + dataset.name);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace duomo::cli
