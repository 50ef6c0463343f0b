#include "selection/floor_learner.h"

#include "core/error.h"
#include "evaluation/baselines/bias.h"
#include "evaluation/baselines/popularity.h"
#include "training/export.h"

namespace duomo::selection {
namespace {

class FloorLearner : public Learner {
 public:
  explicit FloorLearner(std::string name) : name_(std::move(name)) {}
  std::string name() const override { return name_; }
  bool predicts_ratings() const override { return name_ == "bias"; }

  Learned Learn(const data::Dataset& dataset, const data::Split& split, bool history,
                const Stop&) const override {
    Learned out;
    if (predicts_ratings()) {
      out.contents = evaluation::Bias(dataset, split.train).Export(dataset);
    } else {
      auto ratings = evaluation::RatingMatrix::Make(dataset, split.train);
      out.contents = evaluation::Popularity(ratings).Export(dataset);
    }
    if (history) training::AddHistory(out.contents.tensors, dataset, split.train);
    out.settings = Settings();
    return out;
  }

  description::Json Settings() const override { return {{"baseline", name_}}; }

  std::unique_ptr<Learner> Shortened(double) const override {
    return std::make_unique<FloorLearner>(name_);
  }

 private:
  std::string name_;
};

}  // namespace

bool CanBeFile(const std::string& floor) { return floor == "popularity" || floor == "bias"; }

std::unique_ptr<Learner> MakeFloorLearner(const std::string& name) {
  if (!CanBeFile(name)) {
    Fail(Status::kInvalidArgument, "the floor \"", name, "\" cannot be a file");
  }
  return std::make_unique<FloorLearner>(name);
}

}  // namespace duomo::selection
