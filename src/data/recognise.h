// Which column of a table plays which role, by names where they tell, else by values.
#pragma once

#include <string>
#include <vector>

#include "data/list_cell.h"
#include "data/profile.h"
#include "data/tables.h"

namespace duomo::data {

// What was found out about one table.
struct Recognised {
  ColumnRoles roles;                // names of columns; empty: none
  std::vector<std::string> unread;  // sentences: columns that are not read, and how to read them
  // What stands between the items of a cell, where cells hold several (list_cell.h); else kNoSet.
  char item_separator = kNoSet;
};

// The columns of a table of interactions. Roles that `stated` has already ("none" included) are
// kept. What is not found stays empty: ReadTables() then says what to do.
//  - user, item, rating, time and event by their usual names (see roles.h)
//  - else by parts of names ("customer_no", "watch_count")
//  - the rating also by its values, where one column alone looks like one
//  - the items' title by its name, where each item has one of its own nearly everywhere
//  - in a table without names (`named` false) by values alone: times, scales and counts, a few
//    words that repeat are events; the first two columns with many values are user and item
Recognised RecogniseInteractions(const TableProfile& table, const ColumnRoles& stated, bool named);

enum class TableKind {
  kInteractions,
  kUsers,
  kItems,
  kFriends,
  kSeveralRows,  // of items or users, but with several rows for each: properties, tags
  kOther
};

// What a table among others is, by its columns' names, and by whether its keys repeat. Without
// names by that and by the file's name.
TableKind KindOfTable(const TableProfile& table, bool named);

// Names for the columns of a table of users or items that has none: "id", "title", "column 3".
std::vector<std::string> NamesForSide(const TableProfile& table, TableKind kind);

}  // namespace duomo::data
