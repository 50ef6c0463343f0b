// The models of the golden files: invented, and no number depends on the machine or its
// mathematics library.
#pragma once

#include "model/model.h"

namespace duomo::testing {

// Two towers with cosine: ids, a category, a set, a title; integer keys, one side out of order.
model::Contents GoldenCosine();
// Dot product with biases and a history; string keys; compressed segments; no frozen users.
model::Contents GoldenDot();
// GoldenDot with attention in place of the bag.
model::Contents GoldenAttention();
// Version 3: item vectors are the sums of their words' rows, by the second tokeniser.
model::Contents GoldenWords(const std::vector<std::string>& words);
// Version 3: says how users are folded in, and keys of things begin ranges.
model::Contents GoldenFolds();

}  // namespace duomo::testing
