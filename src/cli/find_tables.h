// Finds the tables of a data set among files, and the roles of their columns.
#pragma once

#include <string>
#include <vector>

#include "cli/data_options.h"
#include "data/tables.h"

namespace duomo::cli {

struct FoundTables {
  bool movielens = false;  // one of MovieLens's own formats, which data::OpenDataset() reads
  data::TablesSpec spec;   // else: files and roles, all that could be found out
  std::vector<std::string> unread;  // of the interactions' columns, sentences
  std::vector<std::string> others;  // sentences: files of a folder that are not read
};

// For DATA (a folder, an archive, a table) or --interactions and its like. Throws Error: what the
// readers do, and kInvalidArgument or kNotFound where no file looks like interactions, listing
// those that are there.
FoundTables FindTables(const DataOptions& options);

}  // namespace duomo::cli
