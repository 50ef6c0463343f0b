#include "cli/workflow.h"

#include <chrono>
#include <cmath>

#include "cli/observers.h"
#include "core/error.h"
#include "core/file_io.h"
#include "model/parameters.h"
#include "training/task.h"

namespace duomo::cli {

description::Recipe FindRecipe(const std::string& preset, const std::string& file) {
  if (file.empty()) return description::Preset(preset);
  FileBytes bytes = FileBytes::Read(file);
  auto text = bytes.bytes();
  return description::RecipeFromText({reinterpret_cast<const char*>(text.data()), text.size()},
                                     file);
}

TrainingResult Train(const TrainingRun& run, const data::Dataset& dataset) {
  auto start = std::chrono::steady_clock::now();
  std::vector<std::string> computed = training::ComputedInputs(run.options);
  data::Encoded encoded = data::Encode(run.recipe.model, dataset, computed);
  data::Split split = data::MakeSplit(run.split, dataset.interactions, run.options.seed);
  std::shared_ptr<const runtime::Engine> candidates;
  if (!run.candidates.empty()) {
    candidates = runtime::Engine::Create(model::Model::Open(run.candidates));
  }
  training::Task task(encoded, dataset, split, run.options, std::move(candidates));
  training::Trainer trainer(encoded, task.train(), task.test(), run.options);

  TrainingResult result;
  result.train_rows = task.train().size();
  result.test_rows = task.test() != nullptr ? task.test()->size() : 0;
  for (const model::Parameter& p : model::ParametersOf(encoded.description)) {
    result.parameters += p.known_size();
    result.unknown_parameters += p.size() - p.known_size();
  }
  Log("%s: %zu users, %zu items, %zu ratings: %zu to train on, %zu to test on\n",
      dataset.name.c_str(), dataset.users.size(), dataset.items.size(),
      dataset.interactions.size(), result.train_rows, result.test_rows);
  Log("%s: %llu parameters, and %llu in unknown rows; %llu steps a pass\n",
      encoded.description.name.c_str(), static_cast<unsigned long long>(result.parameters),
      static_cast<unsigned long long>(result.unknown_parameters),
      static_cast<unsigned long long>(trainer.steps_per_pass()));

  ProgressBar bar(trainer.steps_per_pass());
  LastTest last;
  Interrupt interrupt;
  std::vector<training::Observer*> observers = {&bar, &last, &interrupt};
  std::optional<EventLog> log;
  if (!run.log.empty()) observers.push_back(&log.emplace(run.log));
  CostPlot plot;
  if (!run.plot.empty()) observers.push_back(&plot);
  trainer.Run(observers);

  result.interrupted = Interrupt::Received();
  result.steps = trainer.steps_done();
  if (result.interrupted) {
    Log("interrupted after step %llu; writing what has been learned\n",
        static_cast<unsigned long long>(result.steps));
  }
  if (task.test() != nullptr) result.test = last.event();

  training::ExportOptions output;
  output.user_vectors = run.user_vectors;
  if (run.store_history) {
    output.history = training::HistoryRows(encoded.description, dataset, split);
  }
  model::Contents contents = training::Export(trainer, encoded, dataset, output);
  contents.report.data = dataset.name;
  contents.report.split = run.split.name;
  description::Json settings = training::ToJson(run.options);
  settings["seed"] = run.options.seed;
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
  result.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

}  // namespace duomo::cli
