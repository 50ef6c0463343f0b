// Folding in: computes the vector of a user from the items that they took, for models without
// history inputs. Least squares with the items' frozen vectors, as defined in model/fold_in.h.
#pragma once

#include <cstdint>
#include <span>

#include "runtime/engine.h"

namespace duomo::runtime {

// True where histories go through FoldIn(): two towers, none of whose inputs is a history.
bool FoldsIn(const Engine& engine);

// Throws Error(kUnsupported) for a joint tower, an input that is a history, and a file without item
// vectors.
void RequireFoldIn(const Engine& engine);

// Writes the user vector [vector_width()] for the stored items of these rows; rows that do not
// exist are ignored. weights: one a row, finite and above 0, with 1 for what training took as the
// mean; empty: all 1. An item that occurs twice counts twice. Without items, the result is the
// vector of an unknown user.
//
// By default, t is 1, m is 0, alpha0 is 0, and λ is the mean squared length of the vectors: 1 for
// cosines. With few items the result is close to the sum of their vectors; with more items it fits
// each of them better. Biases are those of an unknown user. Unit length for cosine heads.
//
// The order of all sums in double is fixed: the same bits on every machine. Work: n² · width or
// n · width², whichever is less, for n items, and width² an item with axes. Of histories that would
// take more than 32 MB the latest items are used. Throws Error(kCorrupt) where numbers of the file
// are not finite or too large; then `vector` holds no result. Any thread with a workspace of its
// own.
void FoldIn(const Engine& engine, std::span<const uint32_t> items, std::span<const float> weights,
            float* vector, Workspace& work);

}  // namespace duomo::runtime
