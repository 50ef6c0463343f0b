// A data set as read from its files, before any encoding: users, items, and who rated what. Every
// reader returns one, and no later code depends on where it came from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/row_values.h"

namespace duomo::data {

enum class ColumnKind {
  kInteger,  // integers[row]
  kNumber,   // numbers[row]; NaN: missing
  kString,   // texts[row]; also free text, which tokens split into words
  kSet,      // texts[offsets[row] … offsets[row+1])
};

struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::kString;
  std::vector<int64_t> integers;
  std::vector<float> numbers;
  std::vector<std::string> texts;
  std::vector<uint64_t> offsets;
  bool bucketed = false;  // integers that begin ranges: 18, 25, 35 for ages from 18, from 25, …

  bool operator==(const Column&) const = default;
};

Column MakeColumn(std::string_view name, ColumnKind kind);  // without rows; sets have offset 0

// One row a user or item, in the order of the file.
struct EntityTable {
  std::vector<int64_t> ids;         // integer keys …
  std::vector<std::string> keys;    // … or string keys: then ids is empty
  std::vector<std::string> titles;  // for people; may be empty
  std::vector<Column> columns;      // all of the same length

  size_t size() const { return keys.empty() ? ids.size() : keys.size(); }
  const Column* Find(std::string_view name) const;  // nullptr where there is none
  bool operator==(const EntityTable&) const = default;
};

// Parallel columns, in the order of the file.
struct Interactions {
  RowValues<uint32_t> users, items;  // rows of the tables
  RowValues<float> ratings;
  RowValues<int64_t> timestamps;  // seconds; 0: unknown
  // How much each row counts as evidence that the user took the item, above 0. Empty: 1 each.
  // Losses over items use it; squared error learns from the ratings and does not.
  RowValues<float> weights = {};
  // What happened, as an index of event_names ("view", "purchase"). Empty: the data do not say.
  RowValues<uint16_t> events = {};
  std::vector<std::string> event_names = {};
  size_t size() const { return users.size(); }
  bool operator==(const Interactions&) const = default;
};

struct Dataset {
  std::string name;  // "ml-1m"
  EntityTable users, items;
  Interactions interactions;
  uint64_t skipped_lines = 0;  // bad lines left out, where the caller asked for that

  bool operator==(const Dataset&) const = default;
};

}  // namespace duomo::data
