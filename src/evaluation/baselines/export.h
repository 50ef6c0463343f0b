// Baselines as models: fixed vectors of users and items. Private to the baselines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "model/model.h"

namespace duomo::evaluation {

// A dot model: ⟨user, item⟩ + user bias + item bias + global bias. Empty: zeros.
struct FixedVectors {
  std::string name, unit;
  uint32_t width = 1;
  std::vector<float> users, items;  // n × width
  std::vector<float> user_bias, item_bias;
  float global_bias = 0;
};

// With keys, titles, tables and frozen vectors; the unknown user or item has zeros and no bias.
// Lists must be empty or fit the data set: throws Error(kInvalidArgument).
model::Contents ExportVectors(const FixedVectors& vectors, const data::Dataset& dataset);

}  // namespace duomo::evaluation
