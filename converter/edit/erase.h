// Removes traces of users or items besides their own rows: vocabulary values that are their keys,
// and the rows of tables that were learned from them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "converter/edit/rewrite.h"

namespace duomo::convert {

// The vocabularies whose values are keys of one side's entities. These belong to category inputs
// whose value is, for every entity, its own key ("user_id"). If at most one entity is stored, this
// cannot be seen, and the name of the input decides. Vocabularies of histories are not included:
// they have the items' rows.
std::vector<uint32_t> IdVocabularies(const model::Model& model, model::Side side);

// The value of a row, as text.
std::string ValueText(const model::KeyIndex& keys, uint64_t row);

// By vocabulary and old row: whether the value was removed. Empty: the vocabulary is unchanged.
using GoneValues = std::vector<std::vector<bool>>;

// Marks the values of a side's id vocabularies for which `gone` is true, besides those that are
// marked already. Returns how many it has marked.
uint64_t MarkIds(const model::Model& model, model::Side side,
                 const std::function<bool(const std::string&)>& gone, GoneValues& marked);

// Removes what is marked, once for all sides: what is removed renumbers the rest.
void RemoveValues(Draft& draft, const GoneValues& marked);

// The stored values of an input for these rows, in the old numbers, where what is gone is unknown;
// says whether anything was.
model::FeatureColumn WithoutGone(const model::Model& model, size_t input,
                                 const std::vector<uint32_t>& rows, const GoneValues& gone,
                                 bool& any);

// Empties the report's sample of hashed training rows, with which one could test whether somebody
// was in the training data. Returns whether there was one.
bool EmptySketch(model::Report& report);

}  // namespace duomo::convert
