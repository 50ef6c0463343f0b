// Adapts a preset to other tables: its inputs find their columns, and inputs without data are
// removed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "model/description.h"

namespace duomo::data {

struct BindOptions {
  std::string preset;                 // its name, for messages
  std::vector<std::string> computed;  // inputs that are filled by whoever makes the examples
  std::vector<std::string> needed;    // inputs that the examples cannot be made without
  bool learns_ratings = false;        // by squared error: the output must cover the ratings
  bool learns_order = false;          // from what was taken after what: rows need times
};

// What was changed. Empty where the data have all that the description names, as MovieLens 1M has
// for the built-in presets: then nothing is.
struct BoundPreset {
  std::vector<std::string> notes;                            // one sentence each, for people
  std::vector<std::pair<std::string, std::string>> renamed;  // input, the column it reads now
  std::vector<std::string> left_out;                         // inputs
};

// Changes `description`, one that is not bound yet, so that Encode() can read `dataset`:
//  - An input reads the column of its own name. Where there is none, "user_id" and "movie_id" read
//    the keys, "title" the items' titles, "genres" the items' first set column, whatever these are
//    called, and are called so then.
//  - An input without a column, or with one of a kind that it cannot read, is left out, with the
//    encoders, tables and vocabularies that nothing else reads.
//  - A vocabulary takes the kind and the values of its column where the data go beyond what it
//    lists. A range becomes a list of the ids where ids are strings, negative or sparse (the
//    largest is above 2 × count + 1000), because a range has a row for every gap.
//  - Where `learns_ratings` and the ratings are not on a scale like 1 to 5 (beyond 0 … 5, or less
//    than 1.5 apart), the output's unit is stretched so that 1 … 5 become the lowest … highest.
// Throws Error(kInvalidArgument) that says what is missing and names `duomo train` without a preset
// where a tower would be left without an input, towers without layers would have unequal widths, a
// needed input has no column, all ratings are equal though ratings are learned, or no row has a
// time though the order is.
BoundPreset BindToData(model::Description& description, const Dataset& dataset,
                       const BindOptions& options);

}  // namespace duomo::data
