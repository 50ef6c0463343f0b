// The tensors of a data set's users and items.
#pragma once

#include <vector>

#include "data/dataset.h"
#include "data/encode.h"
#include "file/tensor.h"

namespace duomo::data {

// Appends the users/… and items/… of model::Contents: keys, titles where asked for, and the
// features of every input of that side but histories.
void AddEntities(std::vector<file::OwnedTensor>& out, const Dataset& dataset,
                 const Encoded& encoded, bool titles);

}  // namespace duomo::data
