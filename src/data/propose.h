// A first description for data that nobody has described yet: a proposal, to be read and changed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/evidence.h"
#include "model/description.h"

namespace duomo::data {

struct Proposal {
  model::Description model;  // valid, not bound; Encode() takes it with the same data set
  // True where ratings say nothing but that something happened: the head is a dot product, to be
  // trained by softmax over items. Else a cosine, to be trained on squared errors.
  bool implicit = false;
  // One line each, for people: columns that were left out, and why.
  std::vector<std::string> notes;
};

// Looks at every column of users and items, by kind and values:
//   keys          an embedding, 32 wide
//   categories    (strings or integers with few values that repeat) embeddings, 8 to 16 wide
//   sets          multi-hot, 32 wide; with more than 1,000 values a mean of embeddings
//   text          (strings of several words, seldom alike) a convolution over words as Unicode
//                 has them, 32 wide
//   numbers       (and integers with many values) standardised, then 8 wide
// Columns with a single value, codes that hardly repeat, and columns that say the same as one
// before are left out. Towers are 64 to 200 wide, by what goes into them. The output covers the
// ratings that occur: head 5·cosine, -5 for the least and 5 for the largest of them.
// Throws Error(kInvalidArgument) when the data set is empty.
//
// `goal`: kRank makes the head a dot product whatever the ratings say, with a bias for every item,
// so that what is popular needs no vectors; without a goal, ratings that differ are predicted.
Proposal Propose(const Dataset& dataset, std::optional<Goal> goal = std::nullopt);

// Takes inputs that no encoder and no bias reads out of a description, and the tables and
// vocabularies that nothing else uses. `kept`, by input: 1 for what stays, whoever reads it; empty:
// none such.
void DropUnused(model::Description& description, std::vector<uint8_t> kept = {});

}  // namespace duomo::data
