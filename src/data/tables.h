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
// ("userId", "user_id", "uid" …); the rating and the timestamp may be missing then. "none": there
// is none, whatever columns are called.
struct ColumnRoles {
  std::string user, item, rating, timestamp;  // of the interactions
  std::string user_key, item_key;             // of the side tables
  std::string title;                          // of the items' table
  // Of the interactions: the items' titles, where they have no table; read only where stated.
  std::string item_title;
  std::string event;  // of the interactions; read only where stated
};

struct TablesSpec {
  // Files as OpenBytes() takes them: plain, .gz, or in a zip archive. `users` and `items` may be
  // empty: then users and items are those of the interactions, in order of first appearance.
  std::string interactions, users, items;
  std::string name;              // of the data set; empty: that of the interactions' file
  std::string separator;         // between fields, as SeparatorFrom() gives it; empty: found out
  std::optional<Quotes> quotes;  // none: found out, for each file
  // Between the values of a set, for all columns: those that have it in some cell are sets. '\0':
  // found out for each column, see FindSetSeparator().
  char set_separator = '\0';
  // The same for single columns, by "COLUMN", "users.COLUMN" or "items.COLUMN"; kNoSet: no set. One
  // may be the interactions' items, whose cells hold several then: each is a row of its own.
  std::vector<std::pair<std::string, char>> sets = {};
  // Names for files that have no row of names.
  std::vector<std::string> columns = {}, user_columns = {}, item_columns = {};
  std::string date_format = {};  // of the timestamps, see ParseByFormat(); empty: found out
  bool matrix = false;           // the interactions are a matrix, see OpenMatrix()
  std::optional<std::string> matrix_missing = {};
  bool latin1 = false;  // the files are ISO-8859-1; else UTF-8
  bool skip_bad_lines = false;
  ColumnRoles roles;
  // Kinds of columns that shall not be guessed (of keys, too: integer or string), by "COLUMN",
  // "users.COLUMN" or "items.COLUMN".
  std::vector<std::pair<std::string, ColumnKind>> kinds;
};

// One wish for the above as people type it: "ROLE=COLUMN" with the roles user, item, rating,
// timestamp, event, users.id, items.id and title (rating, timestamp, event and title may be
// "none"; the title is a column of the items' table, or of the interactions where there is none),
// or "COLUMN:KIND" with the kinds integer, number, string and set, where COLUMN may begin with
// "users." or "items.". Throws Error(kInvalidArgument).
void ApplyMapping(TablesSpec& spec, std::string_view wish);

// "COLUMN=SEPARATOR", where the separator is one character, "space", "tab" or "none".
// Throws Error(kInvalidArgument).
void ApplySets(TablesSpec& spec, std::string_view wish);

// "user,item,rating" for the interactions, "users:id,age" and "items:id,title" for the others; a
// column without a name is not read. Throws Error(kInvalidArgument).
void ApplyColumns(TablesSpec& spec, std::string_view wish);

// What has been read of one table, and what has not.
struct TableReport {
  std::string where, form;  // form: "CSV, comma, quotes doubled, UTF-8"
  std::vector<std::string> header;
  uint64_t rows = 0;     // that have been read
  uint64_t skipped = 0;  // that have been left out
  std::vector<SkippedRows> skipped_reasons;
  std::vector<std::string> not_read;  // columns
  std::vector<LateColumn> late_columns;
  std::string time_form;                           // of the timestamps; empty: there are none
  bool times_are_order = false;                    // numbers that say before and after, not when
  std::vector<std::pair<std::string, char>> sets;  // columns, and what separates their values
  bool numbers_with_zeros = false;                 // keys were written as 17850.0
};
struct TablesReport {
  TableReport interactions, users, items;  // `where` is empty for one that there is not
};

// Reads the tables, each of any form that OpenTable() knows. Keys are integers where all of them
// are (without leading zeros), else strings. The first column of each entity table holds the keys
// and has the name that it has in the interactions; further columns are those of the side tables,
// of kinds that are stated or guessed (see ColumnGuess). Columns that have no name are left out,
// and one that both side tables have is called user_NAME and item_NAME. Without ratings, every
// interaction has the rating 1; an interaction without a time has the timestamp 0.
//
// Keys are the texts of their cells, but for columns of integers that are written "17850.0": these
// are 17850, and rows where such a cell is empty are left out and counted.
//
// Throws Error: kCorrupt with file and line for a bad row (see TableReader; also a key that stands
// twice in a side table, a key that the side table lacks, an empty key, a rating or time that is
// none, a cell that does not fit a stated kind), unless bad rows are skipped and counted;
// kInvalidArgument when no column can play a role, a table seems to have no row of names, day and
// month of dates cannot be told apart, or nothing is left; what OpenBytes() throws.
Dataset ReadTables(const TablesSpec& spec, TablesReport* report = nullptr);

// The same from sources that are open already, for archives and tests; null: there is none. `where`
// names the files in messages.
struct TableSource {
  std::unique_ptr<ByteSource> bytes;
  std::string where;
  std::vector<std::string> names = {};  // of the columns, for a file without a header row
  std::optional<Quotes> quotes = {};    // none: as the spec says
};
Dataset ReadTables(const TablesSpec& spec, TableSource interactions, TableSource users,
                   TableSource items, TablesReport* report = nullptr);

}  // namespace duomo::data
