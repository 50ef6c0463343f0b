// From a data set's columns to what towers read: fills a description's vocabularies from the data
// and turns every column into rows of them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "file/tensor.h"
#include "model/description.h"
#include "model/features.h"

namespace duomo::data {

// What training and export need of a data set, owning its memory. Moves keep the views valid;
// copies are not possible.
struct Encoded {
  Encoded() = default;
  Encoded(Encoded&&) = default;
  Encoded& operator=(Encoded&&) = default;

  model::Description description;  // bound
  // By index of input, as model::FeatureSet; empty where the input has another scope, or is a
  // history (which depends on the example, not on the user alone).
  std::vector<model::FeatureColumn> user_columns, item_columns;
  model::FeatureSet users, items;  // views of the above
  // vocabularies/… of model::Contents, ready to write.
  std::vector<file::OwnedTensor> vocabularies;
};

// A user or item input reads the column of its own name: categories from integers (range and
// integer vocabularies) or strings, sets from sets, tokens from strings (as the input's tokeniser
// cuts them, the first max_length), numbers from numbers or integers. Pair inputs have no column.
// Vocabularies with listed values keep them in that order, others take the values in order of first
// appearance (user inputs, then item inputs, in the description's order); ranges without a size get
// the largest value + 1 rows. A listed vocabulary, or a range with a size, is closed: a category or
// set value outside of it is an error, a word outside of it is the unknown row. An empty string is
// a missing category (the unknown row), and nothing in a set.
// A history's vocabulary is that of the item keys: its rows are item rows, so a range has one row
// an item, and integers or strings are the items' keys in their order. The inputs named in
// `computed` are filled by whoever makes the examples: their columns, if the data set has any, are
// not read, and encode as not given: a category as the unknown row, sets and text as empty, a
// number as NaN. Their vocabularies are listed, sized, or shared with other inputs. Throws
// Error(kInvalidArgument) that names the input, the column, and for a value outside a closed
// vocabulary the row and the value; also for a computed name that is no input.
Encoded Encode(const model::Description& description, const Dataset& dataset,
               std::span<const std::string> computed = {});

}  // namespace duomo::data
