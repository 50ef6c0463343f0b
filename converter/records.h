// New users or items as people give them: JSON lines or CSV.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "converter/output.h"

namespace duomo::convert {

// One object a record, of the fields "id", "title", "features" {input: value or list}, "vector"
// and "history"; where they stand is kept for messages.
struct Record {
  std::string where;  // "new.jsonl, line 3"
  Json json;
};

// A file that begins with "{" holds one JSON object a line; another one is CSV (RFC 4180) whose
// first line names the columns: id, title, and inputs, in which "|" separates the values of a set.
// CSV has text alone: what is a number is decided by the input that it is for. Throws
// Error(kInvalidArgument) that names the line.
std::vector<Record> ReadRecords(const std::string& path);  // "-": stdin
// The same from text; `source` is for messages.
std::vector<Record> ParseRecords(std::string_view text, const std::string& source);

}  // namespace duomo::convert
