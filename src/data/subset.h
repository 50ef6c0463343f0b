// Parts of a data set: some of its rows, some of its users and items.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

// Leaves out elements whose mark is not 0, in place; the order stays.
template <typename Values>
void KeepUnmarked(Values& values, const std::vector<uint8_t>& marks) {
  size_t to = 0;
  for (size_t from = 0; from < values.size(); ++from) {
    if (marks[from] == 0) values[to++] = std::move(values[from]);
  }
  values.resize(to);
}

// The same for all arrays of the interactions that are there.
void KeepRows(Interactions& rows, const std::vector<uint8_t>& marks);

// Leaves out users and items that no interaction has; the others keep their order.
void KeepEntitiesWithRows(Dataset& dataset);

}  // namespace duomo::data
