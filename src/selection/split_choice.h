// Chooses the test rows of a data set by what its rows contain.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/evidence.h"

namespace duomo::selection {

// Whether there is an order to learn: every row has a time.
bool AllHaveTimes(const data::Interactions& rows);

struct SplitChoice {
  std::string split;  // as data::ParseSplit() takes it
  std::string why;    // a sentence for people
};

// To rank where (nearly) all rows have times: time:0.9, which asks what a product is asked, if at
// least kReturningUsers users have rows on both sides. Else ratio:0.1. To rate: ratio:0.1. Data of
// fewer than kFewRows rows: ratio:0.2.
SplitChoice ChooseSplit(const data::Dataset& dataset, data::Goal goal);

inline constexpr size_t kReturningUsers = 200, kFewRows = 1000;

}  // namespace duomo::selection
