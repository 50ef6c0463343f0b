#include "selection/plan.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "selection/als_learner.h"
#include "selection/bayes_learner.h"
#include "selection/networks.h"
#include "selection/prior.h"
#include "selection/split_choice.h"

namespace duomo::selection {
namespace {

constexpr double kNothing = -std::numeric_limits<double>::infinity();

// A fixed list, less what its makers do not make.
class ListPlan : public Plan {
 public:
  using Maker = std::function<std::unique_ptr<Learner>()>;
  explicit ListPlan(std::vector<Maker> makers) : makers_(std::move(makers)) {}
  std::unique_ptr<Learner> Next() override {
    while (next_ < makers_.size()) {
      if (auto learner = makers_[next_++]()) return learner;
    }
    return nullptr;
  }
  void Result(double) override {}

 private:
  std::vector<Maker> makers_;
  size_t next_ = 0;
};

// Coordinate search: one setting at a time is moved as long as that helps, upwards or downwards.
class AlsPlan : public Plan {
 public:
  AlsPlan(const data::Dataset& dataset, bool in_order, uint64_t seed, uint32_t threads)
      : seed_(seed),
        threads_(threads),
        weighted_(!dataset.interactions.weights.empty()),
        span_(in_order ? TimeSpan(dataset.interactions) : 0),
        mean_size_(std::sqrt(static_cast<double>(dataset.users.size()) *
                             static_cast<double>(dataset.items.size()))) {
    best_.use_weights = weighted_;
  }

