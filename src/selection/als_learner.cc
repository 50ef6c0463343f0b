#include "selection/als_learner.h"

#include <algorithm>
#include <cmath>

#include "selection/prior.h"
#include "training/als.h"
#include "training/export.h"

namespace duomo::selection {
namespace {

constexpr double kDay = 86400;

class AlsLearner : public Learner {
 public:
  AlsLearner(const AlsSettings& settings, uint64_t seed, uint32_t threads)
      : settings_(settings), seed_(seed), threads_(threads) {}

  std::string name() const override {
    char text[120], prior[60] = "";
    if (settings_.prior > 0 && settings_.half_life > 0) {
      std::snprintf(prior, sizeof(prior), ", prior %.2g of %.3g days", settings_.prior,
                    settings_.half_life / kDay);
    } else if (settings_.prior > 0) {
      std::snprintf(prior, sizeof(prior), ", prior %.2g", settings_.prior);
    }
    std::snprintf(text, sizeof(text), "als-%u, l2 %.2g, nu %.2g, alpha0 %.2g%s%s%s",
                  settings_.width, settings_.l2, settings_.nu, settings_.unobserved,
                  settings_.to_mean ? ", to mean" : "", settings_.use_weights ? ", weighted" : "",
                  prior);
    return text;
  }
  bool predicts_ratings() const override { return false; }

  Learned Learn(const data::Dataset& dataset, const data::Split& split, bool history,
                const Stop& stop) const override {
    training::AlsOptions options;
    options.dim = settings_.width;
    options.alpha0 = settings_.unobserved;
    options.l2 = settings_.l2;
    options.nu = settings_.nu;
    options.to_mean = settings_.to_mean;
    options.passes = settings_.passes;
    options.use_weights = settings_.use_weights;
    options.seed = seed_;
    options.threads = threads_;
    training::Als als(dataset, split.train, options);
    Watch watch(stop, als, settings_.passes);
    training::Observer* observers[] = {&watch};
    als.Run(observers);
    Learned out;
    std::vector<float> bias;
    if (settings_.prior > 0) {
      bias = ItemPrior(dataset, split.train, settings_.half_life);
      for (float& value : bias) value *= static_cast<float>(settings_.prior);
    }
    out.contents = als.Export(dataset, true, std::move(bias));
    if (history) training::AddHistory(out.contents.tensors, dataset, split.train);
    out.settings = Settings();
    out.settings["passes"] = als.passes_done();
    out.stopped = als.passes_done() < settings_.passes;
    return out;
  }

  description::Json Settings() const override {
    return {{"learner", "als"},
            {"dim", settings_.width},
            {"alpha0", settings_.unobserved},
            {"l2", settings_.l2},
            {"nu", settings_.nu},
            {"to_mean", settings_.to_mean},
            {"passes", settings_.passes},
            {"weights", settings_.use_weights},
            {"prior", settings_.prior},
            {"prior_half_life_days", settings_.half_life / kDay}};
  }

  std::unique_ptr<Learner> Shortened(double share) const override {
    AlsSettings shorter = settings_;
    shorter.passes =
        std::max<uint32_t>(1, static_cast<uint32_t>(std::floor(share * shorter.passes)));
    return std::make_unique<AlsLearner>(shorter, seed_, threads_);
  }

 private:
  class Watch : public training::Observer {
   public:
    Watch(const Stop& stop, const training::Als& als, uint32_t passes)
        : stop_(stop), als_(als), passes_(passes) {}
    bool ShouldStop() override { return stop_(static_cast<double>(als_.passes_done()) / passes_); }

   private:
    const Stop& stop_;
    const training::Als& als_;
    uint32_t passes_;
  };

  AlsSettings settings_;
  uint64_t seed_;
  uint32_t threads_;
};

}  // namespace

std::unique_ptr<Learner> MakeAlsLearner(const AlsSettings& settings, uint64_t seed,
                                        uint32_t threads) {
  return std::make_unique<AlsLearner>(settings, seed, threads);
}

}  // namespace duomo::selection
