// Vectors of users and items that were found in some other way than by a network, as a model: what
// baselines and implicit ALS write.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "model/model.h"

namespace duomo::data {

// A dot model: ⟨user, item⟩ + user bias + item bias + global bias. Empty: zeros; a model without
// any bias has none in the file either.
struct FixedVectors {
  std::string name, unit;
  uint32_t width = 1;
  std::vector<float> users, items;  // n × width
  std::vector<float> user_bias, item_bias;
  float global_bias = 0;
  std::vector<float> unknown_user;  // width; of users that the file does not know
};

// With keys, titles, tables and frozen vectors; the unknown item (and user, unless it is given) has
// zeros and no bias. Lists must be empty or fit the data set: throws Error(kInvalidArgument).
model::Contents ExportVectors(const FixedVectors& vectors, const Dataset& dataset);

}  // namespace duomo::data
