// Turns a trained network into the contents of a file.
#pragma once

#include <span>
#include <vector>

#include "data/dataset.h"
#include "model/model.h"
#include "training/trainer.h"

namespace duomo::training {

struct ExportOptions {
  bool user_vectors = true;  // freeze user vectors (item vectors always are)
  // The interactions to keep as users' histories, in time order, for exclude-seen and for towers
  // that read histories; empty: none.
  std::vector<uint32_t> history;
  bool titles = true;
};

// Unknown rows become the mean of the rows that examples touched, unless examples taught the
// unknown row itself; rows that no example touched become the unknown row. A logistic head gets the
// examples' logit_correction(). Frozen vectors come from the runtime's own towers.
model::Contents Export(const Trainer& trainer, const data::Encoded& encoded,
                       const data::Dataset& dataset, const ExportOptions& options);

// Adds users/history: the items of these rows of `dataset`, by user, in time order.
void AddHistory(std::vector<file::OwnedTensor>& out, const data::Dataset& dataset,
                std::span<const uint32_t> rows);

// Adds the planes of items/vectors, which `contents` holds as a tensor of floats.
void AddItemPlanes(model::Contents& contents);

// Adds (or replaces) E/vectors of both sides, run by the towers on what `contents` holds, and the
// planes that searches read. Those of users are a source: they are made when they are written.
void FreezeVectors(model::Contents& contents, bool users);

}  // namespace duomo::training
