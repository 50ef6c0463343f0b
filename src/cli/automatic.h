// duomo train without a preset or model: what fits the data is found out, within a budget.
#pragma once

#include <string>

#include "cli/data_options.h"
#include "data/evidence.h"

namespace duomo::cli {

struct AutomaticRun {
  DataOptions data;
  std::string file;     // the .duomo file to write
  std::string split;    // empty: chosen by what the data have
  double budget = 180;  // seconds of the wall clock
  uint64_t seed = 0;
  uint32_t threads = 0;
  bool floors = true;  // a floor may be what is written
  bool store_history = true;
  bool keep_test_rows = false;  // write the model that was measured, not one of all rows
  bool json = false;
};

// Reads, tries, measures, writes the file, and prints a table and example lists. Throws as the
// readers and selection::Search().
void TrainAutomatically(const AutomaticRun& run);

// "20m", "90s", "2h" or seconds. Throws Error(kInvalidArgument).
double ParseBudget(const std::string& text);

}  // namespace duomo::cli
