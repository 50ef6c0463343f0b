// Tables of JSON: an object a line, or an array of objects.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "data/bytes.h"
#include "data/table_reader.h"

namespace duomo::data {

// True for a text that begins as such tables do: with an object, or an array of them.
bool LooksLikeJson(std::string_view sample);

// Objects in objects become columns with dotted names ("author.name"), lists become lists in one
// cell (see kListMark), lists of objects one such column for each of their names. null is an empty
// cell. The columns are those of the rows in `sample` (at most 1,000), in order of first
// appearance; names that later rows have besides are counted in late_columns().
// Throws Error(kCorrupt) for a file without a row, and as TableReader does.
std::unique_ptr<TableReader> OpenJson(std::unique_ptr<ByteSource> bytes, std::string where,
                                      std::string_view sample, const TableOptions& options);

}  // namespace duomo::data
