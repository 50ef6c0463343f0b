// Data of one's own: one table of interactions, and tables of users and items where there are any.
// See CSV.md for the formats.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/dataset.h"
#include "data/table_reader.h"

namespace duomo::data {

// Which column plays which role, by its name in the header. Empty: found by its usual names
// ("userId", "user_id", "uid" …); the rating and the timestamp may be missing then.
struct ColumnRoles {
  std::string user, item, rating, timestamp;  // of the interactions
  std::string user_key, item_key;             // of the side tables
  std::string title;                          // of the items
};

struct TablesSpec {
  // Files as OpenBytes() takes them: plain, .gz, or in a zip archive. `users` and `items` may be
  // empty: then users and items are those of the interactions, in order of first appearance.
  std::string interactions, users, items;
  std::string name;              // of the data set; empty: that of the interactions' file
  std::string separator;         // between fields, as SeparatorFrom() gives it; empty: found out
  std::optional<Quotes> quotes;  // none: found out, for each file
  char set_separator = '|';      // between the values of a set
  bool latin1 = false;           // the files are ISO-8859-1; else UTF-8
  bool skip_bad_lines = false;
  ColumnRoles roles;
  // Kinds of columns that shall not be guessed (of keys, too: integer or string), by "COLUMN",
  // "users.COLUMN" or "items.COLUMN".
  std::vector<std::pair<std::string, ColumnKind>> kinds;
};

// One wish for the above as people type it: "ROLE=COLUMN" with the roles user, item, rating,
// timestamp, users.id, items.id and title, or "COLUMN:KIND" with the kinds integer, number, string
// and set, where COLUMN may begin with "users." or "items.". Throws Error(kInvalidArgument).
void ApplyMapping(TablesSpec& spec, std::string_view wish);

// Reads the tables. Keys are integers where all of them are (without leading zeros), else strings.
// The first column of each entity table holds the keys and has the name that it has in the
// interactions; further columns are those of the side tables, of kinds that are stated or guessed
// (see ColumnGuess). Columns that have no name are left out, and one that both side tables have is
// called user_NAME and item_NAME. Without ratings, every interaction has the rating 1; an
// interaction without a time has the timestamp 0.
//
// Throws Error: kCorrupt with file and line for a bad row (see CsvReader; also a key that stands
// twice in a side table, a key that the side table lacks, an empty key, a rating or time that is
// none, a cell that does not fit a stated kind), unless bad rows are skipped and counted;
// kInvalidArgument when no column can play a role, or nothing is left; what OpenBytes() throws.
Dataset ReadTables(const TablesSpec& spec);

// The same from sources that are open already, for archives and tests; null: there is none. `where`
// names the files in messages.
struct TableSource {
  std::unique_ptr<ByteSource> bytes;
  std::string where;
  std::vector<std::string> names = {};  // of the columns, for a file without a header row
  std::optional<Quotes> quotes = {};    // none: as the spec says
};
Dataset ReadTables(const TablesSpec& spec, TableSource interactions, TableSource users,
                   TableSource items);

}  // namespace duomo::data
