// A table of items, CSV or JSON, as attributes of a file's items.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/table_reader.h"
#include "model/attributes.h"
#include "model/model.h"

namespace duomo::convert {

// A column that is wanted.
struct AttributeWish {
  std::string name;
  std::optional<model::AttributeKind> kind = {};  // none: found by the values
};

struct AttributeTableOptions {
  std::string path;                    // "-": stdin
  std::vector<AttributeWish> columns;  // empty: all but the items' keys and titles
  std::string item;                    // the column of the keys; empty: by its name
  std::string date_format;             // of times; empty: found out
  data::TableOptions table = {};
};

struct AttributeTable {
  std::string form;                             // of the table: "CSV, comma, UTF-8"
  std::vector<model::AttributeColumn> columns;  // a value for each item of the model
  std::vector<uint64_t> missing;                // items without a value, by column
  std::vector<std::string> left_out;            // columns that were not asked for by name
  // Of JSON: names that only later rows have, and the line of the first; not read.
  std::vector<std::pair<std::string, uint64_t>> late;
  uint64_t rows = 0;          // good ones
  uint64_t matched = 0;       // items of the model that have a row
  uint64_t unknown = 0;       // rows of items that the model lacks
  std::string first_unknown;  // the key of the first of those
  std::vector<data::SkippedRows> skipped;
};

// Kinds, where they are not stated: sets where cells are lists or have values between '|', ';' or
// ',' that come again (data::FindSetSeparator); else integers, numbers or dates where all cells
// that are not empty are; else categories. Throws Error(kInvalidArgument) that names columns and
// lines, (kNotFound) for a column that does not exist, and what data::OpenTable() throws.
AttributeTable ReadAttributeTable(const model::Model& model, const AttributeTableOptions& options);

}  // namespace duomo::convert