  std::unique_ptr<Learner> Next() override {
    while (move_ < kMoves) {
      tried_ = best_;
      bool possible = first_ || Move(tried_);
      auto learner = MakeAlsLearner(tried_, seed_, threads_);
      if (possible && seen_.insert(learner->name()).second) return learner;
      ++move_;
      helped_ = false;
      steps_ = 0;
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
  // In pairs of opposite directions.
  static constexpr int kMostSteps = 3;
  enum Moves {
    kToMean,
    kEither,
    kPriorMore,
    kPriorLess,
    kPriorShorter,
    kPriorLonger,
    kL2Up,
    kL2Down,
    kLess,
    kMore,
    kEven,
    kUneven,
    kWider,
    kNarrower,
    kWeights,
    kNone,
    kFineUp,
    kFineDown,
    kMoves
  };
  bool Move(AlsSettings& s) const {
    switch (move_) {
      case kToMean:
        s.to_mean = !s.to_mean;
        return true;
      case kPriorMore:  // where later rows test; the first of these brings it in
        s.half_life = s.prior > 0 ? s.half_life : span_ / 20;
        s.prior = s.prior > 0 ? 2 * s.prior : 0.1;
        return span_ > 0;
      case kPriorLess:
        s.half_life = s.prior > 0 ? s.half_life : span_ / 20;
        s.prior = s.prior > 0 ? s.prior / 2 : 0.03;
        return span_ > 0;
      case kPriorShorter:
        s.half_life /= 3;  // two steps at most: what was wanted last week is not what will be
        return s.prior > 0 && s.half_life > span_ / 200;
      case kPriorLonger:
        s.half_life *= 3;
        return s.prior > 0;
      case kL2Up:
        s.l2 *= 1.7;
        return true;
      case kL2Down:
        s.l2 /= 1.7;
        return true;
      case kLess:
        s.unobserved /= 2;
        return true;
      case kMore:
        s.unobserved *= 2;
        return true;
      case kEven:
      case kUneven: {
        // With the same regularisation as before for what is as frequent as most.
        double step = move_ == kEven ? -0.25 : 0.25;
        s.nu += step;
        s.l2 *= std::pow(std::max(1.0, s.unobserved * mean_size_), -step);
        return s.nu >= 0 && s.nu <= 1.5;
      }
      case kWider:
        s.width *= 2;
        return s.width <= kWidest;
      case kNarrower:
        s.width /= 2;
        return s.width >= kNarrowest;
      case kWeights:
        s.use_weights = !s.use_weights;
        return weighted_;
      case kFineUp:
        s.l2 *= 1.2;
        return true;
      case kFineDown:
        s.l2 /= 1.2;
        return true;
      default:
        return false;
    }
  }
  static constexpr uint32_t kWidest = 256, kNarrowest = 16;

  uint64_t seed_;
  uint32_t threads_;
  bool weighted_;
  double span_;  // of the rows' times, in seconds, where test rows are later ones; else 0
  double mean_size_;
  AlsSettings best_, tried_;
  std::set<std::string> seen_;  // by name, which has every setting in it
  double best_value_ = kNothing;
  bool first_ = true, helped_ = false;
  int move_ = 0, steps_ = 0;
};

// A plan's first trials, then all of another, then the rest.
class BetweenPlan : public Plan {
 public:
  BetweenPlan(std::unique_ptr<Plan> plan, size_t first, std::unique_ptr<Plan> between)
      : plan_(std::move(plan)), between_(std::move(between)), first_(first) {}
  std::unique_ptr<Learner> Next() override {
    last_ = plan_.get();
    if (given_++ >= first_) {
      last_ = between_.get();
      if (auto learner = between_->Next()) return learner;
      last_ = plan_.get();
    }
    return plan_->Next();
  }
  void Result(double value) override { last_->Result(value); }

 private:
  std::unique_ptr<Plan> plan_, between_;
  Plan* last_ = nullptr;
  size_t first_, given_ = 0;
};

}  // namespace

bool IsInOrder(const data::SplitSpec& spec) {
  return spec.kind == data::SplitKind::kTime || spec.kind == data::SplitKind::kLeaveLast;
}

namespace {

// Makers of networks, in the order in which they are tried; nullptr for one that the data do not
// suit.
std::vector<ListPlan::Maker> Networks(const data::Dataset& dataset, data::Goal goal, bool in_order,
                                      uint64_t seed, uint32_t threads) {
  auto network = [&dataset, seed, threads](auto make) -> ListPlan::Maker {
    return [&dataset, make, seed, threads]() -> std::unique_ptr<Learner> {
      std::optional<Network> made = make(dataset);
      return made ? MakeLearner(std::move(*made), seed, threads) : nullptr;
    };
  };
  if (goal == data::Goal::kRate) {
    auto bayes = [&dataset, seed, threads] { return MakeBayesLearner(dataset, seed, threads); };
    return {network(Factorization), bayes, network(RatingNetwork)};
  }
  std::vector<ListPlan::Maker> out = {network(IdNetwork), network(FeatureNetwork)};
  if (in_order && AllHaveTimes(dataset.interactions)) {
    out.insert(out.begin(), network(HistoryNetwork));
  }
  return out;
}

}  // namespace

std::unique_ptr<Plan> MakePlan(const data::Dataset& dataset, data::Goal goal, bool in_order,
                               uint64_t seed, uint32_t threads) {
  auto networks = std::make_unique<ListPlan>(Networks(dataset, goal, in_order, seed, threads));
  if (goal == data::Goal::kRate) return networks;
  constexpr size_t kEnoughToCompare = 10;
  return std::make_unique<BetweenPlan>(std::make_unique<AlsPlan>(dataset, in_order, seed, threads),
                                       kEnoughToCompare, std::move(networks));
}

std::vector<std::unique_ptr<Learner>> FirstOfPlan(const data::Dataset& dataset, data::Goal goal,
                                                  bool in_order, uint64_t seed, uint32_t threads) {
  std::vector<std::unique_ptr<Learner>> out;
  if (goal == data::Goal::kRank) out.push_back(AlsPlan(dataset, in_order, seed, threads).Next());
  for (const auto& make : Networks(dataset, goal, in_order, seed, threads)) {
    if (auto learner = make()) out.push_back(std::move(learner));
  }
  return out;
}

}  // namespace duomo::selection
