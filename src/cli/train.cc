// duomo train: from data to a .duomo file.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <tuple>

#include "cli/automatic.h"
#include "cli/continued.h"
#include "cli/data_options.h"
#include "cli/evidence_record.h"
#include "cli/tables_json.h"
#include "cli/understanding.h"
#include "cli/workflow.h"
#include "core/error.h"
#include "core/numbers.h"

namespace duomo::cli {
namespace {

struct Options {
  DataOptions data;
  std::string file, preset, model, split, candidates, log, plot;
  GoOnOptions go_on;
  double budget = 180;
  std::optional<uint64_t> passes, steps;
  std::optional<uint32_t> batch;
  std::optional<double> learning_rate, momentum, dropout, weight_decay, average;
  std::optional<uint64_t> warmup;
  std::string optimizer, schedule, negatives, checkpoint;
  std::vector<std::string> id_dropout;
  uint64_t seed = 0, test_every = 1000, checkpoint_every = 1000, early_stop = 0;
  uint32_t threads = 0;
  bool resume = false;
  bool store_history = false, no_user_vectors = false, json = false;
  bool no_floor = false, no_history = false, keep_test_rows = false;
};

// INPUT=P; the name of the input may hold '='.
std::pair<std::string, double> ParseIdDropout(const std::string& text) {
  size_t at = text.rfind('=');
  auto p = at == text.npos ? std::nullopt : FiniteNumber(std::string_view(text).substr(at + 1));
  if (!p || at == 0 || !(*p >= 0 && *p < 1)) {
    Fail(Status::kInvalidArgument, '"', text, "\" is not INPUT=P with P in [0, 1)");
  }
  return {text.substr(0, at), *p};
}

void ParseRate(const std::string& text) {
  auto p = FiniteNumber(text);
  if (!p || !(*p >= 0 && *p < 1)) {
    Fail(Status::kInvalidArgument, '"', text, "\" is not a number in [0, 1)");
  }
}

void ParseLearningRate(const std::string& text) {
  auto rate = FiniteNumber(text);
  if (!rate || !(*rate > 0)) {
    Fail(Status::kInvalidArgument, '"', text, "\" is not a number above 0");
  }
}

void ParseDecay(const std::string& text) {
  auto decay = FiniteNumber(text);
  if (!decay || !(*decay >= 0)) {
    Fail(Status::kInvalidArgument, '"', text, "\" is not a number from 0 up");
  }
}

// How many, or "in-batch".
Json ParseNegatives(const std::string& text) {
  uint32_t count = 0;
  auto end = std::from_chars(text.data(), text.data() + text.size(), count);
  if (end.ec == std::errc() && end.ptr == text.data() + text.size()) return count;
  if (text == "in-batch") return text;
  Fail(Status::kInvalidArgument, '"', text, "\" is not a number from 0 up, nor in-batch");
}

// As a shell reads it back.
std::string Quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string out = "'";
  for (char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

// The command as given, and --resume.
std::string ResumeCommand(const CLI::App& command) {
  std::string options, positions;
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() == 0 || option->get_lnames() == std::vector<std::string>{"resume"})
      continue;
    if (option->get_positional()) {
      for (const std::string& value : option->results()) positions += " " + Quoted(value);
      continue;
    }
    std::string name = "--" + option->get_lnames().at(0);
    if (option->get_expected_min() == 0) {
      options += " " + name;
      continue;
    }
    // With =, so that values that begin with '-' stay values.
    for (const std::string& value : option->results()) options += " " + Quoted(name + "=" + value);
  }
  return "duomo " + command.get_name() + positions + options + " --resume";
}

// Options that say how one network is trained: without --preset and --model it is the first preset.
constexpr const char* kOfNetworks[] = {
    "--optimizer",    "--momentum",      "--candidates", "--passes",          "--steps",
    "--batch",        "--negatives",     "--schedule",   "--warmup",          "--dropout",
    "--weight-decay", "--learning-rate", "--id-dropout", "--test-every",      "--early-stop",
    "--checkpoint",   "--log",           "--plot",       "--no-user-vectors", "--average"};
// And those of a search for the best model.
constexpr const char* kOfSearches[] = {"--budget", "--no-floor", "--keep-test-rows",
                                       "--no-history"};
constexpr const char* kFirstPreset = "hybrid";

// The preset that was meant; empty: the best model is looked for. Throws for wrong usage.
std::string PresetOf(const Options& o, const CLI::App& command) {
  auto given = [&](const char* name) { return command.count(name) > 0; };
  auto setting = std::find_if(std::begin(kOfNetworks), std::end(kOfNetworks), given);
  bool named = !o.preset.empty() || !o.model.empty() || !o.go_on.from.empty();
  if (!named && setting == std::end(kOfNetworks)) return "";
  for (const char* name : kOfSearches) {
    if (!given(name)) continue;
    throw CLI::ValidationError(name, StrCat("is for a search for the best model, without ",
                                            !o.model.empty()        ? "--model"
                                            : !o.go_on.from.empty() ? "--from"
                                            : named                 ? "--preset"
                                                                    : *setting));
  }
  if (named) return o.preset;
  Log("%s is a setting of a network, so this trains the preset %s; --preset names another, and "
      "without both the best model is looked for\n",
      *setting, kFirstPreset);
  return kFirstPreset;
}

void RunSearch(const Options& o) {
  AutomaticRun run;
  run.data = o.data;
  run.file = o.file;
  run.split = o.split;
  run.budget = o.budget;
  run.seed = o.seed;
  run.threads = o.threads;
  run.floors = !o.no_floor;
  run.store_history = !o.no_history;
  run.keep_test_rows = o.keep_test_rows;
  run.json = o.json;
  TrainAutomatically(run);
}

// Reads the data as the search does: tables of one's own as evidence for what the network learns. A
// model file that `describe` has written says how, where the command does not.
Understood ReadFor(const TrainingRun& run, DataOptions data, const std::string& name) {
  if (run.recipe.data.is_object()) {
    const Json& read = run.recipe.data;
    if (read.contains("mapping")) {
      data.tables = MergeTables(TablesFromJson(read["mapping"]), data.tables);
    }
    if (read.contains("evidence") && !HasEvidenceOptions(data)) {
      data.evidence = EvidenceFromJson(read["evidence"]);
    }
  }
  using training::Loss;
  bool rates = run.options.loss == Loss::kSquared;
  data.evidence.instead = "run `duomo train` without " + name + " for lists";
  // Logistic regression learns from the values themselves, such as the time that was watched.
  EvidenceOf evidence =
      run.options.loss == Loss::kLogistic ? EvidenceOf::kNone : EvidenceOf::kOwnTables;
  Understood out = Understand(data, evidence, rates ? data::Goal::kRate : data::Goal::kRank);
  if (!out.spec.interactions.empty()) {
    for (const std::string& line : out.Lines()) Log("%s\n", line.c_str());
  } else if (out.dataset.skipped_lines > 0) {
    Log("left out %llu bad lines\n", static_cast<unsigned long long>(out.dataset.skipped_lines));
  }
  return out;
}

void Run(const Options& o, const CLI::App& command) {
  std::string preset = PresetOf(o, command);
  std::optional<Start> start;
  if (!o.go_on.from.empty()) start = OpenStart(o.go_on.from);
  const bool own = preset.empty() && o.model.empty();  // no other network than the file's
  if (own && !start) return RunSearch(o);
  TrainingRun run;
  if (start && own) {
    std::tie(run.recipe, run.options) = std::tie(start->recipe, start->options);
    // New rows are few, and each is seen as often as the older ones were.
    run.options.passes = o.go_on.only_new ? start->passes_of_new : start->passes;
    run.options.steps = 0;
  } else {
    std::tie(run.recipe, run.options) = FindRecipe(preset, o.model);
  }
  if (start) run.from = start->model, run.from_file = start->file;
  run.only_new = o.go_on.only_new;
  run.replay = o.go_on.replay;
  if (o.go_on.only_new && start->als) {
    Fail(Status::kInvalidArgument,
         "--only-new is for networks: ALS solves each user and item from "
         "all its rows, so a pass needs them all; leave it out");
  }
  if (o.passes) run.options.passes = *o.passes;
  if (o.steps) {
    run.options.steps = *o.steps;
    // Steps alone say how long to train, however many passes that takes.
    if (!o.passes) run.options.passes = 0;
  }
  if (o.batch) run.options.batch_size = *o.batch;
  if (!o.optimizer.empty()) {
    auto was = run.options.optimizer;
    run.options =
        training::OptionsFromJson(description::Json{{"optimizer", o.optimizer}}, run.options);
    if (run.options.optimizer != was && !o.learning_rate) {
      Fail(Status::kInvalidArgument, "--optimizer ", o.optimizer,
           " needs --learning-rate: the model's own, ", run.options.learning_rate,
           ", was chosen for another; 0.05 is a usual one of Adagrad, 0.01 of SGD, 0.001 of Adam");
    }
  }
  if (o.learning_rate) run.options.learning_rate = *o.learning_rate;
  if (o.momentum) {
    if (run.options.optimizer != training::OptimizerKind::kSgd) {
      Fail(Status::kInvalidArgument, "--momentum is for --optimizer sgd");
    }
    run.options.momentum = *o.momentum;
  }
  Json named = Json::object();
  if (!o.schedule.empty()) named["schedule"] = o.schedule;
  if (!o.negatives.empty()) named["negatives"] = ParseNegatives(o.negatives);
  run.options = training::OptionsFromJson(named, run.options);
  if (o.warmup) run.options.warmup_steps = *o.warmup;
  if (o.dropout) run.options.dropout = *o.dropout;
  if (o.average) run.options.average = *o.average;
  if (o.weight_decay) run.options.weight_decay = *o.weight_decay;
  for (const std::string& text : o.id_dropout) {
    auto wanted = ParseIdDropout(text);
    std::erase_if(run.options.id_dropout, [&](auto& is) { return is.first == wanted.first; });
    run.options.id_dropout.push_back(wanted);
  }
  run.options.seed = o.seed;
  run.options.threads = o.threads;
  run.options.test_every = o.test_every;
  run.store_history = o.store_history;
  run.user_vectors = !o.no_user_vectors;
  run.candidates = o.candidates;
  run.file = o.file;
  run.log = o.log;
  run.plot = o.plot;
  run.user_range = o.data.user_range;
  run.checkpoint = o.checkpoint;
  run.checkpoint_every = o.checkpoint_every;
  run.resume = o.resume;
  run.early_stop = o.early_stop;
  run.resume_command = ResumeCommand(command);
  data::SplitSpec spec = data::ParseSplit(!o.split.empty() ? o.split
                                          : start          ? "none"
                                                           : run.recipe.split);
  if (start) RequireLaterTestRows(spec, *start);
  if (start && start->als) run.options.loss = training::Loss::kSoftmax;  // rows are read for lists
  Understood read = ReadFor(run, o.data,
                            start && own     ? "--from"
                            : preset.empty() ? "--model"
                                             : "--preset");
  const data::Dataset& dataset = read.dataset;
  if (!read.spec.interactions.empty()) run.tables = read.spec;
  if (read.evidence_options) run.evidence = EvidenceToJson(*read.evidence_options, read.evidence);
  if (start && start->als && own) {
    run.store_history = start->model->has_history();
    return ContinueAls(*start, read, SplitData(o.data, spec, dataset, o.seed), run);
  }
  BindPreset(run, dataset);
  TrainingResult result = Train(run, dataset, SplitData(o.data, spec, dataset, o.seed));
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
  CLI::App* c = app.add_subcommand(
      "train", "Learn the model that fits your data, or the one you name, and write a .duomo file");
  AddDataOptions(*c, o->data);
  AddUserRange(*c, o->data, "all");
  c->add_option("-o,--output", o->file, "The .duomo file to write")->required();
  auto* preset =
      c->add_option("--preset", o->preset,
                    "A built-in model [without this and --model: what fits the data best]")
          ->check(CLI::IsMember(description::PresetNames()));
  c->add_option("--model", o->model, "Your own model: a JSON file like the presets")
      ->excludes(preset);
  AddGoOnOptions(*c, o->go_on);
  c->add_option_function<std::string>(
       "--budget", [o = o.get()](const std::string& text) { o->budget = ParseBudget(text); },
       "Without a preset: time to search for the best model, as 90s, 20m or 2h [3m]")
      ->type_name("TIME")
      ->check(Checked("TIME", [](const std::string& text) { ParseBudget(text); }));
  c->add_flag("--no-floor", o->no_floor,
              "Without a preset: write the best learned model even if a baseline is better");
  c->add_flag("--keep-test-rows", o->keep_test_rows,
              "Without a preset: write the model that was measured, not one learned from all rows");
  c->add_flag("--no-history", o->no_history,
              "Without a preset: do not store in the file who has taken what");
  AddEvidenceOptions(*c, o->data);
  AddSplitOption(*c, o->split, "as the preset says, or as the data allow");
  c->add_option(
      "--candidates", o->candidates,
      "The .duomo file of a candidate model, for a preset that learns to rank its results");
  c->add_option("--passes", o->passes, "Passes over the training rows [2]")->check(AtLeastOne());
  c->add_option("--steps", o->steps, "The largest number of steps")->check(AtLeastOne());
  c->add_option("--batch", o->batch, "Number of examples in a step [256]")->check(AtLeastOne());
  c->add_option(
       "--negatives", o->negatives,
       "Items drawn a step for the softmax loss; 0: all items; in-batch: the others' items "
       "in the batch, for item towers that are expensive [as the preset says]")
      ->type_name("N|in-batch")
      ->check(Checked("N|in-batch", [](const std::string& text) { ParseNegatives(text); }));
  c->add_option("--optimizer", o->optimizer,
                "adagrad-rows keeps one number a row of a table instead of one a parameter [adam]")
      ->check(CLI::IsMember({"adam", "adagrad", "adagrad-rows", "sgd"}));
  c->add_option("--momentum", o->momentum, "Momentum of SGD, in [0, 1) [0.9]")
      ->check(Checked("P", ParseRate));
  c->add_option("--learning-rate", o->learning_rate,
                "Learning rate [as the preset says, else 1e-4]")
      ->check(Checked("RATE", ParseLearningRate));
  c->add_option("--schedule", o->schedule, "How the learning rate decreases to 0 [constant]")
      ->check(CLI::IsMember({"constant", "linear", "cosine"}));
  c->add_option("--warmup", o->warmup,
                "Number of steps in which the learning rate rises from 0 [0]");
  c->add_option("--average", o->average,
                "The model is the mean of the parameters over this last share of the steps, at a "
                "rate that does not fall to 0 [as the preset says, else 0: the last ones]")
      ->check(Checked("SHARE", ParseRate));
  c->add_option("--dropout", o->dropout, "Dropout of the inputs of dense layers [0]")
      ->check(Checked("P", ParseRate));
  c->add_option("--weight-decay", o->weight_decay,
                "Weight decay of all parameters, times the learning rate [0]")
      ->check(Checked("DECAY", ParseDecay));
  c->add_option(
       "--id-dropout", o->id_dropout,
       "INPUT=P: the probability with which training reads this input as unknown; may be repeated")
      ->check(Checked("INPUT=P", [](const std::string& text) { ParseIdDropout(text); }))
      ->allow_extra_args(false);
  c->add_option("--seed", o->seed, "The same seed and threads give the same file")
      ->capture_default_str();
  c->add_option("--threads", o->threads, "0: one a core")->capture_default_str();
  c->add_option("--test-every", o->test_every,
                "Number of steps between tests; 0: only the first and last test")
      ->capture_default_str();
  c->add_option("--early-stop", o->early_stop,
                "Stop after N tests without a lower cost; keep the best. The test rows then choose "
                "the model: measure it on others")
      ->check(AtLeastOne());
  auto* checkpoint = c->add_option("--checkpoint", o->checkpoint,
                                   "Save the state of training in this folder, for --resume");
  c->add_option(
       "--checkpoint-every", o->checkpoint_every,
       "Number of steps between checkpoints; there is also one after each test; 0: only these")
      ->capture_default_str()
      ->needs(checkpoint);
  c->add_flag("--resume", o->resume,
              "Continue from the checkpoint: the same command gives the same file")
      ->needs(checkpoint);
  c->add_option("--log", o->log, "Write events to this file, one JSON object a line");
  c->add_option("--plot", o->plot, "Draw the costs to this SVG file");
  c->add_flag("--store-history", o->store_history,
              "Store in the file who has rated what [always for models that read histories]");
  c->add_flag("--no-user-vectors", o->no_user_vectors,
              "Do not store user vectors: a smaller file; the user tower runs for each request");
  c->add_flag("--json", o->json, "Print a summary as JSON");
  c->callback([=] { Run(*o, *c); });
}

}  // namespace duomo::cli
