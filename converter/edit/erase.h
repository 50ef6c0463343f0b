// What is left of users or items in a file beside their own rows: values of vocabularies that are
// their keys, with the rows of tables that were learned from them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "converter/edit/rewrite.h"

namespace duomo::convert {

// Vocabularies whose values are the keys of one side's entities: those of its category inputs that
// say of every entity its own key ("user_id"), and where that cannot be seen, since no entity or
// one alone is stored, those that are called so. Histories' vocabularies are not among them: they
// have the items' rows.
std::vector<uint32_t> IdVocabularies(const model::Model& model, model::Side side);

// The value of a row, as text.
std::string ValueText(const model::KeyIndex& keys, uint64_t row);

// By vocabulary and old row: whether the value is gone. Empty: the vocabulary is as it was.
using GoneValues = std::vector<std::vector<bool>>;

// Takes the values that `gone` is true for out of a side's id vocabularies; adds them to `out`.
void EraseIds(Draft& draft, model::Side side, const std::function<bool(const std::string&)>& gone,
              GoneValues& out);

// The stored values of an input for these rows, in the old numbers, where what is gone is unknown;
// says whether anything was.
model::FeatureColumn WithoutGone(const model::Model& model, size_t input,
                                 const std::vector<uint32_t>& rows, const GoneValues& gone,
                                 bool& any);

// The report keeps hashes of a sample of the training rows, by which one could try whether somebody
// was among them. Empties it; says whether there was one.
bool EmptySketch(model::Report& report);

}  // namespace duomo::convert
