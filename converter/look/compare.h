// What differs between the tensors of two files, and by how much.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/model.h"

namespace duomo::convert {

struct TensorDifference {
  std::string name;
  // "f32 6042 × 32", with "+ scales" where they belong to it; empty: the file has no such tensor.
  std::string first, second;
  // Where both have it in one shape (for E/vectors: in rows of the same key):
  bool compared = false;
  uint64_t elements = 0, changed = 0;
  bool numeric = false;          // the two below mean something
  double largest = 0, mean = 0;  // absolute; over all elements that are numbers in both
  uint64_t not_numbers = 0;      // NaN or infinite in one of them
};

struct KeyDifference {
  std::string of;  // "users", "items", "vocabularies/word"
  uint64_t first = 0, second = 0, removed = 0, added = 0, moved = 0;
  std::vector<std::string> some_removed, some_added;  // the first few
};

// Only tensors that differ in type, shape or content; in order of name. Rows of f16, bf16 and i8
// are compared by the floats that they stand for.
std::vector<TensorDifference> CompareTensors(const model::Model& a, const model::Model& b);
// Only those that differ.
std::vector<KeyDifference> CompareKeys(const model::Model& a, const model::Model& b);

}  // namespace duomo::convert
