// What is checked and said of a table whatever its role.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "data/roles.h"
#include "data/table_reader.h"
#include "data/tables.h"

namespace duomo::data {

// A cell for a message: short, in quotes, never cut inside a character.
std::string QuoteCell(std::string_view cell);

// Refuses a table whose first row is hardly one of names: Error(kInvalidArgument) that suggests
// names for --columns, each behind `prefix` ("items:").
void CheckNames(const TableReader& in, std::string_view prefix,
                const std::vector<std::string>& suggested);

// Whether a column of keys holds integers that are written "17850.0", by its first cells.
bool HasZeros(const TableReader& in, size_t column);

// Whether the first rows have integers there and nothing else. Then words such as NULL or NaN name
// nobody; among keys of text "NA" may be one.
bool HasNumbersAlone(const TableReader& in, size_t column);
bool NamesNobody(std::string_view key, bool numbers_alone);

// A column's cells in the first rows; none where there is no such column.
std::vector<std::string_view> Sample(const TableReader& in, size_t column);

// After the last row.
void ReportTable(const TableReader& in, size_t rows, std::vector<std::string> not_read,
                 TableReport& report);

// Error(kInvalidArgument): no column plays a role that one must; there are no rows of `what`.
[[noreturn]] void RefuseNoColumn(Role role, const TableReader& in);
[[noreturn]] void RefuseEmpty(const TableReader& in, std::string_view what);

}  // namespace duomo::data
