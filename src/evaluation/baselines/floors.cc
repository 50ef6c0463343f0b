#include "evaluation/baselines/floors.h"

#include "core/error.h"
#include "evaluation/baselines/bias.h"
#include "evaluation/baselines/item_top_n.h"
#include "evaluation/baselines/item_transitions.h"
#include "evaluation/baselines/popularity.h"
#include "evaluation/baselines/rating_matrix.h"

namespace duomo::evaluation {
namespace {

// One that may have no room is left out and said.
template <typename Make>
void AddIfItFits(Floors& floors, const Make& make) {
  try {
    std::unique_ptr<const Baseline> made = make();
    if (!made->Note().empty()) floors.notes.push_back(made->Note());
    floors.baselines.push_back(std::move(made));
  } catch (const Error& error) {
    if (error.status() != Status::kUnsupported) throw;
    floors.notes.push_back(error.what());
  }
}

}  // namespace

Floors MakeFloors(const data::Dataset& dataset, const data::Split& split, FloorsOf what,
                  const FloorOptions& options) {
  Floors floors;
  if (what == FloorsOf::kRatings) {
    floors.baselines.push_back(std::make_unique<MeanRating>(dataset, split.train));
    floors.baselines.push_back(std::make_unique<Bias>(dataset, split.train));
    return floors;
  }
  auto ratings = RatingMatrix::Make(dataset, split.train);
  floors.baselines.push_back(std::make_unique<Popularity>(ratings));
  AddIfItFits(floors, [&] {
    ItemTopN::Options o;
    o.max_bytes = options.max_bytes;
    o.threads = options.threads;
    return std::make_unique<ItemTopN>(ratings, o);
  });
  if (!ItemTransitions::Possible(dataset.interactions, split.train)) {
    floors.notes.push_back(
        "item-transitions: no floor here, because not every training row has a time");
    return floors;
  }
  AddIfItFits(floors, [&] {
    ItemTransitions::Options o;
    o.max_bytes = options.max_bytes;
    o.threads = options.threads;
    return std::make_unique<ItemTransitions>(dataset, split.train, o);
  });
  return floors;
}

}  // namespace duomo::evaluation
