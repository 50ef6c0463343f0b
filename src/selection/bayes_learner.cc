#include "selection/bayes_learner.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "selection/pass_watch.h"
#include "training/bayes.h"
#include "training/export.h"

namespace duomo::selection {
namespace {

// What the samples' vectors may take, in numbers of four bytes.
constexpr size_t kMostNumbers = size_t{1} << 28;

class BayesLearner : public Learner {
 public:
  explicit BayesLearner(const training::BayesOptions& options) : options_(options) {}

  std::string name() const override {
    return StrCat("bayes-", options_.rank, ", ", options_.samples, " samples");
  }
  bool predicts_ratings() const override { return true; }

  Learned Learn(const data::Dataset& dataset, const data::Split& split, bool history,
                const Stop& stop) const override {
    training::Bayes bayes(dataset, split.train, options_);
    PassWatch watch(stop, options_.burn_in + options_.samples);
    training::Observer* observers[] = {&watch};
    bayes.Run(observers);
    Learned out;
    out.contents = bayes.Export(dataset);
    if (history) training::AddHistory(out.contents.tensors, dataset, split.train);
    out.settings = Settings();
    out.settings["samples"] = bayes.kept();
    out.settings["width"] = bayes.width();
    out.stopped = bayes.kept() < options_.samples;
    return out;
  }

  description::Json Settings() const override {
    return {{"learner", "bayes"},
            {"rank", options_.rank},
            {"burn_in", options_.burn_in},
            {"samples", options_.samples},
            {"width", options_.width}};
  }

  std::unique_ptr<Learner> Shortened(double share) const override {
    training::BayesOptions shorter = options_;
    const double sweeps = share * (options_.burn_in + options_.samples);
    shorter.samples = static_cast<uint32_t>(std::clamp(std::floor(sweeps) - options_.burn_in, 1.0,
                                                       static_cast<double>(options_.samples)));
    return std::make_unique<BayesLearner>(shorter);
  }

 private:
  training::BayesOptions options_;
};

}  // namespace

std::unique_ptr<Learner> MakeBayesLearner(const data::Dataset& dataset, uint64_t seed,
                                          uint32_t threads) {
  training::BayesOptions options;
  options.seed = seed;
  options.threads = threads;
  const size_t entities = dataset.users.size() + dataset.items.size();
  const size_t width = kMostNumbers / std::max<size_t>(1, entities) / 2;
  if (width < 2 * options.rank) return nullptr;
  options.width = static_cast<uint32_t>(std::min<size_t>(options.width, width));
  return std::make_unique<BayesLearner>(options);
}

}  // namespace duomo::selection
