// Starts training from the parameters of another file instead of random numbers.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/encode.h"
#include "model/model.h"
#include "training/parameters.h"

namespace duomo::training {

struct WarmStart {
  uint64_t kept_rows = 0, new_rows = 0;  // of the tables, known values alone
  uint64_t gone_rows = 0;                // of values that the data no longer have
  // By table, by row: 1 where it goes on, so that it is learned even where no example touches it.
  std::vector<std::vector<uint8_t>> kept;
};

// Writes what `from` has learned into `values` [layout.total()], which have been drawn: dense
// parameters as they are; a row of a table goes to the row that the same value has now, so tables
// may grow, shrink and change their order. Rows of new values stay as they were drawn. `file` names
// `from` in messages. Throws Error(kInvalidArgument) where a parameter is missing or has another
// width, or a vocabulary has keys of another kind, naming it.
WarmStart StartFrom(const model::Model& from, const std::string& file, const data::Encoded& encoded,
                    const Layout& layout, std::span<float> values);

// Statistics of normalised numbers as `from` has them, for the inputs of that name.
void KeepStatistics(const model::Model& from, const model::Description& description,
                    std::vector<std::vector<float>>& statistics);

}  // namespace duomo::training
