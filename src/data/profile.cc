#include "data/profile.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "data/date_text.h"
#include "data/values.h"

namespace duomo::data {
namespace {

// What clocks show from 1990 to 2100, in seconds, and in milli-, micro- and nanoseconds.
bool LooksLikeClock(double value) {
  for (double unit : {1.0, 1e3, 1e6, 1e9}) {
    if (value >= 631152000 * unit && value <= 4102444800 * unit) return true;
  }
  return false;
}

bool LooksLikeDate(std::string_view cell) {
  int64_t seconds = 0;
  return ParseTime(cell, seconds) || ParseDateText(cell, true, seconds) ||
         ParseDateText(cell, false, seconds);
}

class ColumnCounter {
 public:
  explicit ColumnCounter(std::string name) { out_.name = std::move(name); }

  void Add(std::string_view cell) {
    ++out_.cells;
    if (cell.empty()) {
      ++out_.missing;
      out_.codes.push_back(ColumnProfile::kMissing);
      return;
    }
    if (out_.example.empty()) out_.example = cell;
    if (out_.first.size() < ColumnProfile::kFirst) out_.first.emplace_back(cell);
    auto [found, added] = counts_.try_emplace(std::string(cell));
    if (added) found->second.code = static_cast<uint32_t>(counts_.size() - 1);
    ++found->second.cells;
    out_.codes.push_back(found->second.code);
    double value = 0;
    bool number = numbers_ && ParseNumber(cell, value);
    numbers_ = number;
    if (number) {
      out_.values.push_back(static_cast<float>(value));
      out_.least = out_.values.size() == 1 ? value : std::min(out_.least, value);
      out_.most = out_.values.size() == 1 ? value : std::max(out_.most, value);
      bool whole = std::floor(value) == value;
      out_.fractions |= !whole;
      // 0 stands for "unknown" among times.
      clocks_ = clocks_ && (value == 0 || LooksLikeClock(value));
    }
    dates_ = dates_ && !number && LooksLikeDate(cell);
  }

  ColumnProfile Finish() {
    bool some = out_.missing < out_.cells;
    out_.numbers = some && numbers_;
    out_.integers = out_.numbers && !out_.fractions;
    if (!out_.numbers) out_.values.clear();
    out_.times = some && (dates_ || (out_.numbers && clocks_ && out_.most > 0));
    out_.distinct = counts_.size();
    if (counts_.size() <= ColumnProfile::kFew) {
      for (const auto& [text, seen] : counts_) out_.frequent.emplace_back(text, seen.cells);
      std::sort(out_.frequent.begin(), out_.frequent.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
      });
    }
    return std::move(out_);
  }

 private:
  ColumnProfile out_;
  bool numbers_ = true, clocks_ = true, dates_ = true;
  struct Seen {
    uint32_t code = 0;
    uint64_t cells = 0;
  };
  std::unordered_map<std::string, Seen> counts_;
};

}  // namespace

const ColumnProfile* TableProfile::Find(std::string_view name) const {
  for (const ColumnProfile& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

std::vector<std::string> TableProfile::names() const {
  std::vector<std::string> out;
  for (const ColumnProfile& column : columns) out.push_back(column.name);
  return out;
}

TableProfile ProfileTable(TableReader& table, size_t rows) {
  TableProfile out;
  out.where = table.where();
  std::vector<ColumnCounter> counters;
  for (const std::string& name : table.header()) counters.emplace_back(name);
  out.complete = true;
  while (table.Next()) {
    if (out.rows == rows) {
      out.complete = false;
      break;
    }
    ++out.rows;
    auto fields = table.fields();
    for (size_t i = 0; i < counters.size(); ++i) counters[i].Add(fields[i]);
  }
  for (ColumnCounter& counter : counters) out.columns.push_back(counter.Finish());
  return out;
}

}  // namespace duomo::data
