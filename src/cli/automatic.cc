#include "cli/automatic.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <span>

#include "cli/analysis.h"
#include "cli/compare.h"
#include "cli/evidence_record.h"
#include "cli/examples.h"
#include "cli/observers.h"
#include "cli/provenance.h"
#include "cli/workflow.h"
#include "core/error.h"
#include "core/numbers.h"
#include "selection/search.h"

namespace duomo::cli {
namespace {

using selection::Quality;

bool Ranks(data::Goal goal) { return goal == data::Goal::kRank; }

std::string Figures(const Quality& q, data::Goal goal) {
  char text[80];
  if (Ranks(goal)) {
    std::snprintf(text, sizeof(text), "%9.4f %9.4f", q.hr, q.ndcg);
  } else {
    std::snprintf(text, sizeof(text), "%9.4f %9.4f", q.rmse, q.mae);
  }
  return text;
}

const char* Heading(data::Goal goal) {
  return Ranks(goal) ? "    HR@10   NDCG@10" : "     RMSE       MAE";
}

// A bar with what is being tried and the time that is left; lines where stderr is no terminal.
class Teller : public selection::Watcher {
 public:
  Teller(data::Goal goal, double budget)
      : goal_(goal), budget_(budget), terminal_(isatty(STDERR_FILENO) == 1) {}
  ~Teller() override { Clear(); }

  void Now(const std::string& what) override {
    what_ = what;
    Draw(true);
  }
  void Share(double) override { Draw(false); }
  void Tried(const selection::Trial& trial) override {
    Clear();
    if (!headed_) Log("  %-48s%s  on validation rows\n", "", Heading(goal_));
    headed_ = true;
    Log("  %-48s%s%7.1f s%s\n", trial.name.c_str(), Figures(trial.validation, goal_).c_str(),
        trial.seconds, trial.stopped ? ", not finished" : "");
  }
  bool Interrupted() override { return Interrupt::Received(); }

 private:
  using Clock = std::chrono::steady_clock;
  void Clear() {
    if (visible_) Log("\r\033[K");
    visible_ = false;
  }
  void Draw(bool now) {
    if (!terminal_) return;
    auto time = Clock::now();
    if (!now && time - drawn_ < std::chrono::milliseconds(200)) return;
    drawn_ = time;
    double used = std::chrono::duration<double>(time - start_).count();
    double share = std::clamp(used / budget_, 0.0, 1.0);
    constexpr int kBar = 24;
    std::string bar(static_cast<size_t>(share * kBar), '#');
    bar.resize(kBar, '.');
    auto left = static_cast<int>(std::max(0.0, budget_ - used));
    Log("\r\033[K[%s] %s, at most %d:%02d left", bar.c_str(), what_.c_str(), left / 60, left % 60);
    visible_ = true;
  }

