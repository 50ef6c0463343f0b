#include "selection/search.h"

#include <algorithm>
#include <chrono>

#include "core/error.h"
#include "core/thread_count.h"
#include "core/thread_pool.h"
#include "evaluation/model_recommender.h"
#include "evaluation/ratings.h"
#include "runtime/engine.h"
#include "selection/floor_learner.h"
#include "selection/plan.h"

namespace duomo::selection {
namespace {

using Clock = std::chrono::steady_clock;

// What is left of the budget after a trial must do for two more runs of the best one: on all
// training rows, to be measured, and on all rows, to be written.
constexpr double kRunsAfter = 2.4, kForLearning = 0.92;
constexpr double kSurely =
    0.8;  // of the time that is allowed, on a machine that does other work, too
constexpr uint32_t kListLength = 10;
// Users that decide between candidates; the test in the end has all of them.
constexpr size_t kValidationUsers = 5000;

class Searcher {
 public:
  Searcher(const data::Dataset& dataset, const data::Split& split, const data::SplitSpec& spec,
           const SearchOptions& options, Watcher& watcher)
      : dataset_(dataset),
        split_(split),
        options_(options),
        watcher_(watcher),
        in_order_(IsInOrder(spec)),
        validation_(data::MakeValidation(spec, dataset.interactions, split, options.seed)),
        pool_(options.threads > 0 ? options.threads : FewThreads()) {}

  Found Run() {
    if (Ranks()) {
      evaluation::CaseOptions some;
      some.max_cases = kValidationUsers;
      validation_cases_ = evaluation::BuildRankingCases(dataset_, validation_, some);
      LeaveOutNewcomers(validation_cases_);
      RequireCases(validation_cases_);
    }
    TryFloors();
    TryLearners();
    if (best_learner_ == nullptr && best_floor_learner_ == nullptr) {
      Fail(Status::kInvalidArgument, "nothing could be learned within the budget; raise --budget");
    }
    Choose();
    Measure();
    return std::move(out_);
  }

 private:
  bool Ranks() const { return options_.goal == data::Goal::kRank; }
  double Elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  Quality QualityOf(const evaluation::Recommender& system, const data::Split& rows,
                    const evaluation::RankingCases& cases) {
    Quality out;
    if (Ranks()) {
      evaluation::RankingOptions ranking;
      ranking.ks = {kListLength};
      auto result = evaluation::EvaluateRanking(system, cases.task, ranking, pool_);
      out.hr = result.at[0].mean.hit;
      out.ndcg = result.at[0].mean.ndcg;
    } else {
      auto errors = evaluation::MeasureRatings(
          dataset_.interactions, rows.test,
          [&](uint32_t user, uint32_t item) { return system.Predict(user, item); });
      out.rmse = errors.rmse;
      out.mae = errors.mae;
    }
    return out;
  }

  Quality QualityOf(const Learned& learned, const data::Split& rows,
                    const evaluation::RankingCases& cases) {
    AlignedVector<std::byte> bytes = model::SaveToMemory(learned.contents);
    auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
    return QualityOf(evaluation::ModelRecommender(engine, dataset_), rows, cases);
  }

  evaluation::Floors Floors(const data::Split& rows) const {
    evaluation::FloorOptions options;
    options.threads = pool_.size();
    return evaluation::MakeFloors(
        dataset_, rows, Ranks() ? evaluation::FloorsOf::kRankings : evaluation::FloorsOf::kRatings,
        options);
  }

  static void RequireCases(const evaluation::RankingCases& cases) {
    if (!cases.task.cases.empty()) return;
    Fail(
        Status::kInvalidArgument,
        "no user has rows both to learn from and to be tested on, so nothing can be measured; give "
        "more data, another --split, or name a model with --preset and --split none");
  }

  void Tell(Trial trial) {
    watcher_.Tried(trial);
    out_.trials.push_back(std::move(trial));
  }

  void TryFloors() {
    watcher_.Now("measuring what needs no learning");
    for (const auto& floor : Floors(validation_).baselines) {
      auto begin = Elapsed();
      Trial trial;
      trial.name = floor->name();
      trial.floor = true;
      trial.validation = QualityOf(*floor, validation_, validation_cases_);
      trial.seconds = Elapsed() - begin;
      bool file = CanBeFile(trial.name);
      auto& best = file ? best_floor_ : best_other_floor_;
      if (!best || trial.validation.Better(best->validation, options_.goal)) {
        best = trial;
        if (file) best_floor_learner_ = MakeFloorLearner(trial.name);
      }
      Tell(std::move(trial));
    }
  }

