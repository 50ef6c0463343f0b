#include "cli/continued.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <numeric>

#include "cli/observers.h"
#include "cli/provenance.h"
#include "core/error.h"
#include "core/numbers.h"
#include "core/random.h"
#include "core/text.h"

namespace duomo::cli {
namespace {

// What stands in a file's settings beside those of training.
constexpr const char* kBeside[] = {"seed",      "early_stop", "user_range",       "data",
                                   "selection", "floors",     "predicts_ratings", "from"};

// What is known already needs smaller steps than random numbers; chosen on daily slices of ml-1m.
constexpr double kSlower = 1.0 / 3;

uint64_t TenthOf(uint64_t passes) {
  return std::max<uint64_t>(1,
                            static_cast<uint64_t>(std::llround(static_cast<double>(passes) / 10)));
}

}  // namespace

void AddGoOnOptions(CLI::App& train, GoOnOptions& o) {
  auto* from = train.add_option(
      "--from", o.from,
      "Go on from this .duomo file with all rows up to now, old and new: its own network or ALS, a "
      "tenth of its passes, a third of its learning rate, tables as large as the data need");
  auto* only_new = train.add_flag(
      "--only-new", o.only_new,
      "With --from: learn from the rows that are new since, and from --replay older ones for each, "
      "in as many passes as the file took; the others are history");
  only_new->needs(from);
  train
      .add_option("--replay", o.replay,
                  "With --only-new: older rows for each new one, of users drawn at random; with 0 "
                  "what they alone tell is forgotten")
      ->capture_default_str()
      ->type_name("TIMES")
      ->needs(only_new)
      ->check(CLI::Range(0.0, 1e6));
}

Start OpenStart(const std::string& file) {
  Start start;
  start.model = model::Model::Open(file);
  start.file = file;
  Json settings = SettingsOf(*start.model);
  if (settings.contains("data")) start.recipe.data = settings["data"];
  FirstTraining first = FirstTrainingOf(*start.model);
  if (settings.value("learner", "") == "als") {
    start.als = selection::AlsSettingsFrom(settings);
    start.passes = TenthOf(first.passes.value_or(8));
    return start;
  }
  if (settings.value("learner", "") == "bayes") {
    Fail(Status::kUnsupported, file,
         " is the mean of samples, which none goes on from; train from all rows without --from");
  }
  if (!settings.contains("loss")) {
    Fail(Status::kUnsupported, file,
         settings.contains("baseline")
             ? " is a baseline, which learns nothing step by step; make it anew"
             : " does not say how it was trained",
         settings.contains("baseline") ? "" : "; train from the tables without --from");
  }
  for (const char* name : kBeside) settings.erase(name);
  start.options = training::OptionsFromJson(settings);
  start.passes_of_new = std::max<uint64_t>(1, first.passes.value_or(start.options.passes));
  start.passes = TenthOf(start.passes_of_new);
  start.options.learning_rate = kSlower * first.learning_rate.value_or(start.options.learning_rate);
  start.recipe.model = start.model->description();
  // Tables grow with the data.
  for (model::Vocabulary& vocabulary : start.recipe.model.vocabularies) vocabulary.size = 0;
  start.recipe.split = "none";
  return start;
}

void RequireLaterTestRows(const data::SplitSpec& spec, const Start& start) {
  using data::SplitKind;
  if (spec.kind == SplitKind::kNone || spec.kind == SplitKind::kTime ||
      spec.kind == SplitKind::kLeaveLast) {
    return;
  }
  Fail(Status::kInvalidArgument, "the split \"", spec.name, "\" draws test rows among those that ",
       start.file, " has learned from; with --from take none, time:Q or leave-last");
}

std::vector<uint32_t> NewRows(const model::Model& from, const std::string& file,
                              const data::Dataset& dataset, std::span<const uint32_t> train) {
  std::optional<Record> record = ReadRecord(from);
  if (!record) {
    Fail(Status::kInvalidArgument, file,
         " does not say which rows it has learned from; leave --only-new out");
  }
  data::RowHashes hashes(dataset);
  auto rows = data::RowsAfter(dataset, hashes, train, record->train);
  const auto& times = dataset.interactions.timestamps;
  if (!rows && record->latest) {  // rows that newer ones have taken the place of are gone
    rows.emplace();
    for (uint32_t row : train) {
      if (row < times.size() && times[row] > *record->latest) rows->push_back(row);
    }
  }
  if (!rows) {
    Fail(Status::kInvalidArgument, "which rows are new cannot be told: ", file,
         " has learned from ", WithCommas(record->train.rows),
         " rows, and neither the first ones of these ", WithCommas(train.size()),
         " in the order of the file nor the earliest are those; give the same rows with newer ones "
         "behind them, or leave --only-new out");
  }
  if (rows->empty()) {
    Fail(Status::kInvalidArgument, "no row is new since ", file, " was trained: nothing to do");
  }
  Log("%s rows are new since %s, of %s\n", WithCommas(rows->size()).c_str(), file.c_str(),
      WithCommas(train.size()).c_str());
  return std::move(*rows);
}

std::vector<uint32_t> WithOlderRows(std::vector<uint32_t> fresh, double times,
                                    const data::Dataset& dataset, std::span<const uint32_t> train,
                                    uint64_t seed) {
  const data::Interactions& all = dataset.interactions;
  std::vector<uint32_t> older, rows_of(dataset.users.size()), order(rows_of.size());
  older.reserve(train.size() - fresh.size());
  std::set_difference(train.begin(), train.end(), fresh.begin(), fresh.end(),
                      std::back_inserter(older));
  for (uint32_t row : older) ++rows_of[all.users[row]];
  std::iota(order.begin(), order.end(), 0u);
  Random(seed ^ train.size()).Shuffle(std::span(order));  // others every day
  std::vector<uint8_t> taken(order.size());
  double wanted = times * static_cast<double>(fresh.size()), sum = 0;
  for (size_t i = 0; i < order.size() && sum < wanted; ++i) {
    taken[order[i]] = 1;
    sum += rows_of[order[i]];
  }
  std::erase_if(older, [&](uint32_t row) { return taken[all.users[row]] == 0; });
  Log("and %s older rows with them\n", WithCommas(older.size()).c_str());
  std::vector<uint32_t> out(fresh.size() + older.size());
  std::merge(fresh.begin(), fresh.end(), older.begin(), older.end(), out.begin());
  return out;
}

void ContinueAls(const Start& start, const Understood& read, const data::Split& split,
                 const TrainingRun& run) {
  auto begin = std::chrono::steady_clock::now();
  RequireWritable(run.file);
  selection::AlsSettings settings = *start.als;
  settings.passes = static_cast<uint32_t>(run.options.passes);
  const data::Dataset& dataset = read.dataset;
  auto learner =
      selection::MakeAlsLearner(settings, run.options.seed, run.options.threads, start.model);
  Log("%s: %zu users, %zu items, %zu rows to learn from; %u of ALS's passes on from %s\n",
      dataset.name.c_str(), dataset.users.size(), dataset.items.size(), split.train.size(),
      settings.passes, start.file.c_str());
  Interrupt interrupt;
  selection::Learned learned = learner->Learn(dataset, split, run.store_history,
                                              [](double) { return Interrupt::Received(); });
  learned.settings["predicts_ratings"] = false;
  learned.settings["seed"] = run.options.seed;
  learned.settings["from"] = FromJson(*start.model, start.file);
  learned.settings["data"] = RecordJson(
      {dataset, split, run.options.seed, run.tables ? &*run.tables : nullptr, run.evidence});
  if (!run.user_range.empty()) learned.settings["user_range"] = run.user_range;
  model::Report& report = learned.contents.report;
  report.data = dataset.name;
  report.split = split.name;
  report.settings = learned.settings.dump();
  report.metrics.emplace_back("train_rows", static_cast<double>(split.train.size()));
  model::Save(run.file, learned.contents);
  if (Interrupt::Received()) Log("interrupted: the file has what was learned until then\n");
  Log("wrote %s, %.1f s in all\n", run.file.c_str(),
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
}

}  // namespace duomo::cli
