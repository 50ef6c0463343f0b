#include "data/table_checks.h"

#include <algorithm>
#include <utility>

#include "core/error.h"
#include "core/text.h"
#include "data/key_table.h"
#include "data/values.h"

namespace duomo::data {
namespace {

std::string List(const std::vector<std::string>& words, const char* between) {
  std::string out;
  for (const std::string& word : words) out += StrCat(out.empty() ? "" : between, word);
  return out;
}

}  // namespace

std::string QuoteCell(std::string_view cell) {
  size_t size = std::min<size_t>(cell.size(), 40);
  while (size < cell.size() && size > 0 && (static_cast<uint8_t>(cell[size]) & 0xC0) == 0x80) {
    --size;
  }
  return StrCat('"', cell.substr(0, size), size < cell.size() ? "…\"" : "\"");
}

void CheckNames(const TableReader& in, std::string_view prefix,
                const std::vector<std::string>& suggested) {
  if (!in.first_row_looks_like_data()) return;
  Fail(Status::kInvalidArgument, in.where(), ": its first row (",
       Utf8Prefix(List(in.sample()[0], ", "), 200),
       ") looks like data, not like the names of columns; name them with --columns ", prefix,
       List(suggested, ","));
}

std::vector<std::string_view> Sample(const TableReader& in, size_t column) {
  std::vector<std::string_view> cells;
  for (const std::vector<std::string>& row : in.sample()) {
    if (column < row.size()) cells.push_back(row[column]);
  }
  return cells;
}

bool HasZeros(const TableReader& in, size_t column) {
  bool some = false;
  for (std::string_view cell : Sample(in, column)) {
    if (cell.empty() || IsMissingWord(cell)) continue;
    if (!TakeZeroFraction(cell)) return false;
    some = true;
  }
  return some;
}

bool HasNumbersAlone(const TableReader& in, size_t column) {
  bool some = false;
  for (std::string_view cell : Sample(in, column)) {
    int64_t value = 0;
    if (cell.empty() || IsMissingWord(cell)) continue;
    (void)TakeZeroFraction(cell);
    if (!IsPlainInteger(cell, value)) return false;
    some = true;
  }
  return some;
}

bool NamesNobody(std::string_view key, bool numbers_alone) {
  return key.empty() || (numbers_alone && IsMissingWord(key));
}

void ReportTable(const TableReader& in, size_t rows, std::vector<std::string> not_read,
                 TableReport& report) {
  report.where = in.where();
  report.form = in.form();
  report.header = in.header();
  report.rows = rows;
  report.skipped = in.skipped();
  report.skipped_reasons = in.skipped_reasons();
  report.not_read = std::move(not_read);
  report.late_columns = in.late_columns();
}

namespace {

// What all columns stand below, as those of {"ratings": [{"user": 1, …}, …]} do; empty: nothing.
std::string Above(const std::vector<std::string>& names) {
  const std::string above = names[0].substr(0, names[0].find('.') + 1);
  const bool all = std::all_of(names.begin(), names.end(),
                               [&](const std::string& name) { return name.starts_with(above); });
  return all && !above.empty() ? above.substr(0, above.size() - 1) : "";
}

}  // namespace

void RefuseNoColumn(Role role, const TableReader& in) {
  constexpr size_t kMostNamed = 12, kFewestOfMatrix = 9;
  std::vector<std::string> names = in.header();
  std::string more, matrix;
  if (names.size() >= kFewestOfMatrix) {
    matrix = ", or say --matrix where each column is an item and each row a user";
  }
  if (names.size() > kMostNamed) {
    more = StrCat(" and ", names.size() - kMostNamed, " more");
    names.resize(kMostNamed);
  }
  const std::string above = Above(in.header());
  const std::string inner = above.empty() || !in.form().starts_with("JSON")
                                ? ""
                                : StrCat("; or, if the file is one object and its \"", above,
                                         "\" the table, write that alone");
  Fail(Status::kInvalidArgument, in.where(), ": none of the columns ", List(names, ", "), more,
       " looks like the ", RoleName(role), "; name it with --map ", RoleName(role), "=COLUMN",
       matrix, inner);
}

void RefuseEmpty(const TableReader& in, std::string_view what) {
  Fail(Status::kInvalidArgument, in.where(), " has no ", what,
       in.skipped() > 0 ? StrCat("; all of its ", in.skipped(), " lines were bad and skipped")
                        : ": there is no row below its names");
}

}  // namespace duomo::data
