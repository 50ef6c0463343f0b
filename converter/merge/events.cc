#include "converter/merge/events.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "converter/merge/upsert_side.h"
#include "core/error.h"
#include "data/roles.h"
#include "data/time_column.h"

namespace duomo::convert {
namespace {

using data::Role;

size_t RequiredColumn(const data::TableReader& table, Role role, const char* what,
                      const model::Model& model) {
  size_t column =
      data::FindRole(role, table.header(), RecordedRole(model, what, table), table.where());
  if (column != data::kNoColumn) return column;
  std::string names;
  for (const std::string& name : table.header()) names += StrCat(names.empty() ? "" : ", ", name);
  Fail(Status::kInvalidArgument, table.where(), ": no column says the ", what, "; call it \"", what,
       "\". The columns are ", names);
}

}  // namespace

EventCounts ReadEvents(TableInput input, UpsertSide& users, const UpsertSide& items,
                       bool skip_bad_lines) {
  data::TableOptions form;
  form.skip_bad_lines = skip_bad_lines;
  auto table = data::OpenTable(std::move(input.bytes), std::move(input.where), form);
  if (table->first_row_looks_like_data()) {
    Fail(Status::kInvalidArgument, table->where(), ": the first row looks like data; put a row of ",
         "names above it, such as user,item,timestamp");
  }
  const size_t user = RequiredColumn(*table, Role::kUser, "user", users.model());
  const size_t item = RequiredColumn(*table, Role::kItem, "item", users.model());
  const size_t time =
      data::FindRole(Role::kTimestamp, table->header(),
                     RecordedRole(users.model(), "timestamp", *table), table->where());
  std::vector<std::string_view> sample;
  for (const auto& row : table->sample()) {
    if (time != data::kNoColumn) sample.push_back(row[time]);
  }
  data::TimeColumn clock(sample, "");

  EventCounts out;
  std::vector<uint32_t> user_rows, item_rows;
  std::vector<int64_t> times;
  while (table->Next()) {
    auto cells = table->fields();
    int64_t seconds = 0;
    if (time != data::kNoColumn && cells[time].empty()) {
      table->Bad("there is no ", table->header()[time]);
      continue;
    }
    if (time != data::kNoColumn && !clock.Read(cells[time], times.size(), seconds)) {
      table->Bad("the ", table->header()[time], " \"", cells[time], "\" is ", clock.Expected());
      continue;
    }
    auto user_row = users.Find(cells[user]), item_row = items.Find(cells[item]);
    // A time counts for the form of the column whosever it is, and for nothing else.
    user_rows.push_back(user_row.value_or(UINT32_MAX));
    item_rows.push_back(item_row.value_or(UINT32_MAX));
    times.push_back(seconds);
    if (!user_row) ++out.of_unknown_users;
    if (user_row && !item_row) ++out.of_unknown_items;
  }
  out.form = table->form();
  out.skipped = table->skipped();
  if (time != data::kNoColumn) {
    clock.Finish(times, table->where(), table->header()[time]);
    out.times = clock.form();
  }
  for (size_t c = 0; c < table->header().size(); ++c) {
    if (c != user && c != item && c != time) out.not_read.push_back(table->header()[c]);
  }
  for (const data::LateColumn& late : table->late_columns()) out.not_read.push_back(late.name);

  std::vector<size_t> order(times.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::stable_sort(order, {}, [&](size_t i) { return times[i]; });
  std::unordered_set<uint32_t> of;
  for (size_t i : order) {
    if (user_rows[i] == UINT32_MAX || item_rows[i] == UINT32_MAX) continue;
    users.Append(user_rows[i], item_rows[i]);
    of.insert(user_rows[i]);
    ++out.added;
  }
  out.users = of.size();
  return out;
}

}  // namespace duomo::convert
