// The baselines by name: what `duomo baseline` and `duomo compare` share.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/split.h"
#include "evaluation/baselines/baseline.h"
#include "evaluation/baselines/rating_matrix.h"

namespace duomo::cli {

std::vector<std::string> BaselineNames();
bool BaselineRates(const std::string& name);  // predicts ratings; else it ranks alone

// What they are made of. `social` is a CSV file of edges between users, for social-cf.
struct BaselineData {
  const data::Dataset& dataset;
  const data::Split& split;
  std::shared_ptr<const evaluation::RatingMatrix> ratings;  // of the split's training rows
  std::string social;
};

// Throws Error(kInvalidArgument) for what the data lack, and as the reader of the edges.
std::unique_ptr<evaluation::Baseline> MakeBaseline(const std::string& name,
                                                   const BaselineData& data);

// The first set column of the items: genres, say; null where there is none.
const data::Column* FirstSet(const data::EntityTable& items);

}  // namespace duomo::cli
