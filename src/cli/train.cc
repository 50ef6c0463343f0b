// duomo train: from data to a .duomo file.
#include <cmath>
#include <optional>

#include "cli/workflow.h"
#include "core/error.h"
#include "data/open.h"

namespace duomo::cli {
namespace {

struct Options {
  std::string data, file, preset = "hybrid", model, split, candidates, log, plot;
  std::optional<uint64_t> passes, steps;
  std::optional<uint32_t> batch;
  std::optional<double> learning_rate;
  uint64_t seed = 0, test_every = 1000;
  uint32_t threads = 0;
  bool store_history = false, no_user_vectors = false, skip_bad_lines = false, json = false;
};

void Run(const Options& o) {
  TrainingRun run;
  run.recipe = FindRecipe(o.preset, o.model);
  run.options = training::OptionsFromJson(run.recipe.training);
  if (o.passes) run.options.passes = *o.passes;
  if (o.steps) {
    run.options.steps = *o.steps;
    // Steps alone say how long to train, however many passes that takes.
    if (!o.passes) run.options.passes = 0;
  }
  if (o.batch) run.options.batch_size = *o.batch;
  if (o.learning_rate) run.options.learning_rate = *o.learning_rate;
  run.options.seed = o.seed;
  run.options.threads = o.threads;
  run.options.test_every = o.test_every;
  run.split = data::ParseSplit(o.split.empty() ? run.recipe.split : o.split);
  run.store_history = o.store_history;
  run.user_vectors = !o.no_user_vectors;
  run.candidates = o.candidates;
  run.file = o.file;
  run.log = o.log;
  run.plot = o.plot;
  data::ReadOptions read;
  read.skip_bad_lines = o.skip_bad_lines;
  data::Dataset dataset = data::OpenDataset(o.data, read);
  if (dataset.skipped_lines > 0) {
    Log("left out %llu bad lines\n", static_cast<unsigned long long>(dataset.skipped_lines));
  }
  TrainingResult result = Train(run, dataset);
  Log("wrote %s after %llu steps, %.1f s in all\n", o.file.c_str(),
      static_cast<unsigned long long>(result.steps), result.seconds);
  if (!o.json) return;
  Json out = {{"file", o.file},
              {"steps", result.steps},
              {"parameters", result.parameters},
              {"unknown_parameters", result.unknown_parameters},
              {"train_rows", result.train_rows},
              {"test_rows", result.test_rows},
              {"seconds", result.seconds},
              {"interrupted", result.interrupted}};
  if (result.test) {
    out["test"] = {{"step", result.test->step}, {"cost", result.test->cost}};
    if (std::isfinite(result.test->rmse)) out["test"]["rmse"] = result.test->rmse;
  }
  PrintJson(out);
}

}  // namespace

void AddTrain(CLI::App& app) {
  auto o = std::make_shared<Options>();
  CLI::App* c = app.add_subcommand("train", "Learn a model from ratings and write a .duomo file");
  c->add_option("DATA", o->data, "A folder or zip with ml-1m's files")->required();
  c->add_option("-o,--output", o->file, "The .duomo file to write")->required();
  auto* preset = c->add_option("--preset", o->preset, "A built-in model")
                     ->capture_default_str()
                     ->check(CLI::IsMember(description::PresetNames()));
  c->add_option("--model", o->model, "Your own model: a JSON file like the presets")
      ->excludes(preset);
  c->add_option("--split", o->split,
                "Test rows: paddle, ratio:R, leave-last, time:Q or none [as the preset says]")
      ->check(Checked("SPLIT", [](const std::string& text) { data::ParseSplit(text); }));
  c->add_option("--candidates", o->candidates,
                "A candidate model's .duomo file, for a preset that learns to rank its results");
  c->add_option("--passes", o->passes, "Passes over the training rows [2]")
      ->check(CLI::PositiveNumber);
  c->add_option("--steps", o->steps, "The most steps to take")->check(CLI::PositiveNumber);
  c->add_option("--batch", o->batch, "Examples a step [256]")->check(CLI::PositiveNumber);
  c->add_option("--learning-rate", o->learning_rate, "Of Adam [1e-4]")->check(CLI::PositiveNumber);
  c->add_option("--seed", o->seed, "Same seed and threads, same file")->capture_default_str();
  c->add_option("--threads", o->threads, "0: one a core")->capture_default_str();
  c->add_option("--test-every", o->test_every, "Steps between tests; 0: only first and last")
      ->capture_default_str();
  c->add_option("--log", o->log, "Write events to this file, one JSON object a line");
  c->add_option("--plot", o->plot, "Draw the costs to this SVG file");
  c->add_flag("--store-history", o->store_history, "Keep in the file who has rated what");
  c->add_flag("--no-user-vectors", o->no_user_vectors,
              "Leave user vectors out: smaller; the user tower runs when asked");
  c->add_flag("--skip-bad-lines", o->skip_bad_lines, "Leave bad lines out instead of stopping");
  c->add_flag("--json", o->json, "Print a summary as JSON");
  c->callback([=] { Run(*o); });
}

}  // namespace duomo::cli
