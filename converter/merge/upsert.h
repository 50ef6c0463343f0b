// Adds and changes users and items of a file, and adds events of users: the work of `merge`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "converter/edit/rewrite.h"
#include "converter/tables/records.h"

namespace duomo::convert {

// A table; without bytes: not given.
struct TableInput {
  std::unique_ptr<data::ByteSource> bytes;
  std::string where;  // for messages
  explicit operator bool() const { return bytes != nullptr; }
};

struct MergeTables {
  TableInput users, items, events;
};

struct MergeOptions {
  bool replace = true;  // replace rows whose id the file has; otherwise such an id is an error
  RecordOptions records;
};

// What became of one side's records.
struct SideCounts {
  std::string form = {};  // of the table: "CSV, comma, quotes doubled, UTF-8"
  uint64_t added = 0, replaced = 0, unchanged = 0, skipped = 0;
};

// What became of the events.
struct EventCounts {
  std::string form = {};                   // as of SideCounts
  uint64_t added = 0, users = 0;           // users: whose history got some
  uint64_t of_unknown_users = 0;           // left out, whatever the item
  uint64_t of_unknown_items = 0;           // left out
  uint64_t skipped = 0;                    // bad lines
  std::string times;                       // for people: "seconds since 1970"; empty: none
  std::vector<std::string> not_read = {};  // columns
};

struct Merged {
  SideCounts users, items;
  EventCounts events;
  uint64_t vectors_given = 0, vectors_made = 0;
  std::map<std::string, uint64_t> unknown;  // values that a vocabulary lacks, by input
  std::vector<std::string> left_out;        // tensors that were made for rows as they were
};

// Writes the records into the draft: keys, titles, features, histories (of old and new items), and
// vectors, which are given or computed by the towers. Existing rows keep their place and everything
// that a record does not mention. If nothing changes that their tower reads, their vectors keep
// their bits. Throws Error(kInvalidArgument, kCorrupt) that names the record.
Merged Merge(Draft& draft, MergeTables tables, const MergeOptions& options);

}  // namespace duomo::convert
