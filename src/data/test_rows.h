// A table of test rows beside the data that a model learned from.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/split.h"

namespace duomo::data {

// Keys that a table of test rows has and the data have not.
struct UnknownKeys {
  uint64_t count = 0;              // distinct keys
  std::vector<std::string> named;  // the first three of them
};

struct JoinedTest {
  Dataset dataset;        // `known`, and the test rows behind its own
  Split split;            // its own rows train, the test rows test
  uint64_t left_out = 0;  // test rows of users or items that are not in the data
  UnknownKeys users, items;
};

// Adds the rows of `test` to `known` as test rows; the split is called `name`. Users and items are
// found by their keys, whether these are integers or the same digits as text. Rows of users or
// items that `known` does not have are left out and counted. Throws Error(kInvalidArgument) when no
// row is left, or for more rows than can be numbered.
JoinedTest JoinTest(Dataset known, const Dataset& test, const std::string& name);

// What was left out and why, as a sentence for people; empty: nothing.
std::string LeftOutText(const JoinedTest& joined);

}  // namespace duomo::data
