// New users and items for a file, made of records.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "converter/records.h"
#include "converter/rewrite.h"

namespace duomo::convert {

struct Added {
  uint64_t users = 0, items = 0, vectors_given = 0;
  std::map<std::string, uint64_t> unknown;  // values that a vocabulary lacks, by input
  std::vector<std::string> left_out;        // tensors that were made for the old rows alone
};

// Appends rows to the draft: keys, titles, features, histories (of old and new items), and vectors,
// those given or what the towers make. Throws Error(kInvalidArgument) that names the record.
Added AddRecords(Draft& draft, std::span<const Record> users, std::span<const Record> items);

}  // namespace duomo::convert