  data::Goal goal_;
  double budget_;
  bool terminal_, visible_ = false, headed_ = false;
  std::string what_;
  Clock::time_point start_ = Clock::now(), drawn_{};
};

Json QualityJson(const Quality& q, data::Goal goal) {
  if (Ranks(goal)) return {{"hr@10", q.hr}, {"ndcg@10", q.ndcg}};
  return {{"rmse", q.rmse}, {"mae", q.mae}};
}

// What the file says of how it was chosen, and how good it and the floors were.
Json SelectionJson(const selection::Found& found, const data::Split& split, data::Goal goal) {
  Json tried = Json::array(), table = Json::object();
  for (const selection::Trial& trial : found.trials) {
    tried.push_back({{"name", trial.name}, {"validation", QualityJson(trial.validation, goal)}});
  }
  Json out = {{"goal", Ranks(goal) ? "rank" : "rate"},
              {"split", split.name},
              {"chosen", found.best->name()},
              {"tried", tried}};
  for (const selection::Row& row : found.table) {
    if (&row == &found.table.front()) {
      out["test"] = QualityJson(row.test, goal);
    } else {
      table[row.name] = QualityJson(row.test, goal);
    }
  }
  out["floors"] = table;
  return out;
}

void AddMetrics(model::Report& report, const Quality& q, data::Goal goal) {
  Json figures = QualityJson(q, goal);
  for (const auto& [name, value] : figures.items()) {
    report.metrics.emplace_back("test_" + name, value.get<double>());
  }
}

void PrintTable(const selection::Found& found, const data::Split& split, data::Goal goal,
                const data::Dataset& dataset) {
  if (found.table.empty()) return;
  if (Ranks(goal)) {
    Print("%zu test users, ranked over %zu items; split %s\n", found.cases.task.cases.size(),
          dataset.items.size(), split.name.c_str());
    if (found.newcomers > 0) {
      Print("%s\n", selection::NewcomersSentence(found.newcomers).c_str());
    }
  } else {
    Print("%zu test ratings; split %s\n", found.test_rows, split.name.c_str());
  }
  Print("  %-48s%s\n", "", Heading(goal));
  for (const selection::Row& row : found.table) {
    Print("  %-48s%s\n", row.name.c_str(), Figures(row.test, goal).c_str());
  }
}

// What one user takes says nothing of others, and of one item nobody needs a list.
void RequireSeveral(const data::Interactions& rows) {
  auto require = [&](std::span<const uint32_t> side, const char* one) {
    bool several =
        std::any_of(side.begin(), side.end(), [&](uint32_t row) { return row != side[0]; });
    if (several) return;
    Fail(Status::kInvalidArgument, "all ", side.size(), " rows are of one ", one,
         ", so nothing can be learned about others; give more rows, or name the column of ", one,
         "s with --map ", one, "=COLUMN");
  };
  require(rows.users, "user");
  require(rows.items, "item");
}

// One plain line about who won.
void SayWinner(const selection::Found& found, data::Goal goal) {
  if (found.table.empty()) return;
  const selection::Row* best = &found.table.front();
  for (const selection::Row& row : found.table) {
    if (row.test.Better(best->test, goal)) best = &row;
  }
  if (found.floor) {
    Print(
        "Nothing learned was better than %s, so the file is that; --no-floor writes the best "
        "learned model instead.\n",
        found.best->name().c_str());
  } else if (best != &found.table.front()) {
    Print("%s is better than anything learned, but %s; the file is the best learned model.\n",
          best->name.c_str(),
          best->name == found.better_floor ? "it was not to be chosen or cannot be a file"
                                           : "the validation rows did not show it");
  }
}

}  // namespace

double ParseBudget(const std::string& text) {
  double unit = text.ends_with('h') ? 3600 : text.ends_with('m') ? 60 : 1;
  bool has_unit = unit > 1 || text.ends_with('s');
  auto value = FiniteNumber(std::string_view(text).substr(0, text.size() - (has_unit ? 1 : 0)));
  if (!value || !(*value > 0)) {
    Fail(Status::kInvalidArgument, "the budget \"", text,
         "\" is no time; write for example 90s, 20m or 2h");
  }
  return *value * unit;
}

void TrainAutomatically(const AutomaticRun& run) {
  RequireWritable(run.file);
  Analysis analysis = Analyse(run.data, run.split, run.seed);
  const data::Dataset& dataset = analysis.data.dataset;
  const data::Split& split = analysis.split;
  RequireSeveral(dataset.interactions);
  data::Goal goal = analysis.goal;

  selection::SearchOptions options;
  options.goal = goal;
  options.budget = run.budget;
  options.seed = run.seed;
  options.threads = run.threads;
  options.floors = run.floors;
  Interrupt interrupt;
  selection::Found found;
  {
    Teller teller(goal, run.budget);
    found = selection::Search(dataset, split, analysis.spec, options, teller);
  }

  data::Split all = split;
  if (!run.keep_test_rows) {
    all.name = "none";
    all.test.clear();
    all.train.resize(dataset.interactions.size());
    std::iota(all.train.begin(), all.train.end(), 0u);
    Log("learning %s from all rows\n", found.best->name().c_str());
  }
  selection::Learned learned =
      found.best->Learn(dataset, all, run.store_history, [](double) { return false; });
  learned.settings["predicts_ratings"] = found.best->predicts_ratings();
  learned.settings["seed"] = run.seed;
  learned.settings["selection"] = SelectionJson(found, split, goal);
  learned.settings["floors"] = learned.settings["selection"]["floors"];
  learned.settings["data"] =
      RecordJson({dataset, all, run.seed,
                  analysis.data.spec.interactions.empty() ? nullptr : &analysis.data.spec,
                  EvidenceToJson(*analysis.data.evidence_options, analysis.data.evidence)});
  if (!run.data.user_range.empty()) learned.settings["user_range"] = run.data.user_range;
  model::Report& report = learned.contents.report;
  report.data = dataset.name;
  report.split = all.name;
  report.settings = learned.settings.dump();
  report.metrics.emplace_back("train_rows", static_cast<double>(all.train.size()));
  if (!found.table.empty()) AddMetrics(report, found.table[0].test, goal);
  model::Save(run.file, learned.contents);
  if (found.interrupted) Log("interrupted: the file is the best that was found until then\n");
  Log("wrote %s: %s\n", run.file.c_str(), found.best->name().c_str());

  if (run.json) {
    Json out = {{"file", run.file}, {"interrupted", found.interrupted}};
    out.update(learned.settings["selection"]);
    PrintJson(out);
    return;
  }
  PrintTable(found, split, goal, dataset);
  SayWinner(found, goal);
  for (const std::string& note : found.notes) Log("%s\n", note.c_str());
  if (Ranks(goal) && !found.table.empty()) LogRemarks(RemarksOf(found.cases, {}));
  PrintExampleLists(run.file);
}

}  // namespace duomo::cli
