// Several values in one cell.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duomo::data {

// What stands between the values of a column's cells. Beside plain characters:
inline constexpr char kNoSet = '\0';    // nothing: a cell is one value
inline constexpr char kListText = '[';  // lists as programs print them: ['Action', "Drama"], [1, 2]

// Calls `take` with each value of the cell, without the blanks around it; empty ones are passed
// over, and so is one that the cell has had. A list of objects, [{'id': 1, 'name': 'Drama'}], has
// the values of "name", where there are any.
void SplitSet(std::string_view cell, char separator,
              const std::function<void(std::string_view)>& take);

// Whether the cells of a column are sets, and by which separator, or kNoSet. Lists are (kListMark,
// kListText) where every cell that is not empty is one. A '|', ';' or ',' separates values where
//  - one cell in twenty has it, and
//  - its values come again in other cells clearly more often than whole cells do, and at several
//    places in the cell, as values of sets do: not the parts of "Zork, The", texts, or "Ulm, DE".
// In a column of fewer than 20 such cells a '|' needs only the first.
char FindSetSeparator(std::span<const std::string> cells);

// The same for a column of keys, where a cell may hold a whole basket or session. Keys repeat as
// they are, so every separator, '|' too, needs values that stand at several places in the cell; in
// return a value need not come again as often, as there may be thousands. Blanks separate integers.
char FindKeySeparator(std::span<const std::string> cells);

}  // namespace duomo::data
