#include "cli/understanding.h"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <numeric>
#include <set>
#include <unordered_set>

#include "cli/evidence_record.h"
#include "cli/find_tables.h"
#include "cli/kept_rows.h"
#include "cli/tables_json.h"
#include "core/error.h"
#include "core/numbers.h"
#include "core/text.h"
#include "data/open.h"
#include "evaluation/protocol.h"

namespace duomo::cli {
namespace {

std::string Number(double value) {
  char text[40];
  bool whole = std::floor(value) == value && std::abs(value) < 1e15;
  std::snprintf(text, sizeof(text), whole ? "%.0f" : "%.6g", value);
  return text;
}

std::string Date(int64_t seconds) {
  using namespace std::chrono;
  year_month_day day{floor<days>(sys_seconds(std::chrono::seconds(seconds)))};
  char text[40];
  std::snprintf(text, sizeof(text), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text;
}

std::string Share(uint64_t part, uint64_t whole) {
  return Number(std::round(1000.0 * static_cast<double>(part) / static_cast<double>(whole)) / 10) +
         " %";
}

std::string Key(const data::EntityTable& table, size_t row) {
  return table.keys.empty() ? std::to_string(table.ids[row]) : table.keys[row];
}

std::string DescribeKeys(const data::EntityTable& table) {
  if (table.size() == 0) return "none";
  std::string out = Counted(table.size(), table.keys.empty() ? "integer" : "text");
  if (!table.ids.empty()) {
    auto [least, most] = std::minmax_element(table.ids.begin(), table.ids.end());
    return StrCat(out, ", ", *least, " to ", *most);
  }
  return StrCat(out, ", e.g. ", Key(table, 0));
}

std::string DescribeTimes(std::span<const int64_t> times) {
  int64_t least = INT64_MAX, most = INT64_MIN;
  uint64_t unknown = 0;
  for (int64_t t : times) {
    if (t == 0) {
      ++unknown;
      continue;
    }
    least = std::min(least, t);
    most = std::max(most, t);
  }
  if (unknown == times.size()) return "all empty";
  std::string out = StrCat(Date(least), " to ", Date(most));
  if (unknown > 0) out += StrCat("; ", Share(unknown, times.size()), " without");
  return out;
}

std::string DescribeNumbers(std::span<const float> numbers) {
  float least = INFINITY, most = -INFINITY;
  std::unordered_set<float> distinct;
  std::array<float, 256> seen;  // of which a look is enough: most columns have few values
  seen.fill(NAN);
  for (float x : numbers) {
    if (std::isnan(x)) continue;
    least = std::min(least, x);
    most = std::max(most, x);
    float& place = seen[std::bit_cast<uint32_t>(x) * 0x9E3779B1u >> 24];
    if (place == x || distinct.size() > 1000) continue;
    distinct.insert(place = x);
  }
  if (distinct.empty()) return "all empty";
  return StrCat(Number(least), " to ", Number(most), ", ",
                distinct.size() > 1000 ? "more than 1,000" : WithCommas(distinct.size()),
                " distinct");
}

std::string DescribeTexts(const std::vector<std::string>& texts, uint64_t rows, bool set) {
  std::set<std::string_view> distinct;
  uint64_t empty = 0;
  std::string_view example;
  for (const std::string& text : texts) {
    if (text.empty()) {
      ++empty;
      continue;
    }
    if (example.empty()) example = text;
    distinct.insert(text);
  }
  if (distinct.empty()) return "all empty";
  std::string out = StrCat(WithCommas(distinct.size()), set ? " values" : " distinct", ", e.g. ",
                           Utf8Prefix(example, 40));
  if (empty > 0 && !set) out += StrCat("; ", Share(empty, rows), " empty");
  return out;
}

UnderstoodColumn Describe(const data::Column& column, uint64_t rows) {
  switch (column.kind) {
    case data::ColumnKind::kInteger: {
      std::vector<float> numbers(column.integers.begin(), column.integers.end());
      return {column.name, "integer", DescribeNumbers(numbers)};
    }
    case data::ColumnKind::kNumber:
      return {column.name, "number", DescribeNumbers(column.numbers)};
    case data::ColumnKind::kString:
      return {column.name, "text", DescribeTexts(column.texts, rows, false)};
    case data::ColumnKind::kSet:
      return {column.name, "set", DescribeTexts(column.texts, rows, true)};
  }
  return {};
}

class Reader {
 public:
  Reader(const DataOptions& options, EvidenceOf evidence, std::optional<data::Goal> goal)
      : o_(options), evidence_(evidence), goal_(goal.value_or(options.evidence.goal)) {}

  Understood Run() {
    FoundTables found = FindTables(o_);
    out_.spec = found.spec;
    if (found.movielens) {
      out_.dataset = data::OpenDataset(o_.data, {.skip_bad_lines = o_.tables.skip_bad_lines});
      value_ = "rating";
    } else {
      value_ = found.spec.roles.rating == "none" ? "" : found.spec.roles.rating;
      out_.dataset = data::ReadTables(found.spec, &out_.report);
    }
    RestrictUsers();
    Tables(found);
    if (IsEvidence(found.movielens)) {
      data::EvidenceOptions evidence = o_.evidence;
      evidence.value_name = value_;
      evidence.goal = goal_;
      out_.evidence = data::MakeEvidence(out_.dataset, evidence);
      out_.evidence_options = evidence;
    }
    return std::move(out_);
  }

 private:
  bool IsEvidence(bool movielens) const {
    bool nothing_to_rate = value_.empty() && goal_ == data::Goal::kRate;
    return HasEvidenceOptions(o_) || evidence_ == EvidenceOf::kAll ||
           (evidence_ == EvidenceOf::kOwnTables && !movielens && !nothing_to_rate);
  }

  void RestrictUsers() {
    if (o_.user_range.empty()) return;
    auto [first, last] = ParseUserRange(o_.user_range);
    out_.dataset = evaluation::RestrictUsers(out_.dataset, first, last);
  }

  void Tables(const FoundTables& found) {
    const data::Dataset& d = out_.dataset;
    const data::ColumnRoles& roles = found.spec.roles;
    UnderstoodTable table;
    table.where = found.movielens ? d.name : out_.report.interactions.where;
    table.form = found.movielens ? "MovieLens" : out_.report.interactions.form;
    table.rows = d.interactions.size();
    table.notes = found.unread;
    auto add = [&](const std::string& name, const char* role, std::string values) {
      table.columns.push_back({name, role, std::move(values)});
    };
    add(d.users.columns.empty() ? roles.user : d.users.columns[0].name, "user",
        DescribeKeys(d.users));
    add(d.items.columns.empty() ? roles.item : d.items.columns[0].name, "item",
        DescribeKeys(d.items));
    if (found.spec.matrix) value_ = "rating";
    if (!value_.empty()) add(value_, "rating", DescribeNumbers(d.interactions.ratings));
    bool times = found.movielens || (!roles.timestamp.empty() && roles.timestamp != "none");
    if (times) {
      std::string values = out_.report.interactions.times_are_order
                               ? "an order"
                               : DescribeTimes(d.interactions.timestamps);
      if (!out_.report.interactions.time_form.empty()) {
        values += StrCat(" (", out_.report.interactions.time_form, ")");
      }
      add(found.movielens ? "timestamp" : roles.timestamp, "time", values);
    }
    if (!roles.item_title.empty() && roles.item_title != "none" && !d.items.titles.empty()) {
      add(roles.item_title, "title", DescribeTexts(d.items.titles, d.items.size(), false));
    }
    if (!d.interactions.events.empty()) Events(roles.event, table);
    Skipped(out_.report.interactions, table);
    out_.tables.push_back(std::move(table));
    if (found.movielens || !found.spec.users.empty()) {
      Side(d.users, "user", found.movielens ? "users" : out_.report.users.where, out_.report.users);
    }
    if (found.movielens || !found.spec.items.empty()) {
      Side(d.items, "item", found.movielens ? "items" : out_.report.items.where, out_.report.items);
    }
    for (const std::string& note : found.others) out_.tables.front().notes.push_back(note);
  }

  void Events(const std::string& name, UnderstoodTable& table) {
    const data::Interactions& rows = out_.dataset.interactions;
    std::vector<uint64_t> counts(rows.event_names.size());
    for (uint16_t event : rows.events) ++counts[event];
    std::string values;
    for (size_t i = 0; i < counts.size() && i < 8; ++i) {
      values += StrCat(values.empty() ? "" : ", ", rows.event_names[i], " ", WithCommas(counts[i]));
    }
    if (counts.size() > 8) values += ", …";
    table.columns.push_back({name, "event", values});
    if (!o_.evidence.event_weights.empty()) return;
    // What is rarer says more.
    std::vector<size_t> order(counts.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return counts[a] > counts[b]; });
    constexpr const char* kWeights[] = {"1", "3", "10", "30"};
    std::string weights;
    for (size_t i = 0; i < order.size() && i < std::size(kWeights); ++i) {
      weights += StrCat(weights.empty() ? "" : ",", rows.event_names[order[i]], "=", kWeights[i]);
    }
    table.notes.push_back(StrCat("all kinds of \"", name, "\" count alike: --event-weights ",
                                 weights, " weighs them, and leaves out what has no weight"));
  }

  void Skipped(const data::TableReport& report, UnderstoodTable& table) {
    for (const data::SkippedRows& rows : report.skipped_reasons) {
      table.notes.push_back(StrCat(Counted(rows.count, "row"), " left out: ", rows.example,
                                   " (the first in line ", rows.first_line, ")"));
    }
    for (const data::LateColumn& late : report.late_columns) {
      table.notes.push_back(StrCat('"', late.name, "\" is in ", Counted(late.rows, "row"),
                                   " only, from line ", late.first_line, " on, and is not read"));
    }
    if (report.numbers_with_zeros) {
      table.notes.push_back("ids are written as 17850.0 and read as 17850");
    }
    if (report.times_are_order) {
      table.notes.push_back("the times are no dates; they are read as an order: before and after");
    }
  }

  void Side(const data::EntityTable& entities, const char* role, const std::string& where,
            const data::TableReport& report) {
    UnderstoodTable table;
    table.where = where;
    table.form = report.form;
    table.rows = entities.size();
    for (size_t i = 0; i < entities.columns.size(); ++i) {
      if (i == 0) {
        table.columns.push_back({entities.columns[0].name, role, DescribeKeys(entities)});
        continue;
      }
      UnderstoodColumn column = Describe(entities.columns[i], entities.size());
      if (!entities.titles.empty() && entities.columns[i].texts == entities.titles) {
        column.role = "title";
      }
      table.columns.push_back(std::move(column));
    }
    Skipped(report, table);
    out_.tables.push_back(std::move(table));
  }

  const DataOptions& o_;
  EvidenceOf evidence_;
  data::Goal goal_;
  std::string value_;  // the rating column's name; empty: none
  Understood out_;
};

}  // namespace

std::vector<std::string> Understood::Lines() const {
  std::vector<std::string> out;
  for (const UnderstoodTable& table : tables) {
    out.push_back(StrCat(table.where, ": ", table.form, table.form.empty() ? "" : "; ",
                         Counted(table.rows, "row")));
    size_t roles = 0, names = 0;
    for (const UnderstoodColumn& column : table.columns) {
      roles = std::max(roles, column.role.size());
      names = std::max(names, column.name.size());
    }
    for (const UnderstoodColumn& column : table.columns) {
      out.push_back(StrCat("  ", column.role, std::string(roles + 2 - column.role.size(), ' '),
                           column.name, std::string(names + 2 - column.name.size(), ' '),
                           column.values));
    }
    for (const std::string& note : table.notes) out.push_back("  " + note);
  }
  for (const std::string& sentence : evidence.sentences) out.push_back(sentence);
  out.push_back(StrCat(Counted(dataset.users.size(), "user"), ", ",
                       Counted(dataset.items.size(), "item"), ", ",
                       Counted(dataset.interactions.size(), "row"), " to learn from"));
  return out;
}

Json Understood::ToJson() const {
  Json out = {{"users", dataset.users.size()},
              {"items", dataset.items.size()},
              {"rows", dataset.interactions.size()},
              {"tables", Json::array()},
              {"sentences", evidence.sentences}};
  if (!spec.interactions.empty()) out["mapping"] = TablesToJson(spec);
  if (evidence_options) out["evidence"] = EvidenceToJson(*evidence_options, evidence);
  for (const UnderstoodTable& table : tables) {
    Json columns = Json::array();
    for (const UnderstoodColumn& c : table.columns) {
      columns.push_back({{"name", c.name}, {"role", c.role}, {"values", c.values}});
    }
    out["tables"].push_back({{"name", table.where},
                             {"form", table.form},
                             {"rows", table.rows},
                             {"columns", columns},
                             {"notes", table.notes}});
  }
  return out;
}

Understood Understood::FromJson(const Json& json) {
  Understood out;
  out.evidence.sentences = json.at("sentences").get<std::vector<std::string>>();
  if (json.contains("mapping")) {
    out.spec = TablesFromJson(json.at("mapping"));
    out.spec.interactions = json.at("tables").at(0).at("name");
  }
  if (json.contains("evidence")) {
    out.evidence_options = EvidenceFromJson(json.at("evidence"));
    out.evidence.values.kind = *out.evidence_options->values;
    out.evidence.repeats = out.evidence_options->repeats;
  }
  for (const Json& t : json.at("tables")) {
    UnderstoodTable table{t.at("name"), t.at("form"), t.at("rows"), {}, t.at("notes")};
    for (const Json& c : t.at("columns")) {
      table.columns.push_back({c.at("name"), c.at("role"), c.at("values")});
    }
    out.tables.push_back(std::move(table));
  }
  return out;
}

Understood Understand(const DataOptions& options, EvidenceOf evidence,
                      std::optional<data::Goal> goal) {
  auto read = [&] { return Reader(options, evidence, goal).Run(); };
  if (options.cache.empty()) return read();
  const Json how = {static_cast<int>(evidence), goal ? static_cast<int>(*goal) : -1};
  return ReadKept(options, how.dump(), read);
}

}  // namespace duomo::cli
