// From a data set's columns to what towers read: fills a description's vocabularies from the data
// and turns every column into rows of them.
#pragma once

#include <vector>

#include "data/dataset.h"
#include "file/tensor.h"
#include "model/description.h"
#include "model/features.h"

namespace duomo::data {

// What training and export need of a data set, owning its memory.
struct Encoded {
  model::Description description;  // bound
  // By index of input, as model::FeatureSet; empty where the input has another scope, or is a
  // history (which depends on the example, not on the user alone).
  std::vector<model::FeatureColumn> user_columns, item_columns;
  model::FeatureSet users, items;  // views of the above
  // vocabularies/… of model::Contents, ready to write.
  std::vector<file::OwnedTensor> vocabularies;
};

// A user or item input reads the column of its own name. Vocabularies with listed values keep
// them in that order, others take the values in order of first appearance (users, then items);
// ranges get the largest value + 1 rows. A history's vocabulary must be a range or integer one and
// is that of the item keys: rows are item rows.
// Throws Error(kInvalidArgument) that names the input, the column, and for a value outside a
// closed vocabulary the row and the value.
Encoded Encode(const model::Description& description, const Dataset& dataset);

}  // namespace duomo::data
