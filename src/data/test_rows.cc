#include "data/test_rows.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "core/error.h"

namespace duomo::data {
namespace {

constexpr uint32_t kUnknown = UINT32_MAX;
constexpr size_t kNamed = 3;

std::string KeyOf(const EntityTable& table, size_t row) {
  return table.keys.empty() ? std::to_string(table.ids[row]) : table.keys[row];
}

// By row of `from`: the row of that key in `to`.
std::vector<uint32_t> RowsIn(const EntityTable& to, const EntityTable& from) {
  std::vector<uint32_t> out;
  out.reserve(from.size());
  auto find = [&](const auto& rows, const auto& key) {
    auto found = rows.find(key);
    out.push_back(found == rows.end() ? kUnknown : found->second);
  };
  if (to.keys.empty() && from.keys.empty()) {
    std::unordered_map<int64_t, uint32_t> rows;
    rows.reserve(to.size());
    for (uint32_t row = 0; row < to.size(); ++row) rows.emplace(to.ids[row], row);
    for (int64_t id : from.ids) find(rows, id);
    return out;
  }
  std::unordered_map<std::string, uint32_t> rows;
  rows.reserve(to.size());
  for (uint32_t row = 0; row < to.size(); ++row) rows.emplace(KeyOf(to, row), row);
  for (size_t row = 0; row < from.size(); ++row) find(rows, KeyOf(from, row));
  return out;
}

UnknownKeys UnknownOf(const EntityTable& table, const std::vector<uint32_t>& rows) {
  UnknownKeys out;
  for (size_t row = 0; row < rows.size(); ++row) {
    if (rows[row] != kUnknown) continue;
    if (out.count++ < kNamed) out.named.push_back(KeyOf(table, row));
  }
  return out;
}

std::string Text(const UnknownKeys& keys, const char* what) {
  if (keys.count == 0) return "";
  std::string out = StrCat(keys.count, ' ', what, keys.count == 1 ? " (" : "s (");
  for (size_t i = 0; i < keys.named.size(); ++i) out += StrCat(i == 0 ? "" : ", ", keys.named[i]);
  return out + (keys.count > keys.named.size() ? ", …)" : ")");
}

}  // namespace

JoinedTest JoinTest(Dataset known, const Dataset& test, const std::string& name) {
  JoinedTest out;
  std::vector<uint32_t> users = RowsIn(known.users, test.users),
                        items = RowsIn(known.items, test.items);
  out.users = UnknownOf(test.users, users);
  out.items = UnknownOf(test.items, items);
  Interactions& rows = known.interactions;
  const Interactions& more = test.interactions;
  size_t before = rows.size();
  if (before + more.size() > UINT32_MAX) {
    Fail(Status::kUnsupported, "more than ", UINT32_MAX, " interactions cannot be numbered");
  }
  out.split.name = name;
  out.split.train.resize(before);
  std::iota(out.split.train.begin(), out.split.train.end(), 0u);
  // What only one of the two has is filled with what its absence stands for.
  auto either = [&](auto& values, const auto& added, auto absent) {
    bool some = !values.empty() || !added.empty();
    if (some && values.empty()) values.assign(before, absent);
    return some;
  };
  bool rated = either(rows.ratings, more.ratings, 1.0f);
  bool timed = either(rows.timestamps, more.timestamps, int64_t{0});
  bool weighted = either(rows.weights, more.weights, 1.0f);
  std::vector<uint16_t> events;  // of the test rows, in the numbers of `known`
  for (const std::string& event : more.event_names) {
    auto at = std::find(rows.event_names.begin(), rows.event_names.end(), event);
    events.push_back(static_cast<uint16_t>(at - rows.event_names.begin()));
    if (at == rows.event_names.end()) rows.event_names.push_back(event);
  }
  bool with_events = !rows.events.empty() && !more.events.empty();
  if (!with_events) {  // events of some rows alone say nothing
    rows.events.clear();
    rows.event_names.clear();
  }
  for (size_t i = 0; i < more.size(); ++i) {
    uint32_t user = users[more.users[i]], item = items[more.items[i]];
    if (user == kUnknown || item == kUnknown) {
      ++out.left_out;
      continue;
    }
    out.split.test.push_back(static_cast<uint32_t>(rows.size()));
    rows.users.push_back(user);
    rows.items.push_back(item);
    if (rated) rows.ratings.push_back(more.ratings.empty() ? 1 : more.ratings[i]);
    if (timed) rows.timestamps.push_back(more.timestamps.empty() ? 0 : more.timestamps[i]);
    if (weighted) rows.weights.push_back(more.weights.empty() ? 1 : more.weights[i]);
    if (with_events) rows.events.push_back(events[more.events[i]]);
  }
  out.dataset = std::move(known);
  if (out.split.test.empty()) {
    Fail(Status::kInvalidArgument, "none of the ", more.size(), " rows of ", name,
         " is of a user and an item that ", out.dataset.name, " has: ", LeftOutText(out));
  }
  return out;
}

std::string LeftOutText(const JoinedTest& joined) {
  if (joined.left_out == 0) return "";
  std::string users = Text(joined.users, "user"), items = Text(joined.items, "item");
  return StrCat(joined.left_out, " test rows are left out: the data do not have ", users,
                users.empty() || items.empty() ? "" : " and ", items);
}

}  // namespace duomo::data
