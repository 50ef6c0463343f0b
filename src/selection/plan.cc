#include "selection/plan.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <vector>

#include "selection/als_learner.h"
#include "selection/networks.h"

namespace duomo::selection {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

// A fixed list.
class ListPlan : public Plan {
 public:
  using Maker = std::function<std::unique_ptr<Learner>()>;
  explicit ListPlan(std::vector<Maker> makers) : makers_(std::move(makers)) {}
  std::unique_ptr<Learner> Next() override {
    return next_ < makers_.size() ? makers_[next_++]() : nullptr;
  }
  void Result(double) override {}

 private:
  std::vector<Maker> makers_;
  size_t next_ = 0;
};

// Coordinate search: one setting at a time is moved as long as that helps, upwards or downwards.
class AlsPlan : public Plan {
 public:
  AlsPlan(const data::Dataset& dataset, uint64_t seed, uint32_t threads)
      : seed_(seed), threads_(threads), weighted_(!dataset.interactions.weights.empty()) {
    best_.use_weights = weighted_;
  }

  std::unique_ptr<Learner> Next() override {
    while (move_ < kMoves) {
      tried_ = best_;
      if (first_ || Move(tried_)) return MakeAlsLearner(tried_, seed_, threads_);
      ++move_;
    }
    return nullptr;
  }

  void Result(double value) override {
    bool better = value > best_value_;
    if (better) {
      best_ = tried_;
      best_value_ = value;
    }
    if (first_) {
      first_ = false;
      return;
    }
    // Go on in a direction that helps; the opposite one is pointless then.
    if (better) {
      helped_ = true;
      if (++steps_ < kMostSteps) return;
    }
    if (helped_ && move_ % 2 == 0) ++move_;
    ++move_;
    helped_ = false;
    steps_ = 0;
  }

 private:
  // In pairs of opposite directions; the widths first upwards.
  static constexpr int kMoves = 10, kMostSteps = 3;
  bool Move(AlsSettings& s) const {
    switch (move_) {
      case 0:
        s.l2 *= 2.5;
        return true;
      case 1:
        s.l2 /= 2.5;
        return true;
      case 2:
        s.unobserved /= 2.5;
        return true;
      case 3:
        s.unobserved *= 2.5;
        return true;
      case 4:
        s.width *= 2;
        return s.width <= 512;
      case 5:
        s.width /= 2;
        return s.width >= 16;
      case 6:
        s.use_weights = !s.use_weights;
        return weighted_;
      case 7:
        return false;
      case 8:
        s.l2 *= 1.5;
        return true;
      case 9:
        s.l2 /= 1.5;
        return true;
      default:
        return false;
    }
  }

  uint64_t seed_;
  uint32_t threads_;
  bool weighted_;
  AlsSettings best_, tried_;
  double best_value_ = kNothing;
  bool first_ = true, helped_ = false;
  int move_ = 0, steps_ = 0;
};

// Several plans in turn, so that the first does not use up the budget.
class TurnsPlan : public Plan {
 public:
  explicit TurnsPlan(std::vector<std::unique_ptr<Plan>> plans) : plans_(std::move(plans)) {}
  std::unique_ptr<Learner> Next() override {
    while (!plans_.empty()) {
      turn_ %= plans_.size();
      if (auto learner = plans_[turn_]->Next()) return learner;
      plans_.erase(plans_.begin() + static_cast<std::ptrdiff_t>(turn_));
    }
    return nullptr;
  }
  void Result(double value) override { plans_[turn_++]->Result(value); }

 private:
  std::vector<std::unique_ptr<Plan>> plans_;
  size_t turn_ = 0;
};

bool AllHaveTimes(const data::Interactions& rows) {
  return rows.timestamps.size() == rows.size() &&
         std::none_of(rows.timestamps.begin(), rows.timestamps.end(),
                      [](int64_t t) { return t == 0; });
}

}  // namespace

std::unique_ptr<Plan> MakePlan(const data::Dataset& dataset, data::Goal goal, uint64_t seed,
                               uint32_t threads) {
  auto network = [&, seed, threads](Network (*make)(const data::Dataset&)) -> ListPlan::Maker {
    return [&dataset, make, seed, threads] { return MakeLearner(make(dataset), seed, threads); };
  };
  if (goal == data::Goal::kRate) {
    return std::make_unique<ListPlan>(
        std::vector{network(Factorization), network(RatingNetwork)});
  }
  std::vector<ListPlan::Maker> networks;
  if (AllHaveTimes(dataset.interactions)) networks.push_back(network(HistoryNetwork));
  networks.push_back(network(FeatureNetwork));
  std::vector<std::unique_ptr<Plan>> plans;
  plans.push_back(std::make_unique<AlsPlan>(dataset, seed, threads));
  plans.push_back(std::make_unique<ListPlan>(std::move(networks)));
  return std::make_unique<TurnsPlan>(std::move(plans));
}

}  // namespace duomo::selection