  void TryLearners() {
    auto plan = MakePlan(dataset_, options_.goal, in_order_, options_.seed, options_.threads);
    while (auto learner = plan->Next()) {
      double begin = Elapsed();
      double allowed = (options_.budget * kForLearning - begin) / (1 + kRunsAfter);
      bool room = best_learner_ == nullptr || allowed > quickest_ / 2;
      if (!room || watcher_.Interrupted()) break;
      // A schedule that ends where the time does: stopped on its way, a network has never had the
      // small rates.
      if (auto fitting = learner->Within(allowed * kSurely, dataset_, validation_)) {
        learner = std::move(fitting);
      }
      watcher_.Now("trying " + learner->name());
      double share_done = 0;
      Learned learned = learner->Learn(dataset_, validation_, false, [&](double share) {
        share_done = share;
        watcher_.Share(Elapsed() / options_.budget);
        return watcher_.Interrupted() || Elapsed() - begin > allowed;
      });
      if (watcher_.Interrupted() && best_learner_ != nullptr) break;
      Trial trial;
      trial.name = learner->name();
      trial.stopped = learned.stopped;
      trial.validation = QualityOf(learned, validation_, validation_cases_);
      trial.seconds = Elapsed() - begin;
      quickest_ = std::min(quickest_, trial.seconds);
      plan->Result(Ranks() ? trial.validation.ndcg : -trial.validation.rmse);
      if (best_learner_ == nullptr || trial.validation.Better(best_->validation, options_.goal)) {
        best_learner_ = learned.stopped ? learner->Shortened(share_done) : std::move(learner);
        best_ = trial;
      }
      Tell(std::move(trial));
    }
    out_.interrupted = watcher_.Interrupted();
  }

  void Choose() {
    auto better = [&](const std::optional<Trial>& a, const std::optional<Trial>& b) {
      return a && (!b || a->validation.Better(b->validation, options_.goal));
    };
    bool floor_wins =
        options_.floors && better(best_floor_, best_) && !better(best_other_floor_, best_floor_);
    out_.floor = floor_wins || best_learner_ == nullptr;
    out_.best = std::move(out_.floor ? best_floor_learner_ : best_learner_);
    if (!out_.floor && better(best_other_floor_, best_))
      out_.better_floor = best_other_floor_->name;
    if (!out_.floor && !options_.floors && better(best_floor_, best_)) {
      out_.better_floor = best_floor_->name;
    }
  }

  void Measure() {
    if (split_.test.empty()) return;
    if (Ranks()) {
      out_.cases = evaluation::BuildRankingCases(dataset_, split_);
      out_.newcomers = LeaveOutNewcomers(out_.cases);
      RequireCases(out_.cases);
    } else {
      out_.test_rows = split_.test.size();
    }
    watcher_.Now("learning " + out_.best->name() + " from all training rows");
    Learned learned = out_.best->Learn(dataset_, split_, false, [&](double) {
      watcher_.Share(Elapsed() / options_.budget);
      return false;
    });
    out_.table.push_back({out_.best->name(), QualityOf(learned, split_, out_.cases), out_.floor});
    evaluation::Floors floors = Floors(split_);
    out_.notes = floors.notes;
    for (const auto& floor : floors.baselines) {
      if (out_.floor && floor->name() == out_.best->name()) continue;
      out_.table.push_back(
          {std::string(floor->name()), QualityOf(*floor, split_, out_.cases), true});
    }
  }

  const data::Dataset& dataset_;
  const data::Split& split_;
  const SearchOptions& options_;
  Watcher& watcher_;
  bool in_order_;
  data::Split validation_;
  ThreadPool pool_;
  Clock::time_point start_ = Clock::now();
  evaluation::RankingCases validation_cases_;
  std::optional<Trial> best_, best_floor_, best_other_floor_;  // other: can be no file
  std::unique_ptr<Learner> best_learner_, best_floor_learner_;
  double quickest_ = 1e30;
  Found out_;
};

}  // namespace

size_t LeaveOutNewcomers(evaluation::RankingCases& cases) {
  std::vector<evaluation::RankingCase>& all = cases.task.cases;
  size_t kept = 0, before = all.size();
  for (size_t i = 0; i < before; ++i) {
    if (all[i].excluded.empty()) continue;
    if (!cases.same_time.empty()) cases.same_time[kept] = cases.same_time[i];
    if (kept != i) all[kept] = std::move(all[i]);
    ++kept;
  }
  all.resize(kept);
  if (!cases.same_time.empty()) cases.same_time.resize(kept);
  return before - kept;
}

std::string NewcomersSentence(size_t newcomers) {
  return StrCat(newcomers, newcomers == 1 ? " user" : " users",
                " without a row to learn from left out: all newcomers get one list.");
}

Found Search(const data::Dataset& dataset, const data::Split& split, const data::SplitSpec& spec,
             const SearchOptions& options, Watcher& watcher) {
  return Searcher(dataset, split, spec, options, watcher).Run();
}

}  // namespace duomo::selection
