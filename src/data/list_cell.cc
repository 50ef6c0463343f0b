// Splits cells, and judges by what comes of it.
#include "data/list_cell.h"

#include <algorithm>
#include <unordered_map>

#include "data/table_reader.h"
#include "data/values.h"

namespace duomo::data {
namespace {

constexpr size_t kMostCells = 20000;  // that are looked at

std::string_view Trim(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

bool IsListText(std::string_view cell) {
  cell = Trim(cell);
  return cell.size() >= 2 && cell.front() == '[' && cell.back() == ']';
}

// The text of a literal that begins with a quote; the rest behind it.
std::string Literal(std::string_view& rest) {
  std::string text;
  char quote = rest[0];
  size_t i = 1;
  for (; i < rest.size() && rest[i] != quote; ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) ++i;
    text += rest[i];
  }
  rest.remove_prefix(std::min(i + 1, rest.size()));
  return text;
}

void SplitListText(std::string_view cell, const std::function<void(std::string_view)>& add) {
  std::string_view rest = Trim(cell);
  rest = rest.substr(1, rest.size() - 2);
  int depth = 0;  // of objects
  std::string name;
  while (!rest.empty()) {
    char c = rest[0];
    if (c == '\'' || c == '"') {
      std::string text = Literal(rest);
      std::string_view behind = Trim(rest);
      if (depth > 0 && behind.starts_with(':')) {
        name = text;
      } else if (depth == 0 || name == "name") {
        add(text);
      }
    } else if (c == '{' || c == '}') {
      depth += c == '{' ? 1 : -1;
      rest.remove_prefix(1);
    } else if (c == ',' || c == ':' || c == ' ' || c == '\n') {
      rest.remove_prefix(1);
    } else {
      size_t end = std::min(rest.find_first_of(",{}\n"), rest.size());
      if (depth == 0) add(rest.substr(0, end));
      rest.remove_prefix(std::max<size_t>(end, 1));
    }
  }
}

struct Seen {
  uint32_t count = 0;
  bool first = false, later = false;
};

// Whether splitting at `separator` makes sets of the cells, of keys or else of words, and how many
// have it.
bool MakesSets(std::span<const std::string> cells, char separator, bool keys, size_t& having) {
  having = 0;
  size_t some = 0, values = 0, length = 0;
  for (const std::string& cell : cells) {
    some += cell.empty() ? 0 : 1;
    having += cell.find(separator) != cell.npos ? 1 : 0;
  }
  if (having == 0 || 20 * having < some) return false;
  std::unordered_map<std::string, Seen> seen;
  std::unordered_map<std::string_view, uint32_t> whole;
  bool integers = true;
  for (const std::string& cell : cells) {
    if (cell.empty()) continue;
    ++whole[cell];
    bool first = true;
    SplitSet(cell, separator, [&](std::string_view value) {
      integers = integers && Fits(value, ColumnKind::kInteger);
      Seen& s = seen[std::string(value)];
      ++s.count;
      (first ? s.first : s.later) = true;
      first = false;
      ++values;
      length += value.size();
    });
  }
  if (seen.empty()) return false;
  if (separator == ' ' && !integers) return false;
  const bool trusted = separator == '|' && !keys;  // what goes with a '|' is rarely a text
  if (trusted && having < 20) return true;
  auto ratio = [](size_t a, size_t b) { return static_cast<double>(a) / static_cast<double>(b); };
  double again = ratio(values, seen.size()), whole_again = ratio(some, whole.size());
  size_t moving = 0;  // values that stand first here and later there
  for (const auto& [text, s] : seen) moving += s.first && s.later ? s.count : 0;
  bool short_values = length < 40 * values;
  double least = trusted || keys ? 1.2 : 2;
  bool moves = trusted || 4 * moving >= values;
  return short_values && moves && again >= least && (again >= 1.5 * whole_again || trusted);
}

}  // namespace

void SplitSet(std::string_view cell, char separator,
              const std::function<void(std::string_view)>& take) {
  std::vector<std::string> had;
  auto add = [&](std::string_view value) {
    value = Trim(value);
    if (value.empty() || std::find(had.begin(), had.end(), value) != had.end()) return;
    had.emplace_back(value);
    take(value);
  };
  if (separator == kListText && IsListText(cell)) return SplitListText(cell, add);
  while (!cell.empty()) {
    size_t end = std::min(cell.find(separator), cell.size());
    add(cell.substr(0, end));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
}

namespace {

char FindSeparator(std::span<const std::string> cells, std::string_view candidates, bool keys) {
  auto every = [&](auto is) {
    bool some = false;
    for (const std::string& cell : cells) {
      if (cell.empty()) continue;
      if (!is(cell)) return false;
      some = true;
    }
    return some;
  };
  if (every([](const std::string& cell) { return cell[0] == kListMark; })) return kListMark;
  if (every(IsListText)) return kListText;
  if (every([](const std::string& cell) {
        double value = 0;
        return ParseNumber(cell, value);
      })) {
    return kNoSet;
  }
  std::span<const std::string> some = cells.first(std::min(cells.size(), kMostCells));
  char best = kNoSet;
  size_t most = 0;
  for (char separator : candidates) {
    size_t having = 0;
    if (!MakesSets(some, separator, keys, having) || having <= most) continue;
    most = having;
    best = separator;
  }
  return best;
}

}  // namespace

char FindSetSeparator(std::span<const std::string> cells) {
  return FindSeparator(cells, "|;,", false);
}

char FindKeySeparator(std::span<const std::string> cells) {
  return FindSeparator(cells, "|;, ", true);
}

}  // namespace duomo::data
