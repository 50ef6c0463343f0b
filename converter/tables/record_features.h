// Converts the cells of a record to rows of vocabularies, in the same way as raw features from
// hosts.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace duomo::convert {

// What an input has of one entity: rows of its vocabulary, or a number.
struct FeatureValue {
  std::vector<uint32_t> rows;
  float number = 0;
  uint64_t unknown = 0;  // values that the vocabulary lacks; they became its unknown row
};

// A cell as people write it: a category is a value, a set a list (or texts with "|" between, or
// with
// "," or ";" where the vocabulary has the parts and not the whole), a text a text or a list of
// words, a number a number. Empty: nothing is given. `blanks`: values of a set are separated by
// them. Throws Error(kInvalidArgument) that names the input.
FeatureValue ReadFeature(const model::Model& model, size_t input, std::string_view cell,
                         bool blanks);

// The row of a key as text: of integers "7", and "7.0", which other programs make of it.
std::optional<uint32_t> FindKey(const model::KeyIndex& keys, std::string_view text,
                                bool bucketed = false);
// The integer that a text is in canonical form; nothing for any other text.
std::optional<int64_t> IntegerKey(std::string_view text);

// Puts a value behind a column's last, and takes one out.
void AppendValue(model::FeatureColumn& column, const FeatureValue& value);
FeatureValue ValueAt(const model::FeatureView& view, size_t row);
bool SameValue(model::InputKind kind, const FeatureValue& a, const FeatureValue& b);

// A finite number that a float holds. Throws Error(kInvalidArgument) that begins with `what`.
float FiniteFloat(std::string_view text, std::string_view what);

}  // namespace duomo::convert
