// Whether a table begins with the names of its columns, and which names would do where it does not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/table_reader.h"

namespace duomo::data {

using Rows = std::vector<std::vector<std::string>>;

// True where the first row looks like the others: it has numbers (or dates) in every column where
// they have them, or values that they have, too, and none of the usual names of roles.
bool FirstRowLooksLikeData(const Rows& rows);

// One name a column: user, item, rating and timestamp by what the values look like, "column4" for
// the others. For a message, or as a first guess.
std::vector<std::string> SuggestColumns(const Rows& rows);

// Takes the types off names as RecBole writes them, where all names have one: "user_id:token".
// Returns what they say, nothing where there are none.
std::vector<ColumnHint> TakeTypes(std::vector<std::string>& names);

}  // namespace duomo::data
