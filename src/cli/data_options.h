// Where a command's data come from: DATA that is known by its files, or tables of one's own.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/evidence.h"
#include "data/split.h"
#include "data/tables.h"

namespace duomo::cli {

struct DataOptions {
  std::string data;
  data::TablesSpec tables;  // skip_bad_lines is for both
  std::vector<std::string> mappings, columns, sets;
  std::string separator, quotes, matrix_missing;
  std::string cache;       // the folder to keep rows in, "beside", or empty: they are not kept
  std::string user_range;  // "FIRST-LAST", or empty: all users
  data::EvidenceOptions evidence;  // its value_name is found with the tables
};

// Adds --interactions, --users, --items and what says how to read them. `options` must live as long
// as the command. AddDataOptions adds the position DATA, too, and requires one of
// it and --interactions.
void AddTableOptions(CLI::App& command, DataOptions& options);
void AddDataOptions(CLI::App& command, DataOptions& options);

// --goal, --positive, --values, --event-weights, --repeats, --min-user and --min-item: what the
// rows say of who took what.
void AddEvidenceOptions(CLI::App& command, DataOptions& options);
bool HasEvidenceOptions(const DataOptions& options);  // one of them is not as it was

// The tables' specification with everything in it that was asked for as text. Throws
// Error(kInvalidArgument).
data::TablesSpec TablesOf(const DataOptions& options);

// FIRST-LAST, both included; the first may be negative. Throws Error(kInvalidArgument).
std::pair<int64_t, int64_t> ParseUserRange(const std::string& text);

// --user-range, for the commands that split and measure.
void AddUserRange(CLI::App& command, DataOptions& options, const std::string& otherwise);

// Reads what was asked for, and says on stderr how many bad lines were left out. Throws as the
// readers.
data::Dataset ReadData(const DataOptions& options);

// The split of those data; folds are read from beside DATA.
data::Split SplitData(const DataOptions& options, const data::SplitSpec& spec,
                      const data::Dataset& dataset, uint64_t seed);

}  // namespace duomo::cli
