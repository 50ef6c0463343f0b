// Networks that suit a data set: descriptions made from its columns, with training settings.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "model/description.h"
#include "selection/learner.h"
#include "training/options.h"

namespace duomo::selection {

struct Network {
  std::string name;
  model::Description model;
  training::TrainingOptions training;
  std::vector<std::string> notes = {};  // columns that no input reads, and why
};

// Two networks trained by softmax over the items: one with a vector for each user and item key
// alone; and one with all useful columns (data::Propose) as well, which can also score new items.
// Nothing if no other column is useful, or if a key has a name that no input can have.
std::optional<Network> IdNetwork(const data::Dataset& dataset);
std::optional<Network> FeatureNetwork(const data::Dataset& dataset);

// The next item after a user's latest 1, 2, 5, 20 and 100 (candidate generation after Covington,
// Adams and Sargin 2016, with nested bags). Needs times, and test rows that come after the others.
std::optional<Network> HistoryNetwork(const data::Dataset& dataset);

// Ratings, by squared error: towers over all columns, and matrix factorisation with biases.
Network RatingNetwork(const data::Dataset& dataset);
Network Factorization(const data::Dataset& dataset);

std::unique_ptr<Learner> MakeLearner(Network network, uint64_t seed, uint32_t threads);

}  // namespace duomo::selection
