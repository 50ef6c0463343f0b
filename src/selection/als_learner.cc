#include "selection/als_learner.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "model/parameters.h"
#include "runtime/widen.h"
#include "selection/pass_watch.h"
#include "selection/prior.h"
#include "training/als.h"
#include "training/export.h"

namespace duomo::selection {
namespace {

constexpr double kDay = 86400;

// By row of the data set, the vectors that an earlier file has of its items; zeros where it has
// none.
std::vector<float> ItemsOf(const model::Model& from, const data::EntityTable& items,
                           uint32_t width) {
  const model::Description& d = from.description();
  const model::KeyIndex& keys = from.vocabulary(d.tables.at(1).vocabulary);
  model::Rows stored = from.parameter(model::TableName(d, 1));
  std::vector<float> out(items.size() * size_t{width});
  if (stored.width != width) {
    Fail(Status::kInvalidArgument, "its vectors are ", stored.width, " wide, not ", width);
  }
  bool strings = !items.keys.empty();
  if ((keys.kind() == model::KeyKind::kString) != strings && keys.size() > 0) {
    Fail(Status::kInvalidArgument, "its items have ids of another kind (integers or texts)");
  }
  for (size_t row = 0; row < items.size(); ++row) {
    std::optional<uint64_t> known =
        strings ? keys.Find(std::string_view(items.keys[row])) : keys.Find(items.ids[row]);
    if (known) runtime::CopyRows(stored, *known, 1, &out[row * width]);
  }
  return out;
}

class AlsLearner : public Learner {
 public:
  AlsLearner(const AlsSettings& settings, uint64_t seed, uint32_t threads,
             std::shared_ptr<const model::Model> from)
      : settings_(settings), seed_(seed), threads_(threads), from_(std::move(from)) {}

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
    if (from_) options.items = ItemsOf(*from_, dataset.items, settings_.width);
    training::Als als(dataset, split.train, options);
    PassWatch watch(stop, settings_.passes);
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
    return std::make_unique<AlsLearner>(shorter, seed_, threads_, from_);
  }

 private:
  AlsSettings settings_;
  uint64_t seed_;
  uint32_t threads_;
  std::shared_ptr<const model::Model> from_;
};

}  // namespace

std::unique_ptr<Learner> MakeAlsLearner(const AlsSettings& settings, uint64_t seed,
                                        uint32_t threads,
                                        std::shared_ptr<const model::Model> from) {
  return std::make_unique<AlsLearner>(settings, seed, threads, std::move(from));
}

AlsSettings AlsSettingsFrom(const description::Json& settings) {
  AlsSettings out;
  auto number = [&](const char* name) {
    if (!settings.contains(name) || !settings[name].is_number()) {
      Fail(Status::kInvalidArgument, "the settings of ALS have no number \"", name, '"');
    }
    return settings[name].get<double>();
  };
  out.width = static_cast<uint32_t>(number("dim"));
  out.unobserved = number("alpha0");
  out.l2 = number("l2");
  out.nu = number("nu");
  out.to_mean = settings.value("to_mean", out.to_mean);
  out.use_weights = settings.value("weights", out.use_weights);
  out.prior = settings.value("prior", out.prior);
  out.half_life = settings.value("prior_half_life_days", 0.0) * kDay;
  return out;
}

}  // namespace duomo::selection
