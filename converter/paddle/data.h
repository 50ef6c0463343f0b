// The dictionaries of preset `hybrid` on MovieLens 1M in the order of PaddlePaddle's chapter on
// recommendation, where genres and title words are numbered in the order of Python 2 sets of bytes.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/encode.h"
#include "model/model.h"

namespace duomo::convert {

// The values of each dictionary, row by row, as UTF-8.
struct PaddleDictionaries {
  std::vector<std::string> genres, words;
};

// From the values in the order in which a program meets them, repetitions included.
PaddleDictionaries OrderAsPython2(const std::vector<std::string>& genres,
                                  const std::vector<std::string>& words);

PaddleDictionaries DictionariesOf(const data::Dataset& dataset);
// From the features of a model's items, so that no data are needed. Throws
// Error(kInvalidArgument) where a value of the model's vocabularies is no item's (items were taken
// out): the order cannot be known then.
PaddleDictionaries DictionariesOf(const model::Model& model);

// `preset`, whose inputs are those of `hybrid`, bound to the data set with these dictionaries.
data::Encoded EncodeLikePaddle(model::Description preset, const data::Dataset& dataset,
                               const PaddleDictionaries& dictionaries);

// Throws Error(kUnsupported) unless `name` is "hybrid".
model::Description PaddlePreset(const std::string& name);

// Throws Error(kUnsupported) that names `path` unless the model is of preset `hybrid`, whatever the
// sizes of the vocabularies that come from data.
void RequireHybrid(const model::Model& model, const std::string& path);

}  // namespace duomo::convert
