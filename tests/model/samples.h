// Small models of every kind for tests: descriptions, and contents with invented entities.
#pragma once

#include <string>
#include <vector>

#include "model/model.h"

namespace duomo::testing {

// Two towers, cosine: categories, a multi-hot set, a text convolution. (The shape of `hybrid`.)
model::Description CosineDescription();
// Two towers, dot with user, item and global bias; a shared table and a bag.
model::Description DotDescription();
// A joint tower with inputs of pairs and numbers of all three normalisations.
model::Description JointDescription();
// A user tower that reads the history, with the items' own vocabulary; string keys.
model::Description HistoryDescription();
// The same with attention in place of the bag, which ONNX files cannot hold: not of all.
model::Description AttentionDescription();

std::vector<model::Description> AllDescriptions();

// `hybrid` with the sizes of ml-1m.
model::Description HybridDescription();

// Everything that the description asks for: 5 users, 4 items, random parameters and features,
// titles, vectors (two towers) and history (where an input reads it).
model::Contents ContentsOf(const model::Description& description);

// The same with an attribute of each kind, called as their kind, whose values are missing for
// item 1.
model::Contents WithAttributes(model::Contents contents);

// The same with vectors, tables and weights stored as `dtype`.
model::Contents Quantized(model::Contents contents, file::DType dtype);

// The tensor of that name; fails the test where there is none.
file::OwnedTensor& TensorOf(model::Contents& contents, const std::string& name);
void RemoveTensor(model::Contents& contents, const std::string& name);

}  // namespace duomo::testing
