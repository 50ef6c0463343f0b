// Interactions that are laid out in another way than a row each.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "data/bytes.h"
#include "data/table_reader.h"

namespace duomo::data {

struct MatrixOptions {
  std::string user;  // the users' column; "none": rows are numbered; empty: found out
  std::optional<std::string> missing;  // what stands for no rating, beside an empty cell
};

// A table with a row a user and a column an item, as rows of user, item and rating for each cell
// that is a rating. Users are in the first column, where it has a name that is no number or values
// that differ from row to row; else they are numbered from 1. Where columns have no names, items
// are numbered from 1. A first column that counts the ratings of its row, as Jester has it, is
// passed over.
std::unique_ptr<TableReader> OpenMatrix(std::unique_ptr<TableReader> table,
                                        const MatrixOptions& options);

// True for a text that begins as Netflix's files do: "1:", and lines "user,rating,date" below it.
bool LooksLikeBlocks(std::string_view sample);

// The same with "1," before each line of the block and the lines "1:" empty, so that lines keep
// their numbers.
std::unique_ptr<ByteSource> UnfoldBlocks(std::unique_ptr<ByteSource> bytes);

}  // namespace duomo::data
